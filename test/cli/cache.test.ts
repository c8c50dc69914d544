import { describe, expect, it } from 'vitest'
import { cacheJson, cacheText } from '../../src/cli/cache-text.ts'
import { askCache } from '../../src/store/cache-report.ts'
import { Ledger } from '../../src/store/ledger.ts'
import { VirtualClock } from '../gateway/rig.ts'
import { entry, scratch } from '../store/scratch.ts'

const cache = { level: 'balanced', bodyBytes: 1000, sameBytes: 0, keptBytes: 0, savedBytes: 400 }

function written({ before = [] }: { readonly before?: readonly object[] } = {}) {
  const file = `${scratch()}/ledger.db`
  const clock = new VirtualClock()
  const ledger = new Ledger({ file, keepDays: 90, clock, complain: () => undefined })
  const startedMs = clock.nowMs()
  const row = (changes: object) => ledger.record(entry({ startedMs, session: 's1', ...changes }))
  for (const each of before) row(each)
  row({ savedTokens: 100, cache })
  row({ cache: { ...cache, sameBytes: 900, keptBytes: 500 } })
  const miss = { causes: ['tools', 'expired'], detail: '2 came', tokens: 300, micros: 1200 }
  row({ session: 's2', cache: { ...cache, level: 'holdout', miss } })
  row({ session: 's2', cache: { ...cache, miss: { causes: ['expired'], tokens: 50 } } })
  row({ session: 's3' })
  ledger.close()
  return { file, startedMs }
}

describe('clutch cache', () => {
  it('gathers misses by their surest cause, and sessions with what stayed of their prefixes', () => {
    const { file, startedMs } = written()
    const answer = askCache(file, { sinceMs: startedMs - 1 })
    expect(answer.causes).toEqual([
      {
        ...{ cause: 'tools', misses: 1, tokens: 300, micros: 1200, unpriced: 0 },
        details: [{ detail: '2 came', misses: 1 }],
      },
      { cause: 'expired', misses: 1, tokens: 50, micros: 0, unpriced: 1, details: [] },
    ])
    expect(answer.sessions.map(({ session }) => session)).toEqual(['s2', 's1'])
    const first = answer.sessions[1]
    expect(first).toMatchObject({ calls: 2, savedTokens: 100, misses: 0, sameShare: 0.9 })
    expect(first?.keptShare).toBeCloseTo(500 / 600)
    expect(askCache(file, { sinceMs: startedMs - 1, session: 's1' }).causes).toEqual([])
    expect(answer.turns).toEqual([])
  })

  it('tells a session’s subagents apart, and takes the level from the latest call', () => {
    const { file, startedMs } = written({
      before: [{ cache: { ...cache, level: 'off' } }, { subagent: 'a1', cache: { ...cache, sameBytes: 10 } }],
    })
    const { sessions } = askCache(file, { sinceMs: startedMs - 1, session: 's1' })
    expect(sessions.map(({ subagent, calls, level }) => [subagent, calls, level])).toEqual([
      [undefined, 3, 'balanced'],
      ['a1', 1, 'balanced'],
    ])
    expect(cacheText(askCache(file, { sinceMs: startedMs - 1 }))).toMatch(/^s1\/a1 +claude +balanced +1 /m)
  })

  it('shows each request of one session: how much of it stayed, as it came in and as it was sent on', () => {
    const { file, startedMs } = written()
    const question = { sinceMs: startedMs - 1, session: 's2' }
    const answer = askCache(file, question)
    expect(answer.turns).toMatchObject([
      {
        ...{ level: 'holdout', bodyBytes: 1000, sameBytes: 0, sentBytes: 600, keptBytes: 0 },
        miss: { causes: ['tools', 'expired'], detail: '2 came', tokens: 300, micros: 1200 },
      },
      { miss: { causes: ['expired'], detail: undefined, tokens: 50, micros: undefined } },
    ])
    const text = cacheText(answer)
    expect(text).toMatch(/ holdout +1000 +0 +600 +0 +75 % +300 +\$0\.0012 +tools, expired \(2 came\)$/m)
    expect(text).toMatch(/ 50 +unknown +expired$/m)
    expect(JSON.parse(cacheJson(question, answer)).turns).toMatchObject([
      { body_bytes: 1000, kept_bytes: 0, miss: { causes: ['tools', 'expired'], detail: '2 came' } },
      { miss: { micros: null } },
    ])
  })

  it('says it to people', () => {
    const { file, startedMs } = written()
    const text = cacheText(askCache(file, { sinceMs: startedMs - 1 }))
    expect(text).toMatch(/^tools +1 +300 +\$0\.0012 +the list of tools changed/m)
    expect(text).toMatch(/^ +1 × +2 came$/m)
    expect(text).toMatch(/^expired +1 +50 +unknown/m)
    expect(text).toMatch(/^s1 +claude +balanced +2 +75 % +90 % +83\.3 % +100/m)
    expect(cacheText({ causes: [], sessions: [], turns: [] })).toBe(
      'No calls whose cache was watched in that time.\n',
    )
  })
})
