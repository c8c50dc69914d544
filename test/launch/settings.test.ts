import { describe, expect, it } from 'vitest'
import { readLaunchSettings } from '../../src/config/launch.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { ReadFile } from '../../src/world/files.ts'

const home = '/home/u'
const files =
  (contents: Readonly<Record<string, string>>): ReadFile =>
  (path) => {
    const text = contents[path]
    return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
  }

function read(config: unknown, env: Record<string, string> = {}, more: Record<string, string> = {}) {
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  const found = readLaunchSettings({
    env,
    home,
    readFile: files({ '/home/u/.xx/config.json': text, ...more }),
  })
  if (!found.ok) throw new Error(found.problem)
  return found.settings
}

describe('what the launcher knows of the configuration', () => {
  it('is enough for a machine without any', () => {
    const found = readLaunchSettings({ env: {}, home, readFile: files({}) })
    expect(found).toMatchObject({
      ok: true,
      settings: {
        baseUrl: 'http://127.0.0.1:8082',
        local: true,
        autoStart: true,
        safe: false,
        forbidBypass: false,
      },
    })
  })

  it.each([
    [{ port: 9000 }, {}],
    [{ host: '0.0.0.0', client_keys: ['k'] }, {}],
    [{ listeners: [{ port: 9001 }, { port: 9002 }] }, { PORT: '1' }],
    [{}, { PORT: '9003', HOST: '127.0.0.1' }],
    [{ host: '::1' }, {}],
    [{}, { HOST: 'localhost' }],
  ])('%j with %j finds the listener that the gateway opens', (config, env) => {
    const readFile = files({ '/home/u/.xx/config.json': JSON.stringify(config) })
    const gateway = loadSettings({ flags: {}, env, home, readFile })
    if (!gateway.ok) throw new Error(JSON.stringify(gateway.problems))
    const { host = '', port } = gateway.settings.listeners[0] ?? {}
    const reachable =
      host === '0.0.0.0' || host === 'localhost' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
    expect(read(config, env).baseUrl).toBe(`http://${reachable}:${port}`)
  })

  it('finds the same profiles and the same key as the gateway', () => {
    const config = { profiles: { kimi: 'groq/kimi', 4: 'groq/x' }, client_keys: ['env:DOOR'], providers: {} }
    const env = { DOOR: 'sesame', GROQ_API_KEY: 'x' }
    const gateway = loadSettings({
      flags: {},
      env,
      home,
      readFile: files({ '/home/u/.xx/config.json': JSON.stringify(config) }),
    })
    if (!gateway.ok) throw new Error(JSON.stringify(gateway.problems))
    const { profiles, clientKey } = read(config, env)
    expect([...(profiles ?? [])].toSorted()).toEqual(Object.keys(gateway.settings.profiles).toSorted())
    expect([clientKey]).toEqual(gateway.settings.clientKeys)
  })

  it('reads keys from the environment, the .env and a file', () => {
    expect(read({}, { PROXY_AUTH_KEY: 'a' }).clientKey).toBe('a')
    expect(read({}, {}, { '/home/u/.xx/.env': 'PROXY_AUTH_KEY=b' }).clientKey).toBe('b')
    expect(read({ client_keys: ['file:door'] }, {}, { '/home/u/.xx/door': 'c\n' }).clientKey).toBe('c')
  })

  it('knows a gateway on another machine, and nothing of its profiles', () => {
    const { baseUrl, local, profiles } = read({ proxy: { base_url: 'https://gateway.example/v1/' } })
    expect([baseUrl, local, profiles]).toEqual(['https://gateway.example', false, undefined])
  })

  it('moves with XX_HOME', () => {
    const found = readLaunchSettings({
      env: { XX_HOME: '/elsewhere' },
      home,
      readFile: files({ '/elsewhere/config.json': '{"port":7}' }),
    })
    expect(found).toMatchObject({
      settings: { baseUrl: 'http://127.0.0.1:7', folder: '/elsewhere/state/launch' },
    })
  })

  it.each([
    ['{ port: 1', /config\.json:1:3: /],
    ['{"proxy":{"base_url":"ftp://x y"}}', /proxy\.base_url.*is not a URL/],
  ])('%s stops the launch with a word', (text, problem) => {
    const found = readLaunchSettings({ env: {}, home, readFile: files({ '/home/u/.xx/config.json': text }) })
    expect(found).toEqual({ ok: false, problem: expect.stringMatching(problem) })
  })

  it('a file that cannot be read is told apart from none', () => {
    const found = readLaunchSettings({
      env: {},
      home,
      readFile: () => ({ kind: 'unreadable', because: 'EACCES' }),
    })
    expect(found).toEqual({ ok: false, problem: '/home/u/.xx/config.json: cannot be read (EACCES)' })
  })
})
