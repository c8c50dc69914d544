/** Following a Gemini stream that passes through unread: only frames that end it are looked at. */
import { isObject, tryParseJson } from '../../wire/json.ts'
import type { SseFrame } from '../../wire/sse.ts'
import type { Overheard, Overhearing } from '../dialect.ts'
import { errorIn } from './failure.ts'
import { blockWordOf, candidateOf, finishWordOf, readFinish, readUsage } from './finish.ts'

function read({ data }: SseFrame): Overheard {
  const chunk = tryParseJson(data)
  if (chunk === undefined) return {}
  const failure = errorIn(chunk)
  if (failure) return { failure }
  if (!isObject(chunk)) return {}
  const usage = readUsage(chunk)
  const reason = reasonIn(finishWordOf(candidateOf(chunk)), blockWordOf(chunk), data)
  return { ...(usage && { usage }), ...(reason && { reason, over: true }) }
}

function reasonIn(finish: string, block: string, data: string): Overheard['reason'] {
  if (finish === '') return block === '' ? undefined : 'refusal'
  const reason = readFinish(finish)
  if (reason === 'broken-call') return 'other'
  return reason === 'done' && data.includes('"functionCall"') ? 'tool-calls' : reason
}

const needles = ['"finishReason"', '"blockReason"', '"error"']

/** A finishReason stands in the last chunk, so nothing is ever missing after it. */
export const overhear: Overhearing = {
  // arguments are objects, so a frame that is JSON holds them whole
  listen: () => ({ needles, read }),
  namesModelOnce: false,
  closing: '',
}
