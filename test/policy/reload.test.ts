/** The configuration, changed under a running gateway. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { watchFiles } from '../../src/world/watch-files.ts'
import { VirtualClock } from '../gateway/rig.ts'
import { alphaConfig, ask, chatReply, Home, until, upstream } from './house.ts'

const modelOf = (heard: { readonly body: string } | undefined): string =>
  JSON.parse(heard?.body ?? '{}').model

describe('a good edit', () => {
  test('is noticed in the file and counts for the next call', async () => {
    const { url, heard } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    await ask(gateway.url)
    home.write(alphaConfig(url, { model_tiers: { BIG: { default: 'alpha/newer' } } }))
    await until(() => home.lines.some(({ event }) => event === 'config-reloaded'))
    await ask(gateway.url)
    expect(heard.map(modelOf)).toEqual(['m', 'newer'])
  })

  test('leaves a call that runs with what it began with', async () => {
    let answer: () => void = () => undefined
    const { url, heard } = await upstream((response, { body }) => {
      if (JSON.parse(body).model === 'slow') answer = () => response.writeHead(503).end('{}')
      else chatReply(response)
    })
    const home = new Home()
    const tiers = (first: string, second: string) => ({
      model_tiers: { BIG: { default: first, cascade: [second] } },
      limits: { max_retries: 0 },
    })
    home.write(alphaConfig(url, tiers('alpha/slow', 'alpha/old')))
    const gateway = await home.start()
    const running = ask(gateway.url)
    await until(() => heard.length === 1)
    home.write(alphaConfig(url, tiers('alpha/new', 'alpha/newest')))
    expect(await gateway.reload('test')).toMatchObject({ ok: true, generation: 2 })
    expect((await ask(gateway.url)).headers.get('x-clutch-target')).toBe('alpha/new')
    answer()
    expect((await running).headers.get('x-clutch-target')).toBe('alpha/old')
  })

  test('of the keys opens and closes the door at once', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    expect((await ask(gateway.url)).status).toBe(200)
    home.write(alphaConfig(url, { client_keys: ['new-house-key'] }))
    await gateway.reload('test')
    expect((await ask(gateway.url)).status).toBe(401)
    expect((await ask(gateway.url, { 'x-api-key': 'new-house-key' })).status).toBe(200)
  })

  test('opens new listeners and closes those that are gone, but not under a call that runs', async () => {
    let answer: () => void = () => undefined
    const { url, heard } = await upstream((response) => {
      if (heard.length === 1) answer = () => chatReply(response)
      else chatReply(response)
    })
    const home = new Home()
    const [first, second] = [await freePort(), await freePort()]
    const listeners = (...ports: number[]) => ({
      port: undefined,
      listeners: ports.map((port) => ({ port })),
    })
    home.write(alphaConfig(url, listeners(first)))
    const gateway = await home.start()
    const running = ask(gateway.url)
    await until(() => heard.length === 1)
    home.write(alphaConfig(url, listeners(second)))
    expect(await gateway.reload('test')).toMatchObject({ ok: true })
    expect((await ask(`http://127.0.0.1:${second}`)).status).toBe(200)
    answer()
    expect((await running).status).toBe(200)
    await until(async () => !(await isOpen(first)))
  })

  test('of a listener’s profile changes who answers there, without closing it', async () => {
    const { url } = await upstream()
    const home = new Home()
    const port = await freePort()
    const config = (profile: string) =>
      alphaConfig(url, {
        port: undefined,
        listeners: [{ port, profile }],
        profiles: { a: 'alpha/a', b: 'alpha/b' },
      })
    home.write(config('a'))
    const gateway = await home.start()
    expect((await ask(gateway.url)).headers.get('x-clutch-target')).toBe('alpha/a')
    home.write(config('b'))
    await gateway.reload('test')
    expect((await ask(gateway.url)).headers.get('x-clutch-target')).toBe('alpha/b')
  })

  test('of the .env counts too, and a new key is masked in the log from then on', async () => {
    const { url, heard } = await upstream()
    const home = new Home()
    home.write(
      alphaConfig(url, {
        providers: { alpha: { base_url: url, dialect: 'openai-chat', api_key: 'env:ALPHA' } },
      }),
    )
    writeFileSync(home.path('.xx/.env'), 'ALPHA=first-value-77\n')
    const gateway = await home.start()
    await ask(gateway.url)
    writeFileSync(home.path('.xx/.env'), 'ALPHA=second-value-88\n')
    await gateway.reload('test')
    await ask(gateway.url, {}, 'alpha/second-value-88')
    expect(heard.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first-value-77',
      'Bearer second-value-88',
    ])
    expect(JSON.stringify(home.lines)).not.toContain('second-value-88')
  })
})

describe('a bad edit', () => {
  test('changes nothing and says where it is wrong, until it is mended', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    home.write('{\n  "listeners": [{ "port": 1 ]\n')
    const kept = await gateway.reload('test')
    expect(kept).toMatchObject({
      ok: false,
      generation: 1,
      problems: [expect.stringMatching(/config\.json:2:29: /)],
    })
    expect(home.lines.find(({ event }) => event === 'config-not-reloaded')).toMatchObject({
      level: 'error',
      problems: kept.problems,
    })
    expect((await ask(gateway.url)).status).toBe(200)
    expect((await status(gateway.url)).config).toMatchObject({
      generation: 1,
      last_error: { problems: kept.problems },
    })
    home.write(alphaConfig(url, { limits: { max_attempts: 2 } }))
    expect(await gateway.reload('test')).toMatchObject({ ok: true, generation: 2 })
    expect((await status(gateway.url)).config).toMatchObject({ generation: 2, last_error: null })
  })

  test('that wants a port somebody else has changes nothing at all', async () => {
    const { url } = await upstream()
    const { port: taken } = await upstream()
    const home = new Home()
    const [own, other] = [await freePort(), await freePort()]
    const listeners = (...ports: number[]) => ({
      port: undefined,
      listeners: ports.map((port) => ({ port })),
    })
    home.write(alphaConfig(url, listeners(own)))
    const gateway = await home.start()
    home.write(
      alphaConfig(url, { ...listeners(other, taken), model_tiers: { BIG: { default: 'alpha/newer' } } }),
    )
    expect(await gateway.reload('test')).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('EADDRINUSE')],
    })
    expect((await ask(gateway.url)).headers.get('x-clutch-target')).toBe('alpha/m')
    expect(await isOpen(other)).toBe(false)
  })

  test('that was taken back leaves nothing behind', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    home.write('{')
    await gateway.reload('test')
    home.write(alphaConfig(url))
    expect(await gateway.reload('test')).toMatchObject({ ok: true, generation: 1 })
    expect((await status(gateway.url)).config.last_error).toBeNull()
  })

  test('of what is fixed at the start is named as waiting for a restart', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    home.write(alphaConfig(url, { log: { folder: '/tmp/elsewhere' } }))
    await gateway.reload('test')
    expect((await status(gateway.url)).config.needs_restart).toEqual(['log.folder'])
  })
})

describe('the watch over files', () => {
  async function watched(act: (file: string, clock: VirtualClock) => Promise<void> | void): Promise<number> {
    const folder = mkdtempSync(join(tmpdir(), 'clutch-watch-'))
    const file = join(folder, 'config.json')
    writeFileSync(file, '1')
    const clock = new VirtualClock()
    let told = 0
    const end = watchFiles([file, join(folder, '.env')], clock, () => {
      told++
    })
    await act(file, clock)
    end()
    rmSync(folder, { recursive: true })
    return told
  }

  test('tells of a change once, of none never', async () => {
    expect(await watched(async (_, clock) => clock.advance(60_000))).toBe(0)
    expect(
      await watched(async (file, clock) => {
        writeFileSync(file, '22')
        await clock.advance(60_000)
      }),
    ).toBe(1)
  })

  test('sees a file replaced by another, gone, and come', async () => {
    const told = await watched(async (file, clock) => {
      writeFileSync(`${file}.new`, '9')
      renameSync(`${file}.new`, file)
      await clock.advance(5_000)
      rmSync(file)
      await clock.advance(5_000)
      writeFileSync(join(file, '..', '.env'), 'A=1')
      await clock.advance(5_000)
    })
    expect(told).toBe(3)
  })

  test('waits for a file that is still being written', async () => {
    const told = await watched(async (file, clock) => {
      for (let size = 2; size < 12; size++) {
        writeFileSync(file, 'x'.repeat(size))
        await clock.advance(size === 2 ? 2_000 : 249)
      }
      await clock.advance(2_000)
    })
    expect(told).toBe(1)
  })
})

async function freePort(): Promise<number> {
  const { port, close } = await upstream()
  await close()
  return port
}

const status = async (url: string) => (await fetch(`${url}/clutch/api/status`)).json()

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
