/** A broken configuration says where, what was expected and what was perhaps meant. */
import { describe, expect, it } from 'vitest'
import { describeProblem } from '../../src/config/problem.ts'
import { type House, home, problems } from './house.ts'

const said = (house: House) => problems(house).map(describeProblem)
const file = `${home}/.xx/config.json`

describe('config.json', () => {
  it('names file, line, column, field and the nearest key', () => {
    const config = '{\n  "limits": {\n    "max_atempts": 3\n  }\n}'
    expect(said({ config })).toEqual([
      `${file}:3:5: limits.max_atempts: unknown key (did you mean max_attempts?)`,
    ])
    expect(problems({ config })[0]).toMatchObject({ file, line: 3, column: 5, nearest: 'max_attempts' })
  })

  it.each<[string, unknown, string]>([
    ['an unknown key far from all', { zebra: 1 }, '2:3: zebra: unknown key; valid here: $schema, host, port'],
    [
      'a key of a provider',
      { providers: { a: { base_ur: 'x' } } },
      'providers.a.base_ur: unknown key (did you mean base_url?)',
    ],
    [
      'a quirk',
      { providers: { a: { quirks: { stream_usag: true } } } },
      'stream_usag: unknown key (did you mean stream_usage?)',
    ],
    ['a tier', { model_tiers: { BIGG: {} } }, 'model_tiers.BIGG: unknown key (did you mean BIG?)'],
    ['a role', { roles: { thnik: ['a/b'] } }, 'roles.thnik: unknown key (did you mean think?)'],
    [
      'a key of a profile',
      { profiles: { k: { modle: 'a/b' } } },
      'profiles.k.modle: unknown key (did you mean model?)',
    ],
    [
      'a key of a listener',
      { listeners: [{ port: 1, profil: 'x' }] },
      'listeners.0.profil: unknown key (did you mean profile?)',
    ],
    [
      'a text for a number',
      { limits: { max_attempts: 'six' } },
      'limits.max_attempts: expected a number, found "six"',
    ],
    [
      'half a number',
      { limits: { max_attempts: 1.5 } },
      'limits.max_attempts: expected a whole number, found 1.5',
    ],
    [
      'a number below',
      { limits: { max_attempts: 0 } },
      'limits.max_attempts: expected a number from 1, found 0',
    ],
    ['a port above', { port: 99_999 }, 'port: expected a number up to 65535, found 99999'],
    ['a listener without a port', { listeners: [{}] }, 'listeners.0.port: expected a number, found nothing'],
    ['a list for an object', { providers: [] }, 'providers: expected an object, found a list'],
    [
      'an unknown dialect',
      { providers: { a: { base_url: 'http://h/v1', dialect: 'openai-chatt' } } },
      'providers.a.dialect: expected anthropic or openai-chat or openai-responses or gemini, found "openai-chatt" (did you mean openai-chat?)',
    ],
    [
      'a profile that is a number',
      { profiles: { k: 3 } },
      'profiles.k: expected a model name or an object, found 3',
    ],
    [
      'a path without a slash',
      { providers: { a: { paths: { gemini: 'x' } } } },
      'providers.a.paths.gemini: expected a path that begins with /, found "x"',
    ],
    ['a path for no dialect', { providers: { a: { paths: { gemni: '/x' } } } }, 'providers.a.paths'],
  ])('%s', (_, config, expected) => expect(said({ config }).join('\n')).toContain(expected))

  it('complains about everything at once', () => {
    expect(said({ config: { prot: 1, limits: { max_attempts: 'x' }, log: { level: 'loud' } } })).toHaveLength(
      3,
    )
  })

  it('is not half-read when it is no JSON', () => {
    expect(said({ config: '{ "port": 1, }' })).toEqual([
      `${file}:1:12: a comma after the last entry is not JSON`,
    ])
  })

  it('never repeats a secret in a complaint', () => {
    const config = {
      client_keys: [12_345_678],
      providers: { a: { api_key: 87_654_321, headers: { 'x-key': 999_111 } } },
    }
    const text = said({ config }).join('\n')
    expect(text).toContain('client_keys.0: expected a text, found a number')
    expect(text).not.toMatch(/12345678|87654321|999111/)
  })

  it('does not hold what no request could carry, and says so without the value', () => {
    const config =
      '{ "providers": { "a": { "base_url": "http://h/v1", "dialect": "gemini",\n  "api_key": "k\u201d",\n  "headers": { "x y": "z", "x-z": "\u6f22" } } } }'
    expect(
      said({ config, env: { CUSTOM_HEADER_X: 'a\nb: c', OPENAI_API_KEY: '\u201csk\u201d' } }).toSorted(),
    ).toEqual(
      [
        `${file}:2:3: providers.a.api_key: holds letters that an HTTP header cannot carry`,
        `${file}:3:16: providers.a.headers.x y: "x y" cannot be the name of a header`,
        `${file}:3:28: providers.a.headers.x-z: holds letters that an HTTP header cannot carry`,
        'environment: CUSTOM_HEADER_X: holds letters that an HTTP header cannot carry',
        'environment: OPENAI_API_KEY: holds letters that an HTTP header cannot carry',
      ].toSorted(),
    )
  })

  it('must exist when it was asked for, and need not otherwise', () => {
    expect(said({ flags: { config: '/nowhere.json' } })).toEqual(['/nowhere.json: does not exist'])
    expect(said({})).toEqual([])
  })

  it('is read relative to the folder the command was typed in', () => {
    expect(said({ flags: { config: 'my.json' }, cwd: '/work', files: { '/work/my.json': '[]' } })).toEqual([
      '/work/my.json:1:1: expected an object, found a list',
    ])
  })
})

