import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/store/ledger.ts'
import type { LedgerEntry } from '../../src/store/ledger-entry.ts'
import { askLedger, isUsageGroup, totalOf, usageGroups } from '../../src/store/usage.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { entry, scratch } from './scratch.ts'

const startMs = new VirtualClock().nowMs()

function ledgerWith(entries: readonly Partial<LedgerEntry>[]): { file: string; ledger: Ledger } {
  const file = join(scratch(), 'ledger.db')
  const ledger = new Ledger({ file, keepDays: 90, clock: new VirtualClock(), complain: expect.fail })
  for (const one of entries) ledger.record(entry({ startedMs: startMs, ...one }))
  ledger.flush()
  return { file, ledger }
}

const cost = (micros: number) => ({ micros, prices: 'x' })

describe('the ledger, asked', () => {
  it('adds up by whatever it can gather by', () => {
    const { file } = ledgerWith([
      { agent: 'claude', session: 'a', project: 'x', profile: 'p', cost: cost(5) },
      { agent: 'claude', session: 'b', project: 'x', profile: 'p', cost: cost(7) },
      { agent: 'codex', session: 'c', cost: cost(100) },
    ])
    const keysBy = (by: string) =>
      isUsageGroup(by) ? askLedger(file, { by, sinceMs: 0 }).rows.map(({ key, calls }) => [key, calls]) : []
    expect(keysBy('agent')).toEqual([
      ['codex', 1],
      ['claude', 2],
    ])
    expect(keysBy('session')).toEqual([
      ['c', 1],
      ['b', 1],
      ['a', 1],
    ])
    expect(keysBy('project')).toEqual([
      [undefined, 1],
      ['x', 2],
    ])
    expect(keysBy('profile')).toEqual([
      ['default', 1],
      ['p', 2],
    ])
    expect(keysBy('model')).toEqual([['openrouter/a/b', 3]])
    expect(keysBy('provider')).toEqual([['openrouter', 3]])
    expect(keysBy('day')).toHaveLength(1)
    for (const by of usageGroups)
      expect(
        keysBy(by).reduce((sum, [, calls]) => sum + Number(calls), 0),
        by,
      ).toBe(3)
  })

  it('counts unknown costs beside the known ones', () => {
    const { file } = ledgerWith([{ cost: cost(5) }, {}, {}])
    const { rows } = askLedger(file, { by: 'agent', sinceMs: 0 })
    expect(rows).toMatchObject([
      { calls: 3, costMicros: 5, unpriced: 2, input: 300, cacheRead: 900, output: 150 },
    ])
    expect(totalOf(rows)).toMatchObject({ key: 'total', calls: 3, costMicros: 5, unpriced: 2 })
  })

  it('does not count a client that left as a failure', () => {
    const { file } = ledgerWith([{ failure: 'client-left' }, { failure: 'overloaded' }, {}])
    expect(askLedger(file, { by: 'agent', sinceMs: 0 }).rows).toMatchObject([{ calls: 3, failed: 1 }])
  })

  it('looks back as far as asked, and says when its first call was', () => {
    const { file } = ledgerWith([{ startedMs: startMs - 1_000 }, { startedMs: startMs }])
    expect(askLedger(file, { by: 'agent', sinceMs: startMs })).toMatchObject({
      rows: [{ calls: 1 }],
      oldestMs: startMs - 1_000,
    })
    expect(askLedger(file, { by: 'agent', sinceMs: startMs + 1 }).rows).toEqual([])
  })

  it('is read while a gateway writes, in the middle of its transaction', () => {
    const { file, ledger } = ledgerWith([{}])
    ledger.record(entry({ startedMs: startMs }))
    expect(askLedger(file, { by: 'agent', sinceMs: 0 }).rows).toMatchObject([{ calls: 1 }])
    ledger.flush()
    expect(askLedger(file, { by: 'agent', sinceMs: 0 }).rows).toMatchObject([{ calls: 2 }])
    ledger.close()
  })
})
