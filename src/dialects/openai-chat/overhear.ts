/** Listening in on chunks that pass through unread: only those that end, count or complain are parsed. */
import { isObject } from '../../wire/json.ts'
import { frame, type SseFrame } from '../../wire/sse.ts'
import type { Overheard, Overhearing } from '../dialect.ts'
import { failureIn } from './failure.ts'
import { firstChoice, readChunk, readFinish, readUsage } from './wire.ts'

export const overhear: Overhearing = {
  // Inside a string these would have their quotes escaped, so plain text holds none but [DONE].
  needles: [
    '"finish_reason":"',
    '"finish_reason": "',
    '"usage":{',
    '"usage": {',
    '"error":{',
    '"error": {',
    '"error":"',
    '"error": "',
    '[DONE]',
  ],
  read,
  namesModelOnce: false,
  closing: frame('[DONE]'),
}

function read({ data }: SseFrame): Overheard {
  if (data === '[DONE]') return { over: true }
  const chunk = readChunk(data)
  if (!isObject(chunk)) return {}
  const { choices, usage, x_groq } = chunk
  const choice = firstChoice(choices)
  const { finish_reason, usage: ofChoice } = choice ?? {}
  const { usage: ofGroq } = isObject(x_groq) ? x_groq : {}
  const tokens = readUsage(usage ?? ofChoice ?? ofGroq, {})
  const finish = readFinish(finish_reason)
  const failure = failureIn(chunk) ?? (finish?.kind === 'accident' ? accident(finish.word) : undefined)
  return {
    ...(tokens && { usage: tokens }),
    ...(finish?.kind === 'stopped' && { reason: finish.reason }),
    ...(failure && { failure }),
  }
}

const accident = (word: string) =>
  ({ kind: 'overloaded', message: `the upstream gave up in the middle of its answer (${word})` }) as const
