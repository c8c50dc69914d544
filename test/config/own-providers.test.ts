/** Providers of the user's own, and changes to those of the shelf. */
import { describe, expect, expectTypeOf, it } from 'vitest'
import { endpointsAt } from '../../src/config/endpoints.ts'
import type { FileQuirks } from '../../src/config/schema.ts'
import type { Quirks } from '../../src/conversation/quirks.ts'
import { keyHeaders, quirksFor } from '../../src/providers/provider.ts'
import { type House, settings } from './house.ts'

const alpha = {
  base_url: 'http://127.0.0.1:9001/v1',
  dialect: 'openai-chat',
  api_key: 'env:ALPHA_KEY',
  headers: {},
}
const own = (entry: object, house: House = {}) =>
  settings({ ...house, config: { providers: { alpha: entry } } }).providers['alpha']

describe('an own provider', () => {
  it('stands beside the shelf and comes before it', () => {
    const found = settings({
      config: { providers: { alpha }, model_tiers: { BIG: { default: 'alpha/some-model', cascade: [] } } },
      env: { GROQ_API_KEY: 'k' },
      dotEnv: 'ALPHA_KEY=abc',
    })
    expect(Object.keys(found.providers)).toEqual(['alpha', 'groq', 'sandbox'])
    expect(found.providers['alpha']).toMatchObject({ key: 'abc', keySource: '~/.xx/.env:1', headers: {} })
    expect(found.profiles['default']?.roles).toEqual({
      big: ['alpha/some-model'],
      middle: ['alpha/some-model'],
      small: ['alpha/some-model'],
    })
    expect(found.warnings).toEqual([])
  })

  it('without its key cannot be used, and says which variable is missing', () => {
    const found = settings({ config: { providers: { alpha } } })
    expect(found.providers['alpha']).toBeUndefined()
    expect(found.unusable[0]).toEqual({ id: 'alpha', because: 'ALPHA_KEY is not set (~/.xx/config.json:6)' })
  })

  it('may need no key, have it in the file, or in a file of its own', () => {
    const { api_key, ...bare } = alpha
    expect(own(bare)?.key).toBeUndefined()
    expect(own({ ...bare, api_key: 'literal' })?.key).toBe('literal')
    const files = { '~/.xx/secret': 'from file\n', '~/keys/a': 'from home' }
    expect(own({ ...bare, api_key: 'file:secret' }, { files })?.key).toBe('from file')
    expect(own({ ...bare, api_key: 'file:~/keys/a' }, { files })?.key).toBe('from home')
    const lost = settings({ config: { providers: { alpha: { ...bare, api_key: 'file:/none' } } } })
    expect(lost.unusable[0]?.because).toBe('/none does not exist (~/.xx/config.json:7)')
  })

  it('carries its key the way its dialects do, or as it says', () => {
    const provider = own({ ...alpha, dialects: ['anthropic', 'gemini'], api_key: 'k' })?.provider
    if (!provider) throw new Error('no alpha')
    expect(keyHeaders(provider, 'openai-chat', 'k')).toEqual({ authorization: 'Bearer k' })
    expect(keyHeaders(provider, 'anthropic', 'k')).toEqual({ 'x-api-key': 'k' })
    expect(keyHeaders(provider, 'gemini', 'k')).toEqual({ 'x-goog-api-key': 'k' })
    const bearer = own({ ...alpha, dialect: 'anthropic', auth: 'bearer', api_key: 'k' })?.provider
    expect(bearer && keyHeaders(bearer, 'anthropic', 'k')).toEqual({ authorization: 'Bearer k' })
  })

  it.each([
    ['openai-compatible', 'openai-chat'],
    ['anthropic-compatible', 'anthropic'],
  ])('of type %s speaks %s', (type, dialect) => {
    expect(Object.keys(own({ base_url: 'https://h', type })?.provider.speaks ?? {})).toEqual([dialect])
  })

  it('has quirks for all its models and for some', () => {
    const provider = own({
      ...alpha,
      api_key: 'k',
      quirks: { max_tokens_field: 'max_completion_tokens', images: false },
      models: { 'see-*': { images: true }, 'a.b': { max_output_tokens: 5 } },
      query: { v: '2' },
    })?.provider
    if (!provider) throw new Error('no alpha')
    expect(quirksFor(provider, 'x')).toEqual({ maxTokensField: 'max_completion_tokens', images: false })
    expect(quirksFor(provider, 'see-far')).toMatchObject({ images: true })
    expect(quirksFor(provider, 'a.b')).toMatchObject({ maxOutputTokens: 5 })
    expect(quirksFor(provider, 'aXb').maxOutputTokens).toBeUndefined()
    expect(provider.query).toEqual({ v: '2' })
  })

  it('sends headers of its own, whose secrets may stand elsewhere', () => {
    const headers = { 'X-Team': 'blue', 'X-Token': 'env:TEAM_TOKEN' }
    expect(own({ ...alpha, api_key: 'k', headers }, { env: { TEAM_TOKEN: 't' } })?.headers).toEqual({
      'x-team': 'blue',
      'x-token': 't',
    })
    const lost = settings({ config: { providers: { alpha: { ...alpha, api_key: 'k', headers } } } })
    expect(lost.unusable[0]?.because).toContain('header X-Token: TEAM_TOKEN is not set')
  })

  it('is never taken for one that was not named, not even where it is the only one', () => {
    const { api_key, ...bare } = alpha
    expect(settings({ config: { providers: { alpha: bare } } }).defaultProvider).toBeUndefined()
    expect(settings({ config: { providers: { alpha: bare, beta: bare } } }).defaultProvider).toBeUndefined()
  })
})

