/** Who is heard first: flag, environment, `~/.xx/.env`, the clone's `.env`, config.json, default. */
import { describe, expect, it } from 'vitest'
import { type House, home, load, settings } from './house.ts'

const cloneDir = '/src/clutch'
const everywhere: House = {
  flags: { port: '1001' },
  env: { PORT: '1002' },
  dotEnv: 'PORT=1003\n',
  cloneDir,
  files: { [`${cloneDir}/.env`]: 'PORT=1004\n' },
  config: { port: 1005 },
}

const port = (house: House) => {
  const loaded = load(house)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return [loaded.settings.listeners[0]?.port, loaded.provenance['listeners.0.port']]
}

describe('the order of sources', () => {
  it.each<[string, House, number, string]>([
    ['a flag', everywhere, 1001, '--port'],
    ['the environment', { ...everywhere, flags: {} }, 1002, 'env PORT'],
    ['~/.xx/.env', { ...everywhere, flags: {}, env: {} }, 1003, '~/.xx/.env:1'],
    ["the clone's .env", { ...everywhere, flags: {}, env: {}, dotEnv: '' }, 1004, '/src/clutch/.env:1'],
    ['config.json', { config: everywhere.config }, 1005, '~/.xx/config.json:2'],
    ['the default', {}, 8082, 'default'],
  ])('%s', (_, house, number, source) => expect(port(house)).toEqual([number, source]))

  it('never reads the .env of the folder a command is typed in', () => {
    expect(port({ cwd: '/somebody/project', files: { '/somebody/project/.env': 'PORT=1' } })[0]).toBe(8082)
  })

  it("reads the clone's .env only when started from a clone", () => {
    expect(port({ files: { [`${cloneDir}/.env`]: 'PORT=1004' } })[0]).toBe(8082)
  })

  it('finds everything elsewhere with XX_HOME', () => {
    const files = { '/data/xx/.env': 'PORT=1', '/data/xx/config.json': '{ "default_provider": "sandbox" }' }
    const found = settings({ env: { XX_HOME: '/data/xx' }, files, dotEnv: 'PORT=2' })
    expect(found.listeners[0]?.port).toBe(1)
    expect(found.defaultProvider).toBe('sandbox')
    expect(found.log.folder).toBe('/data/xx/state/logs')
    expect(settings({ env: { XX_HOME: 'elsewhere' } }).log.folder).toBe(`${home}/elsewhere/state/logs`)
  })

  it('replaces config.json by the file of --config', () => {
    const files = { '/other.json': '{ "port": 7 }' }
    expect(port({ flags: { config: '/other.json' }, config: { port: 8 }, files })).toEqual([
      7,
      '/other.json:1',
    ])
  })

  it('counts an empty value as not set', () => {
    expect(port({ env: { PORT: '' }, dotEnv: 'PORT=""\n', config: { port: 5 } })[0]).toBe(5)
  })

  it('of two lines for one name takes the last, and says which', () => {
    expect(port({ dotEnv: 'PORT=1\n\nexport PORT=2\n' })).toEqual([2, '~/.xx/.env:3'])
  })

  it('hears an explicit name before a generic one, in whatever layer it stands', () => {
    const found = settings({ env: { GOOGLE_API_KEY: 'generic' }, dotEnv: 'GEMINI_API_KEY=explicit' })
    expect(found.providers['gemini']?.key).toBe('explicit')
    const named = settings({
      env: { OPENAI_API_KEY: 'generic', WORK_KEY: 'explicit' },
      config: { providers: { openai: { api_key: 'env:WORK_KEY' } } },
    })
    expect(named.providers['openai']?.key).toBe('explicit')
  })

  it('hears the environment before a key written into the file', () => {
    const config = { providers: { openai: { api_key: 'in the file' } } }
    expect(settings({ config }).providers['openai']?.key).toBe('in the file')
    expect(settings({ config, env: { OPENAI_API_KEY: 'env' } }).providers['openai']?.key).toBe('env')
  })
})

describe('defaults', () => {
  it('are these', () => {
    const { listeners, limits, timeouts, log, clientKeys } = settings()
    expect(listeners).toEqual([{ host: '127.0.0.1', port: 8082, profile: 'default' }])
    expect(limits).toEqual({
      maxBodyBytes: 33_554_432,
      maxReplyBytes: 67_108_864,
      maxAttempts: 6,
      maxWaitMs: 30_000,
      maxRetriesSameTarget: 2,
    })
    expect(timeouts).toEqual({
      headMs: 300_000,
      idleMs: 300_000,
      pingMs: 10_000,
      holdThinkingMs: 1500,
      closingGraceMs: 10_000,
      clientRequestMs: 60_000,
    })
    expect(log).toEqual({
      level: 'info',
      folder: `${home}/.xx/state/logs`,
      keepDays: 3,
      maxFileBytes: 10_000_000,
    })
    expect(clientKeys).toEqual([])
  })

  it('leave the sandbox alone in the house', () => {
    const { providers, defaultProvider, unusable } = settings()
    expect(Object.keys(providers)).toEqual(['sandbox'])
    expect(defaultProvider).toBe('sandbox')
    expect(unusable.find(({ id }) => id === 'openrouter')?.because).toBe('OPENROUTER_API_KEY is not set')
  })
})

describe('words and numbers', () => {
  it.each([
    ['DEBUG', 'debug'],
    ['Warning', 'warn'],
    ['ERROR   # or INFO', 'error'],
    ['info#x', 'info'],
  ])('LOG_LEVEL=%s is %s', (said, level) =>
    expect(settings({ env: { LOG_LEVEL: said } }).log.level).toBe(level),
  )

  it('takes the level of a flag before that of the environment', () => {
    expect(settings({ flags: { 'log-level': 'debug' }, env: { LOG_LEVEL: 'error' } }).log.level).toBe('debug')
  })

  it('reads seconds, retries and token limits', () => {
    const env = {
      REQUEST_TIMEOUT: '90.5',
      MAX_RETRIES: '0',
      MIN_TOKENS_LIMIT: '100',
      MAX_TOKENS_LIMIT: '4096',
    }
    const { timeouts, limits } = settings({ env })
    expect(timeouts.headMs).toBe(90_500)
    expect(limits).toMatchObject({ maxRetriesSameTarget: 0, minOutputTokens: 100, maxOutputTokens: 4096 })
  })

  it('writes logs to stderr only when the folder is null', () => {
    expect(settings({ config: { log: { folder: null } } }).log.folder).toBeUndefined()
  })
})
