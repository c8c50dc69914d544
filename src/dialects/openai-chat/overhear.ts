/** Listening in on chunks that pass through unread: only those that call, end, count or complain are looked at. */
import { mayStopWithinCall } from '../../conversation/call-arguments.ts'
import { type UsualPiece, UsualPieces } from '../../conversation/call-pieces.ts'
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

/** What else a chunk with a piece may say. */
const saysMore = /"finish_reason": ?"|"usage": ?\{|"error": ?["{]/

const usualPiece: UsualPiece = {
  begins:
    /data: ?\{[^\n]*?"choices": ?\[\{"index": ?0, ?"delta": ?\{(?:"role": ?"assistant", ?)?(?:"content": ?(?:null|""), ?)?"tool_calls": ?\[\{"index": ?(\d+), ?(?:"type": ?"function", ?)?"function": ?\{"arguments": ?"/y,
  ends: (frames, at) => {
    const after = frames.slice(at, frames.indexOf('\n\n', at) + 2)
    const isAll =
      after.startsWith('"}}]}') && after.indexOf('\n') === after.length - 2 && !saysMore.test(after)
    return isAll ? after : undefined
  },
}

class ChunkListener implements Listener {
  readonly needles = needles
  readonly #calls = new ReplyCalls({ next: 0 })
  readonly #pieces = new UsualPieces(usualPiece, (index, text) =>
    this.#hearCall({ index, function: { arguments: text } }),
  )
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
    return this.#calls.some ? this.#pieces.skim(frames, from) : from
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
