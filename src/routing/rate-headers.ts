/** What an upstream's rate-limit headers say: is anything used up, and when is it filled again? */
import type { HeardLimits } from './health.ts'

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

const dayMs = 24 * 60 * 60_000

/** undefined: they say nothing. Understands Anthropic's (also the unified ones) and the `x-ratelimit-*` of the others. */
export function readRateHeaders(headers: Headers, nowMs: number): HeardLimits | undefined {
  let isUnified = false
  let resets: Reset[] | undefined
  for (const name in headers) {
    const meaning = meanings.get(name) ?? meaningOf(name)
    if (meaning === 'nothing') continue
    if (meaning === 'unified') isUnified = true
    else if (resets) resets.push(meaning)
    else resets = [meaning]
  }
  const subscription = isUnified ? unified(headers, nowMs) : undefined
  return subscription ?? (resets && counted(headers, resets, nowMs))
}

/** When a counter is filled again, and the header that tells what is left of it. */
interface Reset {
  readonly name: string
  readonly remaining: string
}

/** Upstreams say the same names again and again. */
const meanings = new Map<string, Reset | 'unified' | 'nothing'>()
const mostNames = 2_000

/** `…-requests-reset` beside `…-requests-remaining`, or `…reset-requests` beside `…remaining-requests`. */
const counter = /^(?:anthropic-|x-)ratelimit-(?:.+-)?reset(?:-.+)?$/

function meaningOf(name: string): Reset | 'unified' | 'nothing' {
  const counts = counter.test(name) && !name.includes('-unified-')
  const meaning = counts
    ? { name, remaining: name.replace('reset', 'remaining') }
    : name.startsWith('anthropic-ratelimit-unified-')
      ? 'unified'
      : 'nothing'
  if (meanings.size >= mostNames) meanings.clear()
  meanings.set(name, meaning)
  return meaning
}

const spokenOf = new Map<string, boolean>()

/** Does a header of this name speak of limits? */
export function saysLimits(name: string): boolean {
  const known = spokenOf.get(name)
  if (known !== undefined) return known
  if (spokenOf.size >= mostNames) spokenOf.clear()
  const says = name.includes('ratelimit')
  spokenOf.set(name, says)
  return says
}

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

function counted(headers: Headers, resets: readonly Reset[], nowMs: number): HeardLimits | undefined {
  let resetAtMs: number | undefined
  let spentUntilMs: number | undefined
  for (const { name, remaining } of resets) {
    const atMs = moment(text(headers, name), nowMs)
    if (atMs === undefined) continue
    if (resetAtMs === undefined || atMs < resetAtMs) resetAtMs = atMs
    const isSpent = Number(text(headers, remaining) ?? Number.NaN) === 0
    if (isSpent && (spentUntilMs === undefined || atMs > spentUntilMs)) spentUntilMs = atMs
  }
  if (resetAtMs === undefined) return undefined
  return { accountWide: false, resetAtMs, ...(spentUntilMs !== undefined && { spentUntilMs }) }
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