describe('what the file says of the world', () => {
  it.each<[string, unknown, string]>([
    [
      'an own provider without an address',
      { providers: { opnai: {} } },
      '3:5: providers.opnai: expected base_url, because no provider of the shelf has this name (did you mean openai?)',
    ],
    [
      'an own provider without a dialect',
      { providers: { a: { base_url: 'http://h' } } },
      'providers.a: expected dialect',
    ],
    [
      'an address that is none',
      { providers: { a: { base_url: 'not a url', dialect: 'gemini' } } },
      'providers.a.base_url: expected a URL such as',
    ],
    [
      'an address of our own',
      { providers: { a: { base_url: 'http://localhost:8082/v1', dialect: 'gemini' } } },
      'is this gateway itself',
    ],
    [
      'a provider named like a path',
      { providers: { 'a/b': { base_url: 'http://h', dialect: 'gemini' } } },
      'a provider is named with letters',
    ],
    [
      'a default provider nobody knows',
      { default_provider: 'opnrouter' },
      'default_provider: no provider is named opnrouter (did you mean openrouter?)',
    ],
    [
      'a listener with a profile nobody wrote',
      { listeners: [{ port: 8083, profile: 'kimmi' }], profiles: { kimi: 'a/b' } },
      'listeners.0.profile: no profile is named kimmi (did you mean kimi?)',
    ],
    [
      'two listeners in one place',
      { listeners: [{ port: 8083 }, { port: 8083 }] },
      'listeners.1.port: two listeners on 127.0.0.1:8083',
    ],
    [
      'a profile that cannot stand in a URL',
      { profiles: { 'a b': 'x/y' } },
      'profiles.a b: a profile is named with letters',
    ],
    [
      'limits the wrong way round',
      { limits: { min_output_tokens: 9, max_output_tokens: 5 } },
      'limits.min_output_tokens: 9 is more than the upper limit, 5',
    ],
    ['a client key that is nowhere', { client_keys: ['env:NOT_SET'] }, 'client_keys.0: NOT_SET is not set'],
    [
      'a host that is not this machine, without keys',
      { host: '0.0.0.0' },
      '2:3: host: listening on 0.0.0.0 lets others reach',
    ],
  ])('%s', (_, config, expected) => expect(said({ config }).join('\n')).toContain(expected))
})

describe('variables and flags', () => {
  it.each<[string, House, string]>([
    [
      'a port that is none',
      { env: { PORT: 'abc' } },
      'environment: PORT: expected a whole number from 0 to 65535, found "abc"',
    ],
    [
      'a port beyond',
      { flags: { port: '70000' } },
      'command line: --port: expected a whole number from 0 to 65535',
    ],
    [
      'a line of a .env',
      { dotEnv: '# mine\nMAX_RETRIES=two\n' },
      `${home}/.xx/.env:2: MAX_RETRIES: expected a whole number from 0, found "two"`,
    ],
    [
      'a level nobody knows',
      { env: { LOG_LEVEL: 'verbos' } },
      'LOG_LEVEL: expected debug, info, warn or error',
    ],
    [
      'a time that is none',
      { env: { REQUEST_TIMEOUT: '-1' } },
      'REQUEST_TIMEOUT: expected a number of seconds above 0',
    ],
    [
      'a method nobody knows',
      { env: { FALLBACK_METHOD: 'casade' } },
      'FALLBACK_METHOD: expected cascade or openrouter or openrouter_native or both or none, found casade (did you mean cascade?)',
    ],
    ['a base URL that is none', { env: { OPENAI_BASE_URL: 'ftp://x y' } }, 'OPENAI_BASE_URL: expected a URL'],
    [
      'a host that is not this machine',
      { env: { HOST: '192.168.1.5' } },
      'environment: HOST: listening on 192.168.1.5',
    ],
    [
      'a profile that is not there',
      { flags: { profile: 'kimi' } },
      'command line: --profile: no profile is named kimi',
    ],
  ])('%s', (_, house, expected) => expect(said(house).join('\n')).toContain(expected))

  it.each(['127.0.0.1', 'localhost', '::1', '127.3.2.1'])('%s is this machine', (host) =>
    expect(said({ env: { HOST: host } })).toEqual([]),
  )

  it('another host is fine with a key for clients', () => {
    expect(said({ env: { HOST: '0.0.0.0', PROXY_AUTH_KEY: 'open sesame' } })).toEqual([])
    expect(said({ env: { HOST: '0.0.0.0' }, config: { client_keys: ['k'] } })).toEqual([])
  })
})
