/** A Messages reply to a sentence of events. */
import type { Failure } from '../../conversation/failure.ts'
import type { ReplyEvent, StopReason, Usage } from '../../conversation/reply.ts'
import {
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
} from '../../wire/json.ts'
import type { SseFrame } from '../../wire/sse.ts'
import type { Stage } from '../../wire/stage.ts'
import type { DecodeOrder } from '../dialect.ts'
import { BlockReader, inputOf } from './block-reader.ts'
import { decodeStreamError } from './failure.ts'
import { layUsage, readStopReason, readUsage, settledReason } from './wire.ts'

export class ReplyDecoder implements Stage<SseFrame, ReplyEvent> {
  #said: ReplyEvent[] = []
  #started = false
  #over = false
  readonly #blocks = new BlockReader((event) => this.#say(event))
  #lastAt = 0
  #usage: Usage | undefined
  #reason: StopReason | undefined
  #stopSequence: string | undefined

  push(frame: SseFrame): readonly ReplyEvent[] {
    if (this.#over) return []
    this.#read(frame)
    return this.#take()
  }

  /** A reason without a goodbye is an end (CONTRACT 42); silence without a reason is a failure. */
  end(): readonly ReplyEvent[] {
    if (this.#over) return []
    if (this.#reason) this.#finish()
    else if (this.#blocks.sawAnything)
      this.#fail({ kind: 'cut', message: 'the reply stopped before it was complete' })
    else this.#fail({ kind: 'garbled', message: 'the reply ended before it began' })
    return this.#take()
  }

  /** A reply that came as one JSON body. */
  whole(body: string, { overheard }: DecodeOrder): readonly ReplyEvent[] {
    const message = asObject(tryParseJson(body, overheard ? false : undefined))
    if (Array.isArray(message['content'])) this.#readWhole(message)
    else if (message['error'] === undefined)
      this.#fail({ kind: 'garbled', message: 'the reply is not a message' })
    else this.#fail(decodeStreamError(message))
    return this.#take()
  }

  #readWhole(message: JsonObject): void {
    this.#start(message)
    for (const [at, block] of asList(message['content']).entries()) {
      this.#blocks.start(at, asObject(block))
      this.#blocks.stop(at)
    }
    this.#noteStop(message)
    if (this.#reason) this.#finish()
    else this.#fail({ kind: 'cut', message: 'the reply does not say why it stopped' })
  }

  #take(): readonly ReplyEvent[] {
    const said = this.#said
    this.#said = []
    return said
  }

  #read({ event, data }: SseFrame): void {
    if (data === '' || data === '[DONE]') return
    const value = parse(data)
    if (isObject(value)) this.#readEvent(asText(value['type']) ?? event, value, data)
    else if (event === 'error') this.#fail(decodeStreamError({ error: data.slice(0, 500) }))
    else if (value === undefined)
      this.#fail({ kind: 'garbled', message: 'the upstream sent an event that is not JSON' })
  }

  #readEvent(type: string | undefined, value: JsonObject, data: string): void {
    switch (type) {
      case 'message_start':
        this.#start(asObject(value['message']))
        break
      case 'content_block_start':
        this.#blocks.start(this.#at(value), precise(value, data))
        break
      case 'content_block_delta':
        this.#blocks.grow(this.#at(value), asObject(value['delta']))
        break
      case 'content_block_stop':
        this.#blocks.stop(this.#at(value))
        break
      case 'message_delta':
        this.#readEnd(value)
        break
      case 'message_stop':
        this.#finish()
        break
      default:
        if (isObject(value['error']) || typeof value['error'] === 'string')
          this.#fail(decodeStreamError(value))
    }
  }

  #at(value: JsonObject): number {
    this.#lastAt = asNumber(value['index']) ?? this.#lastAt
    return this.#lastAt
  }

  #start(message: JsonObject): void {
    if (this.#started) return
    this.#started = true
    const id = asText(message['id']) ?? ''
    this.#blocks.messageId = id
    const usage = readUsage(message['usage'])
    if (Object.keys(usage).length > 0) this.#usage = layUsage(undefined, usage)
    const model = asText(message['model']) ?? ''
    this.#said.push({ type: 'start', id, model, ...(this.#usage && { usage: this.#usage }) })
  }

  #say(event: ReplyEvent): void {
    if (!this.#started) this.#start({})
    this.#said.push(event)
  }

  /** With reason and output counted nothing more can come: the goodbye is not waited for (CONTRACT 42). */
  #readEnd(value: JsonObject): void {
    this.#noteStop(asObject(value['delta']))
    const usage = readUsage(value['usage'])
    if (Object.keys(usage).length > 0) {
      this.#usage = layUsage(this.#usage, usage)
      this.#say({ type: 'usage', usage: this.#usage })
    }
    if (this.#reason && usage.output !== undefined) this.#finish()
  }

  #noteStop(stop: JsonObject): void {
    this.#reason = readStopReason(stop['stop_reason']) ?? this.#reason
    this.#stopSequence = asText(stop['stop_sequence']) ?? this.#stopSequence
  }

  #finish(): void {
    this.#blocks.stopAll()
    const reason = settledReason(this.#reason ?? 'other', this.#blocks.sawCall)
    const sequence = reason === 'stop-sequence' ? this.#stopSequence : undefined
    this.#say({ type: 'end', reason, ...(sequence !== undefined && { stopSequence: sequence }) })
    this.#over = true
  }

  #fail(failure: Failure): void {
    this.#say({ type: 'failed', failure })
    this.#over = true
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The block of a start; read once more with care when it brings arguments (`1.0` stays `1.0`). */
function precise(value: JsonObject, data: string): JsonObject {
  const block = asObject(value['content_block'])
  return inputOf(block) === '' ? block : asObject(asObject(tryParseJson(data))['content_block'])
}
