import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const clutch = fileURLToPath(new URL('../../bin/clutch', import.meta.url))
let home: string
const children: ChildProcess[] = []
const servers: Server[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clutch-serve-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
  rmSync(home, { recursive: true, force: true })
})

interface Run {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  readonly exit: Promise<number | null>
  /** Resolves once stdout matches. */
  says(pattern: RegExp): Promise<RegExpExecArray>
}

function start(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [clutch, ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
  })
  children.push(child)
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve))
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(out)
      if (found) return found
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${out}${err}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  return { child, out: () => out, err: () => err, exit, says }
}

async function served(
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Run & { url: string }> {
  const run = start(['serve', '--port', '0', ...args], env)
  const [, url = ''] = await run.says(/listening on (http:\S+)/)
  await run.says(/curl/)
  return { ...run, url }
}

async function configured(config: unknown): Promise<void> {
  mkdirSync(join(home, '.xx'), { recursive: true })
  writeFileSync(
    join(home, '.xx', 'config.json'),
    typeof config === 'string' ? config : JSON.stringify(config, null, 2),
  )
}

const ask = (url: string, body: object): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ max_tokens: 99, messages: [{ role: 'user', content: 'hello' }], ...body }),
  })

function logged() {
  const folder = join(home, '.xx', 'state', 'logs')
  const [name = ''] = readdirSync(folder)
  return { folder, name, text: readFileSync(join(folder, name), 'utf8') }
}

describe('clutch serve', () => {
  test('says where it listens, what it found and what to try, and the line works', async () => {
    const { url, out } = await served([], { GROQ_API_KEY: 'gsk_abcdefghijklmnop' })
    expect(out()).toMatch(/groq \(key from env GROQ_API_KEY\)/)
    expect(out()).toMatch(/no key for .*anthropic/)
    expect(out()).not.toContain('gsk_abcdefghijklmnop')
    const line = /curl \S+ -H '(.*?): (.*?)' -d '(.*)'/.exec(out())
    expect(JSON.parse(line?.[3] ?? '')).toMatchObject({ messages: expect.any(Array) })
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('without any key the sandbox answers, and says which setting to change', async () => {
    const { url, out } = await served()
    expect(out()).toContain('sandbox')
    const answer = await (await ask(url, { model: 'claude-sonnet' })).json()
    expect(answer.content[0].text).toMatch(/sandbox.*_API_KEY/)
  })

  test('plays fixtures of the user’s own', async () => {
    const file = join(home, 'plays.json')
    writeFileSync(
      file,
      JSON.stringify([{ match: { contains: 'hello' }, reply: [{ text: 'a play of my own' }] }]),
    )
    const { url } = await served(['--sandbox-fixture', 'plays.json'])
    const answer = await (await ask(url, { model: 'sandbox/text' })).json()
    expect(answer.content[0].text).toBe('a play of my own')
  })

  test('writes its log where only the owner reads it, without what was said', async () => {
    const { url, child, exit } = await served()
    await (await ask(url, { model: 'sandbox/text', system: 'private words' })).text()
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    const { folder, name, text } = logged()
    expect(text).toMatch(/"event":"call".*"asked":"sandbox\/text"/)
    expect(text).not.toMatch(/private words|hello|fox/)
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600])
  })

  test('a first signal lets a running reply finish', async () => {
    const { url, child, exit } = await served()
    const answer = await ask(url, { model: 'sandbox/stall:700', stream: true })
    const text = answer.text()
    child.kill('SIGINT')
    expect(await text).toContain('message_stop')
    expect(await exit).toBe(0)
  })

  test('a second signal does not wait', async () => {
    const { url, child, exit } = await served()
    const answer = await ask(url, { model: 'sandbox/stall:60000', stream: true })
    void answer.text().catch(() => undefined)
    const startedMs = Date.now()
    child.kill('SIGTERM')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(child.exitCode).toBeNull()
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    expect(Date.now() - startedMs).toBeLessThan(3_000)
    expect(logged().text).toContain('cancelled')
  })

  test('goes on, and ends, when nobody reads what it logs', async () => {
    const { url, child } = await served(['--log-level', 'debug'])
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.stderr?.pause()
    for (let count = 0; count < 400; count++) await (await ask(url, { model: 'sandbox/text' })).text()
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
  })

  test('a port in use: says who holds it, exit 75', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { exit, err, out } = start(['serve', '--port', String(port)])
    expect(await exit).toBe(75)
    expect(err()).toMatch(new RegExp(`port ${port} is in use by process ${process.pid} \\(.*node`))
    expect(out()).toBe('')
  })

  test.each([
    ['not JSON', '{ "providers": ', /config\.json:\d+/],
    ['an unknown key', { provders: {} }, /config\.json:2.*provders.*did you mean providers/s],
    ['a wrong type', { port: 'eighty' }, /config\.json:2.*port/],
  ])('a broken configuration (%s) is located, exit 78, nothing started', async (_name, config, words) => {
    await configured(config)
    const { exit, err, out } = start(['serve', '--port', '0'])
    expect(await exit).toBe(78)
    expect(err()).toMatch(words)
    expect(out()).toBe('')
    expect(existsSync(join(home, '.xx', 'state'))).toBe(false)
  })

  test('a broken fixture is located, exit 78', async () => {
    writeFileSync(join(home, 'plays.json'), '[{"match":{},"reply":[{"wait":"long"}]}]')
    const wrong = start(['serve', '--port', '0', '--sandbox-fixture', 'plays.json'])
    expect(await wrong.exit).toBe(78)
    expect(wrong.err()).toMatch(/plays\.json: \[0\]\.reply\[0\]/)
    const missing = start(['serve', '--port', '0', '--sandbox-fixture', 'nowhere.json'])
    expect(await missing.exit).toBe(78)
    expect(missing.err()).toMatch(/nowhere\.json: no such file/)
  })

  test('several listeners from one configuration, listed with their profiles', async () => {
    await configured({
      profiles: { kimi: {}, glm: {} },
      listeners: [
        { port: 0, profile: 'kimi' },
        { port: 0, profile: 'glm' },
      ],
    })
    const run = start(['serve'])
    await run.says(/curl/)
    expect(run.out()).toMatch(
      /listening on http:\/\/127\.0\.0\.1:\d+ {2}profile kimi\n.*listening on http:\S+ {2}profile glm/,
    )
    const urls = [...run.out().matchAll(/listening on (\S+)/g)].map(([, url]) => url)
    for (const url of urls) expect((await fetch(`${url}/healthz`)).status).toBe(200)
    run.child.kill('SIGTERM')
    expect(await run.exit).toBe(0)
  })

  test('the .env of the folder it is called in is not read', async () => {
    writeFileSync(join(home, '.env'), 'GROQ_API_KEY=gsk_somebodys_source_tree\n')
    const { out } = await served()
    expect(out()).not.toMatch(/groq \(key/)
  })

  test('the .env in ~/.xx is', async () => {
    mkdirSync(join(home, '.xx'))
    writeFileSync(join(home, '.xx', '.env'), 'GROQ_API_KEY=gsk_abcdefghijklmnop\n')
    const { out } = await served()
    expect(out()).toMatch(/groq \(key from ~\/\.xx\/\.env:1\)/)
  })
})
