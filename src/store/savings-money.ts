/**
 * What was not sent, in money: for every call, what its provider would have charged more for it, by the part of the
 * cache that it would have been in. And what sessions cost that were left raw, to compare.
 */
import type { Usage } from '../conversation/reply.ts'
import { openSqlite } from '../world/sqlite.ts'
import { isLedger } from './ledger.ts'
import type { LedgerCache, LedgerEntry } from './ledger-entry.ts'
import { callsSince } from './ledger-reader.ts'
import type { PriceBook } from './prices.ts'

export interface CallSaving {
  readonly agent: string
  readonly project: string | undefined
  readonly session: string | undefined
  readonly provider: string
  readonly model: string
  /** `holdout`: a session that was left raw. */
  readonly level: string
  readonly usage: Usage
  /** Of results first seen in this call. */
  readonly freshTokens: number
  /** Of results of earlier calls, which this one sends again. */
  readonly replayedTokens: number
  readonly costMicros: number | undefined
}

const bytesPerToken = 4

/** Throws SqliteError, and what SQLite throws about a file that is no ledger. */
export function callSavings(file: string, sinceMs: number): readonly CallSaving[] {
  const database = openSqlite(file)
  try {
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma query_only = 1')
    return isLedger(database) ? savingsIn(callsSince(database, sinceMs)) : []
  } finally {
    database.close()
  }
}

function savingsIn(calls: Iterable<LedgerEntry>): readonly CallSaving[] {
  const savings: CallSaving[] = []
  for (const call of calls) if (call.cache) savings.push(savingOf(call, call.cache))
  return savings
}

function savingOf(call: LedgerEntry, { level, savedBytes }: LedgerCache): CallSaving {
  const { input, cacheRead, cacheWrite, output } = call.usage
  const target = call.attempts.at(-1)
  return {
    agent: call.agent,
    project: call.project,
    session: call.session,
    provider: target?.provider ?? '',
    model: target?.model ?? '',
    level,
    usage: { input, cacheRead, cacheWrite, output },
    freshTokens: call.savedTokens,
    replayedTokens: Math.max(0, Math.round(savedBytes / bytesPerToken) - call.savedTokens),
    costMicros: call.cost?.micros,
  }
}

/** undefined: nobody knows the price. What was new goes where new input went, the rest where old input went. */
export function savedMicros(saving: CallSaving, prices: PriceBook): number | undefined {
  const { provider, model, usage, freshTokens, replayedTokens } = saving
  const before = prices.costOf(provider, model, usage)
  const wouldBe = prices.costOf(provider, model, withMore(usage, freshTokens, replayedTokens))
  return before && wouldBe ? wouldBe.micros - before.micros : undefined
}

function withMore(usage: Usage, fresh: number, replayed: number): Usage {
  const freshIn = usage.cacheWrite > 0 ? 'cacheWrite' : 'input'
  const replayedIn = usage.cacheRead > 0 ? 'cacheRead' : freshIn
  const more = { ...usage, [freshIn]: usage[freshIn] + fresh }
  return { ...more, [replayedIn]: more[replayedIn] + replayed }
}

export interface Holdout {
  readonly heldOut: ArmCost
  readonly compressed: ArmCost
  /** What a call of a compressed session costs more (or less, below 0), as a share; undefined: too few sessions. */
  readonly change: { readonly share: number; readonly margin: number } | undefined
}

export interface ArmCost {
  readonly sessions: number
  readonly calls: number
  /** Micro-dollars, the mean of the sessions' means. */
  readonly perCall: number
}

/** Fewer in either arm say nothing. */
const leastSessions = 10

export function compareHoldout(savings: readonly CallSaving[]): Holdout {
  const means = (isHeldOut: boolean) =>
    sessionMeans(savings.filter(({ level }) => level !== 'off' && (level === 'holdout') === isHeldOut))
  const [raw, less] = [means(true), means(false)]
  const [heldOut, compressed] = [armOf(raw), armOf(less)]
  const isEnough = Math.min(raw.length, less.length) >= leastSessions && heldOut.perCall > 0
  return { heldOut, compressed, change: isEnough ? changeBetween(raw, less) : undefined }
}

interface SessionMean {
  readonly calls: number
  readonly perCall: number
}

function sessionMeans(savings: readonly CallSaving[]): readonly SessionMean[] {
  const sessions = new Map<string, { calls: number; micros: number }>()
  for (const { session, costMicros } of savings) {
    if (session === undefined || costMicros === undefined) continue
    const sum = sessions.get(session) ?? { calls: 0, micros: 0 }
    sum.calls += 1
    sum.micros += costMicros
    sessions.set(session, sum)
  }
  return [...sessions.values()].map(({ calls, micros }) => ({ calls, perCall: micros / calls }))
}

const armOf = (means: readonly SessionMean[]): ArmCost => ({
  sessions: means.length,
  calls: means.reduce((sum, { calls }) => sum + calls, 0),
  perCall: meanOf(means.map(({ perCall }) => perCall)),
})

/** Two standard errors of the difference, as a share of what is compared with. */
function changeBetween(raw: readonly SessionMean[], less: readonly SessionMean[]): Holdout['change'] {
  const [a, b] = [raw, less].map((arm) => arm.map(({ perCall }) => perCall))
  if (!a || !b) return undefined
  const base = meanOf(a)
  const error = Math.sqrt(varianceOf(a) / a.length + varianceOf(b) / b.length)
  return { share: (meanOf(b) - base) / base, margin: (1.96 * error) / base }
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values)
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1)
}
