/** `clutch config show`: every value with its source, no secret in any form. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { configVerb } from '../../src/cli/config.ts'
import { masked } from '../../src/config/secret.ts'
import { rowsOf, showAsJson, showConfiguration } from '../../src/config/show.ts'
import { providers } from '../../src/providers/index.ts'
import { type House, home, load, reader } from './house.ts'

async function run(args: readonly string[], house: House = {}) {
  let out = ''
  let err = ''
  const code = await configVerb(args, {
    env: {},
    home,
    cwd: home,
    ...house,
    readFile: reader(house),
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

const secrets = [
  'sk-live-0123456789abcdef',
  'client-key-0123456789',
  'Basic dXNlcjpwYXNzd29yZA==',
  'header-token-987654321',
]
const house: House = {
  env: {
    OPENAI_API_KEY: secrets[0],
    CUSTOM_HEADER_AUTHORIZATION: secrets[2],
    OPENAI_BASE_URL: 'https://ann:secretpass@h.example/v1?key=hidden',
  },
  dotEnv: `# mine\nPROXY_AUTH_KEY=${secrets[1]}\nMAX_RETRIES=4\nPORTT=1`,
  config: {
    providers: {
      alpha: {
        base_url: 'http://a:1',
        dialect: 'gemini',
        headers: { 'x-my-token': secrets[3], 'x-team': 'blue' },
      },
    },
    limits: { max_attempts: 3 },
  },
}

describe('showing', () => {
  it('says who said each value', async () => {
    const { code, out } = await run([], house)
    expect(code).toBe(0)
    const line = (start: string) =>
      out
        .split('\n')
        .find((text) => text.startsWith(start))
        ?.replace(/\s+/g, ' ')
    expect(line('limits.maxAttempts')).toBe('limits.maxAttempts 3 ~/.xx/config.json:13')
    expect(line('limits.maxRetriesSameTarget')).toBe('limits.maxRetriesSameTarget 4 ~/.xx/.env:3')
    expect(line('limits.maxWaitMs')).toBe('limits.maxWaitMs 30000 default')
    expect(line('providers.openai.key')).toBe('providers.openai.key sk-… (24 characters) env OPENAI_API_KEY')
    expect(line('providers.alpha.headers.x-team')).toContain('blue')
    expect(line('clientKeys.0')).toBe('clientKeys.0 cli… (21 characters) ~/.xx/.env:2')
    expect(out).toContain('Providers that cannot be used:')
    expect(out).toContain('PORTT has no effect: did you mean PORT?')
  })

  it('shows no secret, neither to people nor to programs', async () => {
    for (const args of [['show'], ['show', '--json']]) {
      const { out } = await run(args, house)
      for (const secret of [...secrets, 'secretpass', 'hidden']) expect(out).not.toContain(secret)
    }
  })

  it('is JSON for programs', async () => {
    const { out } = await run(['show', '--json', '--port', '5'], house)
    const { values, files, warnings, unusable } = JSON.parse(out)
    expect(values['listeners.0.port']).toEqual({ value: 5, source: '--port' })
    expect(values['providers.openai.dialects'].value).toEqual(['openai-chat'])
    expect(files.config).toBe(`${home}/.xx/config.json`)
    expect(warnings).toHaveLength(1)
    expect(unusable.length).toBeGreaterThan(10)
  })

  it('names the files', async () => {
    const { out } = await run(['path'], { cloneDir: '/src/clutch' })
    expect(out).toBe(`${home}/.xx/.env\n/src/clutch/.env\n${home}/.xx/config.json (does not exist)\n`)
  })

  it('exits with 78 on a broken configuration and with 64 on words it does not know', async () => {
    const broken = await run(['show'], { config: { prot: 1 } })
    expect(broken).toEqual({
      code: 78,
      out: '',
      err: `${home}/.xx/config.json:2:3: prot: unknown key (did you mean port?)\n`,
    })
    expect((await run(['shwo'])).code).toBe(64)
    expect((await run(['show', '--jsn'])).code).toBe(64)
    expect((await run(['--help'])).code).toBe(0)
  })
})

describe('masking', () => {
  it('keeps three characters of a long secret and none of a short one', () => {
    expect(masked('sk-0123456789')).toBe('sk-… (13 characters)')
    expect(masked('short')).toBe('… (5 characters)')
  })
})

describe('laws', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const model = fc
    .tuple(fc.constantFrom('alpha', 'openai', 'kimi', 'nobody'), word)
    .map((parts) => parts.join('/'))
  const models = fc.array(model, { minLength: 1, maxLength: 3 })
  const keyed = fc.subarray(providers.flatMap(({ keyVariables }) => keyVariables))
  const config = fc.record(
    {
      port: fc.nat(65_535),
      client_keys: fc.array(fc.stringMatching(/^[A-Za-z0-9]{14,20}$/), { maxLength: 2 }),
      providers: fc.constant({
        alpha: { base_url: 'http://a:1/v1', dialect: 'openai-chat', api_key: 'literal-of-alpha-1' },
      }),
      model_tiers: fc.record({ BIG: fc.record({ default: model, cascade: models }, { requiredKeys: [] }) }),
      roles: fc.record({ think: models, image: models }, { requiredKeys: [] }),
      fallbacks: models,
      profiles: fc.dictionary(
        word,
        fc.oneof(
          model,
          fc.record({ model, default_provider: fc.constantFrom('sandbox') }, { requiredKeys: [] }),
        ),
      ),
      limits: fc.record({ max_attempts: fc.integer({ min: 1, max: 9 }) }),
    },
    { requiredKeys: [] },
  )

  it('every printed value has a source', () => {
    fc.assert(
      fc.property(config, keyed, (value, names) => {
        const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}-0123456789`]))
        const loaded = load({ config: value, env })
        if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
        for (const row of rowsOf(loaded))
          expect(row.source, row.path).toMatch(/^(default|shelf|built in|env |~\/)/)
      }),
    )
  })

  it('no key is ever printed', () => {
    fc.assert(
      fc.property(config, keyed, (value, names) => {
        const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}-0123456789`]))
        const loaded = load({ config: value, env })
        if (!loaded.ok) return
        const text = showConfiguration(loaded) + showAsJson(loaded)
        for (const name of names) expect(text).not.toContain(`value-of-${name}`)
        expect(text).not.toContain('literal-of-alpha')
        for (const key of value.client_keys ?? []) expect(text).not.toContain(key)
      }),
    )
  })

  it('every cascade names providers, and equal inputs give equal settings', () => {
    fc.assert(
      fc.property(config, keyed, (value, names) => {
        const env = Object.fromEntries(names.map((name) => [name, 'k']))
        const loaded = load({ config: value, env })
        if (!loaded.ok) return
        const { settings } = loaded
        const known = new Set([...Object.keys(settings.providers), ...settings.unusable.map(({ id }) => id)])
        for (const { roles } of Object.values(settings.profiles)) {
          for (const name of Object.values(roles).flat()) expect(known).toContain(name.split('/')[0])
        }
        expect(Object.keys(settings.providers).at(-1)).toBe('sandbox')
        expect(load({ config: value, env })).toEqual(loaded)
      }),
    )
  })
})
