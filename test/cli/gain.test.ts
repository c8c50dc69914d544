import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gainVerb } from '../../src/cli/gain.ts'
import { Ledger } from '../../src/store/ledger.ts'
import type { LedgerEntry } from '../../src/store/ledger-entry.ts'
import { PriceBook } from '../../src/store/prices.ts'
import { type Firing, noteSaving } from '../../src/store/savings.ts'
import { type CallSaving, callSavings, compareHoldout, savedMicros } from '../../src/store/savings-money.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { entry, scratch } from '../store/scratch.ts'

const nowMs = 1_800_000_100_000
const prices = new PriceBook({
  id: 'test',
  models: { p: { m: { input: 1_000_000, output: 5_000_000, cacheRead: 100_000, cacheWrite: 1_250_000 } } },
})
const noUsage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }
const saving = (changes: Partial<CallSaving> = {}): CallSaving => ({
  ...{ agent: 'claude', project: undefined, session: 's', provider: 'p', model: 'm', level: 'balanced' },
  ...{ usage: noUsage, freshTokens: 0, replayedTokens: 0, costMicros: 100, ...changes },
})

describe('what was not sent, in money', () => {
  it('is charged where it would have been: new results written to the cache, old ones read from it', () => {
    const usage = { input: 10, cacheRead: 5_000, cacheWrite: 2_000, output: 100 }
    expect(savedMicros(saving({ usage, freshTokens: 1_000 }), prices)).toBe(1_250)
    expect(savedMicros(saving({ usage, replayedTokens: 1_000 }), prices)).toBe(100)
  })

  it('is charged as plain input where there is no cache, and as written again where the cache was missed', () => {
    const plain = { input: 5_000, cacheRead: 0, cacheWrite: 0, output: 1 }
    expect(savedMicros(saving({ usage: plain, freshTokens: 1_000, replayedTokens: 1_000 }), prices)).toBe(
      2_000,
    )
    const missed = { input: 10, cacheRead: 0, cacheWrite: 9_000, output: 1 }
    expect(savedMicros(saving({ usage: missed, replayedTokens: 1_000 }), prices)).toBe(1_250)
  })

  it('is unknown where the price is', () => {
    expect(savedMicros(saving({ model: 'other', usage: { ...noUsage, input: 1 } }), prices)).toBeUndefined()
  })
})

describe('the holdout', () => {
  const sessions = (count: number, level: string, costMicros: (n: number) => number) =>
    Array.from({ length: count }, (_, n) =>
      saving({ session: `${level}${n}`, level, costMicros: costMicros(n) }),
    )

  it('says nothing of a handful of sessions', () => {
    const few = [...sessions(9, 'holdout', () => 100), ...sessions(500, 'balanced', () => 90)]
    expect(compareHoldout(few).change).toBeUndefined()
  })

  it('says how much, and how sure that is; a loss is a loss', () => {
    const cheaper = [
      ...sessions(20, 'holdout', (n) => 95 + (n % 11)),
      ...sessions(20, 'balanced', (n) => 75 + (n % 11)),
    ]
    const { change } = compareHoldout(cheaper)
    expect(change?.share).toBeCloseTo(-0.2, 2)
    expect(change?.margin).toBeLessThan(0.05)
    const dearer = [...sessions(20, 'holdout', () => 100), ...sessions(20, 'balanced', () => 110)]
    expect(compareHoldout(dearer).change?.share).toBeCloseTo(0.1)
  })
})

function machine() {
  const home = scratch()
  const state = join(home, '.xx', 'state')
  mkdirSync(state, { recursive: true })
  const ledger = new Ledger({
    ...{ file: join(state, 'ledger.db'), keepDays: 90, clock: new VirtualClock(), complain: expect.fail },
  })
  const record = (calls: readonly Partial<LedgerEntry>[]) => {
    for (const call of calls) ledger.record(entry(call))
    ledger.close()
  }
  const gain = (...args: string[]) => {
    const said = { out: '', err: '' }
    const code = gainVerb(
      args,
      {
        out: (text) => {
          said.out += text
        },
        err: (text) => {
          said.err += text
        },
        env: {},
        home,
        cwd: home,
      },
      nowMs,
    )
    return { code, ...said }
  }
  return { state, record, gain, file: join(state, 'ledger.db') }
}

const cache = (savedBytes: number, level: 'balanced' | 'holdout' = 'balanced') => ({
  ...{ level, bodyBytes: 10_000, sameBytes: 0, keptBytes: 0, savedBytes },
})

