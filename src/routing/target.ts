/** A (provider, model) pair and the dialect to speak to it: the only thing that is ever called. */
import type { DialectId, EffortLevel } from '../conversation/conversation.ts'

export interface Target {
  readonly provider: string
  readonly model: string
  readonly dialect: DialectId
  /** Which of the provider's keys; absent: its only one. */
  readonly account?: string
  /** How much the model holds, when that is known. */
  readonly windowTokens?: number
  /** How hard to think, said as a suffix of the model's name. */
  readonly thinking?: ThinkingWish
}

export type ThinkingWish =
  | { readonly kind: 'off' }
  | { readonly kind: 'effort'; readonly effort: EffortLevel }
  | { readonly kind: 'budget'; readonly budgetTokens: number }

interface Names {
  readonly model: string
  readonly account: string
  readonly target: string
  /** What a breaker may stand before: the model, the account, the provider. */
  readonly keys: readonly [model: string, account: string, provider: string]
}

/** Targets stay while the settings do, and every call asks for their names many times. */
const known = new WeakMap<Target, Names>()

function namesOf(target: Target): Names {
  const found = known.get(target)
  if (found) return found
  const { provider, model: id, account: key } = target
  const model = `${provider}/${id}`
  const account = `${provider}#${key ?? '1'}`
  const names: Names = {
    model,
    account,
    target: key === undefined ? model : `${model}#${key}`,
    keys: [model, account, provider],
  }
  known.set(target, names)
  return names
}

export const modelName = (target: Target): string => namesOf(target).model
export const accountName = (target: Target): string => namesOf(target).account
/** One account's access to one model. */
export const targetName = (target: Target): string => namesOf(target).target
export const keysOf = (target: Target): Names['keys'] => namesOf(target).keys
