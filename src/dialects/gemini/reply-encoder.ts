/**
 * A sentence of events to Gemini's chunks, streamed or whole. Gemini has no frames for beginnings and ends: text and
 * thoughts flow as they come, calls are said when they are whole, the last chunk says why it stopped and what it cost.
 */
import type { Proof } from '../../conversation/conversation.ts'
import {
  noUsage,
  type PartOpening,
  type ReplyEvent,
  type StopReason,
  type Usage,
} from '../../conversation/reply.ts'
import { flatName, freeformProperty } from '../../conversation/tool-names.ts'
import { type WholePart, wholeReply } from '../../conversation/whole.ts'
import { isObject, type JsonObject, tryParseJson, writeJson } from '../../wire/json.ts'
import { frame } from '../../wire/sse.ts'
import type { ReplyContext, ReplyEncoder } from '../dialect.ts'
import { failureFrame } from './failure.ts'
import { writeFinish, writeUsage } from './finish.ts'
import { sameProof, standsAlone, writeSignature } from './signature.ts'

type Search = Extract<PartOpening, { type: 'search' }>

interface Part {
  readonly opening: PartOpening
  /** Not said yet: what waits for its turn, or the arguments of a call so far. */
  text: string
  ended: boolean
  proof: Proof | undefined
}

const chunkStart = 'data: {"candidates":[{"content":{"parts":['

export class StreamEncoder implements ReplyEncoder {
  readonly #context: ReplyContext
  readonly #signer = new Signer()
  readonly #hidesThoughts: boolean
  /** What closes a chunk after its parts. */
  readonly #chunkEnd: string
  /** In order of their start; only the first speaks, the others wait for it to end (CONTRACT 29, 48). */
  #queue: Part[] = []
  readonly #parts = new Map<number, Part>()
  readonly #searches: Search[] = []
  #usage: Usage | undefined
  /** The last call, held back one event so that it can share a chunk with the end. */
  #held = ''
  #over = false

  constructor(context: ReplyContext) {
    this.#context = context
    this.#hidesThoughts = context.conversation.thinking.visible === false
    this.#chunkEnd = `],"role":"model"},"index":0}],${identity(context)}}\n\n`
  }

  push(event: ReplyEvent): string {
    if (this.#over) return ''
    switch (event.type) {
      case 'start':
      case 'usage':
        this.#usage = event.usage ?? this.#usage
        return ''
      case 'part-start':
        return this.#begin(event.index, event.part)
      case 'part-delta':
        return this.#grow(event.index, event.text)
      case 'part-end':
        return this.#endPart(event.index, event.proof)
      case 'end':
        return this.#end(event.reason)
      case 'failed':
        this.#over = true
        return this.#release() + failureFrame(event.failure, `req_${this.#context.replyId}`)
    }
  }

  #begin(index: number, opening: PartOpening): string {
    if (this.#parts.has(index)) return ''
    const part: Part = { opening, text: '', ended: false, proof: undefined }
    this.#parts.set(index, part)
    this.#queue.push(part)
    return ''
  }

  #grow(index: number, text: string): string {
    const part = this.#parts.get(index)
    if (!part || part.ended || text === '') return ''
    const { type } = part.opening
    if (part !== this.#queue[0] || type === 'tool-call') part.text += text
    else if (type === 'text') return this.#release() + this.#chunk(this.#signer.text(text))
    else if (type === 'thinking' && !this.#hidesThoughts)
      return this.#release() + this.#chunk(thoughtPart(text))
    return ''
  }

  #endPart(index: number, proof: Proof | undefined): string {
    const part = this.#parts.get(index)
    if (!part || part.ended) return ''
    part.ended = true
    part.proof = proof
    return this.#advance()
  }

  /** Says every part that has ended and what the part after them has to say so far. */
  #advance(): string {
    let said = ''
    for (let part = this.#queue[0]; part?.ended; part = this.#queue[0]) {
      said += this.#sayEnded(part)
      this.#queue.shift()
    }
    const next = this.#queue[0]
    if (next?.opening.type !== 'text' && next?.opening.type !== 'thinking') return said
    const waiting = this.#sayText(next)
    next.text = ''
    return waiting === '' ? said : said + this.#release() + this.#chunk(waiting)
  }

  #sayEnded(part: Part): string {
    switch (part.opening.type) {
      case 'tool-call': {
        const before = this.#release()
        this.#held = this.#signer.call(part.opening, part.text, part.proof)
        return before
      }
      case 'search':
        this.#searches.push(part.opening)
        return ''
      default: {
        const said = joined(this.#sayText(part), this.#signer.closing(part.opening, part.proof))
        return said === '' ? '' : this.#release() + this.#chunk(said)
      }
    }
  }

  /** The waiting text of a part as a part of the wire, '' when there is none. */
  #sayText({ opening, text }: Part): string {
    if (opening.type === 'foreign')
      return opening.dialect === 'gemini' && isObject(opening.value) ? writeJson(opening.value) : ''
    if (text === '' || (opening.type === 'thinking' && this.#hidesThoughts)) return ''
    return opening.type === 'thinking' ? thoughtPart(text) : this.#signer.text(text)
  }

  #end(reason: StopReason): string {
    let said = ''
    // What did not end is text cut short, or a call that is not whole and must not look so (CONTRACT 39).
    for (const part of this.#queue) {
      if (part.ended) said += this.#sayEnded(part)
      else if (part.opening.type === 'text' || part.opening.type === 'thinking') {
        const text = this.#sayText(part)
        if (text !== '') said += this.#release() + this.#chunk(text)
      }
    }
    this.#over = true
    const parts = joined(this.#held, this.#signer.rest()) || '{"text":""}'
    const { estimatedInputTokens } = this.#context
    return `${said}${frame(lastChunk(parts, reason, this.#searches, this.#usage, estimatedInputTokens, this.#context))}`
  }

  #release(): string {
    const held = this.#held
    this.#held = ''
    return held === '' ? '' : this.#chunk(held)
  }

