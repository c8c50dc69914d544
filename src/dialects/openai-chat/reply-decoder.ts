/** chat.completion.chunk frames, or a whole chat.completion, to a reply. */
import type { Failure } from '../../conversation/failure.ts'
import type { ReplyEvent, StopReason, Usage } from '../../conversation/reply.ts'
import { asList, asText, isObject, type Json, type JsonObject, tryParseJson } from '../../wire/json.ts'
import type { SseFrame } from '../../wire/sse.ts'
import type { Stage } from '../../wire/stage.ts'
import type { DecodeOrder } from '../dialect.ts'
import { failureIn } from './failure.ts'
import { type PartCounter, ReplyCalls } from './reply-calls.ts'
import { ReplySpeech } from './reply-speech.ts'
import { TextChunks } from './text-chunks.ts'
import { type Finish, firstChoice, readChunk, readFinish, readUsage } from './wire.ts'

const nothing: readonly ReplyEvent[] = []

export class ChatReplyDecoder implements Stage<SseFrame, ReplyEvent> {
  readonly #order: DecodeOrder
  readonly #parts: PartCounter = { next: 0 }
  readonly #speech = new ReplySpeech(this.#parts)
  readonly #calls = new ReplyCalls(this.#parts)
  readonly #texts = new TextChunks()
  #seed = ''
  #phase: 'before' | 'speaking' | 'finished' | 'over' = 'before'
  #reason: StopReason = 'other'
  #refused = false
  #usage: Usage | undefined

  constructor(order: DecodeOrder) {
    this.#order = order
  }

  push({ event, data }: SseFrame): readonly ReplyEvent[] {
    if (this.#phase === 'over' || data === '') return nothing
    if (data === '[DONE]') return this.end()
    const out: ReplyEvent[] = []
    const text = this.#phase === 'speaking' && event !== 'error' ? this.#texts.textIn(data) : undefined
    if (text !== undefined) {
      if (text !== '') this.#speech.say(text, out)
      return out
    }
    const chunk = readChunk(data)
    if (event === 'error') this.#fail(complaint(chunk, data), out)
    else if (chunk === undefined) this.#fail(unreadable, out)
    else if (isObject(chunk)) {
      this.hear(chunk, out)
      this.#texts.learn(data, chunk)
    }
    return out
  }

  end(): readonly ReplyEvent[] {
    if (this.#phase === 'over') return nothing
    const out: ReplyEvent[] = []
    if (this.#phase === 'finished') this.#complete(out)
    else this.#fail(this.#parts.next > 0 ? cutShort : neverBegan, out)
    return out
  }

  hear(chunk: JsonObject, out: ReplyEvent[]): void {
    const { choices, usage, error, x_groq } = chunk
    const choice = firstChoice(choices)
    const failure = !choice || error ? failureIn(chunk) : undefined
    if (failure) {
      this.#fail(failure, out)
      return
    }
    if (this.#phase === 'before') this.#start(chunk, choice !== undefined, out)
    if (usage) this.#count(chunk)
    else if (isObject(x_groq)) this.#count(x_groq)
    if (choice) this.#hearChoice(choice, out)
    else if (usage && this.#phase === 'finished') this.#complete(out)
  }

  /** A frame that says nothing of itself is no start. */
  #start({ id, model, created }: JsonObject, begins: boolean, out: ReplyEvent[]): void {
    if (!begins && !id) return
    this.#phase = 'speaking'
    this.#seed = `${asText(id) ?? ''} ${String(created ?? '')}`
    out.push({ type: 'start', id: asText(id) ?? '', model: asText(model) ?? '' })
  }

  #hearChoice(choice: JsonObject, out: ReplyEvent[]): void {
    const { delta, message, finish_reason, usage } = choice
    const said = delta ?? message
    if (usage) this.#count(choice)
    if (isObject(said)) this.#hearDelta(said, out)
    const finish = readFinish(finish_reason)
    if (finish) this.#finish(finish, choice, out)
  }

  #hearDelta(delta: JsonObject, out: ReplyEvent[]): void {
    const { content, refusal, tool_calls, function_call, annotations, images } = delta
    this.#speech.think(delta, this.#calls, out)
    if (content) this.#speech.say(content, out)
    if (refusal) {
      this.#refused = true
      this.#speech.say(refusal, out)
    }
    if (tool_calls) for (const call of asList(tool_calls)) this.#call(call, out)
    if (isObject(function_call)) this.#call({ index: -1, function: function_call }, out)
    if (annotations || images) this.#speech.note(annotations, images)
  }

  #call(call: Json, out: ReplyEvent[]): void {
    this.#speech.pause(out)
    this.#calls.hear(call, this.#seed, out)
  }

  #finish(finish: Finish, choice: JsonObject, out: ReplyEvent[]): void {
    if (finish.kind === 'accident') {
      const message = `the upstream gave up in the middle of its answer (${finish.word})`
      this.#fail(failureIn(choice) ?? { kind: finish.failure, message }, out)
      return
    }
    this.#reason = finish.reason
    this.#phase = 'finished'
    this.#speech.pause(out)
    if (this.#calls.close(finish.reason, out) === 'nameless')
      this.#fail({ kind: 'garbled', message: 'the upstream called a tool without naming it' }, out)
  }

  #count({ usage }: JsonObject): void {
    this.#usage = readUsage(usage, this.#order.quirks) ?? this.#usage
  }

  #complete(out: ReplyEvent[]): void {
    const reason = this.#stopReason()
    this.#speech.pause(out)
    this.#speech.cite(this.#seed, out)
    this.#phase = 'over'
    if (this.#usage) out.push({ type: 'usage', usage: this.#usage })
    out.push({ type: 'end', reason })
  }

  #stopReason(): StopReason {
    const reason = this.#refused ? 'refusal' : this.#reason
    if (reason === 'length' || reason === 'refusal' || reason === 'context-full') return reason
    if (this.#calls.some) return 'tool-calls'
    return reason === 'tool-calls' ? 'done' : reason
  }

  #fail(failure: Failure, out: ReplyEvent[]): void {
    if (this.#usage && this.#phase !== 'before') out.push({ type: 'usage', usage: this.#usage })
    this.#phase = 'over'
    out.push({ type: 'failed', failure })
  }
}

/** The data of an `error` event, in whatever form. */
const complaint = (chunk: Json | undefined, data: string): Failure =>
  (isObject(chunk) && failureIn(chunk)) || failureIn({ error: isObject(chunk) ? chunk : data }) || unreadable

const unreadable: Failure = { kind: 'garbled', message: 'the upstream sent a frame that is not JSON' }
const cutShort: Failure = { kind: 'cut', message: 'the reply ended before it gave a finish_reason' }
const neverBegan: Failure = { kind: 'garbled', message: 'the reply ended before it began' }
export function decodeWhole(body: string, order: DecodeOrder): readonly ReplyEvent[] {
  const decoder = new ChatReplyDecoder(order)
  const reply = tryParseJson(body, order.overheard ? false : undefined)
  const out: ReplyEvent[] = []
  if (isObject(reply)) decoder.hear(finished(reply), out)
  return [...out, ...decoder.end()]
}

/** A whole answer is over even when it does not say why. */
function finished(reply: JsonObject): JsonObject {
  const { choices } = reply
  const choice = firstChoice(choices)
  if (!choice) return reply
  const { finish_reason } = choice
  return finish_reason ? reply : { ...reply, choices: [{ ...choice, finish_reason: 'stop' }] }
}
