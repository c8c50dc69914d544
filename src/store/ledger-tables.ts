/** The ledger's tables, and an entry as their rows. */
import type { SqlValue } from '../world/sqlite.ts'
import type { LedgerAttempt, LedgerEntry, LedgerPlan } from './ledger-entry.ts'

/** `pragma user_version`; a file with a higher one was written by a newer version. */
export const ledgerVersion = 2

/**
 * Rows are only ever appended, to the tables and to the one index alike, so that a row costs the same in a file of any
 * size. There is no index on `id`: random keys would make every batch touch pages all over the file.
 */
export const ledgerTables = `
create table if not exists calls (
  call integer primary key,
  id text not null,
  started_ms integer not null,
  total_ms integer not null,
  first_word_ms integer,
  agent text not null,
  session text,
  subagent text,
  project text,
  profile text not null,
  role text,
  rule text,
  asked text not null,
  provider text,
  model text,
  dialect text not null,
  target_dialect text,
  stream integer not null,
  status integer,
  failure text,
  input integer not null,
  cache_read integer not null,
  cache_write integer not null,
  output integer not null,
  thinking integer,
  cost_micros integer,
  prices text,
  saved_tokens integer not null,
  lost text,
  attempts integer not null,
  plan text,
  cache_read_ratio real generated always as
    (cast(cache_read as real) / nullif(input + cache_read + cache_write, 0)) virtual
);
create index if not exists calls_by_start on calls (started_ms);
create table if not exists attempts (
  call integer not null,
  attempt integer not null,
  provider text not null,
  model text not null,
  dialect text not null,
  started_ms integer not null,
  first_word_ms integer,
  failure text,
  status integer,
  primary key (call, attempt)
) without rowid;
`

/** What a file of an older version lacks, by that version. */
export const ledgerChanges: readonly (readonly [version: number, sql: string])[] = [
  [1, 'alter table calls add column plan text'],
]

const callColumns = [
  'id',
  'started_ms',
  'total_ms',
  'first_word_ms',
  'agent',
  'session',
  'subagent',
  'project',
  'profile',
  'role',
  'rule',
  'asked',
  'provider',
  'model',
  'dialect',
  'target_dialect',
  'stream',
  'status',
  'failure',
  'input',
  'cache_read',
  'cache_write',
  'output',
  'thinking',
  'cost_micros',
  'prices',
  'saved_tokens',
  'lost',
  'attempts',
  'plan',
] as const

export const insertCall = `insert into calls (${callColumns.join(', ')}) values (${callColumns.map(() => '?').join(', ')})`

/** Rows of a table without rowids leave `last_insert_rowid()` alone: it stays the call's. */
export const insertAttempt = 'insert into attempts values (last_insert_rowid(), ?, ?, ?, ?, ?, ?, ?, ?)'

/** In the order of `callColumns`. */
export function callRow(entry: LedgerEntry): readonly SqlValue[] {
  const served = entry.attempts.at(-1)
  const { usage, cost } = entry
  return [
    entry.id,
    entry.startedMs,
    entry.totalMs,
    entry.firstWordMs ?? null,
    short(entry.agent),
    short(entry.session),
    short(entry.subagent),
    short(entry.project),
    entry.profile,
    entry.role ?? null,
    short(entry.rule),
    short(entry.asked),
    served?.provider ?? null,
    short(served?.model),
    entry.dialect,
    served?.dialect ?? null,
    entry.stream ? 1 : 0,
    entry.status ?? null,
    entry.failure ?? null,
    whole(usage.input),
    whole(usage.cacheRead),
    whole(usage.cacheWrite),
    whole(usage.output),
    usage.thinking === undefined ? null : whole(usage.thinking),
    cost && Number.isFinite(cost.micros) ? cost.micros : null,
    cost?.prices ?? null,
    whole(entry.savedTokens),
    entry.lost.length > 0 ? entry.lost.join(',') : null,
    entry.attempts.length,
    entry.plan ? planText(entry.plan) : null,
  ]
}

/** A cascade of dozens is shown by its beginning. */
const longestList = 24

const planText = ({ targets, skipped, stays }: LedgerPlan): string =>
  JSON.stringify({
    targets: targets.slice(0, longestList).map((name) => short(name)),
    skipped: skipped.slice(0, longestList).map(({ name, because }) => [short(name), short(because)]),
    ...(stays && { stays }),
  })

export const attemptRow = (attempt: LedgerAttempt, index: number): readonly SqlValue[] => [
  index + 1,
  attempt.provider,
  short(attempt.model),
  attempt.dialect,
  attempt.startedMs,
  attempt.firstWordMs ?? null,
  attempt.failure ?? null,
  attempt.status ?? null,
]

const longestText = 200

/** What clients name is theirs; the ledger keeps the beginning. */
function short(text: string): string
function short(text: string | undefined): string | null
function short(text: string | undefined): string | null {
  if (text === undefined) return null
  return text.length > longestText ? text.slice(0, longestText) : text
}

/** Counters come from upstreams: whatever they say, a row must be written. */
const whole = (count: number): number => (Number.isFinite(count) ? Math.round(count) : 0)
