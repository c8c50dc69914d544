/** A circuit breaker as a value: three failures in a row open it, then one call may try. Time is always an argument. */
export interface BreakerRule {
  /** So many in a row open it. */
  readonly failures: number
  /** How long it stays open before one call may try. */
  readonly openMs: number
}

export interface Breaker {
  /** In a row. */
  readonly failures: number
  /** Present once it has opened; past that moment one call may try. */
  readonly openUntilMs?: number
  /** When the call that tries was sent. */
  readonly trialMs?: number
  /** The failure that opened it, for people. */
  readonly because?: string
}

export const closedBreaker: Breaker = { failures: 0 }

/** A trial that never ended is forgotten after this time: it must not close a target for good. */
const trialPatienceMs = 10 * 60_000

export type BreakerStanding =
  | { readonly kind: 'closed' | 'due' }
  | { readonly kind: 'open'; readonly untilMs: number }
  | { readonly kind: 'on-trial' }

export function standing({ openUntilMs, trialMs }: Breaker, nowMs: number): BreakerStanding {
  if (openUntilMs === undefined) return { kind: 'closed' }
  if (nowMs < openUntilMs) return { kind: 'open', untilMs: openUntilMs }
  const trying = trialMs !== undefined && nowMs - trialMs < trialPatienceMs
  return { kind: trying ? 'on-trial' : 'due' }
}

/** A call was sent: when a trial was due, this is it. */
export const afterSending = (breaker: Breaker, nowMs: number): Breaker =>
  standing(breaker, nowMs).kind === 'due' ? { ...breaker, trialMs: nowMs } : breaker

export function afterFailure(breaker: Breaker, nowMs: number, rule: BreakerRule, because: string): Breaker {
  const { kind } = standing(breaker, nowMs)
  const failures = breaker.failures + 1
  if (kind === 'open') return { ...breaker, failures }
  if (kind === 'closed' && failures < rule.failures) return { failures, because }
  return { failures, openUntilMs: nowMs + rule.openMs, because }
}

/** A first word ends a trial well, but one more failure opens again: the reply may still be cut. */
export function afterFirstWord(breaker: Breaker, nowMs: number, rule: BreakerRule): Breaker {
  const { kind } = standing(breaker, nowMs)
  return kind === 'due' || kind === 'on-trial' ? { failures: rule.failures - 1 } : breaker
}

/** A reply that came through; one that began before the breaker opened says nothing about now. */
export const afterSuccess = (breaker: Breaker, nowMs: number): Breaker =>
  standing(breaker, nowMs).kind === 'open' ? breaker : closedBreaker

/** The call ended without a word about the target's health: another one may try. */
export function released({ trialMs: _, ...breaker }: Breaker): Breaker {
  return breaker
}
