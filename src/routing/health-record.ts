/** Reads a saved health book; what cannot be read is left out. */
import { readTally, type Tally } from '../conversation/quota.ts'
import { asNumber, asObject, asText, type Json } from '../wire/json.ts'
import type { Breaker } from './breaker.ts'

/** A target rests because its upstream said so, or because a quota is spent. */
export interface Cooldown {
  readonly untilMs: number
  readonly because: string
  /** Throttled so often in a row without being told for how long. */
  readonly strikes: number
}

type Entries<T> = readonly (readonly [string, T])[]

interface HealthRecord {
  readonly breakers: Entries<Breaker>
  readonly cooldowns: Entries<Cooldown>
  readonly tallies: Entries<Tally>
  readonly resets: Entries<number>
}

export function readHealth(saved: Json | undefined): HealthRecord {
  const { breakers, cooldowns, tallies, resets } = asObject(saved)
  return {
    breakers: readable(breakers, readBreaker),
    cooldowns: readable(cooldowns, readCooldown),
    tallies: readable(tallies, readTally),
    resets: readable(resets, asNumber),
  }
}

function readable<T>(table: Json | undefined, read: (value: Json | undefined) => T | undefined): Entries<T> {
  return Object.entries(asObject(table)).flatMap(([key, value]) => {
    const found = read(value)
    return found === undefined ? [] : [[key, found] as const]
  })
}

function readBreaker(value: Json | undefined): Breaker | undefined {
  const { failures, openUntilMs, because } = asObject(value)
  const count = asNumber(failures)
  const until = asNumber(openUntilMs)
  const why = asText(because)
  if (count === undefined) return undefined
  return {
    failures: count,
    ...(until !== undefined && { openUntilMs: until }),
    ...(why !== undefined && { because: why }),
  }
}

function readCooldown(value: Json | undefined): Cooldown | undefined {
  const { untilMs, because, strikes } = asObject(value)
  const until = asNumber(untilMs)
  return until === undefined
    ? undefined
    : { untilMs: until, because: asText(because) ?? '', strikes: asNumber(strikes) ?? 0 }
}
