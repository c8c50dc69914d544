/** The ledger's one table, and an entry as its row. */
import type { Usage } from '../conversation/reply.ts'
import type { LedgerAttempt, LedgerCache, LedgerCost, LedgerEntry, LedgerPlan } from './ledger-entry.ts'

/** `pragma user_version`; a file with a higher one was written by a newer version. */
export const ledgerVersion = 5

/**
 * A row is one JSON list, each field at its place: handing SQLite thirty values costs more than the rest of a row. A
 * place is never given to another field; new fields come behind the last. `null`: there is none, or nobody knows.
 */
export const callFields = [
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
  'dialect',
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
  'plan',
  'instead',
  'unpriced_attempts',
  'attempts',
  'cache',
  'parent',
] as const

/** Of the list at `cache`. */
const cacheFields = [
  'cache_level',
  'body_bytes',
  'same_bytes',
  'kept_bytes',
  'saved_bytes',
  'miss',
  'miss_tokens',
  'miss_micros',
  'miss_detail',
] as const

/** Of one attempt. `after_ms`: since the call's start. */
export const attemptFields = [
  'provider',
  'model',
  'dialect',
  'after_ms',
  'first_word_ms',
  'failure',
  'status',
] as const

/** Behind those; not there where there was one attempt only and it answered: it used what the call used. */
export const attemptUseFields = [
  'input',
  'cache_read',
  'cache_write',
  'output',
  'cost_micros',
  'prices',
  'total_ms',
] as const

const at = (field: (typeof callFields)[number]): string => `row->>${callFields.indexOf(field)}`
const attemptsPath = `$[${callFields.indexOf('attempts')}]`
const scalars = callFields.filter((field) => field !== 'attempts' && field !== 'cache')
const ofCache = (field: string, place: number): string =>
  `row->>'$[${callFields.indexOf('cache')}][${place}]' as ${field}`
const allInput = `(${at('input')} + ${at('cache_read')} + ${at('cache_write')})`
const ofLast = (field: (typeof attemptFields)[number]): string =>
  `row->>'${attemptsPath}[#-1][${attemptFields.indexOf(field)}]'`
const ofMade = (field: (typeof attemptFields)[number]): string =>
  `made.value->>${attemptFields.indexOf(field)}`
const usedByMade = (field: (typeof attemptUseFields)[number], place: number): string =>
  `case when json_array_length(made.value) <= ${attemptFields.length}
    then ${at(field)}${field === 'total_ms' ? ` - ${ofMade('after_ms')}` : ''}
    else made.value->>${attemptFields.length + place} end as ${field}`

/**
 * Rows are only ever appended, so that one costs the same in a file of any size. There is no index: `call` rises with
 * the time at which a call ended (see `callsEndedFrom`).
 */
export const ledgerTable =
  'create table if not exists call_rows (call integer primary key, row text not null);'

/** As people and programs read it. */
export const ledgerViews = `
drop view if exists calls;
drop view if exists attempts;
create view calls as select call,
  ${scalars.map((field) => `${at(field)} as ${field}`).join(', ')},
  ${cacheFields.map(ofCache).join(', ')},
  ${ofLast('provider')} as provider, ${ofLast('model')} as model, ${ofLast('dialect')} as target_dialect,
  json_array_length(row, '${attemptsPath}') as attempts,
  cast(${at('cache_read')} as real) / nullif(${allInput}, 0) as cache_read_ratio
from call_rows;
create view attempts as select call, made.key + 1 as attempt,
  ${ofMade('provider')} as provider, ${ofMade('model')} as model, ${ofMade('dialect')} as dialect,
  ${at('started_ms')} + ${ofMade('after_ms')} as started_ms, ${ofMade('first_word_ms')} as first_word_ms,
  ${ofMade('failure')} as failure, ${ofMade('status')} as status,
  ${attemptUseFields.map(usedByMade).join(', ')}
from call_rows, json_each(row, '${attemptsPath}') as made;
`

const callsPerMs = 1000

/** The number that no call has which ended earlier. */
export const callsEndedFrom = (ms: number): number => Math.floor(ms) * callsPerMs

