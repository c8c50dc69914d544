/** Thinking effort between targets that know different levels of it. */
import type { EffortLevel } from './conversation.ts'

const effortLevels = [
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const satisfies readonly EffortLevel[]

/** The level among `known` closest to the wish; of two as close, the weaker one. undefined when none is known. */
export function nearestEffort(wish: EffortLevel, known: readonly EffortLevel[]): EffortLevel | undefined {
  const place = effortLevels.indexOf(wish)
  const distance = (level: EffortLevel): number => Math.abs(effortLevels.indexOf(level) - place)
  return known.reduce<EffortLevel | undefined>(
    (best, level) => (best === undefined || distance(level) < distance(best) ? level : best),
    undefined,
  )
}

/** The effort that thinks about as long as a budget allows. */
export function effortForBudget(budgetTokens: number): EffortLevel {
  if (budgetTokens <= 1024) return 'minimal'
  if (budgetTokens <= 4096) return 'low'
  if (budgetTokens <= 16_384) return 'medium'
  return budgetTokens <= 32_768 ? 'high' : 'xhigh'
}

export const readEffort = (word: unknown): EffortLevel | undefined =>
  effortLevels.find((level) => level === word)
