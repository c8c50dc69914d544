/** An entry of the ledger as one JSON list. */
import type { Usage } from '../conversation/reply.ts'
import type { LedgerAttempt, LedgerCache, LedgerCost, LedgerEntry, LedgerPlan } from './ledger-entry.ts'

/**
 * A call is one JSON list, each field at its place: handing SQLite thirty values costs more than the rest of a call. A
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
export const cacheFields = [
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

const placesOf = <Field extends string>(fields: readonly Field[], before = 0): Record<Field, number> =>
  Object.assign({}, ...fields.map((field, index) => ({ [field]: before + index })))

/** Where each field is in a call's list, in its `cache`, and in each of its attempts. */
export const place = placesOf(callFields)
export const cachePlace = placesOf(cacheFields)
export const attemptPlace = placesOf(attemptFields)
export const usePlace = placesOf(attemptUseFields, attemptFields.length)

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
