import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/store/ledger.ts'
import { callSavings } from '../../src/store/savings-money.ts'
import { askLedger } from '../../src/store/usage.ts'
import { openSqlite } from '../../src/world/sqlite.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { entry, scratch } from './scratch.ts'

const rows = 1_000_000
const batch = 200
/** Of the first call; one follows each millisecond. */
const startMs = 1_799_999_000_000

/** Repeats the batch that is there until there are enough calls; younger ones come later, as they do in life. */
function fill(file: string): void {
  const database = openSqlite(file)
  database.exec(`begin;
    with recursive batch (n) as (select 1 union all select n + 1 from batch where n < ${rows / batch - 1})
      insert into call_batches select first + n * ${batch * 1000}, last + n * ${batch * 1000},
        replace(rows, ${startMs}, ${startMs} + n * ${batch}) from batch, call_batches order by n;
    commit`)
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

const cache = { level: 'lossless', bodyBytes: 1, sameBytes: 0, keptBytes: 0, savedBytes: 0 }

/** Pages that one batch writes: what a row costs, whatever else the machine is doing. */
function pagesOfABatch(file: string, clock: VirtualClock): number {
  const ledger = new Ledger({ file, keepDays: 90, clock, complain: expect.fail })
  const other = openSqlite(file)
  other.prepare('pragma wal_checkpoint(truncate)').all()
  for (let n = 0; n < batch; n++)
    ledger.record(entry({ id: randomBytes(12).toString('hex').toUpperCase(), startedMs: clock.nowMs() + n }))
  ledger.flush()
  const log = other.prepare('pragma wal_checkpoint(passive)').all()[0]?.['log']
  other.close()
  ledger.close()
  return Number(log)
}

describe('a ledger of a million calls', () => {
  it('takes a batch for as few pages as an empty one', { timeout: 120_000 }, () => {
    const clock = new VirtualClock()
    const file = join(scratch(), 'ledger.db')
    const first = new Ledger({ file, keepDays: 90, clock, complain: expect.fail })
    for (let n = 0; n < batch; n++) first.record(entry({ id: 'A'.repeat(24), startedMs: startMs }))
    first.close()
    const whenEmpty = pagesOfABatch(join(scratch(), 'ledger.db'), clock)
    fill(file)
    const whenFull = pagesOfABatch(file, clock)
    expect(whenEmpty).toBeGreaterThan(5)
    expect(whenFull).toBeLessThanOrEqual(whenEmpty + 8)
    const { rows: answer } = askLedger(file, { by: 'agent', sinceMs: 0 })
    expect(answer).toMatchObject([{ calls: rows + batch }])
  })

  it('reads no batches but those of the time that is asked for', () => {
    const file = join(scratch(), 'ledger.db')
    const clock = new VirtualClock()
    const ledger = new Ledger({ file, keepDays: 90, clock, complain: expect.fail })
    for (const startedMs of [startMs - 10, startMs]) {
      for (let n = 0; n < 3; n++) ledger.record(entry({ startedMs, totalMs: n, cache }))
      ledger.flush()
    }
    ledger.close()
    const database = openSqlite(file)
    database.exec(`update call_batches set rows = '[' where first = (select min(first) from call_batches)`)
    const recent =
      'select agent, count(*) as calls from calls where batch >= ? and started_ms >= ? group by 1'
    expect(database.prepare(recent).all([startMs * 1000, startMs])).toMatchObject([{ calls: 3 }])
    const plan = JSON.stringify(database.prepare(`explain query plan ${recent}`).all([0, 0]))
    expect(plan.match(/call_batches[^"]*/g)).toEqual([
      'call_batches USING INTEGER PRIMARY KEY (rowid>?)',
      'call_batches USING INTEGER PRIMARY KEY (rowid>?)',
    ])
    database.close()
    expect(callSavings(file, startMs + 2)).toEqual([])
    expect(callSavings(file, startMs)).toHaveLength(3)
    expect(() => callSavings(file, 0)).toThrow()
  })
})