const firing = (original: string, tokensAfter: number): Firing => ({
  ...{ kind: 'firing', atMs: nowMs - 1000, mouth: 'gateway', original, filter: 'vitest', tier: 1 },
  ...{ tokensBefore: 1000, tokensAfter, agent: 'claude', project: '/work/a' },
})

describe('clutch gain', () => {
  it('reads what each call saved from the ledger: first seen in it, and sent again by it', () => {
    const { record, file } = machine()
    record([
      { savedTokens: 800, cache: cache(3_200) },
      { savedTokens: 0, cache: cache(3_200) },
      { savedTokens: 5 },
    ])
    expect(
      callSavings(file, 0).map(({ freshTokens, replayedTokens }) => [freshTokens, replayedTokens]),
    ).toEqual([
      [800, 0],
      [0, 800],
    ])
  })

  it('says what was saved, and with --net what of it was asked for again', () => {
    const { record, gain, state } = machine()
    record([])
    noteSaving(state, firing('r00001', 200))
    noteSaving(state, firing('r00002', 950))
    noteSaving(state, { kind: 'recall', atMs: nowMs - 500, original: 'r00002', tokens: 1000 })
    expect(gain().out).toMatch(/^vitest +2 +2,000 +850 +42\.5% +1 +0$/m)
    expect(gain('--net').out).toMatch(/^vitest +2 +2,000 +850 +42\.5% +1,000 +-150 +1 +0$/m)
    expect(JSON.parse(gain('--json').out).total).toMatchObject({ saved_tokens: 850, net_tokens: -150 })
    expect(gain().out).toContain('too few to compare')
  })

  it('says what it was worth by agent', () => {
    const { record, gain, state } = machine()
    noteSaving(state, firing('r00001', 200))
    const usage = { input: 10, cacheRead: 0, cacheWrite: 5_000, output: 50 }
    const attempts = [
      { provider: 'anthropic', model: 'claude-sonnet-4-5', dialect: 'anthropic', startedMs: 1 },
    ]
    record([{ startedMs: nowMs - 900, savedTokens: 800, cache: cache(3_200), usage, attempts }])
    const told = JSON.parse(gain('--by', 'agent', '--json').out)
    expect(told.saved_micros).toBe(3_000)
    expect(told.rows).toMatchObject([{ key: 'claude', saved_micros: 3_000 }])
    expect(gain('--by', 'agent').out).toMatch(/^claude .*\$0\.0030$/m)
  })

  it('takes what was shown again off the money too, at the price at which it was saved; less than nothing is shown', () => {
    const { record, gain, state } = machine()
    const usage = { input: 10, cacheRead: 0, cacheWrite: 5_000, output: 50 }
    const attempts = [
      { provider: 'anthropic', model: 'claude-sonnet-4-5', dialect: 'anthropic', startedMs: 1 },
    ]
    record([{ startedMs: nowMs - 900, savedTokens: 800, cache: cache(3_200), usage, attempts }])
    noteSaving(state, firing('r00001', 200))
    noteSaving(state, { kind: 'recall', atMs: nowMs - 500, original: 'r00001', tokens: 200 })
    const told = JSON.parse(gain('--by', 'agent', '--json').out)
    expect(told).toMatchObject({ saved_micros: 3_000, net_micros: 2_250 })
    expect(told.rows).toMatchObject([{ saved_micros: 3_000, net_micros: 2_250 }])
    expect(gain('--by', 'agent').out).toMatch(/worth \$0\.0030, by/)
    expect(gain('--by', 'agent', '--net').out).toMatch(/^claude .*\$0\.0022$/m)
    expect(gain('--net').out).toContain('worth $0.0030, less $0.0008 for what was shown again: $0.0022,')
    noteSaving(state, { kind: 'recall', atMs: nowMs - 400, original: 'r00001', tokens: 1_000 })
    expect(gain('--net').out).toContain('for what was shown again: -$0.0015,')
    noteSaving(state, { ...firing('r00009', 100), mouth: 'run', original: 'r00009' })
    expect(gain('--net').out, 'another mouth’s saving is not the gateway’s').toContain('-$0.0015,')
  })

  it('says so when there is nothing', () => {
    const { record, gain } = machine()
    record([])
    expect(gain()).toMatchObject({ code: 0 })
    expect(gain().out).toContain('clutch discover')
    expect(gain('--by', 'filtre').err).toContain('did you mean filter')
    expect(gain('--since', 'soon').code).toBe(64)
  })
})
