/** After a failure, what next: the same target again, the next one, or an answer to the client. Decided from values. */
import { type Failure, failureTraits } from '../conversation/failure.ts'
import type { Target } from './plan.ts'

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

/** Short throttles are waited out here, because some clients ignore `retry-after` (CONTRACT 128). */
const shortThrottleMs = 10_000
const firstBackOffMs = 400

/** `random` in [0, 1) spreads retries; `waitedMs` is what this call has waited so far. */
export function nextStep(
  targets: readonly Target[],
  tried: readonly Tried[],
  waitedMs: number,
  bounds: Bounds,
  random: number,
): Step {
  const last = tried.at(-1)
  const first = targets[0]
  if (!last) {
    if (first) return { kind: 'try', target: first, afterMs: 0 }
    return { kind: 'refuse', failure: { kind: 'no-route', message: 'no target is left to try' } }
  }
  const refuse: Step = { kind: 'refuse', failure: worthTelling(tried) }
  if (tried.length >= bounds.maxAttempts) return refuse
  const next = targets[targets.indexOf(last.target) + 1]
  const traits = failureTraits[last.failure.kind]
  if (!traits.tryNext) return refuse
  const again = againAfterMs(last, tried, next !== undefined, bounds, random)
  if (again !== undefined && waitedMs + again <= bounds.maxWaitMs)
    return { kind: 'try', target: last.target, afterMs: again }
  return next ? { kind: 'try', target: next, afterMs: 0 } : refuse
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
