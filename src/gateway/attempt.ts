/**
 * One call to one target. Everything the upstream says before its first word is held; then either the attempt speaks,
 * and what was held and all that follows goes to the client, or it has failed and nobody has heard anything of it.
 */
import type { Failure } from '../conversation/failure.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Target } from '../routing/plan.ts'
import { readRateHeaders } from '../routing/rate-headers.ts'
import type { Exchange, NetworkFault, Send, UpstreamHeaders, UpstreamListener } from '../wire/exchange.ts'
import type { Clock } from '../world/clock.ts'
import { relayedHeaders } from './headers.ts'
import type { Account, Lane, Utterance } from './lane.ts'
import type { Shaped } from './shape.ts'

export interface AttemptOrder {
  readonly target: Target
  readonly manner: Pick<Shaped, 'dialect' | 'passes'>
  readonly rules: AttemptRules
  readonly onHead: OnHead
}

export interface AttemptRules {
  readonly clock: Clock
  readonly headTimeoutMs: number
  readonly idleTimeoutMs: number
  readonly holdThinkingMs: number
  readonly closingGraceMs: number
}

export interface OnHead {
  /** Every response head, good or bad. */
  heard(headers: UpstreamHeaders): void
  lane(headers: UpstreamHeaders): Lane
}

/** Where a speaking attempt's words go. */
export interface Outlet {
  /** false: pause until `Attempt.resume`. */
  write(piece: Uint8Array | string): boolean
  /** Nothing follows. `failure`: the reply was cut, and the client has been told. */
  over(failure: Failure | undefined): void
}

export type Verdict = { readonly kind: 'speaking' } | { readonly kind: 'failed'; readonly failure: Failure }

const drainMs = 1000
const maxErrorBytes = 1024 * 1024
type Piece = Uint8Array | string

export class Attempt implements UpstreamListener {
  readonly target: Target
  readonly verdict: Promise<Verdict>
  readonly startedMs: number
  firstWordMs: number | undefined
  /** The upstream's headers, for a client of the same dialect; others are added on delivery. */
  relayed: Record<string, string | readonly string[] | undefined> = {}
  readonly #rules: AttemptRules
  readonly #dialect: Dialect
  readonly #passes: boolean
  /** Holds the request, which must not be kept while the reply lasts. */
  #onHead: OnHead | undefined
  #decide: (verdict: Verdict) => void = () => undefined
  #exchange: Exchange | undefined
  #status = 0
  #headers: UpstreamHeaders = {}
  #lane: Lane | undefined
  #held: Piece[] = []
  #errorPieces: Uint8Array[] = []
  #errorBytes = 0
  #outlet: Outlet | undefined
  #state: 'listening' | 'speaking' | 'done' = 'listening'
  #ending: { readonly failure: Failure | undefined } | undefined
  #lastHeardMs: number
  #cancelHold: (() => void) | undefined
  #cancelDrain: (() => void) | undefined
  #closed = false

  constructor(order: AttemptOrder) {
    const { target, manner, rules, onHead } = order
    this.target = target
    this.#rules = rules
    this.#dialect = manner.dialect
    this.#passes = manner.passes
    this.#onHead = onHead
    this.startedMs = rules.clock.nowMs()
    this.#lastHeardMs = this.startedMs
    this.verdict = new Promise((resolve) => {
      this.#decide = resolve
    })
  }

  /** Nothing of what is sent is kept here: upstreams think for minutes. */
  start(send: Send, { url, headers, body }: Pick<Shaped, 'url' | 'headers' | 'body'>): this {
    const { headTimeoutMs, idleTimeoutMs } = this.#rules
    this.#exchange = send({ method: 'POST', url, headers, body, headTimeoutMs, idleTimeoutMs }, this)
    return this
  }

  get account(): Account | undefined {
    return this.#lane?.account
  }

