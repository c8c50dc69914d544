import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Filter, Reading } from '../../src/filters/filter.ts'
import { FilterShelf } from '../../src/store/filter-shelf.ts'
import { noteSaving } from '../../src/store/savings.ts'
import { VirtualClock } from '../gateway/rig.ts'
import { scratch } from './scratch.ts'

const loud: Filter = {
  id: 'loud',
  suggests: () => true,
  confirms: () => true,
  shorten: ({ tier }) => (tier === 0 ? undefined : { lines: ['less'], tier: 1 }),
  examples: [],
}

async function shelf(home = scratch(), version = '1.0.0') {
  const clock = new VirtualClock()
  const stateFolder = join(home, 'state')
  const made = new FilterShelf({ builtIn: [loud], version, folder: home, stateFolder, clock })
  onTestFinished(() => made.close())
  await made.open()
  return { made, clock, home, stateFolder }
}

const regret = (stateFolder: string): void => {
  const line = {
    atMs: 1,
    tokensBefore: 9,
    tokensAfter: 1,
    filter: 'loud',
    tier: 1,
    mouth: 'gateway',
  } as const
  for (let n = 0; n < 200; n++)
    noteSaving(stateFolder, { kind: 'firing', original: `r${1_000_000 + n}`, ...line })
  for (let n = 0; n < 11; n++)
    noteSaving(stateFolder, { kind: 'rerun', atMs: 2, original: `r${1_000_000 + n}`, tokens: 1 })
}

const reading: Reading = {
  command: { program: 'x', args: [] },
  lines: ['a'],
  failed: false,
  tier: 1,
  hidden: () => '',
}

describe('The filters of a gateway', () => {
  it('are judged while it runs: what is run again too often leaves nothing out, for who begins then', async () => {
    const { made, clock, stateFolder } = await shelf()
    const before = made.begin(undefined)
    regret(stateFolder)
    await vi.waitFor(
      async () => {
        await clock.advance(10_000)
        expect(made.begin(undefined).id).not.toBe(before.id)
      },
      { timeout: 20_000, interval: 20 },
    )
    const after = made.begin(undefined)
    expect(after.filters[0]?.shorten(reading)).toBeUndefined()
    expect(before.filters[0]?.shorten(reading)).toMatchObject({ tier: 1 })
    expect(made.known(before.id)).toBe(before)
  })

  it('are found again by their name in another process, unless one of them is not what it was', async () => {
    const { made, home, stateFolder } = await shelf()
    regret(stateFolder)
    mkdirSync(join(home, 'filters'))
    const own = {
      match: { program: 'x' },
      keep: ['^a'],
      tests: [{ command: 'x', output: 'a', becomes: 'a' }],
    }
    const file = join(home, 'filters', 'own.json')
    writeFileSync(file, JSON.stringify(own))
    const plain = made.begin(undefined)
    const { made: next } = await shelf(home)
    const full = next.begin(undefined)
    expect(full.filters.map(({ id }) => id)).toEqual(['own:own', 'loud'])
    const { made: last } = await shelf(home)
    expect(last.known(plain.id)?.filters.map(({ id }) => id)).toEqual(['loud'])
    expect(last.known(full.id)?.filters.map(({ id }) => id)).toEqual(['own:own', 'loud'])
    const { made: newer } = await shelf(home, '1.0.1')
    expect(newer.known(plain.id)).toBeUndefined()
    rmSync(file)
    const { made: without } = await shelf(home)
    expect(without.known(full.id)).toBeUndefined()
    expect(without.known(plain.id)).toBeDefined()
  })
})
