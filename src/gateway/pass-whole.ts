/** Same dialect, told all at once: the upstream's own bytes, in which only the model's name is put back. */
import { CallGuard } from '../conversation/call-guard.ts'
import type { Failure } from '../conversation/failure.ts'
import { noUsage, type ReplyEvent } from '../conversation/reply.ts'
import type { DecodeOrder, Dialect } from '../dialects/dialect.ts'
import { Collected } from './collected.ts'
import { FirstWord } from './first-word.ts'
import type { Account, Lane, Utterance } from './lane.ts'
import type { ModelRestorer } from './model-restorer.ts'

const nothing = ''

export class PassWhole implements Lane {
  readonly account: Account = { usage: noUsage }
  readonly #dialect: Dialect
  readonly #order: DecodeOrder
  readonly #restorer: ModelRestorer
  readonly #collected: Collected

  constructor(dialect: Dialect, order: DecodeOrder, restorer: ModelRestorer, maxBytes: number) {
    this.#dialect = dialect
    this.#order = { overheard: true, ...order }
    this.#restorer = restorer
    this.#collected = new Collected(maxBytes)
  }

  push(bytes: Uint8Array): Utterance {
    return { out: nothing, weight: 'nothing', ...this.#collected.add(bytes) }
  }

  end(): Utterance {
    const body = this.#collected.whole()
    const failure = this.#overhear(body)
    return failure
      ? { out: nothing, weight: 'nothing', failure }
      : { out: this.#restorer.restoreBytes(body), weight: 'word', over: true }
  }

  /** As Latin-1: nobody reads its letters, so they need not be put together. */
  #overhear(body: Uint8Array): Failure | undefined {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
    const [firstWord, guard] = [new FirstWord(), new CallGuard()]
    for (const event of this.#dialect.reply.decodeWhole(text, this.#order))
      for (const whole of guard.push(event)) {
        firstWord.hear(whole)
        this.#note(whole)
      }
    return firstWord.failure ?? (this.account.reason === undefined ? noEnd : undefined)
  }

  #note(event: ReplyEvent): void {
    if (event.type === 'usage') this.account.usage = event.usage
    else if (event.type === 'start' && event.usage) this.account.usage = event.usage
    else if (event.type === 'end') this.account.reason = event.reason
  }

  fail(): string {
    return nothing
  }

  release(): void {
    // nothing of it is held: it is told when it is whole
  }
}

const noEnd: Failure = { kind: 'cut', message: 'the upstream ended its reply early' }