  /** The client is ready for everything that was held, and for the rest. */
  speakTo(outlet: Outlet): void {
    this.#outlet = outlet
    const held = this.#held
    this.#held = []
    for (const piece of held) if (!outlet.write(piece)) this.#exchange?.pause()
    if (this.#ending) outlet.over(this.#ending.failure)
  }

  resume(): void {
    this.#exchange?.resume()
  }

  /** The client has left, or nobody wants this attempt any more. */
  abandon(failure: Failure): void {
    if (this.#state === 'done') return
    this.#exchange?.abort()
    this.#finish(failure)
  }

  /** Called about once a second: silence is a failure, or the missing end of a stream (CONTRACT 42, 101). */
  tick(nowMs: number): void {
    if (this.#state === 'done') return
    const silentMs = nowMs - this.#lastHeardMs
    if (this.#lane?.account.reason !== undefined && silentMs >= this.#rules.closingGraceMs) {
      this.#exchange?.abort()
      this.ended()
      return
    }
    const patienceMs = this.#status === 0 ? this.#rules.headTimeoutMs : this.#rules.idleTimeoutMs
    if (silentMs < patienceMs) return
    this.#exchange?.abort()
    const message = `${this.target.provider} said nothing for ${Math.round(silentMs / 1000)} s`
    this.#fail({ kind: 'timeout', message })
  }

  head(status: number, headers: UpstreamHeaders): void {
    this.#lastHeardMs = this.#rules.clock.nowMs()
    this.#status = status
    this.#headers = headers
    const onHead = this.#onHead
    this.#onHead = undefined
    onHead?.heard(headers)
    if (this.#passes) this.relayed = relayedHeaders(headers)
    if (status >= 200 && status < 300) this.#lane = onHead?.lane(headers)
  }

  data(bytes: Uint8Array): void {
    if (this.#state === 'done') return
    this.#lastHeardMs = this.#rules.clock.nowMs()
    if (this.#lane) this.#guarded(this.#lane, (lane) => lane.push(bytes))
    else this.#hearError(bytes)
  }

  /** A refusal that does not end is told as far as it came. */
  #hearError(bytes: Uint8Array): void {
    this.#errorPieces.push(bytes)
    this.#errorBytes += bytes.length
    if (this.#errorBytes < maxErrorBytes) return
    this.#exchange?.abort()
    this.#fail(this.#refusal())
  }

  ended(): void {
    this.#closed = true
    this.#cancelDrain?.()
    if (this.#state === 'done') return
    if (this.#lane) this.#guarded(this.#lane, (lane) => lane.end())
    else this.#fail(this.#refusal())
  }

  broke({ kind, message }: NetworkFault): void {
    this.#closed = true
    this.#cancelDrain?.()
    if (this.#state === 'done') return
    if (kind === 'cut' && this.#status !== 0) {
      if (this.#lane?.account.reason !== undefined) this.ended()
      else this.#fail(this.#lane ? { kind, message } : this.#refusal())
    } else this.#fail({ kind: kind === 'timeout' ? 'timeout' : 'unreachable', message })
  }

  /** A lane that meets what it cannot read fails the attempt, never the process. */
  #guarded(lane: Lane, act: (lane: Lane) => Utterance): void {
    let utterance: Utterance
    try {
      utterance = act(lane)
    } catch (error) {
      const message = `the reply could not be read: ${error instanceof Error ? error.message : String(error)}`
      utterance = { out: '', weight: 'nothing', failure: { kind: 'garbled', message } }
    }
    this.#hear(utterance)
  }

  #hear({ out, weight, failure, over }: Utterance): void {
    if (out.length > 0) this.#pass(out)
    if (failure) {
      if (this.#state === 'listening') this.#exchange?.abort()
      this.#fail(failure)
      return
    }
    if (weight === 'word') this.#speak()
    else if (weight === 'thought') this.#holdThought()
    if (over) {
      this.#finish(this.#lane?.account.failure)
      this.#letDrain()
    }
  }

  /** The reply is complete. An upstream that closes by itself keeps its connection; one that does not loses it. */
  #letDrain(): void {
    if (this.#closed) return
    this.#cancelDrain = this.#rules.clock.after(drainMs, () => this.#exchange?.abort())
  }

  #pass(piece: Piece): void {
    if (!this.#outlet) this.#held.push(piece)
    else if (!this.#outlet.write(piece)) this.#exchange?.pause()
  }

  #holdThought(): void {
    if (this.#state !== 'listening' || this.#cancelHold) return
    this.#cancelHold = this.#rules.clock.after(this.#rules.holdThinkingMs, () => {
      if (this.#state !== 'listening') return
      this.#lane?.release()
      this.#speak()
    })
  }

  #speak(): void {
    if (this.#state !== 'listening') return
    this.#cancelHold?.()
    this.#state = 'speaking'
    this.firstWordMs = this.#rules.clock.nowMs()
    this.#decide({ kind: 'speaking' })
  }

  #fail(failure: Failure): void {
    const named: Failure = { ...failure, provider: this.target.provider }
    if (this.#state === 'speaking') {
      const words = this.#lane?.fail(named) ?? ''
      if (words !== '') this.#pass(words)
      this.#exchange?.abort()
    }
    this.#finish(named)
  }

  #finish(failure: Failure | undefined): void {
    if (this.#state === 'done') return
    this.#cancelHold?.()
    const spoke = this.#state === 'speaking'
    this.#state = 'done'
    this.#ending = { failure }
    if (spoke) this.#outlet?.over(failure)
    else
      this.#decide({
        kind: 'failed',
        failure: failure ?? { kind: 'internal', message: 'ended without a word' },
      })
  }

  #refusal(): Failure {
    const body = Buffer.concat(this.#errorPieces).toString('utf8')
    if (this.#status < 400) {
      const message = `${this.target.provider} answered ${this.#status} where a reply should be`
      return { kind: 'garbled', message, status: this.#status }
    }
    const failure = this.#dialect.failure.decode(this.#status, this.#headers, body)
    return withReset(failure, this.#headers, this.#rules.clock.nowMs())
  }
}

/** A throttle that names no time, but whose headers say when the limit is filled again. */
function withReset(failure: Failure, headers: UpstreamHeaders, nowMs: number): Failure {
  if (failure.kind !== 'rate-limited' || failure.retryAfterMs !== undefined) return failure
  const limits = readRateHeaders(headers, nowMs)
  const atMs = limits?.spentUntilMs ?? limits?.resetAtMs
  return atMs === undefined ? failure : { ...failure, retryAfterMs: atMs - nowMs }
}
