/** What matters in a Messages stream that passes through unread: counters, why it stopped, that it is over, errors. */
import { asObject, isObject, tryParseJson } from '../../wire/json.ts'
import { namedFrame, type SseFrame } from '../../wire/sse.ts'
import type { Overheard, Overhearing } from '../dialect.ts'
import { decodeStreamError } from './failure.ts'
import { readStopReason, readUsage } from './wire.ts'

const nothing: Overheard = {}

function read({ event, data }: SseFrame): Overheard {
  const value = tryParseJson(data)
  if (!isObject(value)) return nothing
  switch (value['type'] ?? event) {
    case 'message_start':
      return { usage: readUsage(asObject(value['message'])['usage']) }
    case 'message_delta': {
      const reason = readStopReason(asObject(value['delta'])['stop_reason'])
      return { usage: readUsage(value['usage']), ...(reason && { reason }) }
    }
    case 'message_stop':
      return { over: true }
    case 'error':
      return { failure: decodeStreamError(value) }
    default:
      return isObject(value['error']) && value['type'] === undefined
        ? { failure: decodeStreamError(value) }
        : nothing
  }
}

export const overhear: Overhearing = {
  /** Frames that only speak of these words are read in vain; they say nothing here. */
  needles: ['"message_', '"error"'],
  read,
  namesModelOnce: true,
  closing: namedFrame('message_stop', '{"type":"message_stop"}'),
}
