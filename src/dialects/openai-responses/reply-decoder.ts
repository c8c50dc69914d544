/** A Responses reply, streamed or whole, to reply events. */
import type { Failure } from '../../conversation/failure.ts'
import type { ReplyEvent } from '../../conversation/reply.ts'
import { asList, asObject, asText, isObject, type JsonObject, tryParseJson } from '../../wire/json.ts'
import { type SseFrame, SseReader } from '../../wire/sse.ts'
import type { Stage } from '../../wire/stage.ts'
import type { DecodeOrder } from '../dialect.ts'
import { errorIn, eventFailure } from './failure.ts'
import { OutputItems } from './output-items.ts'
import { readUsage, stopOf } from './wire.ts'

export class ReplyDecoder implements Stage<SseFrame, ReplyEvent> {
  readonly #items = new OutputItems()
  #started = false
  #over = false

  push(frame: SseFrame): readonly ReplyEvent[] {
    if (this.#over || frame.data === '' || frame.data === '[DONE]') return []
    const event = tryParseJson(frame.data)
    if (!isObject(event))
      return this.#fail({ kind: 'garbled', message: 'the upstream sent an event that is not JSON' })
    return this.#read(asText(event['type']) ?? frame.event ?? '', event)
  }

  end(): readonly ReplyEvent[] {
    if (this.#over) return []
    return this.#items.said
      ? this.#fail({ kind: 'cut', message: 'the upstream ended the stream before its reply was complete' })
      : this.#fail({ kind: 'garbled', message: 'the reply of the upstream ended before it began' })
  }

  /** A response object is a stream of which only the last event was heard. */
  whole(response: JsonObject): readonly ReplyEvent[] {
    const { status } = response
    if (errorIn(response) !== undefined || status === 'failed')
      return this.#fail(eventFailure(response['error']))
    if (
      !Array.isArray(response['output']) ||
      (status !== undefined && !/^(?:in)?complete/.test(String(status)))
    )
      return this.#fail({
        kind: 'garbled',
        message: 'the upstream answered with something that is no response',
      })
    return this.#complete(response)
  }

  #read(type: string, event: JsonObject): readonly ReplyEvent[] {
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#start(asObject(event['response']))
      case 'response.completed':
      case 'response.incomplete':
      case 'response.done':
        return this.#complete(asObject(event['response']))
      case 'response.failed':
      case 'response.cancelled':
        return this.#fail(eventFailure(asObject(event['response'])['error']))
      case 'error':
      case 'response.error':
        return this.#fail(eventFailure(event))
      case '':
        return errorIn(event) === undefined ? [] : this.#fail(eventFailure(event))
      default:
        this.#item(type, event)
        return this.#passOn()
    }
  }

  #item(type: string, event: JsonObject): void {
    const { delta, text, refusal } = event
    const items = this.#items
    switch (type) {
      case 'response.output_text.delta':
        items.text(event, asText(delta))
        break
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        items.argumentsDelta(event, asText(delta))
        break
      case 'response.reasoning_summary_text.delta':
        items.thought(event, 'summary', asText(delta))
        break
      case 'response.reasoning_text.delta':
        items.thought(event, 'full', asText(delta))
        break
      case 'response.refusal.delta':
        items.refused = true
        items.text(event, asText(delta))
        break
      case 'response.output_text.done':
        items.whole(event, asText(text), { type: 'text' })
        break
      case 'response.refusal.done':
        items.refused = true
        items.whole(event, asText(refusal), { type: 'text' })
        break
      default:
        this.#milestone(type, event)
    }
  }

  #milestone(type: string, event: JsonObject): void {
    const { text, input, item } = event
    switch (type) {
      case 'response.output_item.added':
        this.#items.added(event)
        break
      case 'response.output_item.done':
        if (isObject(item)) this.#items.done(event)
        break
      case 'response.function_call_arguments.done':
        this.#items.whole(event, asText(event['arguments']))
        break
      case 'response.custom_tool_call_input.done':
        this.#items.whole(event, asText(input))
        break
      case 'response.reasoning_summary_text.done':
        this.#items.wholeThought(event, 'summary', asText(text))
        break
      case 'response.reasoning_text.done':
        this.#items.wholeThought(event, 'full', asText(text))
    }
  }

  #start(response: JsonObject): readonly ReplyEvent[] {
    if (this.#started) return []
    this.#started = true
    const usage = readUsage(response['usage'])
    const [id, model] = [asText(response['id']) ?? '', asText(response['model']) ?? '']
    return [{ type: 'start', id, model, ...(usage && { usage }) }]
  }

  #passOn(): readonly ReplyEvent[] {
    const events = this.#items.take()
    return events.length > 0 && !this.#started ? [...this.#start({}), ...events] : events
  }

  #complete(response: JsonObject): readonly ReplyEvent[] {
    if (errorIn(response) !== undefined || response['status'] === 'failed')
      return this.#fail(eventFailure(response['error']))
    const items = this.#items
    items.rest(asList(response['output']))
    const reason = stopOf(response, items.called, items.refused)
    items.close(reason === 'length')
    if (items.nameless)
      return this.#fail({ kind: 'garbled', message: 'the upstream called a tool without a name' })
    const usage = readUsage(response['usage'])
    const events = [...this.#start(response), ...items.take()]
    if (usage) events.push({ type: 'usage', usage })
    this.#over = true
    return [...events, { type: 'end', reason }]
  }

  #fail(failure: Failure): readonly ReplyEvent[] {
    const events = this.#started ? this.#items.take() : []
    this.#over = true
    return [...events, { type: 'failed', failure }]
  }
}

/** Some providers answer with a stream whatever was asked for. */
export function decodeWhole(body: string, order: DecodeOrder): readonly ReplyEvent[] {
  const decoder = new ReplyDecoder()
  if (/^\s*(?:event|data|:)/.test(body)) {
    const reader = new SseReader()
    const bytes = new TextEncoder().encode(body)
    const frames = [...reader.push(bytes), ...reader.end()]
    return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()]
  }
  const response = tryParseJson(body, order.overheard ? false : undefined)
  return decoder.whole(asObject(response))
}
