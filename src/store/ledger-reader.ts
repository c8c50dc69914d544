/** The ledger's calls as they were recorded, read while a gateway writes: taking a list apart is cheaper here than in SQL. */
import { asList, asNumber, asText, type Json } from '../wire/json.ts'
import type { Sqlite } from '../world/sqlite.ts'
import { number, text } from './cells.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { place } from './ledger-row.ts'
import { type Cells, entryOf } from './ledger-row-read.ts'
import { callsEndedFrom } from './ledger-tables.ts'

/** Calls that are taken apart at once: more at once would have to be moved out of the young memory. */
const pieceCalls = 128

/** As one row: a driver takes longer to hand one over than to find it. */
const piece = `select max(first) as latest, group_concat(rows) as lists
  from (select first, rows from call_batches where first >= ? order by first limit ?)`

/**
 * Those that started then or later, of sessions whose name begins so, in the order in which they ended. No batch is read
 * that only holds earlier ones.
 */
export function* callsSince(database: Sqlite, sinceMs: number, session = ''): Generator<LedgerEntry> {
  const pieces = database.prepare(piece)
  let from = callsEndedFrom(sinceMs)
  for (let most = 1; ; ) {
    const [found] = pieces.all([from, most])
    const batches = listsIn(`[${(found && text(found, 'lists')) ?? ''}]`)
    const rows = batches.flatMap((rows) => rows.map(asList))
    for (const row of rows) if (startOf(row) >= sinceMs && isOf(row, session)) yield entryOf(row)
    if (!found || batches.length < most) return
    from = number(found, 'latest') + 1
    most = Math.min(2 * most, Math.ceil((pieceCalls * most) / rows.length))
  }
}

const isOf = (row: Cells, session: string): boolean =>
  session === '' || asText(row[place.session])?.startsWith(session) === true

const startOf = (row: Cells): number => asNumber(row[place.started_ms]) ?? 0

/** When the first call that it holds started; undefined: it holds none. */
export function oldestMs(database: Sqlite): number | undefined {
  const [batch] = database.prepare('select rows from call_batches order by first limit 1').all()
  const [row] = listsIn(batch && text(batch, 'rows'))
  return row && startOf(row)
}

const older = `select first, rows from call_batches
  where first < ? and case when last = first then substr(rows, 2, ?) = ? else instr(rows, ?) > 0 end
  order by first desc limit 1`

/** The latest of that id. No batch is taken apart but those in which it may be. */
export function callOf(database: Sqlite, id: string): LedgerEntry | undefined {
  const batches = database.prepare(older)
  // The id stands at the beginning of a call's list.
  const start = `${JSON.stringify([id]).slice(0, -1)},`
  let below = Number.MAX_SAFE_INTEGER
  for (;;) {
    const [batch] = batches.all([below, start.length, start, start])
    if (!batch) return undefined
    const found = listsIn(text(batch, 'rows')).findLast((row) => row[place.id] === id)
    if (found) return entryOf(found)
    below = number(batch, 'first')
  }
}

/** Throws where a file holds what no gateway wrote. */
function listsIn(written: string | undefined): readonly Cells[] {
  const lists: readonly Json[] = JSON.parse(written ?? '[]')
  return lists.map(asList)
}
