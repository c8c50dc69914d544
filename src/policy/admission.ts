/** Whether a call may come in, and how far: decided from the allowances that are spent. */
import type { Failure } from '../conversation/failure.ts'
import type { Rule } from './rules.ts'
import { allowanceText, resetText } from './words.ts'

export interface Spent {
  readonly rule: Rule
  /** When there is room again. */
  readonly untilMs: number
}

export type Admission =
  | { readonly kind: 'welcome' }
  /** Only targets that cost nothing, or only the smallest role; `failure` is for when there are none of those. */
  | {
      readonly kind: 'narrowed'
      readonly to: 'free-targets' | 'smallest-role'
      readonly because: string
      readonly untilMs: number
      readonly failure: Failure
    }
  | { readonly kind: 'refused'; readonly failure: Failure }

export const welcome: Admission = { kind: 'welcome' }

const strictness = ['cheaper-role', 'next-target', 'refuse'] as const

/** The strictest of the spent rules decides; of equally strict ones, the one that is spent for longest. */
export function verdictOf(spent: readonly Spent[], nowMs: number): Admission {
  const [first] = spent.toSorted(
    (a, b) =>
      strictness.indexOf(b.rule.whenSpent) - strictness.indexOf(a.rule.whenSpent) || b.untilMs - a.untilMs,
  )
  if (!first) return welcome
  const failure = failureOf(first, nowMs)
  const { rule, untilMs } = first
  const because = spentText(first, nowMs)
  switch (rule.whenSpent) {
    case 'refuse':
      return { kind: 'refused', failure }
    case 'next-target':
      return { kind: 'narrowed', to: 'free-targets', because, untilMs, failure }
    case 'cheaper-role':
      return { kind: 'narrowed', to: 'smallest-role', because, untilMs, failure }
  }
}

/** A rate is waited out; a budget is final for the client, with the time of its end in words (CONTRACT 87, 128). */
function failureOf(spent: Spent, nowMs: number): Failure {
  const { rule, untilMs } = spent
  const message = `${spentText(spent, nowMs)} The budget is set on this gateway; see: clutch keys list, clutch config show.`
  return rule.per === 'minute'
    ? { kind: 'rate-limited', message, retryAfterMs: Math.max(1, untilMs - nowMs) }
    : { kind: 'budget-spent', message }
}

const spentText = ({ rule, untilMs }: Spent, nowMs: number): string =>
  `The budget of ${rule.scope} is spent: ${allowanceText(rule)}. It resets at ${resetText(untilMs, nowMs)}.`
