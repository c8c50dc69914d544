/** Translated replies that are told all at once, and replies whose form is not what was asked for (JSON for a stream, or back). */

import type { Failure } from '../conversation/failure.ts'
import { noUsage, type ReplyEvent } from '../conversation/reply.ts'
import type { Dialect, ReplyContext } from '../dialects/dialect.ts'
import { SseReader } from '../wire/sse.ts'
import { textOf } from '../world/text.ts'
import { Collected } from './collected.ts'
import type { ConversationDecoding } from './decoding.ts'
import { FirstWord, type Weight } from './first-word.ts'
import type { Account, Lane, Utterance } from './lane.ts'

/** How the collected bytes are read, and how the client is told. */
export interface WholeParts {
  readonly upstream: Dialect
  readonly client: Dialect
  readonly context: ReplyContext
  readonly decode: (body: Uint8Array) => readonly ReplyEvent[]
  readonly decoding: ConversationDecoding
  /** The client asked for a stream although the upstream answered whole. */
  readonly streams: boolean
  readonly maxBytes: number
}

const nothing = ''

export class WholeReplyLane implements Lane {
  readonly account: Account = { usage: noUsage }
  readonly #parts: WholeParts
  readonly #collected: Collected
  #weight: Weight = 'nothing'

  constructor(parts: WholeParts) {
    this.#parts = parts
    this.#collected = new Collected(parts.maxBytes)
  }

  push(bytes: Uint8Array): Utterance {
    return { out: nothing, weight: 'nothing', ...this.#collected.add(bytes) }
  }

  end(): Utterance {
    const { decoding, decode } = this.#parts
    const events = decoding.hear(decode(this.#collected.whole()), this.account)
    const firstWord = new FirstWord()
    for (const event of events) firstWord.hear(event)
    if (firstWord.failure) return { out: nothing, weight: 'nothing', failure: firstWord.failure }
    if (!events.some(({ type }) => type === 'end')) return { out: nothing, weight: 'nothing', failure: noEnd }
    this.#weight = 'word'
    return { out: this.#tell(events), weight: this.#weight, over: true }
  }

  fail(failure: Failure): string {
    const { client, context, streams } = this.#parts
    return streams ? client.failure.frame(failure, context.replyId, context) : ''
  }

  release(): void {
    this.#weight = 'word'
  }

  #tell(events: readonly ReplyEvent[]): string {
    const { client, context, streams } = this.#parts
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
