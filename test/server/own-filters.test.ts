/** Filters that people wrote count in the gateway: the user's own everywhere, a project's where a client works in it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeFilters } from '../../src/store/demoted.ts'
import { findOwnFilters, trustFilters } from '../../src/store/own-filters.ts'
import { type Firing, noteFiring, noteSaving } from '../../src/store/savings.ts'
import type { Round } from '../compression/talk.ts'
import { openWorld, type Started, type World } from './compression-house.ts'

const noise = Array.from({ length: 80 }, (_, n) => `Uploading asset-${n}.js to the bucket in the north`)
const round: Round = ['deploy staging', ['Deploying to staging', ...noise, 'Deployed in 3 s'].join('\n')]

const filter = (what: string): string =>
  JSON.stringify({
    match: { program: 'deploy' },
    drop: [{ pattern: '^Uploading ', what }],
    tests: [{ command: 'deploy', output: 'a', becomes: 'a' }],
  })

/** A project with a filter, and whether its user has trusted it. */
async function project(world: World, name: string, what: string, trusted = true): Promise<string> {
  const cwd = join(world.projects, name)
  const folder = join(cwd, '.clutch', 'filters')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'deploy.json'), filter(what))
  const { stateFolder } = world
  if (trusted) trustFilters(stateFolder, await findOwnFilters({ cwd, folder: world.folder, stateFolder }))
  return cwd
}

const ofUser = (world: World, what: string): void => {
  mkdirSync(join(world.folder, 'filters'), { recursive: true })
  writeFileSync(join(world.folder, 'filters', 'deploy.json'), filter(what))
}

const inFolder = (cwd: string) => ({ body: { system: `You help.\nWorking directory: ${cwd}\nBe brief.` } })
const hidden = (what: string): string => `[+80 lines hidden: ${what} — clutch show r`
const raw = JSON.stringify(round[1])

/** New sessions, one after the other, until what is sent is as it should be. */
async function soon(gateway: Started, how: object, holds: (sent: string) => boolean): Promise<void> {
  for (let turn = 0; turn < 80; turn++) {
    const { sent } = await gateway.ask([round], { session: `soon-${turn}`, ...how })
    if (holds(sent)) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('it never was')
}

describe('In the gateway', () => {
  it('a trusted filter counts where the client says that it works in its project', async () => {
    const world = await openWorld()
    const shop = await project(world, 'shop', 'uploads of the shop')
    const bank = await project(world, 'bank', 'uploads of the bank')
    const other = await project(world, 'other', 'never seen', false)
    const gateway = await world.start()
    const sentIn = async (session: string, how: object) =>
      (await gateway.ask([round], { session, ...how })).sent
    expect(await sentIn('1', inFolder(shop))).toContain(hidden('uploads of the shop'))
    expect(await sentIn('2', inFolder(join(bank, 'src', 'deep')))).toContain(hidden('uploads of the bank'))
    expect(await sentIn('3', inFolder(other)), 'nobody trusted it').toContain(raw)
    expect(await sentIn('4', {}), 'nobody says where').toContain(raw)
    expect(await sentIn('5', inFolder(world.projects))).toContain(raw)
    const headers = { 'x-clutch-folder': encodeURIComponent(join(shop, 'src')) }
    expect(await sentIn('6', { headers })).toContain(hidden('uploads of the shop'))
    expect(await sentIn('7', { ...inFolder(shop), headers: { 'x-clutch-folder': '/nowhere' } })).toContain(
      raw,
    )
  })

  it('the user’s own counts everywhere, behind a project’s', async () => {
    const world = await openWorld()
    const shop = await project(world, 'shop', 'uploads of the shop')
    ofUser(world, 'uploads of mine')
    const gateway = await world.start()
    expect((await gateway.ask([round], { session: '1' })).sent).toContain(hidden('uploads of mine'))
    const { sent } = await gateway.ask([round], { session: '2', ...inFolder(shop) })
    expect(sent).toContain(hidden('uploads of the shop'))
  })

  it('a filter that is changed counts no more, and as changed when it is trusted again: for new sessions', async () => {
    const world = await openWorld()
    const shop = await project(world, 'shop', 'uploads')
    const gateway = await world.start()
    const how = inFolder(shop)
    const first = await gateway.ask([round], { session: 'old', ...how })
    expect(first.sent).toContain(hidden('uploads'))
    await project(world, 'shop', 'changed uploads', false)
    await soon(gateway, how, (sent) => sent.includes(raw))
    await project(world, 'shop', 'changed uploads')
    await soon(gateway, how, (sent) => sent.includes(hidden('changed uploads')))
    const second: Round = ['deploy live', round[1].replace('staging', 'live')]
    const { sent } = await gateway.ask([round, second], { session: 'old', ...how })
    expect(sent.split(hidden('uploads'))).toHaveLength(3)
    await gateway.close()

    const later = await world.start()
    const third: Round = ['deploy test', round[1].replace('staging', 'test')]
    const after = await later.ask([round, second, third], { session: 'old', ...how })
    expect(after.sent.startsWith(sent.slice(0, sent.indexOf(']}],"system"'))), 'the same bytes').toBe(true)
    expect(after.sent, 'its filters are gone').toContain(JSON.stringify(third[1]))
  }, 60_000)

  it('a session goes on with its filters after a restart', async () => {
    const world = await openWorld()
    const shop = await project(world, 'shop', 'uploads')
    const how = { session: 's', ...inFolder(shop) }
    const first = await world.start()
    await first.ask([round], how)
    await first.close()
    await project(world, 'bank', 'uploads of the bank')
    const second = await world.start()
    const { sent } = await second.ask([round, ['deploy live', round[1].replace('staging', 'live')]], how)
    expect(sent.split(hidden('uploads'))).toHaveLength(3)
  })
})

describe('A filter that is regretted too often', () => {
  const firing = (n: number): Firing => ({
    ...{ kind: 'firing', atMs: 1_800_000_000_000 + n, mouth: 'run', original: `r${1_000_000 + n}` },
    ...{ filter: 'own:deploy', tier: 1, tokensBefore: 900, tokensAfter: 100 },
  })

  it('leaves nothing out in sessions that begin then, while the gateway runs', async () => {
    const world = await openWorld()
    ofUser(world, 'uploads')
    const gateway = await world.start()
    const before = await gateway.ask([round], { session: 'old' })
    expect(before.sent).toContain(hidden('uploads'))
    for (let n = 0; n < 200; n++) noteFiring(world.stateFolder, firing(n))
    for (let n = 0; n < 20; n++)
      noteSaving(world.stateFolder, { kind: 'recall', atMs: 1, original: firing(n).original, tokens: 9 })
    // what `clutch show` does at each recall
    expect(judgeFilters(world.stateFolder)).toEqual(['own:deploy'])
    await soon(gateway, {}, (sent) => sent.includes(raw))
    const second: Round = ['deploy live', round[1].replace('staging', 'live')]
    const { sent } = await gateway.ask([round, second], { session: 'old' })
    expect(sent.split(hidden('uploads')), 'an old session keeps what it began with').toHaveLength(3)
    await gateway.close()

    const third: Round = ['deploy test', round[1].replace('staging', 'test')]
    const later = await world.start()
    const after = await later.ask([round, second, third], { session: 'old' })
    expect(after.sent.split(hidden('uploads')), 'after a restart, too').toHaveLength(4)
    expect((await later.ask([round], { session: 'new' })).sent).toContain(raw)
  }, 60_000)
})
