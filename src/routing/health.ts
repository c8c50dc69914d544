/**
 * What is known of the health of targets: breakers, cooldowns and quotas, for models, accounts and providers.
 * Holds no clock: every question and every report says when. `snapshot` and `from` carry it over a restart.
 */
import { type Blame, type Failure, failureTraits } from '../conversation/failure.ts'
import { added, current, freeAgainMs, type Quota, quotaKey, type Tally } from '../conversation/quota.ts'
import type { Json } from '../wire/json.ts'
import {
  afterFailure,
  afterFirstWord,
  afterSending,
  afterSuccess,
  type Breaker,
  type BreakerRule,
  closedBreaker,
  released,
  standing,
} from './breaker.ts'
import { type Cooldown, readHealth } from './health-record.ts'
import { breakerObstacle, cooldownObstacle, type Obstacle, quotaObstacle } from './obstacle.ts'
import { accountName, keysOf, modelName, type Target, targetName } from './target.ts'

export interface HealthRules {
  readonly breaker: BreakerRule
  /** A cooldown an upstream asks for is never believed for longer: then the next call finds out. */
  readonly cooldownCapMs: number
  readonly quotasFor: (target: Target) => readonly Quota[]
}

/** Names come from clients: what is remembered of them has an end. */
const capacity = 2000

const firstStrikeMs = 5_000
const longestStrikeMs = 5 * 60_000

export class HealthBook {
  readonly #breakers = new Map<string, Breaker>()
  readonly #cooldowns = new Map<string, Cooldown>()
  readonly #tallies = new Map<string, Tally>()
  readonly #resets = new Map<string, number>()
  /** Those that something was counted against since the start. */
  readonly #quotas = new Map<string, Quota>()
  #rules: HealthRules

  constructor(rules: HealthRules) {
    this.#rules = rules
  }

  /** After a change of the configuration; what was learned stays. */
  obey(rules: HealthRules): void {
    this.#rules = rules
  }

  /** Why the target must not be asked now; undefined: it may. */
  sieve(target: Target, nowMs: number): Obstacle | undefined {
    return (
      (this.#breakers.size > 0 ? this.#breakerObstacle(target, nowMs) : undefined) ??
      (this.#cooldowns.size > 0 ? this.#restObstacle(target, nowMs) : undefined) ??
      this.#quotaObstacle(target, nowMs)
    )
  }

  #breakerObstacle(target: Target, nowMs: number): Obstacle | undefined {
    for (const key of keysOf(target)) {
      const breaker = this.#breakers.get(key)
      const obstacle = breaker && breakerObstacle(key, breaker, nowMs)
      if (obstacle) return obstacle
    }
    return undefined
  }

  #restObstacle(target: Target, nowMs: number): Obstacle | undefined {
    return (
      this.#cooldownObstacle(targetName(target), nowMs) ?? this.#cooldownObstacle(accountName(target), nowMs)
    )
  }

