/** `clutch keys` and `clutch breakers`, as they are typed. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { runVerb } from '../../src/cli/run.ts'
import { digestOf } from '../../src/world/client-key.ts'
import { alphaConfig, ask, Home, until, upstream } from './house.ts'

async function clutch(home: Home, ...args: string[]) {
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
    home: home.folder,
    cwd: home.folder,
  }
  const code = await runVerb(args, io)
  return { code, out, err }
}

describe('clutch keys', () => {
  test('makes a key, shows it once, and keeps its digest for its owner alone', async () => {
    const home = new Home()
    const added = await clutch(
      home,
      'keys',
      'add',
      'laptop',
      '--rpm',
      '60',
      '--budget',
      '5/day',
      '--tokens',
      '2M/day',
    )
    expect(added.code).toBe(0)
    expect(added.out).toMatch(/^clutch-sk-\w{48}\n$/)
    expect(added.err).toContain('60 requests per minute, 2M tokens per day, $5.00 per day')
    expect(added.err).toContain('asks every client for a key')
    const file = home.path('.xx/state/keys.json')
    const text = readFileSync(file, 'utf8')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(text).not.toContain(added.out.trim())
    expect(JSON.parse(text).keys[0]).toMatchObject({ name: 'laptop', digest: digestOf(added.out.trim()) })
    const listed = await clutch(home, 'keys', 'list')
    expect(listed.out).toMatch(/^laptop {2}\d{4}-\d\d-\d\d {2}60 requests per minute, /)
    const json = await clutch(home, 'keys', 'list', '--json')
    expect(JSON.parse(json.out).keys[0].allowances).toHaveLength(3)
    expect(json.out + listed.out).not.toContain(digestOf(added.out.trim()))
  })

  test('opens the door of a gateway that runs already, with its limits, and shuts it when removed', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    const key = (await clutch(home, 'keys', 'add', 'laptop', '--rpm', '2')).out.trim()
    await until(async () => (await ask(gateway.url)).status === 401)
    const statuses = []
    for (let call = 0; call < 3; call++) statuses.push((await ask(gateway.url, { 'x-api-key': key })).status)
    expect(statuses).toEqual([200, 200, 429])
    expect((await clutch(home, 'keys', 'remove', 'laptop')).code).toBe(0)
    await until(async () => (await ask(gateway.url)).status === 200)
  })

  test.each([
    [['add'], /named with letters/],
    [['add', 'a/b'], /named with letters/],
    [['add', 'x', '--rpm', '0'], /--rpm is a number from 1/],
    [['add', 'x', '--budget', '5'], /--budget: expected dollars within a time such as 5\/day/],
    [['add', 'x', '--bugdet', '5/day'], /did you mean --budget\?/],
    [['add', 'x', '--profile', 'defalt'], /did you mean default\?/],
    [['add', 'x', '--when-spent', 'stop'], /refuse, next-target or cheaper-role/],
    [['remove', 'x'], /no key is named "x"/],
    [['lst'], /did you mean list\?/],
  ])('%j is refused with what is right', async (args, words) => {
    const { code, err } = await clutch(new Home(), 'keys', ...args)
    expect([code, err]).toEqual([64, expect.stringMatching(words)])
  })

  test('does not make a name twice, and does not touch a list it cannot read', async () => {
    const home = new Home()
    await clutch(home, 'keys', 'add', 'x')
    expect((await clutch(home, 'keys', 'add', 'x')).err).toContain('there is a key named x already')
    writeFileSync(home.path('.xx/state/keys.json'), '{ broken')
    expect((await clutch(home, 'keys', 'add', 'y')).code).toBe(78)
    expect(readFileSync(home.path('.xx/state/keys.json'), 'utf8')).toBe('{ broken')
  })
})

describe('clutch breakers', () => {
  test('shows and resets the breakers of the gateway that runs, whatever keys it asks for', async () => {
    const { url } = await upstream((response) => void response.writeHead(503).end('{}'))
    const { port, close } = await upstream()
    await close()
    const home = new Home()
    const config = { port, breaker: { failures: 1, open_seconds: 600 }, limits: { max_retries: 0 } }
    home.write(alphaConfig(url, config))
    await clutch(home, 'keys', 'add', 'laptop')
    const gateway = await home.start()
    expect((await clutch(home, 'breakers')).out).toContain('Every target may be asked')
    const key = (await clutch(home, 'keys', 'add', 'second')).out.trim()
    await gateway.reload('test')
    await ask(gateway.url, { 'x-api-key': key })
    expect((await clutch(home, 'breakers')).out).toMatch(/^alpha\/m {2}open {2}\d+ s {2}/)
    expect(JSON.parse((await clutch(home, 'breakers', '--json')).out).breakers).toHaveLength(1)
    expect((await clutch(home, 'breakers', 'reset', 'alpha/m')).out).toBe(
      'alpha/m may be asked again (1 entry closed).\n',
    )
    expect((await clutch(home, 'breakers', 'reset', 'alpha/m')).out).toBe('Nothing was open for alpha/m.\n')
  })

  test('says what to start when nobody answers', async () => {
    const { port, close } = await upstream()
    await close()
    const home = new Home()
    home.write({ port })
    const { code, err } = await clutch(home, 'breakers')
    expect([code, err]).toEqual([69, expect.stringMatching(new RegExp(`127\\.0\\.0\\.1:${port}.*clutch up`))])
  })

  test.each([[['reset']], [['reset', '--json']], [['--jsn']], [['show']]])(
    '%j is wrong usage',
    async (args) => {
      expect((await clutch(new Home(), 'breakers', ...args)).code).toBe(64)
    },
  )
})