  #chunk(parts: string): string {
    return `${chunkStart}${parts}${this.#chunkEnd}`
  }
}

/** Which signature goes on which part: a thought's proof is wanted back on what it led to. */
class Signer {
  #pending: Proof | undefined

  text(text: string): string {
    return `{"text":${JSON.stringify(text)}${this.#taken()}}`
  }

  call(opening: Extract<PartOpening, { type: 'tool-call' }>, text: string, proof: Proof | undefined): string {
    const args = callArguments(text, opening.freeform === true)
    if (args === undefined) return ''
    const { id, name, namespace } = opening
    const wireName = namespace === undefined ? name : flatName(name, namespace, 64)
    const before = proof && !sameProof(proof, this.#pending) ? this.rest() : ''
    if (proof) this.#pending = proof
    const named = `"id":${JSON.stringify(id)},"name":${JSON.stringify(wireName)}`
    return joined(before, `{"functionCall":{${named},"args":${args}}${this.#taken()}}`)
  }

  /** What the end of a text or thought adds. */
  closing(opening: PartOpening, proof: Proof | undefined): string {
    if (!proof || (opening.type !== 'text' && opening.type !== 'thinking')) return ''
    const isOwn = proof.dialect === 'gemini'
    if (opening.type === 'text')
      return `{"text":"","thoughtSignature":${JSON.stringify(writeSignature(proof))}}`
    const before = this.rest()
    this.#pending = isOwn || standsAlone(proof.kind) ? proof : undefined
    // Others' proofs stay with their thought; clients that drop thoughts bring them back on the call.
    return isOwn ? before : joined(before, silentThought(proof))
  }

  /** A signature that nothing followed. */
  rest(): string {
    const proof = this.#pending
    this.#pending = undefined
    return proof?.dialect === 'gemini' ? silentThought(proof) : ''
  }

  #taken(): string {
    const proof = this.#pending
    this.#pending = undefined
    return proof ? `,"thoughtSignature":${JSON.stringify(writeSignature(proof))}` : ''
  }
}

const thoughtPart = (text: string): string => `{"text":${JSON.stringify(text)},"thought":true}`
const silentThought = (proof: Proof): string =>
  `{"text":"","thought":true,"thoughtSignature":${JSON.stringify(writeSignature(proof))}}`
const joined = (first: string, second: string): string =>
  first === '' || second === '' ? first + second : `${first},${second}`

/** The JSON text of the arguments on one line, as the model wrote it; undefined when it is no object. */
function callArguments(text: string, isFreeform: boolean): string | undefined {
  if (isFreeform) return JSON.stringify({ [freeformProperty]: text })
  if (text.trim() === '') return '{}'
  const value = tryParseJson(text)
  if (!isObject(value)) return undefined
  return /[\n\r]/.test(text) ? writeJson(value) : text
}

const identity = ({ model, replyId }: ReplyContext): string =>
  `"modelVersion":${JSON.stringify(model)},"responseId":${JSON.stringify(replyId)}`

function lastChunk(
  parts: string,
  reason: StopReason,
  searches: readonly Search[],
  usage: Usage | undefined,
  estimate: number,
  context: ReplyContext,
): string {
  const grounding = searches.length > 0 ? `,"groundingMetadata":${writeJson(groundingOf(searches))}` : ''
  const content = `"content":{"parts":[${parts}],"role":"model"}`
  const candidate = `{${content},"finishReason":"${writeFinish(reason)}","index":0${grounding}}`
  const cost = JSON.stringify(writeUsage(usage, estimate))
  return `{"candidates":[${candidate}],"usageMetadata":${cost},${identity(context)}}`
}

const groundingOf = (searches: readonly Search[]): JsonObject => ({
  webSearchQueries: searches.map((search) => search.query).filter((query) => query !== ''),
  groundingChunks: searches.flatMap((search) =>
    search.results.map(({ url, title }) => ({ web: { uri: url, title } })),
  ),
})

/** The same parts as the stream's, each said once. */
export function encodeWhole(events: readonly ReplyEvent[], context: ReplyContext): string {
  const reply = wholeReply(events)
  const signer = new Signer()
  const hidesThoughts = context.conversation.thinking.visible === false
  const said = reply.parts.map((part) => wholePart(part, signer, hidesThoughts))
  const parts = [...said, signer.rest()].reduce(joined, '') || '{"text":""}'
  const searches = reply.parts.flatMap(({ opening }) => (opening.type === 'search' ? [opening] : []))
  const usage = reply.usage === noUsage ? undefined : reply.usage
  return lastChunk(parts, reply.reason, searches, usage, context.estimatedInputTokens, context)
}

function wholePart({ opening, text, proof }: WholePart, signer: Signer, hidesThoughts: boolean): string {
  switch (opening.type) {
    case 'search':
      return ''
    case 'tool-call':
      return signer.call(opening, text, proof)
    case 'foreign':
      return opening.dialect === 'gemini' && isObject(opening.value) ? writeJson(opening.value) : ''
    case 'thinking':
      return joined(text === '' || hidesThoughts ? '' : thoughtPart(text), signer.closing(opening, proof))
    case 'text':
      return joined(text === '' ? '' : signer.text(text), signer.closing(opening, proof))
  }
}
