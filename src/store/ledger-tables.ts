/** The ledger's one table, how it is written, and the views over it. */
import { attemptFields, attemptUseFields, cacheFields, callFields } from './ledger-row.ts'

/** `pragma user_version`; a file with a higher one was written by a newer version. */
export const ledgerVersion = 6

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
 * A row holds the calls of one batch, a JSON list of theirs: for SQLite a row costs more than what is in it. They are
 * numbered from `first` to `last`. Batches are only ever appended, so that one costs the same in a file of any size. There
 * is no index: the numbers rise with the time at which calls ended (see `callsEndedFrom`).
 */
export const ledgerTable = `create table if not exists call_batches (
  first integer primary key, last integer not null, rows text not null);`

/** A batch is read, and removed, as a whole. */
export const mostCallsInBatch = 1000

/** A call alone is not taken apart and put together again for its batch's sake. */
const callRows = `(
  select first as batch, first as call, substr(rows, 2, length(rows) - 2) as row from call_batches where last = first
  union all select first, first + key, value from call_batches, json_each(rows) where last > first)`

export const afterTheLast =
  '(select coalesce(max(last), 0) + 1 from (select last from call_batches order by first desc limit 1))'

/** As people and programs read it. */
export const ledgerViews = `
drop view if exists calls;
drop view if exists attempts;
create view calls as select call, batch,
  ${scalars.map((field) => `${at(field)} as ${field}`).join(', ')},
  ${cacheFields.map(ofCache).join(', ')},
  ${ofLast('provider')} as provider, ${ofLast('model')} as model, ${ofLast('dialect')} as target_dialect,
  json_array_length(row, '${attemptsPath}') as attempts,
  cast(${at('cache_read')} as real) / nullif(${allInput}, 0) as cache_read_ratio
from ${callRows};
create view attempts as select call, batch, made.key + 1 as attempt,
  ${ofMade('provider')} as provider, ${ofMade('model')} as model, ${ofMade('dialect')} as dialect,
  ${at('started_ms')} + ${ofMade('after_ms')} as started_ms, ${ofMade('first_word_ms')} as first_word_ms,
  ${ofMade('failure')} as failure, ${ofMade('status')} as status,
  ${attemptUseFields.map(usedByMade).join(', ')}
from ${callRows}, json_each(row, '${attemptsPath}') as made;
`

const callsPerMs = 1000

/** No call that ended then or later is in a batch with a lower number. */
export const callsEndedFrom = (ms: number): number => Math.floor(ms) * callsPerMs

/**
 * Takes how many calls there are, their JSON list and a number from `callsEndedFrom`. One statement, so that no other
 * gateway takes the same numbers. No numbered parameters: Node's own SQLite takes them for named ones.
 */
export const insertBatch = `insert into call_batches select first, first + ? - 1, ?
  from (select max(?, ${afterTheLast}) as first)`
