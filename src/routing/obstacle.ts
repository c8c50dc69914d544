/** Why a target must not be asked now, in words, and until when. */
import type { Quota } from '../conversation/quota.ts'
import { type Breaker, standing } from './breaker.ts'
import type { Cooldown } from './health-record.ts'
import { spell } from './spell.ts'

/** Reasons begin with one of these words. */
export interface Obstacle {
  readonly kind: 'breaker' | 'cooldown' | 'quota'
  readonly because: string
  /** When the answer may change. */
  readonly untilMs: number
}

export function breakerObstacle(key: string, breaker: Breaker, nowMs: number): Obstacle | undefined {
  const now = standing(breaker, nowMs)
  if (now.kind === 'open') {
    const why = breaker.because === undefined ? '' : ` (${breaker.because})`
    const because = `breaker of ${key} is open for ${spell(now.untilMs - nowMs)}${why}`
    return { kind: 'breaker', because, untilMs: now.untilMs }
  }
  if (now.kind !== 'on-trial') return undefined
  return {
    kind: 'breaker',
    because: `breaker of ${key}: one call is trying it just now`,
    untilMs: nowMs + 1000,
  }
}

export function cooldownObstacle({ untilMs, because }: Cooldown, nowMs: number): Obstacle | undefined {
  if (untilMs <= nowMs) return undefined
  return { kind: 'cooldown', because: `cooling down for ${spell(untilMs - nowMs)}: ${because}`, untilMs }
}

export function quotaObstacle({ scope, unit, per, limit }: Quota, untilMs: number, nowMs: number): Obstacle {
  const because = `quota spent: ${limit} ${unit} per ${per} for ${scope}, free again in ${spell(untilMs - nowMs)}`
  return { kind: 'quota', because, untilMs }
}
