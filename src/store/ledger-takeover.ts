/** A ledger of an older version becomes one of this version, once, in the transaction that opens it. */
import { attemptFields, attemptUseFields, callFields } from './ledger-row.ts'
import { afterTheLast, ledgerTable } from './ledger-tables.ts'

/** Nobody wrote down what each attempt used. */
const oldAttempt = [
  ...attemptFields.map((field) => (field === 'after_ms' ? 'a.started_ms - c.started_ms' : `a.${field}`)),
  ...attemptUseFields.map(() => 'null'),
]
const attemptsOfCall = `json((select json_group_array(json_array(${oldAttempt.join(', ')}))
  from attempts_2 a where a.call = c.call))`

function oldField(field: (typeof callFields)[number]): string {
  switch (field) {
    case 'attempts':
      return attemptsOfCall
    case 'plan':
      return 'json(c.plan)'
    case 'instead':
    case 'cache':
    case 'parent':
      return 'null'
    case 'unpriced_attempts':
      return '0'
    default:
      return `c.${field}`
  }
}

/** A call that was a row of its own becomes a batch of its own and keeps its number. */
export const takeOver = (version: number): string => `${ledgerTable}
${version >= 3 ? fromRows : fromTables(version)}
${olderWriters}`

/** Versions 3 and 4 lacked fields at the end of what they wrote. */
const fromRows = `
insert into call_batches select call, call, '[' || row || ']' from call_rows order by call;
drop table call_rows;
`

/** From version 1 (which had no `plan`) or 2, where calls and attempts were tables. */
const fromTables = (version: number): string => `
${version === 1 ? 'alter table calls add column plan text;' : ''}
alter table calls rename to calls_2;
alter table attempts rename to attempts_2;
insert or ignore into call_batches
  select call, call, row from (
    select (c.started_ms + c.total_ms) * 1000 + c.call % 1000 as call,
      json_array(json_array(${callFields.map(oldField).join(', ')})) as row
    from calls_2 c);
drop table attempts_2;
drop table calls_2;
`

/**
 * A gateway of an older version goes on with its calls while its successor has taken the file over: it still writes them
 * to `call_rows`. The number that it wants for one may be taken by now.
 */
const olderWriters = `
create view call_rows as select first as call, rows as row from call_batches;
create trigger older_writers instead of insert on call_rows begin
  insert into call_batches select call, call, '[' || new.row || ']' from (select max(new.call, ${afterTheLast}) as call);
end;
`
