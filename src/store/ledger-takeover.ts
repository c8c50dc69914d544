/** A ledger of an older version becomes one of this version, once, in the transaction that opens it. */
import { attemptFields, attemptUseFields, callFields } from './ledger-tables.ts'

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

/** From version 1 (which had no `plan`) or 2, where calls and attempts were tables. Later ones lacked fields at the end of what they wrote. */
export const takeOver = (version: number): string => (version >= 3 ? '' : fromTables(version))

const fromTables = (version: number): string => `
${version === 1 ? 'alter table calls add column plan text;' : ''}
alter table calls rename to calls_2;
alter table attempts rename to attempts_2;
create table call_rows (call integer primary key, row text not null);
insert or ignore into call_rows
  select (c.started_ms + c.total_ms) * 1000 + c.call % 1000, json_array(${callFields.map(oldField).join(', ')})
  from calls_2 c;
drop table attempts_2;
drop table calls_2;
`
