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

export const modelName = ({ provider, model }: Target): string => `${provider}/${model}`
export const accountName = ({ provider, account = '1' }: Target): string => `${provider}#${account}`
/** One account's access to one model. */
export const targetName = (target: Target): string =>
  target.account === undefined ? modelName(target) : `${modelName(target)}#${target.account}`
