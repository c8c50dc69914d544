import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Filter } from '../../src/filters/filter.ts'
import { demotedIn, judgeFilters, trustedFilters } from '../../src/store/demoted.ts'
import {
  type Firing,
  noteFiring,
  noteSaving,
  readSavings,
  type SavingsLine,
} from '../../src/store/savings.ts'
import { netTokens, regretted, tallyOf, totalTally } from '../../src/store/savings-tally.ts'
import { scratch } from './scratch.ts'

const firing = (changes: Partial<Firing> = {}): Firing => ({
  ...{
    kind: 'firing',
    atMs: 1_800_000_000_000,
    mouth: 'gateway',
    original: 'r00001',
    filter: 'vitest',
    tier: 1,
  },
  ...{ tokensBefore: 1000, tokensAfter: 200, agent: 'claude', project: '/work/a', ...changes },
})
const recall = (original: string, tokens = 100): SavingsLine => ({
  ...{ kind: 'recall', atMs: 1_800_000_001_000, original, tokens },
})
const many = (count: number, changes: Partial<Firing> = {}): Firing[] =>
  Array.from({ length: count }, (_, n) => firing({ original: `r${String(n).padStart(6, '0')}`, ...changes }))

describe('the journal of savings', () => {
  it('comes back as it was written, for its owner alone', () => {
    const folder = join(scratch(), 'state')
    noteSaving(folder, firing())
    noteSaving(folder, recall('r00001'))
    expect(readSavings(folder)).toEqual([firing(), recall('r00001')])
    expect(statSync(join(folder, 'savings.jsonl')).mode & 0o777).toBe(0o600)
    expect(readSavings(folder, 1_800_000_000_500)).toEqual([recall('r00001')])
  })

  it('leaves out what it cannot read, and what is from a time to come', () => {
    const folder = scratch()
    writeFileSync(join(folder, 'savings.jsonl'), `{"half":\n{"kind":"new"}\n${JSON.stringify(firing())}\n`)
    expect(readSavings(folder)).toEqual([firing()])
  })

  it('never grows without end', () => {
    const folder = scratch()
    writeFileSync(join(folder, 'savings.jsonl'), 'x'.repeat(9 * 1024 * 1024))
    noteSaving(folder, firing())
    expect(statSync(join(folder, 'savings.jsonl')).size).toBeLessThan(1_000)
    expect(readSavings(folder)).toEqual([firing()])
  })

  it('stops nobody where the disk refuses', () => {
    writeFileSync(join(scratch(), 'file'), '')
    expect(() => noteSaving('/dev/null/state', firing())).not.toThrow()
  })

  it('knows the same output soon after as a command that was run again, if something had been left out', () => {
    const folder = scratch()
    noteFiring(folder, firing())
    noteFiring(folder, firing({ atMs: firing().atMs + 60_000 }))
    noteFiring(folder, firing({ original: 'r00002', tier: 0 }))
    noteFiring(folder, firing({ original: 'r00002', tier: 0 }))
    noteFiring(folder, firing({ atMs: firing().atMs + 3_600_000 }))
    expect(readSavings(folder).map(({ kind }) => kind)).toEqual([
      'firing',
      'rerun',
      'firing',
      'firing',
      'firing',
    ])
  })
})

describe('what the journal comes to', () => {
  it('counts every output once, whoever saw it and how often', () => {
    const lines = [firing(), firing({ mouth: 'hook' }), firing({ original: 'r00002', tokensAfter: 900 })]
    expect(tallyOf(lines, 'filter')).toEqual([
      {
        key: 'vitest',
        firings: 2,
        tokensBefore: 2000,
        tokensAfter: 1100,
        recalls: 0,
        reruns: 0,
        tokensBack: 0,
      },
    ])
  })

  it('takes off what was asked for again, and shows a loss as a loss', () => {
    const lines = [firing({ tokensAfter: 900 }), recall('r00001', 1000), recall('r99999', 5000)]
    const [row] = tallyOf(lines, 'filter')
    expect(row).toMatchObject({ recalls: 1, tokensBack: 1000 })
    expect(row && netTokens(row)).toBe(-900)
  })

  it('tells agents, projects and mouths apart', () => {
    const lines = [firing(), firing({ original: 'r00002', agent: 'codex', project: '/work/b', mouth: 'run' })]
    for (const [by, keys] of [
      ['agent', ['claude', 'codex']],
      ['project', ['/work/a', '/work/b']],
      ['mouth', ['gateway', 'run']],
    ] as const)
      expect(tallyOf(lines, by).map(({ key }) => key)).toEqual(keys)
    expect(totalTally(tallyOf(lines, 'agent'))).toMatchObject({ firings: 2, tokensBefore: 2000 })
  })
})

describe('a filter that is regretted', () => {
  it('is one of which more than one output in twenty is asked for again, of at least two hundred', () => {
    const lines = many(200)
    const recalls = (count: number) => lines.slice(0, count).map(({ original }) => recall(original))
    expect(regretted([...lines, ...recalls(10)])).toEqual([])
    expect(regretted([...lines, ...recalls(11)])).toEqual(['vitest'])
    expect(regretted([...lines.slice(1), ...recalls(100)])).toEqual([])
    expect(regretted([...many(300, { tier: 0 }), ...recalls(100)])).toEqual([])
  })

  it('is regretted once for each output, in however many pieces it was looked through', () => {
    const lines = many(200)
    const pieces = Array.from({ length: 40 }, (_, n) => recall('r000007', n))
    expect(regretted([...lines, ...pieces])).toEqual([])
  })

  it('is each of the filters that had a part in the output', () => {
    const lines = many(200, { filter: 'npm+vitest' })
    expect(regretted([...lines, ...lines.slice(0, 20).map(({ original }) => recall(original))])).toEqual([
      'npm',
      'vitest',
    ])
  })

  it('leaves nothing out any more', () => {
    const folder = scratch()
    const lines = many(200)
    for (const line of [...lines, ...lines.slice(0, 11).map(({ original }) => recall(original))])
      noteSaving(folder, line)
    expect(demotedIn(folder)).toEqual([])
    expect(judgeFilters(folder)).toEqual(['vitest'])
    expect(demotedIn(folder)).toEqual(['vitest'])
    const asked: number[] = []
    const filter = (id: string): Filter => ({
      ...{ id, suggests: () => true, confirms: () => true, examples: [] },
      shorten: ({ tier }) => {
        asked.push(tier)
        return undefined
      },
    })
    const reading = { command: undefined, lines: [], failed: false, tier: 1, hidden: () => '' } as const
    for (const each of trustedFilters([filter('vitest'), filter('jest')], demotedIn(folder)))
      each.shorten(reading)
    expect(asked).toEqual([0, 1])
  })
})
