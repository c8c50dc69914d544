/** The settings of the programs people come from mean here what they meant there. */
import { describe, expect, it } from 'vitest'
import { loadSettings } from '../../src/config/load.ts'
import { type House, home, problems, settings } from './house.ts'

const env = (variables: Record<string, string>): House => ({ env: variables })
const roles = (house: House) => settings(house).profiles['default']?.roles

describe('OPENAI_API_KEY with OPENAI_BASE_URL', () => {
  it('alone is OpenAI in both its dialects', () => {
    const { providers } = settings(env({ OPENAI_API_KEY: 'sk-1' }))
    expect(providers['openai']).toMatchObject({ baseUrl: 'https://api.openai.com/v1', key: 'sk-1' })
    expect(Object.keys(providers['openai']?.provider.speaks ?? {})).toEqual([
      'openai-responses',
      'openai-chat',
    ])
  })

  it('at an unknown place is a Chat endpoint without the quirks of OpenAI', () => {
    const found = settings(
      env({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://10.0.0.7:9000/v1/', BIG_MODEL: 'my-model' }),
    )
    const place = found.providers['openai']
    expect(place?.baseUrl).toBe('http://10.0.0.7:9000/v1')
    expect(place?.provider.speaks).toEqual({ 'openai-chat': '/chat/completions' })
    expect(place?.provider.quirks).toBeUndefined()
    expect(found.profiles['default']?.roles.big).toEqual(['openai/my-model'])
    expect(found.defaultProvider).toBe('openai')
  })

  it('on this machine needs no key', () => {
    const found = settings(env({ OPENAI_BASE_URL: 'http://localhost:11434/v1', BIG_MODEL: 'qwen3' }))
    expect(found.providers['openai']?.key).toBeUndefined()
    expect(found.profiles['default']?.roles.big).toEqual(['openai/qwen3'])
  })

  it.each([
    ['https://openrouter.ai/api/v1', 'openrouter', ['openai-chat', 'anthropic', 'openai-responses']],
    ['https://api.moonshot.cn/v1', 'moonshot-cn', ['openai-chat', 'openai-responses']],
    ['https://api.moonshot.ai/v1', 'moonshot', ['openai-chat', 'openai-responses']],
    ['https://open.bigmodel.cn/api/paas/v4', 'zhipu', ['openai-chat']],
    ['https://api.z.ai/api/paas/v4', 'zai', ['openai-chat']],
    ['https://api.z.ai/api/coding/paas/v4', 'zai-coding', ['openai-chat']],
    ['https://api.minimax.io/v1', 'minimax', ['openai-chat', 'openai-responses']],
    ['https://generativelanguage.googleapis.com/v1beta', 'gemini', ['gemini', 'openai-chat']],
    ['https://generativelanguage.googleapis.com/v1beta/openai', 'gemini', ['openai-chat']],
    ['https://router.requesty.ai/v1', 'requesty', ['openai-chat', 'anthropic']],
    ['https://api.openai.com/v1', 'openai', ['openai-responses', 'openai-chat']],
  ])('%s is %s', (url, id, dialects) => {
    const found = settings(env({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: url }))
    expect(Object.keys(found.providers)).toEqual([id, 'sandbox'])
    expect(found.providers[id]).toMatchObject({ key: 'k', baseUrl: url })
    expect(Object.keys(found.providers[id]?.provider.speaks ?? {}).toSorted()).toEqual(dialects.toSorted())
    expect(found.defaultProvider).toBe(id)
  })

  it("does not take the key of a provider that has one, and the provider's own key wins", () => {
    const found = settings(
      env({ OPENAI_API_KEY: 'a', OPENAI_BASE_URL: 'https://openrouter.ai/api/v1', OPENROUTER_API_KEY: 'b' }),
    )
    expect(found.providers['openrouter']?.key).toBe('b')
    expect(found.providers['openai']).toBeUndefined()
  })

  it('that leads back to this gateway is for the agents: neither it nor its key is used', () => {
    const found = settings(env({ OPENAI_API_KEY: 'pass', OPENAI_BASE_URL: 'http://127.0.0.1:8082/v1' }))
    expect(Object.keys(found.providers)).toEqual(['sandbox'])
    expect(found.warnings.join()).toContain('is this gateway itself')
    const both = settings({
      env: { ANTHROPIC_API_KEY: 'pass', ANTHROPIC_BASE_URL: 'http://localhost:8082' },
      dotEnv: 'OPENAI_API_KEY=real',
    })
    expect(Object.keys(both.providers)).toEqual(['openai', 'sandbox'])
  })

  it('that leads back here leaves a key alone that was said elsewhere', () => {
    const found = settings({
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:8082' },
      dotEnv: 'ANTHROPIC_API_KEY=real',
    })
    expect(found.providers['anthropic']).toMatchObject({ key: 'real', baseUrl: 'https://api.anthropic.com' })
  })
})

describe('Azure', () => {
  const azure = (url: string, version?: string) =>
    settings(
      env({
        OPENAI_API_KEY: 'k',
        OPENAI_BASE_URL: url,
        BIG_MODEL: 'gpt-4o',
        ...(version && { AZURE_API_VERSION: version }),
      }),
    ).providers['azure-openai']

  it.each([
    [
      'https://r.openai.azure.com/openai/deployments/dep',
      '2024-03-01-preview',
      '/chat/completions',
      '2024-03-01-preview',
    ],
    ['https://r.openai.azure.com/openai/deployments/dep/', undefined, '/chat/completions', '2024-10-21'],
    [
      'https://r.openai.azure.com',
      '2024-06-01',
      '/openai/deployments/{model}/chat/completions',
      '2024-06-01',
    ],
    ['https://r.openai.azure.com', undefined, '/openai/v1/chat/completions', undefined],
    ['https://r.openai.azure.com/openai/v1', undefined, '/chat/completions', undefined],
    ['http://127.0.0.1:9001/openai/deployments/dep', '2024-06-01', '/chat/completions', '2024-06-01'],
  ])('%s (%s) is asked at %s', (url, version, path, sent) => {
    const found = azure(url, version)
    expect(found?.baseUrl).toBe(url.replace(/\/$/, ''))
    expect(found?.provider.speaks['openai-chat']).toBe(path)
    expect(found?.provider.query?.['api-version']).toBe(sent)
    expect(found?.provider.authorize).toBe('api-key')
  })

  it('has its own variables too', () => {
    const found = settings(
      env({ AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com', AZURE_OPENAI_API_KEY: 'k' }),
    )
    expect(found.providers['azure-openai']).toMatchObject({ key: 'k', baseUrl: 'https://r.openai.azure.com' })
  })
})

describe('models', () => {
  it('MIDDLE and SMALL are BIG where they are not said', () => {
    expect(roles(env({ OPENAI_API_KEY: 'k', BIG_MODEL: 'gpt-5' }))).toEqual({
      big: ['openai/gpt-5'],
      middle: ['openai/gpt-5'],
      small: ['openai/gpt-5'],
    })
  })

  it('are what was said', () => {
    const house = env({
      OPENROUTER_API_KEY: 'k',
      BIG_MODEL: 'moonshotai/kimi-k2.6:free',
      MIDDLE_MODEL: 'openrouter/z-ai/glm-5',
      SMALL_MODEL: 'openai/gpt-oss-20b',
    })
    expect(roles(house)).toEqual({
      big: ['openrouter/moonshotai/kimi-k2.6:free'],
      middle: ['openrouter/z-ai/glm-5'],
      small: ['openrouter/openai/gpt-oss-20b'],
    })
    expect(settings(house).defaultProvider).toBe('openrouter')
  })

  it('cascade in the order that was written, doubles once', () => {
    const house = env({
      OPENROUTER_API_KEY: 'k',
      BIG_MODEL: 'a/one',
      BIG_CASCADE: 'a/two, openrouter/a/one ,a/three,',
      TOOLCALL_MODELS: 'a/tool,b/tool',
      OPENROUTER_FALLBACK_MODELS: 'a/two,z/last',
    })
    expect(roles(house)?.big).toEqual(
      ['a/one', 'a/two', 'a/three', 'z/last'].map((name) => `openrouter/${name}`),
    )
    expect(roles(house)?.toolcall?.slice(0, 2)).toEqual(['openrouter/a/tool', 'openrouter/b/tool'])
    expect(roles({ env: { ...house.env, FALLBACK_METHOD: 'none' } })?.big).not.toContain('openrouter/z/last')
    expect(roles({ env: { ...house.env, MODEL_CASCADE: 'false' } })?.big).toEqual(['openrouter/a/one'])
  })

  it('of the environment replace those of the file one by one', () => {
    const config = {
      model_tiers: { BIG: { default: 'x/file', cascade: ['x/next'] }, SMALL: { default: 'x/small' } },
      fallbacks: ['x/last'],
      toolcall_models: ['x/tool'],
    }
    const keys = { OPENROUTER_API_KEY: 'k' }
    expect(roles({ config, env: keys })).toEqual({
      big: ['openrouter/x/file', 'openrouter/x/next', 'openrouter/x/last'],
      middle: ['openrouter/x/file', 'openrouter/x/next', 'openrouter/x/last'],
      small: ['openrouter/x/small', 'openrouter/x/last'],
      toolcall: ['openrouter/x/tool', 'openrouter/x/last'],
    })
    expect(roles({ config, env: { ...keys, BIG_MODEL: 'x/env' } })?.big).toEqual([
      'openrouter/x/env',
      'openrouter/x/next',
      'openrouter/x/last',
    ])
  })

  it('at home with a provider go there, whatever the default is', () => {
    const house = env({ OPENROUTER_API_KEY: 'k', ANTHROPIC_API_KEY: 'k', BIG_MODEL: 'claude-opus-5' })
    expect(roles(house)?.big).toEqual(['anthropic/claude-opus-5'])
  })

  it('go to the sandbox when nobody has a key, with a word about it', () => {
    expect(roles(env({ BIG_MODEL: 'gpt-5' }))?.big).toEqual(['sandbox/gpt-5'])
    expect(settings(env({ BIG_MODEL: 'deepseek/deepseek-v4-pro' })).warnings).toEqual([
      'env BIG_MODEL: deepseek/deepseek-v4-pro cannot be reached: DEEPSEEK_API_KEY is not set',
    ])
  })

  it('of this machine are there as soon as somebody speaks of them', () => {
    expect(Object.keys(settings().providers)).not.toContain('ollama')
    expect(Object.keys(settings(env({ BIG_MODEL: 'ollama/qwen3' })).providers)).toContain('ollama')
    expect(Object.keys(settings(env({ OLLAMA_BASE_URL: 'http://nas:11434' })).providers)).toContain('ollama')
    expect(Object.keys(settings({ config: { fallbacks: ['vllm/x'] } }).providers)).toContain('vllm')
    expect(Object.keys(settings({ config: { providers: { lmstudio: {} } } }).providers)).toContain('lmstudio')
  })
})

describe('DEFAULT_PROVIDER', () => {
  it.each<[Record<string, string>, string | undefined]>([
    [{ DEFAULT_PROVIDER: 'kimi', MOONSHOT_API_KEY: 'k', OPENROUTER_API_KEY: 'k' }, 'moonshot'],
    [{ MOONSHOT_API_KEY: 'k', OPENROUTER_API_KEY: 'k' }, 'openrouter'],
    [{ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://h:1/v1', ANTHROPIC_API_KEY: 'k' }, 'openai'],
    [{ OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' }, undefined],
    [{ ANTHROPIC_API_KEY: 'k' }, undefined],
    [{ CEREBRAS_API_KEY: 'k' }, undefined],
    [{ CEREBRAS_API_KEY: 'k', BIG_MODEL: 'cerebras/x' }, undefined],
    [{}, 'sandbox'],
  ])('%o: %s', (variables, id) => expect(settings(env(variables)).defaultProvider).toBe(id))

  it('is missed aloud when it has no key', () => {
    expect(settings(env({ DEFAULT_PROVIDER: 'groq' })).warnings).toEqual([
      'env DEFAULT_PROVIDER: groq cannot be used: GROQ_API_KEY is not set',
    ])
  })
})

describe('headers and keys of clients', () => {
  it('CUSTOM_HEADER_* goes with every upstream request, credentials only where OPENAI_BASE_URL is', () => {
    const found = settings(
      env({
        CUSTOM_HEADER_X_Foo: 'bar',
        CUSTOM_HEADER_AUTHORIZATION: 'Basic x',
        OPENAI_BASE_URL: 'http://h:1/v1',
        OPENAI_API_KEY: 'k',
        GROQ_API_KEY: 'k',
      }),
    )
    expect(found.providers['groq']?.headers).toEqual({ 'x-foo': 'bar' })
    expect(found.providers['openai']?.headers).toEqual({ 'x-foo': 'bar', authorization: 'Basic x' })
  })

  it("ANTHROPIC_API_KEY is Anthropic's key and opens nothing here; PROXY_AUTH_KEY does", () => {
    const found = settings(env({ ANTHROPIC_API_KEY: 'sk-ant', PROXY_AUTH_KEY: 'open' }))
    expect(found.providers['anthropic']?.key).toBe('sk-ant')
    expect(found.clientKeys).toEqual(['open'])
  })
})

describe('HEADROOM_BYPASS_THRESHOLD', () => {
  it('is the least that is shortened', () => {
    expect(settings(env({ HEADROOM_BYPASS_THRESHOLD: '700' })).compression?.minTokens).toBe(700)
    expect(settings({}).compression?.minTokens).toBe(100)
  })
})

describe('lines without effect in our .env files', () => {
  const warned = (dotEnv: string, config?: unknown) => settings({ dotEnv, config }).warnings

  it.each([
    ['OPENAI_API_KEYS=x', 'OPENAI_API_KEYS has no effect: did you mean OPENAI_API_KEY?'],
    ['BIG_MDOEL=x', 'BIG_MDOEL has no effect: did you mean BIG_MODEL?'],
    ['big_model=x', 'big_model has no effect: did you mean BIG_MODEL?'],
    ['CUSTOM_HEADERX=1', 'did you mean CUSTOM_HEADER_…?'],
    ['DAILY_TOKEN_BUDGET=5', 'DAILY_TOKEN_BUDGET has no effect: use "budgets" in config.json'],
    ['MODEL_CASCADE_DAILY_LIMIT=5', 'use "quotas" of a provider'],
    ['HEADROOM_PORT=8787', 'HEADROOM_PORT has no effect: use "listeners" in config.json'],
    ['HEADROOM_UPSTREAM_URL=x', `HEADROOM_UPSTREAM_URL has no effect: a provider's "base_url"`],
    ['HEADROOM_MODE=token_headroom', 'HEADROOM_MODE has no effect: use "compression": off, lossless'],
    [
      'HEADROOM_KOMPRESS_DEVICE=cuda',
      'HEADROOM_KOMPRESS_DEVICE has no effect: no model shortens anything here',
    ],
    ['HEADROOM_START_TIMEOUT=9', 'no model shortens anything here'],
    ['HEADROOM_CONTEXT_TOOL=rtk', '"engine": "rtk"'],
    ['HEADROOM_OTHER=1', 'HEADROOM_BYPASS_THRESHOLD is honoured'],
    ['TOOL_SCHEMA_STRIP=1', "tools' schemas are never shortened"],
    ['WATCHDOG_SECONDS=5', 'WATCHDOG_SECONDS has no effect: this gateway has no such setting'],
    ['REASONING_EFFORT=high', "REASONING_EFFORT has no effect: the client's own effort"],
    ['BIG_API_KEY=x', 'BIG_API_KEY has no effect: write provider/model in BIG_MODEL'],
    ['LOCAL_MODEL=x', 'LOCAL_MODEL has no effect: write ollama/model'],
    ['XX_HOME=/tmp', 'XX_HOME has no effect: it says where this file is'],
    ['MY_OWN=1', 'MY_OWN has no effect: no setting has this name'],
    ['what is this', '~/.xx/.env:1: this line sets nothing; expected NAME=value'],
  ])('%s', (line, warning) => {
    expect(warned(line).join()).toContain(warning)
    expect(warned(line).join()).toContain('~/.xx/.env:1: ')
  })

  it('are not those that are settings, or that config.json refers to', () => {
    const config = { providers: { a: { base_url: 'http://h:1', dialect: 'gemini', api_key: 'env:MY_OWN' } } }
    expect(
      warned('# a comment\n\nexport PORT=1\nGROQ_API_KEY=k\nCUSTOM_HEADER_X=1\nMY_OWN=1', config),
    ).toEqual([])
  })

  it('of the environment are not our business', () => {
    expect(settings(env({ BIG_MDOEL: 'x', DAILY_TOKEN_BUDGET: '5' })).warnings).toEqual([])
  })

  it('do not swallow the line behind them', () => {
    const dotEnv = 'GROQ_API_KEY=k\nsk-a-key-without-a-name\nBIG_MODEL=groq/a\n=x\nSMALL_MODEL=groq/b'
    expect(settings({ dotEnv }).profiles['default']?.roles).toMatchObject({
      big: ['groq/a'],
      small: ['groq/b'],
    })
    expect(warned(dotEnv)).toEqual([
      '~/.xx/.env:2: this line sets nothing; expected NAME=value',
      '~/.xx/.env:4: this line sets nothing; expected NAME=value',
    ])
  })

  it('may stand inside a quoted text', () => {
    expect(warned('PROXY_AUTH_KEY="one\ntwo words"')).toEqual([])
  })
})

it('the keys of config.json that are for the launcher are accepted without a word', () => {
  const { warnings } = settings({
    config: {
      quotas: { 'a/b': { cooldown_seconds: 5 } },
      proxy: { auto_start: true },
      launch: { safe: true, forbid_bypass: false },
      tiers: { k: 'openrouter/x/y' },
      selectors: { best: 'openrouter/x/y' },
    },
  })
  expect(warnings).toEqual([])
})

it('a .env that cannot be read is a warning, not a stop', () => {
  const loaded = loadSettings({
    flags: {},
    env: {},
    home,
    readFile: (path) =>
      path.endsWith('.env') ? { kind: 'unreadable', because: 'EACCES' } : { kind: 'missing' },
  })
  expect(loaded.ok && loaded.settings.warnings).toEqual(['~/.xx/.env: cannot be read (EACCES)'])
})

describe('what routing is told', () => {
  const keys = { OPENROUTER_API_KEY: 'k' }

  it('breaker and thresholds, as the seed names them and in the file', () => {
    const told = settings(env({ ...keys, CB_FAILURE_THRESHOLD: '5', ROUTER_LONG_CONTEXT_THRESHOLD: '90000' }))
    expect(told.breaker).toEqual({ failures: 5, openMs: 60_000, longestCooldownMs: 3_600_000 })
    expect(told.longContextTokens).toBe(90_000)
    const file = settings({ config: { breaker: { failures: 2, open_seconds: 7 } } })
    expect(file.breaker).toMatchObject({ failures: 2, openMs: 7_000 })
  })

  it('quotas by model', () => {
    const quotas = { 'a/b': { max_requests_per_minute: 5, cooldown_seconds: 30 } }
    expect(settings({ config: { quotas } }).quotas).toEqual({
      'a/b': { maxRequestsPerMinute: 5, cooldownMs: 30_000 },
    })
  })

  it.each([
    ['cascade', true, undefined],
    ['openrouter_native', false, ['a/two', 'z/last']],
    ['both', true, ['a/two', 'z/last']],
    ['none', false, undefined],
  ])('FALLBACK_METHOD=%s', (method, inCascade, native) => {
    const told = settings(
      env({
        ...keys,
        BIG_MODEL: 'a/one',
        OPENROUTER_FALLBACK_MODELS: 'a/two,openrouter/z/last',
        FALLBACK_METHOD: method,
      }),
    )
    expect(told.profiles['default']?.roles.big?.includes('openrouter/z/last')).toBe(inCascade)
    expect(told.nativeFallbacks).toEqual(native)
  })

  it('several keys of one provider, from a variable and from the file', () => {
    const told = settings({
      env: { OPENROUTER_API_KEY: 'first', PROVIDERS_OPENROUTER_API_KEYS: 'second, first,third' },
      config: {
        providers: { deepseek: { api_keys: ['one', 'two'], quotas: ['200 requests/day', '$5/day'] } },
      },
    })
    expect(told.providers['openrouter']?.accounts).toEqual([
      { id: '1', key: 'first' },
      { id: '2', key: 'second' },
      { id: '3', key: 'third' },
    ])
    expect(told.providers['deepseek']).toMatchObject({
      key: 'one',
      accounts: [
        { id: '1', key: 'one' },
        { id: '2', key: 'two' },
      ],
      allowances: [
        { unit: 'requests', per: 'day', limit: 200 },
        { unit: 'dollars', per: 'day', limit: 5 },
      ],
    })
  })

  it('a provider that only variables speak of, with its key', () => {
    const { providers, warnings } = settings({
      dotEnv:
        'PROVIDERS_MY_THING_URL=http://10.0.0.5:9000/v1\nPROVIDERS_MY_THING_API_KEY=one\nPROVIDERS_MY_THING_API_KEYS=one,two',
      env: { BIG_MODEL: 'my_thing/large' },
    })
    expect(providers['my_thing']).toMatchObject({
      baseUrl: 'http://10.0.0.5:9000/v1',
      key: 'one',
      accounts: [{ key: 'one' }, { key: 'two' }],
      provider: { speaks: { 'openai-chat': '/chat/completions' }, authorize: 'bearer' },
    })
    expect(warnings).toEqual([])
  })

  it('a provider of the shelf is moved by the same names; its own names count before them', () => {
    const { providers } = settings({
      env: {
        PROVIDERS_DEEPSEEK_URL: 'https://mirror.test',
        PROVIDERS_DEEPSEEK_API_KEY: 'general',
        PROVIDERS_GROQ_API_KEY: 'general',
        GROQ_API_KEY: 'own',
        PROVIDERS_OPENAI_URL: 'https://gate.test/v1',
        OPENAI_API_KEY: 'sk',
        PROVIDERS_OLLAMA_URL: 'http://10.0.0.9:11434',
      },
    })
    expect(providers['deepseek']).toMatchObject({
      key: 'general',
      keySource: 'env PROVIDERS_DEEPSEEK_API_KEY',
    })
    expect(providers['deepseek']?.baseUrl).toMatch(/^https:\/\/mirror\.test/)
    expect(providers['groq']?.key).toBe('own')
    expect(providers['openai']).toMatchObject({ baseUrl: 'https://gate.test/v1', key: 'sk' })
    expect(providers['ollama']?.baseUrl).toMatch(/^http:\/\/10\.0\.0\.9:11434/)
  })

  it('what the file says of a provider is kept, the variable moves it', () => {
    const { providers } = settings({
      env: { PROVIDERS_ALPHA_URL: 'http://b.test', PROVIDERS_ALPHA_API_KEY: 'k' },
      config: { providers: { alpha: { base_url: 'http://a.test', dialect: 'anthropic' } } },
    })
    expect(providers['alpha']).toMatchObject({ baseUrl: 'http://b.test', key: 'k' })
    expect(providers['alpha']?.provider.speaks).toEqual({ anthropic: '/v1/messages' })
  })

  it('a URL that is none is a problem, one that leads back here is set aside, a key for nobody is said', () => {
    expect(problems({ env: { PROVIDERS_X_URL: 'not a url' } })[0]?.message).toContain('expected a URL')
    const { providers, warnings } = settings({
      dotEnv: 'PROVIDERS_X_URL=http://127.0.0.1:8082/v1\nPROVIDERS_NOBODY_API_KEY=k',
    })
    expect(providers['x']).toBeUndefined()
    expect(warnings).toHaveLength(2)
    expect(warnings.join('\n')).toMatch(/this gateway itself; set aside/)
    expect(warnings.join('\n')).toMatch(/PROVIDERS_NOBODY_API_KEY has no effect: no provider has this name/)
  })

  it('profiles that pass through, stand by, or expire', () => {
    const profiles = { b: { bypass: true }, s: { lane: 'standby', expires_at: '2027-01-01T00:00:00Z' } }
    const told = settings({ config: { profiles } })
    expect(told.profiles['b']?.bypass).toBe(true)
    expect(told.profiles['s']).toMatchObject({
      lane: 'standby',
      expiresAtMs: Date.parse('2027-01-01T00:00:00Z'),
    })
  })
})
