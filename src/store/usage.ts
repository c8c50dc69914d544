/** Questions to the ledger: how much was used, by whom and for what. Reads while a gateway writes. */
import { openSqlite, type Sqlite, type SqlRow } from '../world/sqlite.ts'
import { isLedger } from './ledger.ts'
import { callsEndedFrom } from './ledger-tables.ts'

/** What rows can be gathered by, and how SQL says it. */
const groups = {
  agent: 'agent',
  session: 'session',
  model: "provider || '/' || model",
  provider: 'provider',
  project: 'project',
  profile: 'profile',
  day: "strftime('%Y-%m-%d', started_ms / 1000, 'unixepoch', 'localtime')",
} as const

export type UsageGroup = keyof typeof groups

export const usageGroups: readonly string[] = Object.keys(groups)

export const isUsageGroup = (word: string): word is UsageGroup => Object.hasOwn(groups, word)

export interface UsageQuestion {
  readonly by: UsageGroup
  readonly sinceMs: number
}

export interface UsageRow {
  /** undefined: no session, no project, or no target answered. */
  readonly key: string | undefined
  readonly calls: number
  /** Ended with a failure; a client that left is none. */
  readonly failed: number
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  /** What is known of the cost. */
  readonly costMicros: number
  /** Calls that cost more than `costMicros` says: nobody knows how much. */
  readonly unpriced: number
  /** Requests to upstreams, those that failed included. */
  readonly attempts: number
  readonly savedTokens: number
}

export interface UsageAnswer {
  /** Dearest first; days in their order. */
  readonly rows: readonly UsageRow[]
  /** When the first call in the ledger started; undefined: it holds none. */
  readonly oldestMs: number | undefined
}

/** Throws SqliteError, and what SQLite throws about a file that is no ledger. */
export function askLedger(file: string, question: UsageQuestion): UsageAnswer {
  const database = openSqlite(file)
  try {
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma query_only = 1')
    if (!isLedger(database)) return { rows: [], oldestMs: undefined }
    return { rows: rowsOf(database, question), oldestMs: oldestIn(database) }
  } finally {
    database.close()
  }
}

const sums = `
  count(*) as calls,
  sum(failure is not null and failure <> 'client-left') as failed,
  sum(input) as input, sum(cache_read) as cache_read, sum(cache_write) as cache_write, sum(output) as output,
  coalesce(sum(cost_micros), 0) as cost_micros, sum(cost_micros is null or unpriced_attempts > 0) as unpriced,
  sum(attempts) as attempts, sum(saved_tokens) as saved_tokens`

function rowsOf(database: Sqlite, { by, sinceMs }: UsageQuestion): readonly UsageRow[] {
  const order = by === 'day' ? 'key' : 'cost_micros desc, calls desc, key'
  return database
    .prepare(
      `select ${groups[by]} as key, ${sums} from calls where call >= ? and started_ms >= ?
        group by 1 order by ${order}`,
    )
    .all([callsEndedFrom(sinceMs), sinceMs])
    .map(usageRow)
}

const usageRow = (row: SqlRow): UsageRow => ({
  key: typeof row['key'] === 'string' ? row['key'] : undefined,
  calls: number(row['calls']),
  failed: number(row['failed']),
  input: number(row['input']),
  cacheRead: number(row['cache_read']),
  cacheWrite: number(row['cache_write']),
  output: number(row['output']),
  costMicros: number(row['cost_micros']),
  unpriced: number(row['unpriced']),
  attempts: number(row['attempts']),
  savedTokens: number(row['saved_tokens']),
})

function oldestIn(database: Sqlite): number | undefined {
  const [first] = database.prepare('select started_ms from calls order by call limit 1').all()
  const oldest = first?.['started_ms']
  return typeof oldest === 'number' ? oldest : undefined
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The sum of all rows. */
export const totalOf = (rows: readonly UsageRow[]): UsageRow =>
  rows.reduce<UsageRow>(
    (sum, row) => ({
      key: 'total',
      calls: sum.calls + row.calls,
      failed: sum.failed + row.failed,
      input: sum.input + row.input,
      cacheRead: sum.cacheRead + row.cacheRead,
      cacheWrite: sum.cacheWrite + row.cacheWrite,
      output: sum.output + row.output,
      costMicros: sum.costMicros + row.costMicros,
      unpriced: sum.unpriced + row.unpriced,
      attempts: sum.attempts + row.attempts,
      savedTokens: sum.savedTokens + row.savedTokens,
    }),
    {
      key: 'total',
      calls: 0,
      failed: 0,
      input: 0,
      cacheRead: 0,
      cacheWrite: 0,
      output: 0,
      costMicros: 0,
      unpriced: 0,
      attempts: 0,
      savedTokens: 0,
    },
  )
