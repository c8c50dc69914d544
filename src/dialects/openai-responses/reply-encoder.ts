/**
 * Reply events to a Responses stream. Every event a client could build a response from is sent, in the official order;
 * an item is announced when its first content comes and done when it is complete (CONTRACT 123).
 */
import { cutCall, mayStopWithinCall } from '../../conversation/call-arguments.ts'
import type { Proof } from '../../conversation/conversation.ts'
import type { Failure } from '../../conversation/failure.ts'
import type { PartOpening, ReplyEvent, StopReason, Usage } from '../../conversation/reply.ts'
import type { Json, JsonObject } from '../../wire/json.ts'
import type { ReplyContext, ReplyEncoder } from '../dialect.ts'
import { failedFrame } from './failure.ts'
import {
  CallItem,
  ItemSink,
  type OutputItem,
  ProofItem,
  TextItem,
  ThoughtItem,
  writeAtom,
} from './item-writers.ts'
import { finished, responseObject } from './response-object.ts'

export class ResponsesReplyEncoder implements ReplyEncoder {
  readonly #context: ReplyContext
  readonly #sink: ItemSink
  readonly #open = new Map<number, OutputItem>()
  #usage: Usage | undefined
  #started = false
  #characters = 0
  /** A call that will never be whole was announced. */
  #abandoned = false
  #response: JsonObject | undefined

  constructor(context: ReplyContext) {
    this.#context = context
    this.#sink = new ItemSink(context.replyId)
  }

  /** The finished response; in progress until then. */
  get response(): JsonObject {
    return this.#response ?? responseObject(this.#context, 'in_progress', this.#sink.output)
  }

  push(event: ReplyEvent): string {
    if (this.#response) return ''
    if (!this.#started) this.#start()
    switch (event.type) {
      case 'start':
        this.#usage = event.usage ?? this.#usage
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'part-start':
        this.#openPart(event.index, event.part)
        break
      case 'part-delta':
        this.#characters += event.text.length
        if (event.text !== '') this.#open.get(event.index)?.write(event.text)
        break
      case 'part-end':
        this.#endPart(event.index, event.proof)
        break
      case 'end':
        this.#end(event.reason)
        break
      case 'failed':
        this.#fail(event.failure)
    }
    return this.#sink.take()
  }

  #start(): void {
    this.#started = true
    const response = responseObject(this.#context, 'in_progress', [])
    this.#sink.event('response.created', { response })
    this.#sink.event('response.in_progress', { response })
  }

  #openPart(index: number, part: PartOpening): void {
    const before = this.#open.get(index)
    if (before instanceof CallItem) this.#abandoned = true
    else before?.close('completed')
    this.#open.delete(index)
    switch (part.type) {
      case 'text':
        this.#open.set(index, new TextItem(this.#sink))
        break
      case 'thinking':
        this.#open.set(
          index,
          new ThoughtItem(this.#sink, this.#context.conversation.thinking.visible !== false),
        )
        break
      case 'tool-call':
        this.#open.set(index, new CallItem(this.#sink, part))
        break
      case 'search':
      case 'foreign':
        writeAtom(this.#sink, part)
    }
  }

  #endPart(index: number, proof: Proof | undefined): void {
    const item = this.#open.get(index)
    if (!item) return
    this.#open.delete(index)
    item.close('completed', proof)
    if (proof && item instanceof CallItem)
      new ProofItem(this.#sink, { ...proof, itemId: item.callId }).close()
  }

  #end(reason: StopReason): void {
    const mayBeCut = mayStopWithinCall(reason)
    for (const item of this.#open.values()) {
      if (item instanceof CallItem) this.#abandoned = true
      else item.close(mayBeCut ? 'incomplete' : 'completed')
    }
    if (this.#abandoned && !mayBeCut) {
      this.#fail(cutCall)
      return
    }
    const response = finished(this.#context, reason, this.#sink.output, this.#usage ?? this.#guess())
    this.#response = response
    this.#sink.event(response['status'] === 'completed' ? 'response.completed' : 'response.incomplete', {
      response,
    })
  }

  /** Codex compacts by what it is told of usage; where an upstream tells nothing, an estimate is nearer than zero. */
  #guess(): Usage {
    const output = Math.ceil(this.#characters / 4)
    return { input: this.#context.estimatedInputTokens, cacheRead: 0, cacheWrite: 0, output }
  }

  #fail(failure: Failure): void {
    const { output } = this.#sink
    this.#response = responseObject(this.#context, 'failed', output)
    this.#sink.raw(failedFrame(failure, this.#context, output, this.#sink.nextNumber()))
  }
}

/** The stream's last word, without the stream (CONTRACT 119). */
export function encodeWhole(events: readonly ReplyEvent[], context: ReplyContext): Json {
  const encoder = new ResponsesReplyEncoder(context)
  for (const event of events) encoder.push(event)
  return encoder.response
}
