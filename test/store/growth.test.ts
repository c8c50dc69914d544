import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/store/ledger.ts'
import { askLedger } from '../../src/store/usage.ts'
import { openSqlite } from '../../src/world/sqlite.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { entry, scratch } from './scratch.ts'

const rows = 1_000_000
const batch = 200
/** Of the first call; one follows each millisecond. */
const startMs = 1_799_999_000_000

/** Doubles what is there until there is enough of it; younger calls come later, as they do in life. */
function fill(file: string): void {
  const database = openSqlite(file)
  const first = Number(database.prepare('select min(call) as first from call_rows').all()[0]?.['first'])
  for (let have = 1; have < rows; have *= 2) {
    const limit = Math.min(have, rows - have)
    database.exec(`begin;
      insert into call_rows select call + ${have},
        '["' || hex(randomblob(12)) || '",' || (${startMs} + call - ${first} + ${have}) || substr(row, instr(row, ',900,'))
        from call_rows where call < ${first + limit};
      commit`)
  }
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

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
    first.record(entry({ id: 'A'.repeat(24), startedMs: startMs }))
    first.close()
    const whenEmpty = pagesOfABatch(join(scratch(), 'ledger.db'), clock)
    fill(file)
    const whenFull = pagesOfABatch(file, clock)
    expect(whenEmpty).toBeGreaterThan(5)
    expect(whenFull).toBeLessThanOrEqual(whenEmpty + 8)
    const { rows: answer } = askLedger(file, { by: 'agent', sinceMs: 0 })
    expect(answer).toMatchObject([{ calls: rows + batch }])
  })

  it('reads no rows but those of the time that is asked for', () => {
    const file = join(scratch(), 'ledger.db')
    new Ledger({ file, keepDays: 90, clock: new VirtualClock(), complain: expect.fail }).close()
    const database = openSqlite(file)
    const plan = database
      .prepare(
        'explain query plan select agent, count(*) from calls where call >= ? and started_ms >= ? group by 1',
      )
      .all([0, 0])
    expect(JSON.stringify(plan)).toContain('USING INTEGER PRIMARY KEY (rowid>?)')
    database.close()
  })
})
