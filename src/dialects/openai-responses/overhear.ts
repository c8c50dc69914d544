/** What the pass-through lane needs to know of a Responses stream it does not translate. */
import { asList, asObject, asText, isObject, tryParseJson } from '../../wire/json.ts'
import type { SseFrame } from '../../wire/sse.ts'
import type { Overheard, Overhearing } from '../dialect.ts'
import { errorIn, eventFailure } from './failure.ts'
import { isCall, readUsage, stopOf } from './wire.ts'

export const overhear: Overhearing = {
  needles: [
    'response.completed',
    'response.incomplete',
    'response.failed',
    '"type":"error"',
    '"type": "error"',
  ],
  read,
  namesModelOnce: false,
  // The last event says both why and that it is over: nothing can be missing between the two.
  closing: '',
}

function read(frame: SseFrame): Overheard {
  const event = tryParseJson(frame.data)
  if (!isObject(event)) return {}
  const type = asText(event['type']) ?? frame.event
  if (type === 'error') return { failure: eventFailure(event), over: true }
  if (type === 'response.failed')
    return { failure: eventFailure(asObject(event['response'])['error']), over: true }
  if (type !== 'response.completed' && type !== 'response.incomplete') return {}
  const response = asObject(event['response'])
  const error = errorIn(response)
  if (error !== undefined) return { failure: eventFailure(error), over: true }
  const output = asList(response['output']).map(asObject)
  const called = output.some((item) => isCall(asText(item['type'])))
  const refused = output.some((item) =>
    asList(item['content']).some((piece) => asObject(piece)['type'] === 'refusal'),
  )
  const usage = readUsage(response['usage'])
  return { reason: stopOf(response, called, refused), over: true, ...(usage && { usage }) }
}