  #cooldownObstacle(key: string, nowMs: number): Obstacle | undefined {
    const cooldown = this.#cooldowns.get(key)
    return cooldown && cooldownObstacle(cooldown, nowMs)
  }

  #quotaObstacle(target: Target, nowMs: number): Obstacle | undefined {
    for (const quota of this.#rules.quotasFor(target)) {
      const untilMs = freeAgainMs(quota, this.#tallies.get(quotaKey(quota)), nowMs)
      if (untilMs !== undefined) return quotaObstacle(quota, untilMs, nowMs)
    }
    return undefined
  }

  /** A request goes out. Failed ones count against quotas too: upstreams count them. */
  sent(target: Target, nowMs: number): void {
    for (const key of keysOf(target)) this.#change(key, (breaker) => afterSending(breaker, nowMs))
    this.#use(target, 'requests', 1, nowMs)
  }

  /** The first word was heard. */
  spoke(target: Target, nowMs: number): void {
    const rule = this.#rules.breaker
    for (const key of keysOf(target)) this.#change(key, (breaker) => afterFirstWord(breaker, nowMs, rule))
  }

  succeeded(target: Target, nowMs: number): void {
    for (const key of keysOf(target)) this.#change(key, (breaker) => afterSuccess(breaker, nowMs))
    const name = targetName(target)
    const cooldown = this.#cooldowns.get(name)
    if (cooldown && cooldown.untilMs <= nowMs) this.#cooldowns.delete(name)
  }

  /** A client's own mistake, or its leaving, blames nobody; a throttle is a cooldown, not a failure. */
  failed(target: Target, failure: Failure, nowMs: number): void {
    const blamed = blamedKey(target, failureTraits[failure.kind].blames)
    for (const key of keysOf(target)) {
      this.#change(key, (breaker) =>
        key === blamed
          ? afterFailure(breaker, nowMs, this.#rules.breaker, failure.message.slice(0, 200))
          : released(breaker),
      )
    }
    if (failure.kind === 'rate-limited') this.#cool(target, failure, nowMs)
  }

  /** What a reply cost, when it is known. */
  spent(target: Target, { tokens, dollars = 0 }: Spending, nowMs: number): void {
    if (tokens > 0) this.#use(target, 'tokens', tokens, nowMs)
    if (dollars > 0) this.#use(target, 'dollars', dollars, nowMs)
  }

  /** An upstream said that an account's limit is used up, or when it is filled again. */
  heardLimits(target: Target, limits: HeardLimits, nowMs: number): void {
    const account = accountName(target)
    if (limits.resetAtMs !== undefined) this.#resets.set(account, limits.resetAtMs)
    if (limits.spentUntilMs === undefined || limits.spentUntilMs <= nowMs) return
    const untilMs = Math.min(limits.spentUntilMs, nowMs + this.#rules.cooldownCapMs)
    const key = limits.accountWide ? account : targetName(target)
    this.#cooldowns.set(key, { untilMs, because: 'its limit is used up', strikes: 0 })
  }

  /** When the account's limit is filled again: what is soon filled is best used first. */
  resetAtMs(target: Target): number | undefined {
    return this.#resets.get(accountName(target))
  }

  #cool(target: Target, { retryAfterMs, message }: Failure, nowMs: number): void {
    const name = targetName(target)
    const strikes = (this.#cooldowns.get(name)?.strikes ?? 0) + 1
    const configured = this.#rules.quotasFor(target).find(({ cooldownMs }) => cooldownMs !== undefined)
    const guess = configured?.cooldownMs ?? Math.min(firstStrikeMs * 2 ** (strikes - 1), longestStrikeMs)
    const waitMs = Math.min(retryAfterMs ?? guess, this.#rules.cooldownCapMs)
    this.#cooldowns.set(name, { untilMs: nowMs + waitMs, because: message.slice(0, 200), strikes })
  }

  #use(target: Target, unit: Quota['unit'], amount: number, nowMs: number): void {
    for (const quota of this.#rules.quotasFor(target)) {
      if (quota.unit !== unit) continue
      const key = quotaKey(quota)
      if (this.#quotas.size < capacity) this.#quotas.set(key, quota)
      const tally = added(quota, this.#tallies.get(key), amount, nowMs)
      this.#tallies.set(key, tally)
      if (quota.cooldownMs === undefined || tally.used < quota.limit) continue
      const untilMs = nowMs + quota.cooldownMs
      const because = `${quota.limit} ${unit} per ${quota.per} are used up`
      this.#cooldowns.set(targetName(target), { untilMs, because, strikes: 0 })
    }
  }

  #change(key: string, change: (breaker: Breaker) => Breaker): void {
    const before = this.#breakers.get(key)
    const after = change(before ?? closedBreaker)
    if (after === (before ?? closedBreaker)) return
    if (after.failures === 0 && after.openUntilMs === undefined) this.#breakers.delete(key)
    else this.#breakers.set(key, after)
    const [oldest] = this.#breakers.keys()
    if (this.#breakers.size > capacity && oldest !== undefined) this.#breakers.delete(oldest)
  }

  /** Every breaker that is not at rest, for people. */
  breakers(nowMs: number): readonly BreakerReport[] {
    return [...this.#breakers].map(([name, breaker]) => ({
      name,
      state: standing(breaker, nowMs).kind,
      failures: breaker.failures,
      ...(breaker.openUntilMs !== undefined && { openUntilMs: breaker.openUntilMs }),
      ...(breaker.because !== undefined && { because: breaker.because }),
    }))
  }

  cooldowns(nowMs: number): readonly (Cooldown & { readonly name: string })[] {
    return [...this.#cooldowns]
      .filter(([, { untilMs }]) => untilMs > nowMs)
      .map(([name, cooldown]) => ({ name, ...cooldown }))
  }

  /** What has been used, for people: of these quotas, and of all others that were used since the start. */
  quotas(nowMs: number, these: readonly Quota[] = []): readonly QuotaReport[] {
    const all = new Map(these.map((quota) => [quotaKey(quota), quota]))
    return [...all, ...[...this.#quotas].filter(([key]) => !all.has(key))].map(([key, quota]) => {
      const tally = this.#tallies.get(key)
      const spentUntilMs = freeAgainMs(quota, tally, nowMs)
      const { used } = current(quota, tally, nowMs)
      return { quota, used, ...(spentUntilMs !== undefined && { spentUntilMs }) }
    })
  }

  /** Closes breakers and ends cooldowns by name (`provider`, `provider#account`, `provider/model`); how many there were. */
  reset(name: string): number {
    const books = [this.#breakers, this.#cooldowns]
    const of = (key: string) => key === name || key.startsWith(`${name}#`)
    return books.reduce((sum, book) => {
      const keys = [...book.keys()].filter(of)
      for (const key of keys) book.delete(key)
      return sum + keys.length
    }, 0)
  }

  /** Everything that a restart must not forget; running trials are not part of it. */
  snapshot(): Json {
    return JSON.parse(
      JSON.stringify({
        breakers: Object.fromEntries([...this.#breakers].map(([key, breaker]) => [key, released(breaker)])),
        cooldowns: Object.fromEntries(this.#cooldowns),
        tallies: Object.fromEntries(this.#tallies),
        resets: Object.fromEntries(this.#resets),
      }),
    )
  }

  static from(saved: Json | undefined, rules: HealthRules): HealthBook {
    const book = new HealthBook(rules)
    const read = readHealth(saved)
    for (const [key, breaker] of read.breakers) book.#breakers.set(key, breaker)
    for (const [key, cooldown] of read.cooldowns) book.#cooldowns.set(key, cooldown)
    for (const [key, tally] of read.tallies) book.#tallies.set(key, tally)
    for (const [key, resetAtMs] of read.resets) book.#resets.set(key, resetAtMs)
    return book
  }
}

export interface QuotaReport {
  readonly quota: Quota
  readonly used: number
  /** When there is room again; absent while there is. */
  readonly spentUntilMs?: number
}

export interface Spending {
  readonly tokens: number
  readonly dollars?: number
}

export interface HeardLimits {
  /** Nothing is left until then. */
  readonly spentUntilMs?: number
  /** The window that is running ends then. */
  readonly resetAtMs?: number
  /** It counts for all models of the account. */
  readonly accountWide: boolean
}

export interface BreakerReport {
  readonly name: string
  readonly state: 'closed' | 'due' | 'open' | 'on-trial'
  readonly failures: number
  readonly openUntilMs?: number
  readonly because?: string
}

function blamedKey(target: Target, blame: Blame): string | undefined {
  switch (blame) {
    case 'nobody':
      return undefined
    case 'model':
      return modelName(target)
    case 'account':
      return accountName(target)
    case 'provider':
      return target.provider
  }
}
