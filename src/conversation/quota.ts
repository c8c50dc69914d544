/** How much of something may be used in which time, and how much has been: values and a calendar, no clock. */
import { asList, asNumber, asObject, type Json } from '../wire/json.ts'

export const periods = ['minute', 'hour', 'day', 'week', 'month'] as const
export type Period = (typeof periods)[number]
export type QuotaUnit = 'requests' | 'tokens' | 'dollars'

/** `60 requests per minute`, of nobody yet. */
export interface Allowance {
  readonly unit: QuotaUnit
  readonly per: Period
  readonly limit: number
}

export interface Quota extends Allowance {
  /** What is counted together: a model, a provider, an account, a client's key, a profile. */
  readonly scope: string
  /** After the limit is reached, the scope rests for at least this time. */
  readonly cooldownMs?: number
}

/** What has been used of one quota. Requests of a minute are kept one by one, so that no 60 s ever see more than allowed. */
export interface Tally {
  readonly startMs: number
  readonly used: number
  readonly times?: readonly number[]
}

const minuteMs = 60_000
const lengthsMs = { minute: minuteMs, hour: 60 * minuteMs, day: 24 * 60 * minuteMs } as const
const weekMs = 7 * lengthsMs.day
/** 1970-01-05 was the first Monday. */
const firstMondayMs = 4 * lengthsMs.day

const keys = new WeakMap<Quota, string>()

/** Quotas stay while the settings do. */
export function quotaKey(quota: Quota): string {
  const known = keys.get(quota)
  if (known !== undefined) return known
  const key = `${quota.scope} ${quota.unit}/${quota.per}`
  keys.set(quota, key)
  return key
}

const slides = ({ unit, per }: Allowance): boolean => unit === 'requests' && per === 'minute'

/** When the window that holds `nowMs` began; hours, days, weeks and months are those of UTC. */
export function windowStart(per: Period, nowMs: number): number {
  if (per === 'week') return nowMs - ((nowMs - firstMondayMs) % weekMs)
  if (per === 'month') {
    const now = new Date(nowMs)
    return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
  }
  return nowMs - (nowMs % lengthsMs[per])
}

export function windowEnd(per: Period, startMs: number): number {
  if (per === 'week') return startMs + weekMs
  if (per === 'month') {
    const start = new Date(startMs)
    return Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1)
  }
  return startMs + lengthsMs[per]
}

/** The tally as it stands now: what lies before its window is forgotten. */
export function current(quota: Allowance, tally: Tally | undefined, nowMs: number): Tally {
  if (slides(quota)) {
    const times = (tally?.times ?? []).filter((atMs) => atMs > nowMs - minuteMs)
    return { startMs: times[0] ?? nowMs, used: times.length, times }
  }
  const startMs = windowStart(quota.per, nowMs)
  return tally && tally.startMs >= startMs ? tally : { startMs, used: 0 }
}

export function added(quota: Allowance, tally: Tally | undefined, amount: number, nowMs: number): Tally {
  const now = current(quota, tally, nowMs)
  if (slides(quota)) {
    const times = [...(now.times ?? []), nowMs]
    return { startMs: times[0] ?? nowMs, used: times.length, times }
  }
  return { ...now, used: now.used + amount }
}

/** When the quota has room again; undefined: it has now. */
export function freeAgainMs(quota: Allowance, tally: Tally | undefined, nowMs: number): number | undefined {
  const now = current(quota, tally, nowMs)
  if (now.used < quota.limit) return undefined
  if (!slides(quota)) return windowEnd(quota.per, now.startMs)
  const oldest = now.times?.[now.used - quota.limit] ?? nowMs
  return oldest + minuteMs
}

/** When the window that holds `nowMs` ends; undefined for one that slides. */
export const windowEndsMs = (quota: Allowance, nowMs: number): number | undefined =>
  slides(quota) ? undefined : windowEnd(quota.per, windowStart(quota.per, nowMs))

/** Reads one tally of a saved book; undefined when it is none. */
export function readTally(value: Json | undefined): Tally | undefined {
  const { startMs, used, times } = asObject(value)
  const start = asNumber(startMs)
  const amount = asNumber(used)
  if (start === undefined || amount === undefined) return undefined
  if (times === undefined) return { startMs: start, used: amount }
  return { startMs: start, used: amount, times: asList(times).filter((at) => typeof at === 'number') }
}
