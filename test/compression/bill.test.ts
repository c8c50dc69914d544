/** What compression does to the bill of a provider with a prompt cache: see prefix-cache.ts. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filters } from '../../src/filters/index.ts'
import { type Bill, replay } from './replay.ts'
import { type Step, sessionFromLog, sessionFromSeed, sessionFromShape } from './session-steps.ts'
import { MemoryBirths, quiet, shelter } from './shelter.ts'

type Level = 'off' | 'lossless' | 'balanced' | 'aggressive'

function through(level: Level, steps: readonly Step[], evicts = false): Bill {
  const births = new MemoryBirths()
  const all = [quiet, ...filters]
  return replay(steps, {
    evicts,
    compressor: (clock) => shelter({ settings: { level }, births, clock, filters: all }).compressor.compress,
  })
}

/** Neither dearer nor with more writes to the cache. */
function expectNoHarm(bill: Bill, direct: Bill): void {
  expect(bill.turns).toBe(direct.turns)
  expect(bill.cacheWrite / direct.cacheWrite).toBeLessThanOrEqual(1.01)
  expect(bill.cost / direct.cost).toBeLessThanOrEqual(1)
  expect(bill.notes.flatMap(({ miss }) => miss?.causes ?? [])).not.toContain('own-edit')
}

const log = process.env['CLUTCH_SESSION_LOG']
const sessions: readonly (readonly [string, () => readonly Step[]])[] = [
  ['The shape of a real session', sessionFromShape],
  ...(log !== undefined && existsSync(log) ? [['A real session', () => sessionFromLog(log)] as const] : []),
]

describe.each(sessions)('%s', (_, load) => {
  const steps = load()

  it('costs no more when results are shortened at birth, and writes no more to the cache', () => {
    const direct = replay(steps)
    const bill = through('balanced', steps)
    expectNoHarm(bill, direct)
    expect(bill.notes).toHaveLength(direct.turns)
    expect(bill.notes.reduce((sum, { savedTokens }) => sum + savedTokens, 0)).toBeGreaterThan(1_000)
  }, 120_000)

  it('costs at least 15 % less in aggressive, where the provider missed what it missed then', () => {
    const direct = replay(steps, { evicts: true })
    const bill = through('aggressive', steps, true)
    expect(bill.cost / direct.cost).toBeLessThan(0.85)
    expect(bill.cacheWrite / direct.cacheWrite).toBeLessThanOrEqual(1.01)
  }, 120_000)
})

describe('Sessions made up', () => {
  const seeds = Array.from({ length: 10 }, (_, seed) => seed + 1)
  const calm = { rounds: 40, bytes: 6_000, misses: 0, turmoil: 4 }
  const stormy = { rounds: 60, bytes: 6_000, misses: 8, turmoil: 0 }

  it.each(['lossless', 'balanced'] as const)(
    'cost no more and write no more in %s, every one',
    (level) => {
      for (const seed of seeds) {
        const steps = sessionFromSeed(seed, seed % 2 === 0 ? calm : { ...stormy, rounds: 40, turmoil: 4 })
        expectNoHarm(through(level, steps), replay(steps))
      }
    },
    120_000,
  )

  it('cost at least 15 % less in aggressive where misses are present, and no session costs more', () => {
    let [with_, without] = [0, 0]
    for (const seed of seeds) {
      const steps = sessionFromSeed(seed, stormy)
      const direct = replay(steps)
      const bill = through('aggressive', steps)
      expect(bill.cost / direct.cost, `seed ${seed}`).toBeLessThanOrEqual(1)
      expect(bill.cacheWrite / direct.cacheWrite, `seed ${seed}`).toBeLessThanOrEqual(1.01)
      with_ += bill.cost
      without += direct.cost
    }
    expect(with_ / without).toBeLessThan(0.85)
  }, 120_000)

  it('cost no more in aggressive where nothing is missed', () => {
    for (const seed of seeds) {
      const steps = sessionFromSeed(seed, { ...calm, rounds: 60 })
      const [bill, direct] = [through('aggressive', steps), replay(steps)]
      expect(bill.cost / direct.cost, `seed ${seed}`).toBeLessThanOrEqual(1)
      expect(bill.cacheWrite / direct.cacheWrite, `seed ${seed}`).toBeLessThanOrEqual(1.01)
    }
  }, 120_000)
})

describe('A gateway that ends and begins again in the middle', () => {
  const everyTurns = (steps: readonly Step[], count: number): readonly Step[] => {
    let turns = 0
    return steps.flatMap((step): Step[] => {
      if (step.kind !== 'turn') return [step]
      turns++
      return turns % count === 0 ? [{ kind: 'restart' }, step] : [step]
    })
  }

  it.each([1, 7, 20])(
    'writes no more in aggressive, and costs no more: every %i turns',
    (count) => {
      for (let seed = 1; seed <= 4; seed++)
        for (const misses of [0, 8]) {
          const steps = sessionFromSeed(seed, { rounds: 60, bytes: 6_000, misses, turmoil: 0 })
          const [bill, direct] = [through('aggressive', everyTurns(steps, count)), replay(steps)]
          const session = `seed ${seed}, ${misses} misses, every ${count} turns`
          expect(bill.cacheWrite / direct.cacheWrite, session).toBeLessThanOrEqual(1.01)
          expect(bill.cost / direct.cost, session).toBeLessThanOrEqual(1)
        }
    },
    120_000,
  )
})

describe('The double of a provider', () => {
  it('reads what was written, for five minutes from the last reading', () => {
    const steps = (pauseMs: number): readonly Step[] => [
      { kind: 'user', text: 'x'.repeat(8000) },
      ...[0, pauseMs, pauseMs * 2].map((askedMs): Step => {
        const turn = { text: 'ok', thinking: '', calls: [], outputTokens: 1, isEvicted: false }
        return { kind: 'turn', askedMs, endedMs: askedMs, ...turn }
      }),
    ]
    expect(replay(steps(200_000)).cacheRead).toBeGreaterThan(7_000)
    expect(replay(steps(301_000)).cacheRead).toBe(0)
  })
})
