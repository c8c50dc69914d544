/** Unlike dialects, streamed: frames → events → the law of whole calls → the client's names → the client's frames. */

import type { Failure } from '../conversation/failure.ts'
import { noUsage, type ReplyEvent } from '../conversation/reply.ts'
import type { Dialect, ReplyContext, ReplyEncoder } from '../dialects/dialect.ts'
import { type SseFrame, SseReader } from '../wire/sse.ts'
import type { Stage } from '../wire/stage.ts'
import type { ConversationDecoding } from './decoding.ts'
import { FirstWord } from './first-word.ts'
import type { Account, Lane, Utterance } from './lane.ts'

export class TranslateStream implements Lane {
  readonly account: Account = { usage: noUsage }
  readonly #reader = new SseReader()
  readonly #decoder: Stage<SseFrame, ReplyEvent>
  readonly #decoding: ConversationDecoding
  readonly #encoder: ReplyEncoder
  readonly #client: Dialect
  readonly #context: ReplyContext
  readonly #firstWord = new FirstWord()
  #ended = false

  constructor(
    client: Dialect,
    context: ReplyContext,
    decoder: Stage<SseFrame, ReplyEvent>,
    decoding: ConversationDecoding,
  ) {
    this.#client = client
    this.#context = context
    this.#decoder = decoder
    this.#decoding = decoding
    this.#encoder = client.reply.encodeStream(context)
  }

  push(bytes: Uint8Array): Utterance {
    let out = ''
    for (const frame of this.#reader.push(bytes)) out += this.#say(this.#decoder.push(frame))
    return this.#utter(out)
  }

  end(): Utterance {
    return this.#utter(this.#say(this.#decoder.end()))
  }

  fail(failure: Failure): string {
    return (
      this.#encoder.push({ type: 'failed', failure }) ||
      this.#client.failure.frame(failure, this.#context.replyId, this.#context)
    )
  }

  release(): void {
    this.#firstWord.weight = 'word'
  }

  #utter(out: string): Utterance {
    const { weight, failure } = this.#firstWord
    if (failure) return { out, weight, failure }
    return this.#ended ? { out, weight, over: true } : { out, weight }
  }

  #say(events: readonly ReplyEvent[]): string {
    let out = ''
    for (const event of this.#decoding.hear(events, this.account)) {
      if (this.#ended || this.#firstWord.failure) break
      this.#firstWord.hear(event)
      if (this.#firstWord.failure) break
      if (event.type === 'end') this.#ended = true
      out += this.#encoder.push(event)
    }
    return out
  }
}
