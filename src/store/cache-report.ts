/** Questions to the ledger about the provider's cache: what was read from it, what was missed, why, and for how much. */
import { openSqlite } from '../world/sqlite.ts'
import { isLedger } from './ledger.ts'
import type { LedgerCache, LedgerEntry, LedgerMiss } from './ledger-entry.ts'
import { callsSince } from './ledger-reader.ts'

export interface CacheQuestion {
  readonly sinceMs: number
  /** Its name, or how it begins. */
  readonly session?: string | undefined
}

/** One line of conversation: a session's own, or that of one of its subagents. */
export interface SessionCache {
  readonly session: string | undefined
  readonly subagent: string | undefined
  readonly agent: string
  /** The latest call's level, or `holdout`. */
  readonly level: string
  readonly calls: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Of what clients sent again, the share that was as before; and of what was sent on. */
  readonly sameShare: number | undefined
  readonly keptShare: number | undefined
  readonly savedTokens: number
  readonly misses: number
  readonly missTokens: number
  /** What is known of it. */
  readonly missMicros: number
}

export interface CauseOfMisses {
  readonly cause: string
  readonly misses: number
  readonly tokens: number
  readonly micros: number
  /** Misses whose price nobody knows. */
  readonly unpriced: number
  /** What is known of it beyond the cause, most frequent first: `a billing line`. */
  readonly details: readonly { readonly detail: string; readonly misses: number }[]
}

/** One request, and what of it was as in the one before. Bytes are the request's. */
export interface TurnCache {
  readonly startedMs: number
  readonly subagent: string | undefined
  readonly level: string
  /** As the client sent it, and how many of them, from the start, it had sent before. */
  readonly bodyBytes: number
  readonly sameBytes: number
  /** As it was sent on, and how many of them, from the start, had been sent on before. */
  readonly sentBytes: number
  readonly keptBytes: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly miss: LedgerMiss | undefined
}

export interface CacheAnswer {
  /** Dearest misses first. */
  readonly causes: readonly CauseOfMisses[]
  /** Latest first. */
  readonly sessions: readonly SessionCache[]
  /** In their order, the latest at the end; none where no session was asked for. */
  readonly turns: readonly TurnCache[]
}

const mostSessions = 50
const mostTurns = 200

/** Throws SqliteError, and what SQLite throws about a file that is no ledger. */
export function askCache(file: string, question: CacheQuestion): CacheAnswer {
  const database = openSqlite(file)
  try {
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma query_only = 1')
    if (!isLedger(database)) return { causes: [], sessions: [], turns: [] }
    return answerFrom(
      callsSince(database, question.sinceMs, question.session),
      question.session !== undefined,
    )
  } finally {
    database.close()
  }
}

function answerFrom(calls: Iterable<LedgerEntry>, withTurns: boolean): CacheAnswer {
  const causes = new Map<string, CauseSum>()
  const sessions = new Map<string, SessionSum>()
  const turns: TurnCache[] = []
  let latest = 0
  for (const call of calls) {
    const { cache } = call
    if (!cache) continue
    if (cache.miss) addMiss(causes, cache.miss)
    addToSession(sessions, call, cache, latest++)
    if (!withTurns) continue
    turns.push(turnOf(call, cache))
    if (turns.length > 2 * mostTurns) turns.splice(0, mostTurns)
  }
  return {
    causes: [...causes.values()].map(causeOf).sort((a, b) => b.micros - a.micros || b.tokens - a.tokens),
    sessions: [...sessions.values()]
      .sort((a, b) => b.latest - a.latest)
      .slice(0, mostSessions)
      .map(sessionOf),
    turns: turns.slice(-mostTurns),
  }
}

interface CauseSum {
  readonly cause: string
  misses: number
  tokens: number
  micros: number
  unpriced: number
  readonly details: Map<string, number>
}

