/** Replies that are told all at once, and replies whose form is not what was asked for (JSON for a stream, or back). */

import type { Failure } from '../conversation/failure.ts'
import { noUsage, type ReplyEvent } from '../conversation/reply.ts'
import type { Dialect, ReplyContext } from '../dialects/dialect.ts'
import { SseReader } from '../wire/sse.ts'
import { textOf } from '../world/text.ts'
import type { ConversationDecoding } from './decoding.ts'
import { FirstWord, type Weight } from './first-word.ts'
import type { Account, Lane, Utterance } from './lane.ts'
import type { ModelRestorer } from './model-restorer.ts'

/** How the collected bytes are read, and how the client is told. */
export interface WholeParts {
  readonly upstream: Dialect
  readonly client: Dialect
  readonly context: ReplyContext
  readonly decode: (body: Uint8Array) => readonly ReplyEvent[]
  readonly decoding: ConversationDecoding
  /** The client asked for a stream although the upstream answered whole. */
  readonly streams: boolean
  /** Given when the client is to have the upstream's own bytes. */
  readonly verbatim?: ModelRestorer
  readonly maxBytes: number
}

const nothing = ''

export class WholeReplyLane implements Lane {
  readonly account: Account = { usage: noUsage }
  readonly #parts: WholeParts
  readonly #pieces: Uint8Array[] = []
  #size = 0
  #weight: Weight = 'nothing'

  constructor(parts: WholeParts) {
    this.#parts = parts
  }

  push(bytes: Uint8Array): Utterance {
    this.#size += bytes.length
    if (this.#size > this.#parts.maxBytes) {
      this.#pieces.length = 0
      const message = `the upstream's reply is larger than ${this.#parts.maxBytes} bytes`
      return { out: nothing, weight: 'nothing', failure: { kind: 'garbled', message } }
    }
    this.#pieces.push(bytes)
    return { out: nothing, weight: 'nothing' }
  }

  end(): Utterance {
    const [only] = this.#pieces
    const body = this.#pieces.length === 1 && only ? only : Buffer.concat(this.#pieces)
    const events = this.#parts.decoding.hear(this.#parts.decode(body), this.account)
    const firstWord = new FirstWord()
    for (const event of events) firstWord.hear(event)
    if (firstWord.failure) return { out: nothing, weight: 'nothing', failure: firstWord.failure }
    if (!events.some(({ type }) => type === 'end')) return { out: nothing, weight: 'nothing', failure: noEnd }
    this.#weight = 'word'
    return { out: this.#tell(body, events), weight: this.#weight, over: true }
  }

  fail(failure: Failure): string {
    const { client, context, streams } = this.#parts
    return streams ? client.failure.frame(failure, context.replyId, context) : ''
  }

  release(): void {
    this.#weight = 'word'
  }

  #tell(body: Uint8Array, events: readonly ReplyEvent[]): Uint8Array | string {
    const { client, context, streams, verbatim } = this.#parts
    if (verbatim) {
      const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
      return verbatim.restore(text, body)
    }
    if (!streams) return client.reply.encodeWhole(events, context)
    const encoder = client.reply.encodeStream(context)
    return events.map((event) => encoder.push(event)).join('')
  }
}

const noEnd: Failure = { kind: 'cut', message: 'the upstream ended its reply early' }

/** An event stream read as a whole reply. */
export function decodeCollectedStream(
  upstream: Dialect,
  order: Parameters<Dialect['reply']['decodeStream']>[0],
) {
  return (body: Uint8Array): readonly ReplyEvent[] => {
    const decoder = upstream.reply.decodeStream(order)
    const events = new SseReader().push(body).flatMap((frame) => decoder.push(frame))
    return [...events, ...decoder.end()]
  }
}

export function decodeWholeBody(upstream: Dialect, order: Parameters<Dialect['reply']['decodeWhole']>[1]) {
  return (body: Uint8Array): readonly ReplyEvent[] => upstream.reply.decodeWhole(textOf(body), order)
}