/**
 * Takes a number from `callsEndedFrom`, then a JSON list of rows. One statement, so all of them or none. No numbered
 * parameters: Node's own SQLite takes them for named ones.
 */
export const insertRows = `insert into call_rows
  select max(?, (select coalesce(max(call), 0) + 1 from call_rows)) + key, value from json_each(?)`

/** Half a character, as JSON writes it: SQLite would take it for one, and no reader could read it back. */
const halfCharacter = /(?<!\\)((?:\\\\)*)\\ud[0-9a-f]{3}/g

export function rowText(entry: LedgerEntry): string {
  const text = JSON.stringify(callRow(entry))
  return text.includes('\\ud') ? text.replace(halfCharacter, '$1\\ufffd') : text
}

/** With every field in its place. */
function callRow(entry: LedgerEntry): readonly unknown[] {
  const { usage, cost } = entry
  return [
    short(entry.id),
    entry.startedMs,
    entry.totalMs,
    entry.firstWordMs,
    short(entry.agent),
    short(entry.session),
    short(entry.subagent),
    short(entry.project),
    entry.profile,
    entry.role,
    short(entry.rule),
    short(entry.asked),
    entry.dialect,
    entry.stream ? 1 : 0,
    entry.status,
    entry.failure,
    whole(usage.input),
    whole(usage.cacheRead),
    whole(usage.cacheWrite),
    whole(usage.output),
    usage.thinking === undefined ? null : whole(usage.thinking),
    ...costCells(cost),
    whole(entry.savedTokens),
    entry.lost.length > 0 ? entry.lost.join(',') : null,
    entry.plan && planCell(entry.plan),
    short(entry.instead),
    entry.unpricedAttempts,
    attemptsCell(entry),
    entry.cache && cacheCell(entry.cache),
    short(entry.parent),
  ]
}

/** In the order of `cacheFields`. */
const cacheCell = ({ miss, ...cache }: LedgerCache): readonly unknown[] => [
  cache.level,
  cache.bodyBytes,
  cache.sameBytes,
  cache.keptBytes,
  cache.savedBytes,
  ...(miss ? [miss.causes.join(','), whole(miss.tokens), miss.micros, miss.detail] : []),
]

/** A cascade of dozens is shown by its beginning. */
const longestList = 24

const planCell = ({ targets, skipped, stays }: LedgerPlan): object => ({
  targets: targets.slice(0, longestList).map((name) => short(name)),
  skipped: skipped.slice(0, longestList).map(({ name, because }) => [short(name), short(because)]),
  ...(stays && { stays }),
})

function attemptsCell({ startedMs, attempts }: LedgerEntry): readonly (readonly unknown[])[] {
  const [only] = attempts
  if (only && attempts.length === 1 && only.firstWordMs !== undefined) return [attemptCells(only, startedMs)]
  return attempts.map((attempt) => [
    ...attemptCells(attempt, startedMs),
    ...usageCells(attempt.usage),
    ...costCells(attempt.cost),
    attempt.totalMs,
  ])
}

const attemptCells = (attempt: LedgerAttempt, callStartedMs: number): unknown[] => [
  attempt.provider,
  short(attempt.model),
  attempt.dialect,
  attempt.startedMs - callStartedMs,
  attempt.firstWordMs,
  attempt.failure,
  attempt.status,
]

const usageCells = (usage: Usage | undefined): readonly (number | null)[] =>
  usage
    ? [whole(usage.input), whole(usage.cacheRead), whole(usage.cacheWrite), whole(usage.output)]
    : unknownUsage
const unknownUsage = [null, null, null, null]

const costCells = (cost: LedgerCost | undefined): readonly unknown[] =>
  cost ? [whole(cost.micros), cost.prices] : unknownCost
const unknownCost = [null, null]

const longestText = 200

/** What clients name is theirs; the ledger keeps the beginning. */
const short = (text: string | undefined): string | undefined =>
  text !== undefined && text.length > longestText ? text.slice(0, longestText) : text

/** Counters come from upstreams: whatever they say, a row must be written. */
const whole = (count: number): number => (Number.isFinite(count) ? Math.round(count) : 0)
