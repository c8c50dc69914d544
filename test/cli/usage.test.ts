import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usageVerb } from '../../src/cli/usage.ts'
import { Ledger } from '../../src/store/ledger.ts'
import type { LedgerEntry } from '../../src/store/ledger-entry.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { entry, scratch } from '../store/scratch.ts'

const nowMs = new VirtualClock().nowMs()
const hourMs = 3_600_000

function ask(args: readonly string[], entries?: readonly Partial<LedgerEntry>[], config?: string) {
  const home = scratch()
  mkdirSync(join(home, '.xx'))
  if (config !== undefined) writeFileSync(join(home, '.xx', 'config.json'), config)
  if (entries) {
    const file = join(home, '.xx', 'state', 'ledger.db')
    const ledger = new Ledger({ file, keepDays: 90, clock: new VirtualClock(), complain: expect.fail })
    for (const one of entries) ledger.record(entry({ startedMs: nowMs - hourMs, ...one }))
    ledger.close()
  }
  let out = ''
  let err = ''
  const io = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
    env: {},
    home,
    cwd: home,
  }
  const code = usageVerb(args, io, nowMs)
  return { code, out, err }
}

const two = [
  {
    agent: 'claude',
    cost: { micros: 1_234_567, prices: 'x' },
    usage: { input: 2_000, cacheRead: 1_200_000, cacheWrite: 0, output: 900 },
  },
  { agent: 'codex' },
  { agent: 'codex', cost: { micros: 30_000, prices: 'x' }, failure: 'overloaded' },
]

describe('clutch usage', () => {
  it('prints a table with totals, dearest first, unknown prices as unknown', () => {
    const { code, out } = ask(['--by', 'agent'], [...two, { agent: 'pi' }])
    expect(code).toBe(0)
    expect(out).toBe(
      [
        'agent   calls  failed  input  cached  output                 cost',
        'claude      1           1.2M   100 %     900                $1.23',
        'codex       2       1    800    75 %     100  $0.0300 + 1 unknown',
        'pi          1            400    75 %      50              unknown',
        'total       4       1   1.2M   100 %    1.1k    $1.26 + 2 unknown',
        '',
      ].join('\n'),
    )
  })

  it('says the same to programs: JSON with null, CSV with nothing, where the price is unknown', () => {
    const { out } = ask(['--by', 'agent', '--json'], [{ agent: 'pi' }])
    const json = JSON.parse(out)
    expect(json).toMatchObject({
      by: 'agent',
      rows: [
        {
          agent: 'pi',
          calls: 1,
          input: 100,
          cache_read: 300,
          output: 50,
          cost_micros: null,
          unpriced_calls: 1,
        },
      ],
      total: { calls: 1 },
    })
    const csv = ask(['--by', 'agent', '--csv'], two).out.split('\n')
    expect(csv[0]).toBe(
      'agent,calls,failed,input,cache_read,cache_write,output,cost_micros,unpriced_calls,saved_tokens,attempts',
    )
    expect(csv[1]).toBe('claude,1,0,2000,1200000,0,900,1234567,0,0,1')
    expect(ask(['--by', 'agent', '--csv'], [{ agent: 'pi' }]).out).toContain('pi,1,0,100,300,0,50,,1,0,1')
  })

  it('gives a spreadsheet no formula that an agent made up', () => {
    const { out } = ask(['--by', 'session', '--csv'], [{ session: '=cmd("x"),1' }])
    expect(out.split('\n')[1]).toMatch(/^"'=cmd\(""x""\),1",1,/)
  })

  it('shows money that is known to be nothing as $0.00', () => {
    expect(ask([], [{ cost: { micros: 0, prices: 'free' } }]).out).toMatch(/ \$0\.00\n$/)
  })

  it('looks back seven days unless told otherwise', () => {
    const entries = [{ startedMs: nowMs - 8 * 24 * hourMs }]
    expect(ask([], entries).out).toMatch(/^No calls since .* Try --since all\.\n$/)
    for (const since of ['9d', '2w', '200h', '2020-01-01', 'all'])
      expect(ask(['--since', since], entries).out, since).toContain('openrouter/a/b')
    expect(ask(['--since', '30m'], [{}]).out).toContain('No calls')
  })

  it('says that there is no ledger yet, and how one begins', () => {
    const { code, err } = ask([])
    expect(code).toBe(69)
    expect(err).toMatch(
      /there is no ledger yet at .*ledger\.db\. It begins with the first call: run clutch serve/,
    )
  })

  it('says that none is kept when the configuration says so', () => {
    const { code, err } = ask([], two, '{"ledger": false}')
    expect(code).toBe(69)
    expect(err).toContain('"ledger" is false')
  })

  it('says that an empty one holds nothing', () => {
    expect(ask([], []).out).toBe('The ledger holds no calls yet.\n')
  })

  it.each([
    [['--by', 'agnet'], 'did you mean agent?'],
    [['--by', 'colour'], 'there are agent, session, model'],
    [['--sicne', '7d'], 'did you mean --since?'],
    [['--since', 'yesterday'], '--since takes 7d, 12h, 4w, 2026-11-01 or all, not "yesterday"'],
    [['--since', '2026-13-45'], 'not "2026-13-45"'],
    [['--json', '--csv'], 'either --json or --csv'],
    [['agent'], 'there is no place for "agent"'],
  ])('%j is wrong usage and is told so', (args, words) => {
    const { code, err, out } = ask(args, two)
    expect(code).toBe(64)
    expect(err).toContain(words)
    expect(out).toBe('')
  })

  it('explains itself', () => {
    const { code, out } = ask(['--help'])
    expect(code).toBe(0)
    expect(out).toContain('--since WHEN')
  })
})
