/** How far a result may be shortened can be said in seven places, and each is obeyed by a whole gateway. */
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/wire/json.ts'
import { type Round, talk } from '../compression/talk.ts'
import { load } from '../config/house.ts'
import { type Asking, openWorld, type World } from './compression-house.ts'
import { post } from './house.ts'

/** A test run: `balanced` leaves out what passed, `lossless` does not, and can still say the file's name once. */
const tests = [
  ...Array.from({ length: 200 }, (_, at) => `     ✓ adds item number ${at} to a basket ${at % 9}ms`),
  ' Test Files  1 passed (1)',
  '      Tests  200 passed (200)',
].join('\n')
const run: Round = ['npx vitest run', tests]

const passes = 200
/** A compiler's findings: there is something to say shorter without loss. */
const findings = Array.from(
  { length: 80 },
  (_, at) => `src/basket/checkout/summary.ts(${at + 1},7): error TS2304: Cannot find name 'total${at}'.`,
).join('\n')
const check: Round = ['npx tsc --noEmit', findings]

type Done = 'raw' | 'lossless' | 'balanced'

/** What was done to the two results, told by what is left of them. */
function doneTo(sent: string): Done {
  const left = sent.match(/adds item number/g)?.length ?? 0
  const isWhole = sent.includes(JSON.stringify(findings).slice(1, -1))
  if (left === passes) return isWhole ? 'raw' : 'lossless'
  return 'balanced'
}

async function done(world: World, compression: Json, how: Asking = {}, profile: Json = {}): Promise<Done> {
  const loaded = load({ config: JSON.stringify({ compression, profiles: { p1: profile } }) })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  const said = loaded.settings
  const { p1 } = said.profiles
  const roles = { big: ['alpha/m1'] }
  const gateway = await world.start(
    { ...said.compression, holdout: 0 },
    {
      profiles: {
        default: { name: 'default', roles },
        p1: { name: 'p1', roles, ...(p1?.compression && { compression: p1.compression }) },
      },
    },
  )
  const session = `session-${++sessions}`
  // each result is the latest one when it comes
  const first = await gateway.ask([run], { session, ...how })
  const second = await gateway.ask([run, check], { session, ...how })
  await gateway.close()
  expect(second.sent.startsWith(first.sent.slice(0, first.sent.lastIndexOf(']')))).toBe(true)
  return doneTo(second.sent)
}
let sessions = 0

