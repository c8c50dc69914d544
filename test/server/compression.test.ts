/** A gateway on real sockets shortens what tools returned, remembers it over a restart, and writes down what it did. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { askCache } from '../../src/store/cache-report.ts'
import { Originals, originalsFolder } from '../../src/store/originals.ts'
import type { Round } from '../compression/talk.ts'
import { openWorld } from './compression-house.ts'

/** A test run as vitest prints it: much that passed, one that failed. */
const output = [
  ' RUN  v4.1.12 /home/dev/shop',
  '',
  ...Array.from(
    { length: 400 },
    (_, at) => `     ✓ adds item number ${at} to a basket and sums it up ${at % 9}ms`,
  ),
  ' ❯ test/basket.test.ts (401 tests | 1 failed) 18ms',
  '     × has the count of the basket 7ms',
  '',
  ' FAIL  test/basket.test.ts > has the count of the basket',
  'AssertionError: expected 3 to be 4 // Object.is equality',
  ' ❯ test/basket.test.ts:18:25',
  '',
  ' Test Files  1 failed (1)',
  '      Tests  1 failed | 400 passed (401)',
].join('\n')

it('and `clutch show` finds what it left out', async () => {
  const world = await openWorld()
  const { stateFolder } = world
  const round: Round = ['npx vitest run', output]

  const first = await world.start()
  const { headline } = await first.ask([round])
  expect(headline).toMatch(/saved=\d{5}; level=balanced$/)
  await first.close()
  const second = await world.start()
  await second.ask([round, ['pwd', '/home']])
  await second.close()

  const [one = '', two = ''] = world.heard
  expect(one).toContain('has the count of the basket')
  expect(one).toContain('expected 3 to be 4')
  expect(one).not.toContain('adds item number 200')
  expect(two.startsWith(one.slice(0, one.lastIndexOf(']')))).toBe(true)
  const id = /clutch show (r[0-9a-f]+)\]/.exec(one)?.[1] ?? ''
  expect(new Originals({ folder: originalsFolder(stateFolder) }).read(id)).toEqual({
    kind: 'text',
    text: output,
  })
  expect(statSync(join(stateFolder, 'births.db')).mode & 0o777).toBe(0o600)
  const { sessions } = askCache(join(stateFolder, 'ledger.db'), { sinceMs: 0 })
  expect(sessions).toMatchObject([{ session: 's1', level: 'balanced', calls: 2 }])
  expect(sessions[0]?.savedTokens).toBeGreaterThan(4000)
})
