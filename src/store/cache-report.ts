/** Questions to the ledger about the provider's cache: what was read from it, what was missed, why, and for how much. */
import { openSqlite, type Sqlite, type SqlRow } from '../world/sqlite.ts'
import { number, text } from './cells.ts'
import { isLedger } from './ledger.ts'
import { callsEndedFrom } from './ledger-tables.ts'

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
  readonly miss: TurnMiss | undefined
}

interface TurnMiss {
  /** The surest first. */
  readonly causes: readonly string[]
  readonly detail: string | undefined
  readonly tokens: number
  /** undefined: nobody knows. */
  readonly micros: number | undefined
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
    return {
      causes: causesIn(database, question),
      sessions: sessionsIn(database, question),
      turns: question.session === undefined ? [] : turnsIn(database, question),
    }
  } finally {
    database.close()
  }
}

/** Parameters without numbers: Node's own SQLite takes numbered ones for named ones. */
const asked = `from calls where call >= ? and started_ms >= ? and cache_level is not null
  and substr(coalesce(session, ''), 1, ?) = ?`

const values = ({ sinceMs, session = '' }: CacheQuestion) => [
  callsEndedFrom(sinceMs),
  sinceMs,
  session.length,
  session,
]

/** The first cause of each miss, which is the most certain one. */
const firstCause = "case when instr(miss, ',') > 0 then substr(miss, 1, instr(miss, ',') - 1) else miss end"

const causesIn = (database: Sqlite, question: CacheQuestion): readonly CauseOfMisses[] =>
  database
    .prepare(
      `select ${firstCause} as cause, count(*) as misses, sum(miss_tokens) as tokens,
        coalesce(sum(miss_micros), 0) as micros, sum(miss_micros is null) as unpriced
      ${asked} and miss is not null group by 1 order by micros desc, tokens desc`,
    )
    .all(values(question))
    .map((row) => ({
      cause: text(row, 'cause') ?? 'unknown',
      misses: number(row, 'misses'),
      tokens: number(row, 'tokens'),
      micros: number(row, 'micros'),
      unpriced: number(row, 'unpriced'),
    }))
    .map((each) => ({ ...each, details: detailsIn(database, question, each.cause) }))

const mostDetails = 3

function detailsIn(database: Sqlite, question: CacheQuestion, cause: string): CauseOfMisses['details'] {
  return database
    .prepare(
      `select miss_detail as detail, count(*) as misses ${asked} and miss_detail is not null
        and ${firstCause} = ? group by 1 order by misses desc, detail limit ${mostDetails}`,
    )
    .all([...values(question), cause])
    .map((row) => ({ detail: text(row, 'detail') ?? '', misses: number(row, 'misses') }))
}

const turnsIn = (database: Sqlite, question: CacheQuestion): readonly TurnCache[] =>
  database
    .prepare(
      `select started_ms, subagent, cache_level, body_bytes, same_bytes, kept_bytes, saved_bytes,
        input, cache_read, cache_write, miss, miss_tokens, miss_micros, miss_detail
      ${asked} order by call desc limit ${mostTurns}`,
    )
    .all(values(question))
    .map(turnFrom)
    .reverse()

function turnFrom(row: SqlRow): TurnCache {
  const causes = text(row, 'miss')?.split(',')
  return {
    startedMs: number(row, 'started_ms'),
    subagent: text(row, 'subagent'),
    level: text(row, 'cache_level') ?? 'off',
    bodyBytes: number(row, 'body_bytes'),
    sameBytes: number(row, 'same_bytes'),
    sentBytes: number(row, 'body_bytes') - number(row, 'saved_bytes'),
    keptBytes: number(row, 'kept_bytes'),
    input: number(row, 'input'),
    cacheRead: number(row, 'cache_read'),
    cacheWrite: number(row, 'cache_write'),
    miss: causes && {
      causes,
      detail: text(row, 'miss_detail'),
      tokens: number(row, 'miss_tokens'),
      micros: typeof row['miss_micros'] === 'number' ? row['miss_micros'] : undefined,
    },
  }
}

/** Requests that go on from an earlier one say how much of it stayed. SQLite takes bare columns from the latest row. */
const sessionsIn = (database: Sqlite, question: CacheQuestion): readonly SessionCache[] =>
  database
    .prepare(
      `select session, subagent, agent, cache_level as level, max(call) as latest, count(*) as calls,
        sum(input) as input, sum(cache_read) as cache_read, sum(cache_write) as cache_write,
        sum(same_bytes) as same_bytes, sum(case when same_bytes > 0 then body_bytes end) as body_bytes,
        sum(kept_bytes) as kept_bytes,
        sum(case when same_bytes > 0 then body_bytes - saved_bytes end) as sent_bytes,
        sum(saved_tokens) as saved_tokens, sum(miss is not null) as misses,
        coalesce(sum(miss_tokens), 0) as miss_tokens, coalesce(sum(miss_micros), 0) as miss_micros
      ${asked} group by session, subagent order by latest desc limit ${mostSessions}`,
    )
    .all(values(question))
    .map(sessionFrom)

const sessionFrom = (row: SqlRow): SessionCache => ({
  session: text(row, 'session'),
  subagent: text(row, 'subagent'),
  agent: text(row, 'agent') ?? 'unknown',
  level: text(row, 'level') ?? 'off',
  calls: number(row, 'calls'),
  input: number(row, 'input'),
  cacheRead: number(row, 'cache_read'),
  cacheWrite: number(row, 'cache_write'),
  sameShare: share(number(row, 'same_bytes'), number(row, 'body_bytes')),
  keptShare: share(number(row, 'kept_bytes'), number(row, 'sent_bytes')),
  savedTokens: number(row, 'saved_tokens'),
  misses: number(row, 'misses'),
  missTokens: number(row, 'miss_tokens'),
  missMicros: number(row, 'miss_micros'),
})

const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : part / whole)
