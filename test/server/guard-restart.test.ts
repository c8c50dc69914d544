/** The cache guard goes on after a restart: the first miss is named, as if nothing had been in between. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CallReader } from '../../src/gateway/call-reader.ts'
import { Vault } from '../../src/gateway/vault.ts'
import { openCompression } from '../../src/server/open-compression.ts'
import { askCache } from '../../src/store/cache-report.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { settingsWith as compression } from '../compression/shelter.ts'
import { type Round, talk } from '../compression/talk.ts'
import { callOf, RememberingClient, VirtualClock } from '../gateway/rig.ts'
import { scratch } from '../store/scratch.ts'
import { type Asking, openWorld } from './compression-house.ts'
import { settingsWith } from './house.ts'

const tools = (...names: readonly string[]) =>
  names.map((name) => ({ name, input_schema: { type: 'object' } }))
const one: Round = ['ls', 'a']
const two: Round = ['pwd', '/home/dev']

/** A turn, a restart, and a turn that reads nothing from the cache: what the ledger says of the second. */
async function missAfter(first: Asking, second: Asking, rounds: readonly Round[] = [one, two]) {
  const world = await openWorld()
  const asked = (how: Asking): Asking => ({
    ...how,
    body: { tools: tools('a'), system: 'Be good.', ...how.body },
  })
  world.usage = { read: 0, write: 9_000 }
  const before = await world.start()
  await before.ask([one], asked(first))
  await before.close()
  world.usage = { read: 0, write: 9_900 }
  const after = await world.start()
  await after.ask(rounds, asked(second))
  await after.close()
  const { turns } = askCache(join(world.stateFolder, 'ledger.db'), { sinceMs: 0, session: 's' })
  const last = turns.at(-1)
  return { world, causes: last?.miss?.causes, sameBytes: last?.sameBytes, sentBytes: last?.sentBytes }
}

describe('A restart in the middle of a session', () => {
  it('and other tools: the miss is theirs', async () => {
    const { causes, world } = await missAfter({}, { body: { tools: tools('a', 'b') } })
    expect(causes).toContain('tools')
    const file = join(world.stateFolder, 'cache-guard.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).not.toMatch(/Be good|please look|\/home\/dev/)
  })

  it('and another system prompt, another wish to think, or a conversation that was cut back', async () => {
    expect((await missAfter({}, { body: { system: 'Be brave.' } })).causes).toContain('system')
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    expect((await missAfter({}, { body: { thinking } })).causes).toContain('thinking')
    expect((await missAfter({}, {}, [two])).causes).toContain('rewind')
  })

  it('and nothing else: nobody knows why, and that is what it says', async () => {
    const { causes, sameBytes, world } = await missAfter({}, {})
    expect(causes).toEqual(['unknown'])
    // as the client sent it, with a longer model's name
    expect(sameBytes).toBe(world.heard[0]!.indexOf('],"tools"') + 'opus'.length - 'm1'.length)
  })

  it('that was no choice: what was known is written half a minute after an answer', async () => {
    const clock = new VirtualClock()
    const stateFolder = join(scratch(), 'state')
    const log = new Log({ level: 'error', clock, redactor: new Redactor(), sinks: [] })
    const settings = settingsWith({ stateFolder, compression: compression() })
    const opened = openCompression(settings, clock, log)
    onTestFinished(() => opened.close())
    const profile = { name: 'default', roles: {} }
    const call = callOf('anthropic', talk('anthropic', [one]), new RememberingClient(), profile, 'c1', {})
    const target = { provider: 'alpha', model: 'm1', dialect: 'anthropic' } as const
    const plan = { asked: 'm1', rule: 'test', targets: [], skipped: [] }
    const turn = opened.compress(call, new CallReader(call, new Vault()), plan)
    turn?.note(target, { input: 9, cacheRead: 0, cacheWrite: 4_000, output: 3 })
    const file = join(stateFolder, 'cache-guard.json')
    await clock.advance(29_000)
    expect(existsSync(file)).toBe(false)
    await clock.advance(2_000)
    expect(JSON.parse(readFileSync(file, 'utf8')).traces).toMatchObject([{ cache: { tokens: 4_000 } }])
  })

  it('is no miss where another conversation begins', async () => {
    const { causes } = await missAfter({}, { session: 's2', body: { tools: tools('a', 'b') } })
    expect(causes).toBeUndefined()
  })
})
