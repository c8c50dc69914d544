/** After a failure, what next: the same target again, the next one, or an answer to the client. Decided from values. */
import { type Failure, failureTraits } from '../conversation/failure.ts'
import type { Target } from './target.ts'

export type Step =
  | { readonly kind: 'try'; readonly target: Target; readonly afterMs: number }
  | { readonly kind: 'refuse'; readonly failure: Failure }

export interface Tried {
  readonly target: Target
  readonly failure: Failure
}

export interface Bounds {
  readonly maxAttempts: number
  readonly maxWaitMs: number
  readonly maxRetriesSameTarget: number
}

/** How things stand at the moment of the decision. */
export interface Moment {
  /** What this call has waited so far. */
  readonly waitedMs: number
  /** In [0, 1): spreads retries. */
  readonly random: number
  /** Must the target not be asked, so many milliseconds from now? A breaker may have opened since the plan was made. */
  readonly barred?: (target: Target, afterMs: number) => boolean
  /** The plan has nothing else: the first target is asked although it is barred. */
  readonly lastChance?: boolean
}

/** Short throttles are waited out here, because some clients ignore `retry-after` (CONTRACT 128). */
const shortThrottleMs = 10_000
const firstBackOffMs = 400

export function nextStep(
  targets: readonly Target[],
  tried: readonly Tried[],
  { waitedMs, random, barred = () => false, lastChance = false }: Moment,
  bounds: Bounds,
): Step {
  const last = tried.at(-1)
  const open = (target: Target): boolean => !barred(target, 0)
  if (!last) {
    const first = targets.find(open) ?? (lastChance ? targets[0] : undefined)
    if (first) return { kind: 'try', target: first, afterMs: 0 }
    return { kind: 'refuse', failure: { kind: 'no-route', message: 'no target is left to try' } }
  }
  const refuse: Step = { kind: 'refuse', failure: worthTelling(tried) }
  if (tried.length >= bounds.maxAttempts || !failureTraits[last.failure.kind].tryNext) return refuse
  const behind = targets.slice(targets.indexOf(last.target) + 1)
  const next = behind.find((target) => open(target) && isWorthTrying(target, tried))
  const again = againAfterMs(last, tried, next !== undefined, bounds, random)
  if (again !== undefined && waitedMs + again <= bounds.maxWaitMs && !barred(last.target, again))
    return { kind: 'try', target: last.target, afterMs: again }
  return next ? { kind: 'try', target: next, afterMs: 0 } : refuse
}

/** What failed for a reason that this target shares would fail again. */
const isWorthTrying = (target: Target, tried: readonly Tried[]): boolean =>
  !tried.some((past) => sharesFate(target, past))

function sharesFate(target: Target, { target: past, failure }: Tried): boolean {
  const sameProvider = past.provider === target.provider
  const sameModel = sameProvider && past.model === target.model
  if (failure.kind === 'context-too-long') {
    const known = failure.limitTokens ?? past.windowTokens ?? 0
    return sameModel || (target.windowTokens !== undefined && target.windowTokens <= known)
  }
  if (failure.kind === 'target-not-found') return sameModel
  return failure.kind === 'unreachable' && sameProvider
}

/** How long until the same target may be asked again; undefined: not worth it. */
function againAfterMs(
  last: Tried,
  tried: readonly Tried[],
  hasNext: boolean,
  bounds: Bounds,
  random: number,
): number | undefined {
  const { failure, target } = last
  const times = tried.filter((past) => past.target === target).length
  if (times > bounds.maxRetriesSameTarget) return undefined
  if (failure.kind === 'rate-limited') {
    const asked = failure.retryAfterMs
    return !hasNext && asked !== undefined && asked <= shortThrottleMs ? asked : undefined
  }
  if (times > failureTraits[failure.kind].retrySame) return undefined
  const backOffMs = firstBackOffMs * 2 ** (times - 1) * (0.75 + random / 2)
  if (failure.retryAfterMs === undefined) return backOffMs
  return failure.retryAfterMs <= shortThrottleMs ? Math.max(backOffMs, failure.retryAfterMs) : undefined
}

/** The client hears of the last failure, unless an earlier one is its own to mend (the conversation must shrink). */
function worthTelling(tried: readonly Tried[]): Failure {
  const own = tried.find(({ failure }) => failure.kind === 'context-too-long')
  const last = tried.at(-1)
  return own?.failure ?? last?.failure ?? { kind: 'no-route', message: 'no target is left to try' }
}
