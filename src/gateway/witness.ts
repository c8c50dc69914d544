/** Tells the books how each request to an upstream went: health, quotas, and where a session's cache is warm. */
import type { Failure } from '../conversation/failure.ts'
import type { Usage } from '../conversation/reply.ts'
import { sandbox } from '../providers/sandbox.ts'
import type { Affinity } from '../routing/affinity.ts'
import type { HealthBook } from '../routing/health.ts'
import { HeardLimitsBook } from '../routing/heard-limits.ts'
import { readRateHeaders, saysAnything } from '../routing/rate-headers.ts'
import { type Target, targetName } from '../routing/target.ts'
import type { UpstreamHeaders } from '../wire/exchange.ts'
import type { Clock } from '../world/clock.ts'

export class Witness {
  readonly #health: HealthBook
  readonly #affinity: Affinity
  readonly #clock: Clock
  readonly #heard: HeardLimitsBook

  constructor(health: HealthBook, affinity: Affinity, clock: Clock, heard = new HeardLimitsBook()) {
    this.#health = health
    this.#heard = heard
    this.#affinity = affinity
    this.#clock = clock
  }

  /** May the target be asked, so many milliseconds from now? */
  readonly barred = (target: Target, afterMs: number): boolean =>
    this.#health.sieve(target, this.#clock.nowMs() + afterMs) !== undefined

  sent(target: Target): void {
    this.#health.sent(target, this.#clock.nowMs())
  }

  headers(target: Target, headers: UpstreamHeaders): void {
    if (!saysAnything(headers)) return
    const nowMs = this.#clock.nowMs()
    this.#heard.heard(target, headers, nowMs)
    const limits = readRateHeaders(headers, nowMs)
    if (limits) this.#health.heardLimits(target, limits, nowMs)
  }

  /** `home`: which session and purpose the target now serves; undefined: there was no other choice. */
  spoke(target: Target, home: string | undefined): void {
    const nowMs = this.#clock.nowMs()
    this.#health.spoke(target, nowMs)
    if (home !== undefined) this.#affinity.served(home, targetName(target), nowMs)
  }

  failed(target: Target, failure: Failure): void {
    if (!isRehearsed(target)) this.#health.failed(target, failure, this.#clock.nowMs())
  }

  /** A reply that had begun is over. */
  ended(target: Target, failure: Failure | undefined, usage: Usage): void {
    const nowMs = this.#clock.nowMs()
    if (failure) this.failed(target, failure)
    else this.#health.succeeded(target, nowMs)
    const tokens = usage.input + usage.cacheRead + usage.cacheWrite + usage.output
    this.#health.spent(target, { tokens }, nowMs)
  }
}

/** The sandbox fails when a script says so: that tells nothing of its other models, nor of the next call. */
const isRehearsed = ({ provider }: Target): boolean => provider === sandbox.id