describe('changes to the shelf', () => {
  it('keep what they do not mention', () => {
    const found = settings({
      env: { DEEPSEEK_API_KEY: 'k' },
      config: {
        providers: { deepseek: { headers: { 'x-a': 'b' }, quirks: { images: true }, dialect: 'anthropic' } },
      },
    }).providers['deepseek']
    expect(found).toMatchObject({ key: 'k', baseUrl: 'https://api.deepseek.com', dialect: 'anthropic' })
    expect(found?.headers).toEqual({ 'x-a': 'b' })
    expect(found?.provider.quirks).toMatchObject({ images: true, reasoningReplay: 'required' })
    expect(Object.keys(found?.provider.speaks ?? {})).toContain('openai-chat')
  })

  it.each([
    ['DEEPSEEK_BASE_URL', 'deepseek', 'http://h:1', 'http://h:1/chat/completions'],
    [
      'MOONSHOT_BASE_URL',
      'moonshot',
      'https://api.moonshot.cn/v1',
      'https://api.moonshot.cn/v1/chat/completions',
    ],
    [
      'MOONSHOT_BASE_URL',
      'moonshot',
      'https://mirror.example/x/y',
      'https://mirror.example/x/y/chat/completions',
    ],
    ['OLLAMA_BASE_URL', 'ollama', 'nas:11434', 'http://nas:11434/v1/chat/completions'],
    ['OLLAMA_BASE_URL', 'ollama', 'http://nas:11434/v1/', 'http://nas:11434/v1/chat/completions'],
    ['GEMINI_BASE_URL', 'gemini', 'http://h:1/v1beta', 'http://h:1/v1beta/models/{model}:{method}'],
    ['GEMINI_BASE_URL', 'gemini', 'http://h:1', 'http://h:1/v1beta/models/{model}:{method}'],
    ['ANTHROPIC_BASE_URL', 'anthropic', 'http://h:1/v1', 'http://h:1/v1/messages'],
    [
      'ANTHROPIC_BASE_URL',
      'anthropic',
      'https://api.z.ai/api/anthropic',
      'https://api.z.ai/api/anthropic/v1/messages',
    ],
    ['OPENROUTER_BASE_URL', 'openrouter', 'http://h:1/api/v1', 'http://h:1/api/v1/chat/completions'],
  ])('%s moves %s to %s', (variable, id, url, endpoint) => {
    const keys = {
      DEEPSEEK_API_KEY: 'k',
      MOONSHOT_API_KEY: 'k',
      GEMINI_API_KEY: 'k',
      ANTHROPIC_API_KEY: 'k',
      OPENROUTER_API_KEY: 'k',
    }
    const found = settings({ env: { ...keys, [variable]: url } }).providers[id]
    expect(`${found?.baseUrl}${Object.values(found?.provider.speaks ?? {})[0]}`).toBe(endpoint)
  })
})

describe('endpoints of an unknown place', () => {
  it.each([
    ['http://h', 'openai-chat', 'http://h/v1/chat/completions'],
    ['http://h/v1', 'openai-chat', 'http://h/v1/chat/completions'],
    ['http://h/api/paas/v4', 'openai-chat', 'http://h/api/paas/v4/chat/completions'],
    ['http://h/openai', 'openai-chat', 'http://h/openai/chat/completions'],
    ['http://h/v1/chat/completions', 'openai-chat', 'http://h/v1/chat/completions'],
    ['http://h', 'openai-responses', 'http://h/v1/responses'],
    ['http://h/v1/responses', 'openai-responses', 'http://h/v1/responses'],
    ['http://h', 'anthropic', 'http://h/v1/messages'],
    ['http://h/v1', 'anthropic', 'http://h/v1/messages'],
    ['http://h/anthropic', 'anthropic', 'http://h/anthropic/v1/messages'],
    ['http://h/v1/messages', 'anthropic', 'http://h/v1/messages'],
    ['http://h', 'gemini', 'http://h/v1beta/models/{model}:{method}'],
    ['http://h/v1beta', 'gemini', 'http://h/v1beta/models/{model}:{method}'],
    ['http://h/v1', 'gemini', 'http://h/v1/models/{model}:{method}'],
  ] as const)('%s in %s: %s', (url, dialect, endpoint) => {
    const { baseUrl, speaks } = endpointsAt(url, [dialect])
    expect(`${baseUrl}${speaks[dialect]}`).toBe(endpoint)
  })
})

describe('quirks in the file', () => {
  type Camel<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name
  type Read = { readonly [Name in keyof FileQuirks as Camel<Name>]?: Exclude<FileQuirks[Name], undefined> }

  it('have the same names and values as those of the shelf', () => {
    expectTypeOf<keyof Read>().toEqualTypeOf<keyof Quirks>()
    expectTypeOf<Read>().toExtend<Quirks>()
  })
})
