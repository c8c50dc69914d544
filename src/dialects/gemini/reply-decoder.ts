/**
 * A streamed or whole reply to a sentence of events. Gemini sends every call whole and may repeat its last words, so a
 * reply is over when the stream is: with a finishReason it was complete, without one it was cut.
 */
import type { Proof, SearchResult } from '../../conversation/conversation.ts'
import type { Failure } from '../../conversation/failure.ts'
import type { PartOpening, ReplyEvent, StopReason, Usage } from '../../conversation/reply.ts'
import { shortHash } from '../../conversation/tool-names.ts'
import {
  asList,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  writeJson,
} from '../../wire/json.ts'
import type { SseFrame } from '../../wire/sse.ts'
import type { Stage } from '../../wire/stage.ts'
import { errorIn } from './failure.ts'
import { blockWordOf, candidateOf, finishMessageOf, finishWordOf, readFinish, readUsage } from './finish.ts'
import { readSignature } from './signature.ts'
import { pick, pickObject } from './wire.ts'

interface OpenPart {
  readonly index: number
  readonly type: 'text' | 'thinking'
  proof?: Proof
}

export class ReplyDecoder implements Stage<SseFrame, ReplyEvent> {
  #index = 0
  #open: OpenPart | undefined
  #started = false
  #over = false
  /** Something was said that a client can use. */
  #spoke = false
  #called = false
  #finish: { readonly word: string; readonly message: string } | undefined
  #blocked = ''
  #usage: Usage | undefined
  #grounding: JsonObject | undefined
  /** Makes generated ids differ from reply to reply. */
  #seed = ''
  readonly #callIds = new Set<string>()

