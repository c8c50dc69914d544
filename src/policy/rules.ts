/** Which allowances a call counts against: its key's own, and every budget whose selectors it fits. */
import type { Budget, NamedKey, WhenSpent } from '../config/settings.ts'
import type { Allowance, Quota } from '../conversation/quota.ts'

/** Who asks. */
export interface Subject {
  readonly profile: string
  readonly agent: string
  /** The name of the client's key, when it has one. */
  readonly key?: string
}

export interface Rule extends Quota {
  readonly whenSpent: WhenSpent
}

/** The part of the settings that says who may use how much. */
export interface RuleBook {
  readonly budgets?: readonly Budget[]
  readonly namedKeys?: readonly NamedKey[]
}

export function rulesFor(subject: Subject, { budgets = [], namedKeys = [] }: RuleBook): readonly Rule[] {
  const key = namedKeys.find(({ name }) => name === subject.key)
  const own = key ? rulesOf(`key ${key.name}`, key.allowances, key.whenSpent ?? 'refuse') : []
  const shared = budgets
    .filter((budget) => fits(budget, subject))
    .flatMap((budget) => rulesOf(scopeOf(budget), budget.allowances, budget.whenSpent))
  return [...own, ...shared]
}

/** All rules there are, once each. */
export function allRules({ budgets = [], namedKeys = [] }: RuleBook): readonly Rule[] {
  return [
    ...namedKeys.flatMap((key) => rulesOf(`key ${key.name}`, key.allowances, key.whenSpent ?? 'refuse')),
    ...budgets.flatMap((budget) => rulesOf(scopeOf(budget), budget.allowances, budget.whenSpent)),
  ]
}

const fits = (budget: Budget, subject: Subject): boolean =>
  (budget.profile === undefined || budget.profile === subject.profile) &&
  (budget.agent === undefined || budget.agent === subject.agent) &&
  (budget.key === undefined || budget.key === subject.key)

/** The same words for the same selectors, so that counts outlive an edit of the amounts. */
function scopeOf({ profile, agent, key }: Budget): string {
  const parts = [
    ...(key === undefined ? [] : [`key ${key}`]),
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
  ]
  return parts.length === 0 ? 'everybody' : parts.join(', ')
}

const rulesOf = (scope: string, allowances: readonly Allowance[], whenSpent: WhenSpent): readonly Rule[] =>
  allowances.map((allowance) => ({ ...allowance, scope, whenSpent }))