describe('A level is obeyed where it is said', () => {
  it('for everybody', async () => {
    const world = await openWorld()
    expect(await done(world, 'off')).toBe('raw')
    expect(await done(world, 'lossless')).toBe('lossless')
    expect(await done(world, {})).toBe('balanced')
  })

  it('of a profile, by its path', async () => {
    const world = await openWorld()
    const how = { path: '/p/p1' }
    expect(await done(world, 'balanced', how, { compression: 'off' })).toBe('raw')
    expect(await done(world, 'off', how, { compression: 'lossless' })).toBe('lossless')
    expect(await done(world, 'balanced', {}, { compression: 'off' }), 'of another profile').toBe('balanced')
  })

  it('of an agent', async () => {
    const world = await openWorld()
    const codex = { headers: { 'user-agent': 'codex_cli_rs/0.169.0' } }
    expect(await done(world, { agents: { codex: 'lossless' } }, codex)).toBe('lossless')
    expect(await done(world, { level: 'off', agents: { codex: 'balanced' } }, codex)).toBe('balanced')
    expect(await done(world, { agents: { codex: 'off' } })).toBe('balanced')
  })

  it('of a tool', async () => {
    const world = await openWorld()
    expect(await done(world, { tools: { Bash: 'off' } })).toBe('raw')
    expect(await done(world, { level: 'off', tools: { 'B*': 'lossless' } })).toBe('lossless')
    expect(await done(world, { tools: { 'mcp__*': 'off' } })).toBe('balanced')
  })

  it('of a command', async () => {
    const world = await openWorld()
    expect(await done(world, { commands: { 'npx *': 'lossless' } })).toBe('lossless')
    expect(await done(world, { level: 'off', commands: { 'npx vitest*': 'balanced' } })).toBe('balanced')
    expect(await done(world, { commands: { 'git *': 'off' } })).toBe('balanced')
  })

  it('of a path', async () => {
    const world = await openWorld()
    const body = (path: string) => ({
      messages: [
        { role: 'user', content: 'please look' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'List', input: { path } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: data }] },
      ],
    })
    const data = JSON.stringify(Array.from({ length: 90 }, (_, at) => ({ name: `file-${at}`, size: at })))
    const gateway = await world.start({ paths: { '*/secret/*': 'off' } })
    const sentFor = async (path: string) =>
      (await gateway.ask([], { session: path, body: body(path) })).sent.includes(JSON.stringify(data))
    expect(await sentFor('/home/secret/a')).toBe(true)
    expect(await sentFor('/home/open/a')).toBe(false)
  })

  it('of a request, by a header of ours or of Headroom', async () => {
    const world = await openWorld()
    const saying = (headers: Record<string, string>) => ({ headers })
    expect(await done(world, 'balanced', saying({ 'x-clutch-compress': 'off' }))).toBe('raw')
    expect(await done(world, 'off', saying({ 'x-clutch-compress': 'lossless' }))).toBe('lossless')
    expect(await done(world, 'balanced', saying({ 'x-headroom-bypass': 'true' }))).toBe('raw')
    expect(await done(world, 'balanced', saying({ 'x-headroom-bypass': 'false' }))).toBe('balanced')
    expect(await done(world, 'balanced', saying({ 'x-clutch-compress': ' OFF ' }))).toBe('raw')
    expect(await done(world, 'balanced', saying({ 'x-clutch-compress': 'none' }))).toBe('raw')
  })

  it.each([
    ['/v1/messages', 'x-clutch-compress', 'lossles', 'did you mean lossless?', 'invalid_request_error'],
    ['/v1/messages/count_tokens', 'x-clutch-compress', 'ballanced', 'did you mean balanced?', 'type'],
    ['/v1/chat/completions', 'x-clutch-compress', 'agressive', 'did you mean aggressive?', 'code'],
    ['/v1/responses', 'x-clutch-compress', 'much', 'expected one of off, lossless, balanced', 'code'],
    ['/v1beta/models/m1:generateContent', 'x-clutch-compress', 'of', 'did you mean off?', 'INVALID_ARGUMENT'],
    ['/v1/messages', 'x-clutch-folder', `src/${'x'.repeat(40)}`, `src/${'x'.repeat(36)}…`, 'type'],
    ['/v1/messages', 'x-clutch-folder', 'src/shop', 'expected the whole path of a folder', 'type'],
  ])('%s with %s: %s is refused in the words of its dialect', async (path, header, word, said, mark) => {
    const world = await openWorld()
    const { origin } = await world.start()
    const body = { ...talk('anthropic', [run]), input: 'hi', contents: [] }
    const response = await post(`${origin}${path}`, body, { [header]: word })
    const text = await response.text()
    expect(response.status).toBe(400)
    expect(text).toContain(`${header}: `)
    expect(text).toContain(said)
    expect(text).toContain(mark)
    expect(world.heard).toEqual([])
  })

  it('where nothing is trusted in the folder that is named, the answer says so', async () => {
    const world = await openWorld()
    const { ask } = await world.start()
    const headlineIn = async (headers: Record<string, string>) => (await ask([run], { headers })).headline
    expect(await headlineIn({ 'x-clutch-folder': '/no/such/folder' })).toMatch(/; folder=unknown$/)
    expect(await headlineIn({})).not.toContain('folder=')
  })

  it('of one command, in its environment', async () => {
    const world = await openWorld()
    const gateway = await world.start()
    const sentFor = async (command: string, session: string) =>
      doneTo((await gateway.ask([[command, tests]], { session })).sent)
    expect(await sentFor('CLUTCH_COMPRESS=off npx vitest run', '1')).not.toBe('balanced')
    expect(await sentFor('env CI=1 CLUTCH_COMPRESS=off npx vitest run', '2')).not.toBe('balanced')
    expect(await sentFor('CI=1 npx vitest run', '3')).toBe('balanced')
    expect(await sentFor('CLUTCH_COMPRESS=offf npx vitest run', '5'), 'a word that is none').not.toBe(
      'balanced',
    )
    expect(await sentFor('CLUTCH_COMPRESS= npx vitest run', '6')).toBe('balanced')
    const off = await world.start({ level: 'off' })
    const { sent } = await off.ask([['CLUTCH_COMPRESS=balanced npx vitest run', tests]], { session: '4' })
    expect(doneTo(sent)).toBe('balanced')
  })
})

describe('The nearest word counts', () => {
  it('before a wider one', async () => {
    const world = await openWorld()
    const codex = { 'user-agent': 'codex_cli_rs/0.169.0' }
    const far = { level: 'off', agents: { codex: 'off' } } as const
    expect(await done(world, { ...far, tools: { Bash: 'balanced' } }, { headers: codex })).toBe('balanced')
    expect(
      await done(
        world,
        { ...far, tools: { Bash: 'off' }, commands: { 'npx *': 'lossless' } },
        { headers: codex },
      ),
    ).toBe('lossless')
    const headers = { ...codex, 'x-clutch-compress': 'balanced' }
    expect(await done(world, { ...far }, { headers })).toBe('balanced')
  })
})
