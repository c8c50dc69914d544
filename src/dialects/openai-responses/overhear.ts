/** What the pass-through lane needs to know of a Responses stream it does not translate. */
import { areWhole, mayStopWithinCall } from '../../conversation/call-arguments.ts'
import { asList, asObject, asText, isObject, type JsonObject, tryParseJson } from '../../wire/json.ts'
import type { SseFrame } from '../../wire/sse.ts'
import type { Listener, Overheard, Overhearing } from '../dialect.ts'
import { errorIn, eventFailure } from './failure.ts'
import { isCall, readUsage, stopOf } from './wire.ts'

const nothing: Overheard = {}
// Arguments are said once more, and whole, by the events that close their call: deltas need not be read.
const needles: readonly string[] = [
  'response.completed',
  'response.incomplete',
  'response.failed',
  '"type":"error"',
  '"type": "error"',
  '"function_call"',
  'response.function_call_arguments.done',
]

export const overhear: Overhearing = {
  listen: () => new ResponseListener(),
  namesModelOnce: false,
  // The last event says both why and that it is over: nothing can be missing between the two.
  closing: '',
}

class ResponseListener implements Listener {
  readonly needles = needles
  /** Calls that were closed before they were whole. */
  readonly #cut = new Set<unknown>()

  read(frame: SseFrame): Overheard {
    const event = tryParseJson(frame.data)
    if (!isObject(event)) return nothing
    const type = asText(event['type']) ?? frame.event
    switch (type) {
      case 'error':
        return { failure: eventFailure(event), over: true }
      case 'response.failed':
        return { failure: eventFailure(asObject(event['response'])['error']), over: true }
      case 'response.completed':
      case 'response.incomplete':
        return this.#end(asObject(event['response']))
      case 'response.output_item.added':
        return this.#cut.size > 0 ? { cutCall: 'stop' } : nothing
      case 'response.output_item.done':
        return this.#close(event, asObject(event['item']))
      case 'response.function_call_arguments.done':
        return this.#close(event, event)
      default:
        return nothing
    }
  }

  #close({ output_index, item_id }: JsonObject, call: JsonObject): Overheard {
    const { id } = call
    const place = output_index ?? item_id ?? id
    if (isWhole(call)) {
      this.#cut.delete(place)
      return nothing
    }
    this.#cut.add(place)
    return { cutCall: 'withhold' }
  }

  #end(response: JsonObject): Overheard {
    const error = errorIn(response)
    if (error !== undefined) return { failure: eventFailure(error), over: true }
    const output = asList(response['output']).map(asObject)
    const called = output.some((item) => isCall(asText(item['type'])))
    const refused = output.some((item) =>
      asList(item['content']).some((piece) => asObject(piece)['type'] === 'refusal'),
    )
    const usage = readUsage(response['usage'])
    const reason = stopOf(response, called, refused)
    const isCut = this.#cut.size > 0 || !output.every(isWhole)
    return {
      reason,
      over: true,
      ...(usage && { usage }),
      ...(isCut &&
        !(response['status'] === 'incomplete' && mayStopWithinCall(reason)) && { cutCall: 'stop' }),
    }
  }
}

/** Only calls of functions have arguments, and not in every event. */
function isWhole({ arguments: given, type }: JsonObject): boolean {
  const isOther = type !== 'function_call' && type !== 'response.function_call_arguments.done'
  return isOther || typeof given !== 'string' || areWhole(given)
}
