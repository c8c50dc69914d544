/**
 * Follows the items of a reply as their events come: says each piece once, whether it arrives in deltas, in the item's
 * last event, or only in the response's own list at the end.
 */
import type { Proof } from '../../conversation/conversation.ts'
import type { PartOpening, ReplyEvent } from '../../conversation/reply.ts'
import { shortHash } from '../../conversation/tool-names.ts'
import { asList, asNumber, asObject, asText, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { isCall, openingOf, self } from './wire.ts'

interface Part {
  readonly index: number
  text: string
  ended: boolean
}

interface Item {
  readonly type: string
  readonly id: string | undefined
  readonly callId: string | undefined
  /** By content index; calls and thoughts have one, 0. */
  readonly parts: Map<number, Part>
  /** A call whose name is not known yet keeps its arguments here. */
  held: string
  /** Thoughts come as a summary or in full; the first kind heard is the one passed on. */
  thoughts: 'summary' | 'full' | undefined
  paragraph: number
  done: boolean
}

export class OutputItems {
  readonly #items = new Map<string, Item>()
  readonly #callIds = new Set<string>()
  readonly #out: ReplyEvent[] = []
  #parts = 0
  called = false
  refused = false

  get said(): boolean {
    return this.#parts > 0
  }

  /** The events since the last time. */
  take(): ReplyEvent[] {
    return this.#out.splice(0)
  }

  added(event: JsonObject): void {
    const value = asObject(event['item'])
    const item = this.#item(event, value)
    if (isCall(item.type)) this.#openCall(item, value)
  }

  text(event: JsonObject, text: string | undefined): void {
    if (text) this.#say(this.#item(event, { type: 'message' }), contentAt(event), { type: 'text' }, text)
  }

  thought(event: JsonObject, kind: 'summary' | 'full', text: string | undefined): void {
    if (!text) return
    const item = this.#item(event, { type: 'reasoning' })
    item.thoughts ??= kind
    if (item.thoughts !== kind) return
    const paragraph = asNumber(event['summary_index'] ?? event['content_index']) ?? 0
    const apart = paragraph !== item.paragraph && item.parts.size > 0
    item.paragraph = paragraph
    this.#say(item, 0, { type: 'thinking' }, apart ? `\n\n${text}` : text)
  }

  /** A paragraph of thought in full: said only if nothing of it was. */
  wholeThought(event: JsonObject, kind: 'summary' | 'full', text: string | undefined): void {
    const item = this.#item(event, { type: 'reasoning' })
    const paragraph = asNumber(event['summary_index'] ?? event['content_index']) ?? 0
    const heard = item.parts.size > 0 && paragraph <= item.paragraph
    if (!heard) this.thought(event, kind, text)
  }

  argumentsDelta(event: JsonObject, text: string | undefined): void {
    if (!text) return
    const item = this.#item(event, { type: 'function_call' })
    const part = item.parts.get(0)
    if (part) this.#grow(part, text)
    else item.held += text
  }

  /** The whole of a text or of arguments: what the deltas left out is said. */
  whole(event: JsonObject, text: string | undefined, opening?: PartOpening): void {
    if (text === undefined) return
    const item = this.#item(event, { type: opening ? 'message' : 'function_call' })
    const at = opening ? contentAt(event) : 0
    const part = item.parts.get(at)
    if (part) this.#complete(part, text)
    else if (opening && text !== '') this.#say(item, at, opening, text)
    else if (!opening) item.held = text
  }

  done(event: JsonObject): void {
    const value = asObject(event['item'])
    this.#finish(this.#item(event, value), value)
  }

  /** Items of the finished response that no event had told of. */
  rest(output: readonly Json[]): void {
    for (const [at, value] of output.entries()) {
      const found = asObject(value)
      const known = this.#known(found, at)
      if (!known) this.#finish(this.#item({ output_index: `rest ${at}` }, found), found)
      else if (!known.done) this.#finish(known, found)
    }
  }

  /** Ends what is still open. A call cut by the length limit before its arguments began stays open. */
  close(cut: boolean): void {
    for (const item of this.#items.values()) {
      for (const part of item.parts.values()) {
        const unfinished = isCall(item.type) && cut && (part.text === '' || item.type === 'custom_tool_call')
        if (!unfinished) this.#end(part)
      }
    }
  }

  /** Arguments came for a call that was never named. */
  get nameless(): boolean {
    return [...this.#items.values()].some((item) => item.held !== '' && item.parts.size === 0)
  }

  /** The item an event is about; a new one is what `value` says. */
  #item({ output_index, item_id }: JsonObject, value: JsonObject): Item {
    const { type, id, call_id } = value
    const key =
      typeof output_index === 'number' ? String(output_index) : `id ${output_index ?? item_id ?? id}`
    const known = this.#items.get(key)
    if (known) return known
    const item: Item = {
      type: asText(type) ?? '',
      id: asText(id) ?? asText(item_id),
      callId: asText(call_id),
      parts: new Map(),
      held: '',
      thoughts: undefined,
      paragraph: 0,
      done: false,
    }
    this.#items.set(key, item)
    return item
  }

  /** Providers give an item another id in each event, or leave items out of the list: three ways to know one again. */
  #known({ id, call_id, type, content }: JsonObject, at: number): Item | undefined {
    const all = [...this.#items.values()]
    const byId = all.find((item) => id !== undefined && item.id === id && item.type === type)
    if (byId) return byId
    const byCall = all.find((item) => call_id !== undefined && item.callId === call_id)
    if (byCall) return byCall
    const there = this.#items.get(String(at))
    if (there && there.type === type) return there
    if (type !== 'message') return undefined
    const texts = asList(content).map(textOf)
    return all.find((item) => {
      const parts = [...item.parts.values()]
      return parts.length > 0 && !isCall(item.type) && parts.every(({ text }, n) => text === texts[n])
    })
  }

  #say(item: Item, at: number, opening: PartOpening, text: string): void {
    if (item.done) return
    const part = item.parts.get(at) ?? this.#open(item, at, opening)
    this.#grow(part, text)
  }

  #open(item: Item, at: number, part: PartOpening): Part {
    const opened = { index: this.#parts, text: '', ended: false }
    this.#parts += 1
    item.parts.set(at, opened)
    this.#out.push({ type: 'part-start', index: opened.index, part })
    return opened
  }

  #grow(part: Part, text: string): void {
    if (part.ended || text === '') return
    part.text += text
    this.#out.push({ type: 'part-delta', index: part.index, text })
  }

  #complete(part: Part, whole: string): void {
    if (whole.length > part.text.length && whole.startsWith(part.text))
      this.#grow(part, whole.slice(part.text.length))
  }

  #end(part: Part, proof?: Proof): void {
    if (part.ended) return
    part.ended = true
    this.#out.push({ type: 'part-end', index: part.index, ...(proof && { proof }) })
  }

  #openCall(item: Item, { name, namespace, call_id, id }: JsonObject): Part | undefined {
    const known = item.parts.get(0)
    if (known || typeof name !== 'string' || name === '') return known
    this.called = true
    const part = this.#open(item, 0, {
      type: 'tool-call',
      id: this.#callId(asText(call_id) || asText(id)),
      name,
      ...(typeof namespace === 'string' && namespace !== '' && { namespace }),
      ...(item.type === 'custom_tool_call' && { freeform: true }),
    })
    this.#grow(part, item.held)
    return part
  }

  /** Every call has an id of its own, whatever the upstream gave (CONTRACT 49, 50). */
  #callId(given: string | undefined): string {
    const id = given && !this.#callIds.has(given) ? given : this.#newId(given ?? '')
    this.#callIds.add(id)
    return id
  }

  #newId(given: string): string {
    const number = this.#callIds.size
    return given ? `${given}_${number}` : `call_${shortHash(`${number}`)}${number}`
  }

  #finish(item: Item, value: JsonObject): void {
    if (item.done) return
    const { type } = value
    if (type === 'message') this.#finishMessage(item, value)
    else if (type === 'reasoning') this.#finishThoughts(item, value)
    else if (isCall(asText(type))) this.#finishCall(item, value)
    else if (type !== undefined) this.#atom(item, value)
    item.done = true
  }

  #finishMessage(item: Item, { content }: JsonObject): void {
    for (const [at, piece] of asList(content).entries()) {
      const text = textOf(piece)
      if (asObject(piece)['type'] === 'refusal') this.refused = true
      const part = item.parts.get(at)
      if (part) this.#complete(part, text)
      else if (text !== '') this.#say(item, at, { type: 'text' }, text)
    }
    for (const part of item.parts.values()) this.#end(part)
  }

  #finishThoughts(item: Item, { id, summary, content, encrypted_content }: JsonObject): void {
    const paragraphs = asList(asList(content).length > 0 ? content : summary)
    const text = paragraphs.map(textOf).join('\n\n')
    if (item.parts.size === 0 && text !== '') this.#say(item, 0, { type: 'thinking' }, text)
    const proof: Proof | undefined =
      typeof encrypted_content === 'string' && encrypted_content !== ''
        ? {
            dialect: self,
            kind: 'encrypted',
            value: encrypted_content,
            ...(typeof id === 'string' && { itemId: id }),
          }
        : undefined
    if (item.parts.size === 0 && proof) this.#open(item, 0, { type: 'thinking' })
    for (const part of item.parts.values()) this.#end(part, proof)
  }

  #finishCall(item: Item, value: JsonObject): void {
    const { input, status } = value
    const part = this.#openCall(item, value)
    if (!part) return
    const whole = item.type === 'custom_tool_call' ? input : value['arguments']
    this.#complete(part, typeof whole === 'string' || whole === undefined ? (whole ?? '') : writeJson(whole))
    // Cut off by the length limit: no end, so that nobody takes it for complete (CONTRACT 47).
    if (status !== 'incomplete') this.#end(part)
  }

  #atom(item: Item, value: JsonObject): void {
    this.#end(this.#open(item, 0, openingOf(value)))
  }
}

const contentAt = (event: JsonObject): number => asNumber(event['content_index']) ?? 0

function textOf(piece: Json): string {
  const { text, refusal } = asObject(piece)
  return asText(text) ?? asText(refusal) ?? ''
}
