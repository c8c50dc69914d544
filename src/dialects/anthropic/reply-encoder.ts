/** A sentence of events to a Messages reply: one reducer for the stream and for the whole message (CONTRACT 119). */
import { cutCall, mayStopWithinCall } from '../../conversation/call-arguments.ts'
import type { Failure } from '../../conversation/failure.ts'
import type { ReplyEvent, StopReason, Usage } from '../../conversation/reply.ts'
import { type JsonObject, tryParseJson, writeJson } from '../../wire/json.ts'
import { namedFrame } from '../../wire/sse.ts'
import type { ReplyContext, ReplyEncoder } from '../dialect.ts'
import { type BlockSink, BlockWriter, type DeltaKind, type ThoughtView } from './block-writer.ts'
import { errorFrame } from './failure.ts'
import { layUsage, settledReason, stopWords, writeUsage } from './wire.ts'

/** Where a message goes. After `stop` or `fail` nothing more is written. */
interface MessageSink extends BlockSink {
  begin(message: JsonObject): void
  stop(delta: JsonObject, usage: JsonObject): void
  fail(failure: Failure): void
}

/** Tolerates any order of events; what would be ill-formed is not written. */
class MessageWriter {
  readonly #sink: MessageSink
  readonly #context: ReplyContext
  readonly #blocks: BlockWriter
  #usage: Usage | undefined
  #begun = false
  #over = false

  constructor(sink: MessageSink, context: ReplyContext) {
    this.#sink = sink
    this.#context = context
    this.#blocks = new BlockWriter(sink, thoughtView(context))
  }

  push(event: ReplyEvent): void {
    if (this.#over) return
    switch (event.type) {
      case 'start':
        this.#usage = event.usage ?? this.#usage
        this.#begin()
        break
      case 'usage':
        this.#usage = event.usage
        break
      case 'part-start':
      case 'part-delta':
      case 'part-end':
        this.#begin()
        this.#blocks.push(event)
        break
      case 'end':
        this.#begin()
        this.#end(event.reason, event.stopSequence)
        break
      case 'failed':
        this.#fail(event.failure)
    }
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#sink.begin({
      id: `msg_${this.#context.replyId}`,
      type: 'message',
      role: 'assistant',
      model: this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(this.#countedUsage()),
    })
  }

  #end(reason: StopReason, sequence: string | undefined): void {
    if (this.#blocks.callIsOpen && !mayStopWithinCall(reason)) {
      this.#fail(cutCall)
      return
    }
    this.#blocks.finish()
    this.#over = true
    const said = settledReason(reason, this.#blocks.calls > 0)
    this.#sink.stop(
      {
        stop_reason: stopWords[said],
        stop_sequence: said === 'stop-sequence' ? (sequence ?? null) : null,
        ...(said === 'refusal' && { stop_details: { type: 'refusal', category: null, explanation: null } }),
      },
      writeUsage(this.#countedUsage()),
    )
  }

  #fail(failure: Failure): void {
    this.#over = true
    this.#sink.fail(failure)
  }

  /** What the upstream counted; where it did not count, our estimate (CONTRACT 33). */
  #countedUsage(): Usage {
    const usage = layUsage(this.#usage, {})
    const prompt = usage.input + usage.cacheRead + usage.cacheWrite
    const searches = Math.max(usage.searches ?? 0, this.#blocks.searches)
    return {
      ...usage,
      input: prompt > 0 ? usage.input : Math.max(1, Math.round(this.#context.estimatedInputTokens)),
      output: usage.output > 0 ? usage.output : Math.ceil(this.#blocks.written / charactersPerToken),
      ...(searches > 0 && { searches }),
    }
  }
}

const charactersPerToken = 3.8

/** The client's own wish; one that said nothing is shown thoughts, for models that need them back (CONTRACT 68). */
function thoughtView({ conversation: { thinking } }: ReplyContext): ThoughtView {
  if (thinking.kind === 'off') return 'off'
  return thinking.visible === false ? 'hidden' : 'shown'
}

const deltas = {
  text: ['text_delta', 'text'],
  thinking: ['thinking_delta', 'thinking'],
  signature: ['signature_delta', 'signature'],
  input: ['input_json_delta', 'partial_json'],
} as const satisfies Record<DeltaKind, readonly [string, string]>

class StreamSink implements MessageSink {
  readonly #requestId: string
  text = ''

  constructor(requestId: string) {
    this.#requestId = requestId
  }

  begin(message: JsonObject): void {
    this.#frame('message_start', { message })
  }

  open(at: number, block: JsonObject): void {
    this.#frame('content_block_start', { index: at, content_block: block })
  }

  grow(at: number, kind: DeltaKind, text: string): void {
    const [type, field] = deltas[kind]
    const delta = `{"type":"${type}","${field}":${JSON.stringify(text)}}`
    this.text += `event: content_block_delta\ndata: {"type":"content_block_delta","index":${at},"delta":${delta}}\n\n`
  }

  close(at: number): void {
    this.#frame('content_block_stop', { index: at })
  }

  stop(delta: JsonObject, usage: JsonObject): void {
    this.#frame('message_delta', { delta, usage })
    this.#frame('message_stop', {})
  }

  fail(failure: Failure): void {
    this.text += errorFrame(failure, this.#requestId)
  }

  #frame(type: string, rest: JsonObject): void {
    this.text += namedFrame(type, writeJson({ type, ...rest }))
  }
}

export function encodeStream(context: ReplyContext): ReplyEncoder {
  const sink = new StreamSink(`req_${context.replyId}`)
  const writer = new MessageWriter(sink, context)
  return {
    push: (event) => {
      writer.push(event)
      const { text } = sink
      sink.text = ''
      return text
    },
  }
}

/** Collects what the stream would have said; a call that was cut off is left out. */
class WholeSink implements MessageSink {
  #message: JsonObject = {}
  readonly #content: JsonObject[] = []
  #open: { [field: string]: JsonObject[string] } = {}
  #input = ''

  begin(message: JsonObject): void {
    this.#message = message
  }

  open(_at: number, block: JsonObject): void {
    this.#open = { ...block }
    this.#input = ''
  }

  grow(_at: number, kind: DeltaKind, text: string): void {
    if (kind === 'input') this.#input += text
    else this.#open[kind] = `${String(this.#open[kind] ?? '')}${text}`
  }

  close(): void {
    if (this.#input !== '') this.#open['input'] = tryParseJson(this.#input) ?? {}
    this.#content.push(this.#open)
  }

  stop(delta: JsonObject, usage: JsonObject): void {
    this.#message = { ...this.#message, content: this.#content, ...delta, usage }
  }

  fail(failure: Failure): void {
    this.#message = { type: 'error', error: { type: 'api_error', message: failure.message } }
  }

  get text(): string {
    return writeJson(this.#message)
  }
}

export function encodeWhole(events: readonly ReplyEvent[], context: ReplyContext): string {
  const sink = new WholeSink()
  const writer = new MessageWriter(sink, context)
  for (const event of events) writer.push(event)
  return sink.text
}
