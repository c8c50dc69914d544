/** What an upstream's rate-limit headers say: is anything used up, and when is it filled again? */
import type { HeardLimits } from './health.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const dayMs = 24 * 60 * 60_000

/** undefined: they say nothing. Understands Anthropic's (also the unified ones) and the `x-ratelimit-*` of the others. */
export function readRateHeaders(headers: Headers, nowMs: number): HeardLimits | undefined {
  return saysAnything(headers) ? (unified(headers, nowMs) ?? counted(headers, nowMs)) : undefined
}

/** Does a header of this name speak of limits? */
export const saysLimits = (name: string): boolean => name.includes('ratelimit')

export function saysAnything(headers: Headers): boolean {
  for (const name in headers) if (saysLimits(name)) return true
  return false
}

/** Subscriptions: 5-hour and 7-day windows of the whole account. */
function unified(headers: Headers, nowMs: number): HeardLimits | undefined {
  const status = text(headers, 'anthropic-ratelimit-unified-status')
  const reset = moment(text(headers, 'anthropic-ratelimit-unified-reset'), nowMs)
  if (status === undefined && reset === undefined) return undefined
  const windows = ['5h', '7d'].flatMap((window) => {
    const at = moment(text(headers, `anthropic-ratelimit-unified-${window}-reset`), nowMs)
    return at === undefined ? [] : [at]
  })
  const resetAtMs = soonest([...(reset === undefined ? [] : [reset]), ...windows])
  const spent = status === 'rejected' && reset !== undefined
  return {
    accountWide: true,
    ...(resetAtMs !== undefined && { resetAtMs }),
    ...(spent && { spentUntilMs: reset }),
  }
}

/** `…-requests-reset` beside `…-requests-remaining`, or `…reset-requests` beside `…remaining-requests`. */
const counter = /^(?:anthropic-|x-)ratelimit-(?:.+-)?reset(?:-.+)?$/

function counted(headers: Headers, nowMs: number): HeardLimits | undefined {
  const known = Object.keys(headers).flatMap((name) => {
    if (!counter.test(name) || name.includes('-unified-')) return []
    const atMs = moment(text(headers, name), nowMs)
    const left = Number(text(headers, name.replace('reset', 'remaining')) ?? Number.NaN)
    return atMs === undefined ? [] : [{ left, atMs }]
  })
  if (known.length === 0) return undefined
  const resetAtMs = soonest(known.map(({ atMs }) => atMs))
  const spent = known.filter(({ left }) => left === 0).map(({ atMs }) => atMs)
  return {
    accountWide: false,
    ...(resetAtMs !== undefined && { resetAtMs }),
    ...(spent.length > 0 && { spentUntilMs: Math.max(...spent) }),
  }
}

const text = (headers: Headers, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

const soonest = (moments: readonly number[]): number | undefined =>
  moments.length === 0 ? undefined : Math.min(...moments)

/** Seconds to go, `1m30s`, seconds or milliseconds since 1970, or a date; what lies in the past is no moment. */
export function moment(said: string | undefined, nowMs: number): number | undefined {
  if (said === undefined) return undefined
  const atMs = /^\d+(?:\.\d+)?$/.test(said)
    ? fromNumber(Number(said), nowMs)
    : (fromSpan(said, nowMs) ?? Date.parse(said))
  return Number.isFinite(atMs) && atMs > nowMs && atMs < nowMs + 40 * dayMs ? atMs : undefined
}

function fromNumber(value: number, nowMs: number): number {
  if (value > 1e12) return value
  return value > 1e9 ? value * 1000 : nowMs + value * 1000
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: dayMs }

function fromSpan(said: string, nowMs: number): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(said)) return undefined
  const pieces = said.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)
  return [...pieces].reduce((sum, [, digits, unit = 's']) => sum + Number(digits) * (units[unit] ?? 0), nowMs)
}
