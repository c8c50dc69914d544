/** What an answer says and thinks: text and thoughts as parts, and what is noted beside them. */
import type { Proof, SearchResult } from '../../conversation/conversation.ts'
import type { ReplyEvent } from '../../conversation/reply.ts'
import { shortHash } from '../../conversation/tool-names.ts'
import { asList, asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import type { PartCounter, ReplyCalls } from './reply-calls.ts'
import { readDetails } from './thoughts.ts'

type Kind = 'text' | 'thinking'
type ThoughtField = 'reasoning_content' | 'reasoning' | 'reasoning_details'

export class ReplySpeech {
  readonly #parts: PartCounter
  #open: { readonly index: number; readonly kind: Kind; proof?: Proof } | undefined
  /** The field thoughts came in first: several may say the same. */
  #field: ThoughtField | undefined
  readonly #results: SearchResult[] = []
  readonly #images: Json[] = []

  constructor(parts: PartCounter) {
    this.#parts = parts
  }

  think(delta: JsonObject, calls: ReplyCalls, out: ReplyEvent[]): void {
    const { reasoning_content, reasoning, reasoning_details, tool_calls } = delta
    if (!reasoning_content && !reasoning && !reasoning_details) return
    const plain = asText(reasoning_content)
    if (plain) this.#thought('reasoning_content', plain, out)
    const short = asText(reasoning)
    if (short) this.#thought('reasoning', short, out)
    if (!reasoning_details) return
    for (const detail of readDetails(reasoning_details)) {
      if (detail.text !== '') this.#thought('reasoning_details', detail.text, out)
      const { proof, id } = detail
      if (!proof) continue
      if (id !== undefined && calls.has(id, tool_calls)) calls.prove(id, proof)
      else this.#prove(proof, out)
    }
  }

  /** A string, or Mistral's list of text and thinking chunks. */
  say(content: Json, out: ReplyEvent[]): void {
    if (typeof content === 'string') this.#append('text', content, out)
    for (const chunk of asList(content)) {
      const { type, text, thinking } = asObject(chunk)
      if (type !== 'thinking') this.#append('text', asText(text) ?? '', out)
      else for (const thought of asList(thinking)) this.#append('thinking', textOf(thought), out)
    }
  }

  note(annotations: Json | undefined, images: Json | undefined): void {
    for (const note of asList(annotations)) {
      const { url_citation } = asObject(note)
      const { url, title } = asObject(url_citation)
      const place = asText(url)
      if (place !== undefined && !this.#results.some((known) => known.url === place))
        this.#results.push({ url: place, title: asText(title) ?? '' })
    }
    this.#images.push(...asList(images))
  }

  /** Something else is about to be said. */
  pause(out: ReplyEvent[]): void {
    if (!this.#open) return
    const { index, proof } = this.#open
    this.#open = undefined
    out.push(proof ? { type: 'part-end', index, proof } : { type: 'part-end', index })
  }

  /** What was noted on the way, as parts of their own. */
  cite(seed: string, out: ReplyEvent[]): void {
    for (const value of this.#images) {
      const index = this.#parts.next++
      const part = { type: 'foreign', dialect: 'openai-chat', value, loss: 'image' } as const
      out.push({ type: 'part-start', index, part }, { type: 'part-end', index })
    }
    if (this.#results.length === 0) return
    const index = this.#parts.next++
    const id = `search_${shortHash(seed)}`
    const part = { type: 'search', id, query: '', results: this.#results } as const
    out.push({ type: 'part-start', index, part }, { type: 'part-end', index })
  }

  #thought(field: ThoughtField, text: string, out: ReplyEvent[]): void {
    this.#field ??= field
    if (this.#field !== field) return
    if (this.#open?.proof) this.pause(out)
    this.#append('thinking', text, out)
  }

  #prove(proof: Proof, out: ReplyEvent[]): void {
    if (this.#open?.kind !== 'thinking' || this.#open.proof) {
      this.pause(out)
      this.#start('thinking', out)
    }
    if (this.#open) this.#open.proof = proof
  }

  #append(kind: Kind, text: string, out: ReplyEvent[]): void {
    if (text === '') return
    if (this.#open?.kind !== kind) {
      this.pause(out)
      this.#start(kind, out)
    }
    if (this.#open) out.push({ type: 'part-delta', index: this.#open.index, text })
  }

  #start(kind: Kind, out: ReplyEvent[]): void {
    const index = this.#parts.next++
    this.#open = { index, kind }
    out.push({ type: 'part-start', index, part: { type: kind } })
  }
}

function textOf(chunk: Json): string {
  if (!isObject(chunk)) return asText(chunk) ?? ''
  const { text } = chunk
  return asText(text) ?? ''
}
