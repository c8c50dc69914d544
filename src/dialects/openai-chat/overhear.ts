/** Listening in on chunks that pass through unread: only those that call, end, count or complain are looked at. */
import { mayStopWithinCall } from '../../conversation/call-arguments.ts'
import { CallPieces, endOfInside, standsAt } from '../../conversation/call-pieces.ts'
import { asList, isObject, type JsonObject } from '../../wire/json.ts'
import { frame, type SseFrame } from '../../wire/sse.ts'
import type { Listener, Overheard, Overhearing } from '../dialect.ts'
import { failureIn } from './failure.ts'
import { ReplyCalls } from './reply-calls.ts'
import { firstChoice, readChunk, readFinish, readUsage } from './wire.ts'

// Inside a string these would have their quotes escaped, so plain text holds none but [DONE].
const needles: readonly string[] = [
  '"finish_reason":"',
  '"finish_reason": "',
  '"usage":{',
  '"usage": {',
  '"error":{',
  '"error": {',
  '"error":"',
  '"error": "',
  '"tool_calls":[{',
  '"tool_calls": [{',
  '"function_call":{',
  '"function_call": {',
  '[DONE]',
]

export const overhear: Overhearing = {
  listen: () => new ChunkListener(),
  namesModelOnce: false,
  closing: frame('[DONE]'),
}

const usualPiece =
  /data: ?\{[^\n]*?"choices": ?\[\{"index": ?0, ?"delta": ?\{(?:"role": ?"assistant", ?)?(?:"content": ?(?:null|""), ?)?"tool_calls": ?\[\{"index": ?(\d+), ?(?:"type": ?"function", ?)?"function": ?\{"arguments": ?"/y
/** What else such a chunk may say. */
const saysMore = /"finish_reason": ?"|"usage": ?\{|"error": ?["{]/

class ChunkListener implements Listener {
  readonly needles = needles
  readonly #calls = new ReplyCalls({ next: 0 })
  readonly #pieces = new CallPieces((index, text) => this.#hearCall({ index, function: { arguments: text } }))
  /** What stood around the latest piece: the same in most chunks of its call. */
  #before = ''
  #after = ''
  #place = 0
  #mayBeCut = false

  read({ data }: SseFrame): Overheard {
    this.#pieces.flush()
    if (data === '[DONE]') return { over: true, ...this.#cutCall() }
    const chunk = readChunk(data)
    if (!isObject(chunk)) return {}
    const { choices, usage, x_groq } = chunk
    const choice = firstChoice(choices)
    const { finish_reason, usage: ofChoice } = choice ?? {}
    const { usage: ofGroq } = isObject(x_groq) ? x_groq : {}
    const tokens = readUsage(usage ?? ofChoice ?? ofGroq, {})
    const finish = readFinish(finish_reason)
    const failure = failureIn(chunk) ?? (finish?.kind === 'accident' ? accident(finish.word) : undefined)
    if (choice) this.#hearCalls(choice)
    const reason = finish?.kind === 'stopped' ? finish.reason : undefined
    this.#mayBeCut ||= mayStopWithinCall(reason)
    return {
      ...(tokens && { usage: tokens }),
      ...(reason && { reason, ...this.#cutCall() }),
      ...(failure && { failure }),
    }
  }

  skim(frames: string, from: number): number {
    if (!this.#calls.some) return from
    let at = from
    while (at < frames.length && this.#learntBefore(frames, at)) {
      const start = at + this.#before.length
      const end = endOfInside(frames, start)
      if (!this.#learntAfter(frames, end)) break
      this.#pieces.add(this.#place, frames.slice(start, end))
      at = end + this.#after.length
    }
    return at
  }

  /** Whether a piece stands in this chunk, in the usual form. */
  #learntBefore(frames: string, at: number): boolean {
    if (this.#before !== '' && standsAt(frames, at, this.#before)) return true
    usualPiece.lastIndex = at
    const found = usualPiece.exec(frames)
    if (!found) return false
    this.#before = found[0]
    this.#place = Number(found[1])
    return true
  }

  /** And nothing else. */
  #learntAfter(frames: string, end: number): boolean {
    if (this.#after !== '' && standsAt(frames, end, this.#after)) return true
    const after = frames.slice(end, frames.indexOf('\n\n', end) + 2)
    if (!after.startsWith('"}}]}') || after.indexOf('\n') !== after.length - 2 || saysMore.test(after))
      return false
    this.#after = after
    return true
  }

  #hearCalls({ delta, message }: JsonObject): void {
    const said = delta ?? message
    if (!isObject(said)) return
    const { tool_calls, function_call } = said
    for (const call of asList(tool_calls)) if (isObject(call)) this.#hearCall(call)
    if (isObject(function_call)) this.#hearCall({ index: -1, function: function_call })
  }

  #hearCall(call: JsonObject): void {
    this.#calls.hear(call, '', [])
  }

  #cutCall(): Pick<Overheard, 'cutCall'> {
    return this.#mayBeCut || this.#calls.areWhole ? {} : { cutCall: 'stop' }
  }
}

const accident = (word: string) =>
  ({ kind: 'overloaded', message: `the upstream gave up in the middle of its answer (${word})` }) as const
