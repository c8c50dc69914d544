/** A model is never changed in silence: for which one another answers, and why that one did not. */
import type { Skipped } from '../routing/locate.ts'
import type { Tried } from '../routing/next-step.ts'
import type { Plan } from '../routing/plan.ts'
import { modelName, type Target } from '../routing/target.ts'

/** undefined: the cascade's first model answers, if with another key. */
export function insteadOf(plan: Plan, target: Target, tried: readonly Tried[]): Skipped | undefined {
  const [first] = plan.targets
  if (!first || modelName(first) === modelName(target)) return plan.insteadOf
  const failed = tried.find((past) => modelName(past.target) !== modelName(target))
  if (failed) return { name: modelName(failed.target), because: failed.failure.kind }
  return { name: modelName(first), because: 'closed by the failures of other calls a moment ago' }
}

const longestText = 300

/** `role big: alpha/m1: overloaded`. */
export const announcement = ({ rule }: Plan, { name, because }: Skipped): string =>
  `${rule}: ${name}: ${because}`.slice(0, longestText)
