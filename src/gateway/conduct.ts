/** The client's side of one call: what it has been told so far, and how it is kept waiting without being lied to. */
import type { Timeouts } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Clock } from '../world/clock.ts'
import type { Attempt, Outlet } from './attempt.ts'
import type { Call } from './call.ts'
import { unreadContext } from './call-reader.ts'
import type { ReplyHeaders } from './client.ts'
import { jsonHead, limitHeaders, streamHead } from './headers.ts'
import type { Ticking } from './patience.ts'
import type { TurnListener } from './turn-memory.ts'

/** Headers that name the call, the target, the attempts and what was lost. */
export type Colophon = Readonly<Record<string, string>>

export class Conduct implements Outlet, Ticking {
  seat = -1
  /** The attempt that is being made or that speaks. */
  attempt: Attempt | undefined
  /** Hears what the client hears. */
  listener: TurnListener | undefined
  readonly #call: Call
  readonly #timeouts: Timeouts
  readonly #clock: Clock
  readonly #whenOver: (failure: Failure | undefined) => void
  #headSent = false
  #blocked = false
  #lastToldMs: number

  constructor(
    call: Call,
    timeouts: Timeouts,
    clock: Clock,
    whenOver: (failure: Failure | undefined) => void,
  ) {
    this.#call = call
    this.#timeouts = timeouts
    this.#clock = clock
    this.#whenOver = whenOver
    this.#lastToldMs = call.startedMs
    call.client.onDrain(() => {
      this.#blocked = false
      this.attempt?.resume()
    })
  }

  /** The attempt's words go to the client from here on. */
  deliver(attempt: Attempt, colophon: Colophon): void {
    const headers: Record<string, string | readonly string[] | undefined> = attempt.relayed
    headers['request-id'] ??= `req_${this.#call.id}`
    Object.assign(headers, this.#call.stream ? streamHead : jsonHead, colophon)
    this.#head(200, headers)
    attempt.speakTo(this)
  }

  /** All at once, without an attempt. */
  tell(body: string, colophon: Colophon): void {
    this.#head(200, { ...jsonHead, 'request-id': `req_${this.#call.id}`, ...colophon })
    if (!this.#call.client.gone) this.#call.client.end(body)
  }

  write(piece: Uint8Array | string): boolean {
    this.listener?.hear(piece)
    this.#lastToldMs = this.#clock.nowMs()
    this.#blocked = !this.#call.client.write(piece)
    return !this.#blocked
  }

  over(failure: Failure | undefined): void {
    if (!this.#call.client.gone) this.#call.client.end()
    this.#whenOver(failure)
  }

  /** Nothing could be delivered: a true HTTP status, unless the head had to go out while waiting (CONTRACT 93). */
  refuse(failure: Failure, colophon: Colophon): void {
    const call = this.#call
    if (call.client.gone) return
    const requestId = `req_${call.id}`
    if (this.#headSent) {
      call.client.end(call.dialect.failure.frame(failure, requestId, unreadContext(call)))
      return
    }
    const { status, headers, body } = call.dialect.failure.encode(failure, requestId)
    const limits = failure.provider === this.attempt?.target.provider ? this.attempt?.relayed : undefined
    this.#head(status, {
      ...limitHeaders(limits ?? {}),
      ...jsonHead,
      'request-id': requestId,
      ...headers,
      ...colophon,
    })
    call.client.end(body)
  }

  tick(nowMs: number): void {
    this.attempt?.tick(nowMs)
    if (!this.#call.stream || this.#blocked || this.#call.client.gone) return
    const silentMs = nowMs - this.#lastToldMs
    if (!this.#headSent && silentMs < this.#timeouts.pingMs * 2) return
    if (silentMs < this.#timeouts.pingMs) return
    this.#head(200, {
      ...streamHead,
      'request-id': `req_${this.#call.id}`,
      'x-clutch-request': this.#call.id,
    })
    this.#lastToldMs = nowMs
    this.#call.client.write(this.#call.dialect.keepAlive)
  }

  #head(status: number, headers: ReplyHeaders): void {
    if (this.#headSent || this.#call.client.gone) return
    this.#headSent = true
    this.#call.client.head(status, headers)
  }
}