  push({ data }: SseFrame): ReplyEvent[] {
    if (this.#over || data === '' || data === '[DONE]') return []
    const chunk = readChunk(data)
    return chunk === undefined
      ? this.#fail({ kind: 'garbled', message: 'the reply holds what is not JSON' })
      : this.chunk(chunk, data)
  }

  /** One chunk, already read; `text` is what it was read from. */
  chunk(chunk: Json, text: string): ReplyEvent[] {
    if (this.#over) return []
    if (Array.isArray(chunk) && errorIn(chunk) === undefined)
      return chunk.flatMap((one) => this.chunk(one, text))
    const failure = errorIn(chunk)
    if (failure) return this.#fail(failure)
    if (!isObject(chunk)) return []
    const events: ReplyEvent[] = []
    this.#start(chunk, text, events)
    const candidate = candidateOf(chunk)
    if (candidate) this.#candidate(candidate, events)
    this.#blocked ||= blockWordOf(chunk)
    return events
  }

  end(): ReplyEvent[] {
    if (this.#over) return []
    if (!this.#started) return this.#fail({ kind: 'garbled', message: 'the reply ended before it began' })
    const reason = this.#reason()
    if (typeof reason !== 'string') return this.#fail(reason)
    this.#over = true
    const events: ReplyEvent[] = []
    this.#close(events)
    this.#search(events)
    if (this.#usage) events.push({ type: 'usage', usage: this.#usage })
    events.push({ type: 'end', reason })
    return events
  }

  #reason(): StopReason | Failure {
    if (!this.#finish)
      return this.#blocked === ''
        ? { kind: 'cut', message: 'the reply ended without a finish reason' }
        : 'refusal'
    const { word, message } = this.#finish
    const reason = readFinish(word)
    if (reason === 'broken-call')
      return {
        kind: 'garbled',
        message: `the model wrote a call that cannot be carried out (${message || word})`,
      }
    if (reason === 'done' && !this.#spoke)
      return { kind: 'garbled', message: 'the reply ended without a word' }
    return reason === 'done' && this.#called ? 'tool-calls' : reason
  }

  #fail(failure: Failure): ReplyEvent[] {
    this.#over = true
    const usage: ReplyEvent[] = this.#usage ? [{ type: 'usage', usage: this.#usage }] : []
    return [...usage, { type: 'failed', failure }]
  }

  #start(chunk: JsonObject, text: string, events: ReplyEvent[]): void {
    this.#usage = readUsage(chunk) ?? this.#usage
    if (this.#started) return
    this.#started = true
    const id = asText(pick(chunk, 'responseId', 'response_id')) ?? ''
    this.#seed = id || text
    const model = asText(pick(chunk, 'modelVersion', 'model_version')) ?? ''
    events.push({ type: 'start', id, model, ...(this.#usage && { usage: this.#usage }) })
  }

  #candidate(candidate: JsonObject, events: ReplyEvent[]): void {
    for (const part of asList(asObject(candidate['content'])['parts']))
      if (isObject(part)) this.#part(part, events)
    const word = finishWordOf(candidate)
    if (word !== '') this.#finish = { word, message: finishMessageOf(candidate) }
    this.#grounding = pickObject(candidate, 'groundingMetadata', 'grounding_metadata') ?? this.#grounding
  }

  #part(part: JsonObject, events: ReplyEvent[]): void {
    const call = part['functionCall'] ?? part['function_call']
    const proof = readSignature(asText(part['thoughtSignature'] ?? part['thought_signature']))
    const text = part['text']
    if (isObject(call)) this.#call(call, proof, events)
    else if (typeof text === 'string') this.#text(text, part['thought'] === true, proof, events)
    else if (Object.keys(part).length > 0) this.#other(part, events)
  }

  /**
   * A signature without words belongs to what was said before it, one on the first words of an answer to the thought
   * that led there.
   */
  #text(text: string, isThought: boolean, proof: Proof | undefined, events: ReplyEvent[]): void {
    const type = isThought ? 'thinking' : 'text'
    const before = this.#open
    const isForBefore = proof && before && (text === '' || before.type === 'thinking')
    if (isForBefore) before.proof = proof
    if (text === '') return
    const open = before?.type === type ? before : this.#begin(type, events)
    if (proof && !isForBefore) open.proof = proof
    events.push({ type: 'part-delta', index: open.index, text })
  }

  /** A call's proof is the thought's before it too: clients that keep no proofs of calls may keep those of thoughts. */
  #call(call: JsonObject, proof: Proof | undefined, events: ReplyEvent[]): void {
    if (proof && this.#open?.type === 'thinking') this.#open.proof = proof
    this.#close(events)
    const index = this.#index++
    const part: PartOpening = {
      type: 'tool-call',
      id: this.#callId(asText(call['id'])),
      name: asText(call['name']) ?? '',
    }
    events.push({ type: 'part-start', index, part })
    events.push({ type: 'part-delta', index, text: writeJson(call['args'] ?? {}) })
    events.push(proof ? { type: 'part-end', index, proof } : { type: 'part-end', index })
    this.#spoke = true
    this.#called = true
  }

  #callId(given: string | undefined): string {
    const id =
      given && !this.#callIds.has(given)
        ? given
        : `call_${shortHash(this.#seed)}${shortHash(`${this.#seed}#`)}_${this.#index}`
    this.#callIds.add(id)
    return id
  }

  #other(part: JsonObject, events: ReplyEvent[]): void {
    this.#close(events)
    const isImage = (part['inlineData'] ?? part['inline_data']) !== undefined
    const loss = isImage ? 'image' : 'server-tool'
    this.#atomic({ type: 'foreign', dialect: 'gemini', value: part, loss }, events)
    this.#spoke = true
  }

  #begin(type: OpenPart['type'], events: ReplyEvent[]): OpenPart {
    this.#close(events)
    const open: OpenPart = { index: this.#index++, type }
    this.#open = open
    this.#spoke ||= type === 'text'
    events.push({ type: 'part-start', index: open.index, part: { type } })
    return open
  }

  #close(events: ReplyEvent[]): void {
    const open = this.#open
    if (!open) return
    this.#open = undefined
    events.push({ type: 'part-end', index: open.index, ...(open.proof && { proof: open.proof }) })
  }

  #atomic(part: PartOpening, events: ReplyEvent[]): void {
    const index = this.#index++
    events.push({ type: 'part-start', index, part }, { type: 'part-end', index })
  }

  /** What Google looked up is known only at the end. */
  #search(events: ReplyEvent[]): void {
    if (!this.#grounding) return
    const queries = asList(pick(this.#grounding, 'webSearchQueries', 'web_search_queries'))
    const query = queries.filter((one) => typeof one === 'string').join('; ')
    const results = asList(pick(this.#grounding, 'groundingChunks', 'grounding_chunks')).flatMap(searchResult)
    if (query === '' && results.length === 0) return
    this.#atomic({ type: 'search', id: `search_${shortHash(this.#seed)}`, query, results }, events)
    if (this.#usage && queries.length > 0) this.#usage = { ...this.#usage, searches: queries.length }
  }
}

function searchResult(chunk: Json): SearchResult[] {
  const web = asObject(asObject(chunk)['web'])
  const url = asText(web['uri'])
  return url === undefined ? [] : [{ url, title: asText(web['title']) ?? url }]
}

/** Numbers are guarded only where a model's arguments may hold them. */
function readChunk(data: string): Json | undefined {
  try {
    return data.includes('"functionCall"') || data.includes('"function_call"')
      ? parseJson(data)
      : JSON.parse(data)
  } catch {
    return undefined
  }
}

export function decodeWhole(body: string): ReplyEvent[] {
  const decoder = new ReplyDecoder()
  return body.trim() === '' ? decoder.end() : [...decoder.push({ data: body }), ...decoder.end()]
}
