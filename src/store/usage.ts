/** Questions to the ledger: how much was used, by whom and for what. Reads while a gateway writes. */
import { openSqlite, type Sqlite } from '../world/sqlite.ts'
import { isLedger } from './ledger.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { callsSince, oldestMs } from './ledger-reader.ts'

type KeyOf = (call: LedgerEntry) => string | undefined

/** What calls can be gathered by. The target is the last that was tried. */
const groups = {
  agent: ({ agent }) => agent,
  session: ({ session }) => session,
  model: ({ attempts }) => nameOf(attempts.at(-1)),
  provider: ({ attempts }) => attempts.at(-1)?.provider,
  project: ({ project }) => project,
  profile: ({ profile }) => profile,
  day: ({ startedMs }) => dayOf(new Date(startedMs)),
} as const satisfies Record<string, KeyOf>

export type UsageGroup = keyof typeof groups

const nameOf = (target: LedgerEntry['attempts'][number] | undefined): string | undefined =>
  target && `${target.provider}/${target.model}`

/** As the clocks here say it. */
const dayOf = (date: Date): string =>
  `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`

const twoDigits = (count: number): string => String(count).padStart(2, '0')

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
    return { rows: rowsOf(database, question), oldestMs: oldestMs(database) }
  } finally {
    database.close()
  }
}

function rowsOf(database: Sqlite, { by, sinceMs }: UsageQuestion): readonly UsageRow[] {
  const keyOf: KeyOf = groups[by]
  const sums = new Map<string | undefined, Sum>()
  for (const call of callsSince(database, sinceMs)) {
    const key = keyOf(call)
    const sum = sums.get(key) ?? emptySum(key)
    add(sum, call)
    sums.set(key, sum)
  }
  return [...sums.values()].sort(by === 'day' ? byKey : byCost)
}

type Sum = { -readonly [Field in keyof UsageRow]: UsageRow[Field] }

const emptySum = (key: string | undefined): Sum => ({
  key,
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
})

function add(sum: Sum, { failure, usage, cost, unpricedAttempts, attempts, savedTokens }: LedgerEntry): void {
  sum.calls += 1
  if (failure !== undefined && failure !== 'client-left') sum.failed += 1
  sum.input += usage.input
  sum.cacheRead += usage.cacheRead
  sum.cacheWrite += usage.cacheWrite
  sum.output += usage.output
  sum.costMicros += cost?.micros ?? 0
  if (!cost || unpricedAttempts > 0) sum.unpriced += 1
  sum.attempts += attempts.length
  sum.savedTokens += savedTokens
}

function byKey({ key: a = '' }: UsageRow, { key: b = '' }: UsageRow): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const byCost = (a: UsageRow, b: UsageRow): number =>
  b.costMicros - a.costMicros || b.calls - a.calls || byKey(a, b)

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
    { ...emptySum(undefined), key: 'total' },
  )