/** By the first cause, which is the most certain one. */
function addMiss(sums: Map<string, CauseSum>, { causes, detail, tokens, micros }: LedgerMiss): void {
  const cause = causes[0] ?? 'unknown'
  const sum = sums.get(cause) ?? { cause, misses: 0, tokens: 0, micros: 0, unpriced: 0, details: new Map() }
  sum.misses += 1
  sum.tokens += tokens
  sum.micros += micros ?? 0
  if (micros === undefined) sum.unpriced += 1
  if (detail !== undefined) sum.details.set(detail, (sum.details.get(detail) ?? 0) + 1)
  sums.set(cause, sum)
}

const mostDetails = 3

const causeOf = ({ details, ...sum }: CauseSum): CauseOfMisses => ({
  ...sum,
  details: [...details]
    .map(([detail, misses]) => ({ detail, misses }))
    .sort((a, b) => b.misses - a.misses || (a.detail < b.detail ? -1 : 1))
    .slice(0, mostDetails),
})

const turnOf = ({ startedMs, subagent, usage }: LedgerEntry, cache: LedgerCache): TurnCache => ({
  startedMs,
  subagent,
  level: cache.level,
  bodyBytes: cache.bodyBytes,
  sameBytes: cache.sameBytes,
  sentBytes: cache.bodyBytes - cache.savedBytes,
  keptBytes: cache.keptBytes,
  input: usage.input,
  cacheRead: usage.cacheRead,
  cacheWrite: usage.cacheWrite,
  miss: cache.miss,
})

type SessionSum = {
  -readonly [Field in keyof Omit<SessionCache, 'sameShare' | 'keptShare'>]: SessionCache[Field]
} & {
  /** The latest call's place among all. */
  latest: number
  sameBytes: number
  keptBytes: number
  /** Of requests that go on from an earlier one, as they came and as they were sent on. */
  bodyBytes: number
  sentBytes: number
}

const emptySession = ({ session, subagent, agent }: LedgerEntry, level: string): SessionSum => ({
  session,
  subagent,
  agent,
  level,
  latest: 0,
  calls: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  sameBytes: 0,
  keptBytes: 0,
  bodyBytes: 0,
  sentBytes: 0,
  savedTokens: 0,
  misses: 0,
  missTokens: 0,
  missMicros: 0,
})

/** No id holds such a character. */
const none = '\u0000'

function addToSession(
  sums: Map<string, SessionSum>,
  call: LedgerEntry,
  cache: LedgerCache,
  latest: number,
): void {
  const key = `${call.session ?? none}${none}${call.subagent ?? none}`
  const sum = sums.get(key) ?? emptySession(call, cache.level)
  sums.set(key, sum)
  Object.assign(sum, { latest, agent: call.agent, level: cache.level })
  addUse(sum, call)
  addPrefix(sum, cache)
  if (!cache.miss) return
  sum.misses += 1
  sum.missTokens += cache.miss.tokens
  sum.missMicros += cache.miss.micros ?? 0
}

function addUse(sum: SessionSum, { usage, savedTokens }: LedgerEntry): void {
  sum.calls += 1
  sum.input += usage.input
  sum.cacheRead += usage.cacheRead
  sum.cacheWrite += usage.cacheWrite
  sum.savedTokens += savedTokens
}

function addPrefix(sum: SessionSum, { sameBytes, keptBytes, bodyBytes, savedBytes }: LedgerCache): void {
  sum.sameBytes += sameBytes
  sum.keptBytes += keptBytes
  if (sameBytes === 0) return
  sum.bodyBytes += bodyBytes
  sum.sentBytes += bodyBytes - savedBytes
}

function sessionOf(sum: SessionSum): SessionCache {
  const { latest: _, sameBytes, keptBytes, bodyBytes, sentBytes, ...session } = sum
  return { ...session, sameShare: share(sameBytes, bodyBytes), keptShare: share(keptBytes, sentBytes) }
}

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole)
