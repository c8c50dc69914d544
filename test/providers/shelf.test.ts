/** The shelf as a whole: every entry is well-formed, and every one that was promised is there. */
import { describe, expect, it } from 'vitest'
import { providers, shelf } from '../../src/providers/index.ts'
import { dialectsFor, keyHeaders, quirksFor } from '../../src/providers/provider.ts'

const promised =
  'anthropic openai azure-openai gemini openrouter ollama deepseek moonshot moonshot-cn zai zhipu zai-coding minimax minimax-cn qwen qwen-cn groq cerebras nvidia mistral xai together fireworks requesty opencode-zen lmstudio vllm llama-cpp sandbox'

describe('the shelf', () => {
  it('holds every provider that was promised', () => {
    expect(Object.keys(shelf).toSorted()).toEqual(promised.split(' ').toSorted())
  })

  it('gives every provider a first word of its own', () => {
    const names = providers.flatMap(({ id, aliases = [] }) => [id, ...aliases])
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*$/)
  })

  it('gives no key variable to two providers, except to two plans of one account', () => {
    const owners = new Map<string, string[]>()
    for (const { id, keyVariables } of providers) {
      for (const name of keyVariables) owners.set(name, [...(owners.get(name) ?? []), id])
    }
    const shared = [...owners].filter(([, ids]) => ids.length > 1)
    expect(shared).toEqual([
      ['ZAI_API_KEY', ['zai', 'zai-coding']],
      ['Z_AI_API_KEY', ['zai', 'zai-coding']],
    ])
  })

  it('gives each family of model names to one vendor', () => {
    const models = [
      'claude-opus-4-7',
      'gpt-5.5',
      'o3',
      'gemini-3-pro',
      'deepseek-v4-pro',
      'kimi-k2.6',
      'glm-5.3',
    ]
    const homes = models.map((model) =>
      providers.filter(({ homeOf }) => homeOf?.test(model)).map(({ id }) => id),
    )
    expect(homes).toEqual([
      ['anthropic'],
      ['openai'],
      ['openai'],
      ['gemini'],
      ['deepseek'],
      ['moonshot', 'moonshot-cn'],
      ['zai', 'zhipu'],
    ])
  })
})

describe.each(providers.map((provider) => [provider.id, provider] as const))('%s', (id, provider) => {
  it('has an address: https abroad, http only on this machine', () => {
    if (id === 'azure-openai') return expect(provider.baseUrl).toBe('')
    if (id === 'sandbox') return expect(provider.baseUrl).toBe('sandbox://in-process')
    const url = new URL(provider.baseUrl)
    expect(provider.baseUrl).not.toMatch(/\/$/)
    if (provider.local) expect(url.hostname).toBe('127.0.0.1')
    else expect(url.protocol).toBe('https:')
  })

  it('speaks at least one dialect, each at a path of its own', () => {
    const paths = Object.values(provider.speaks)
    expect(paths.length).toBeGreaterThan(0)
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of paths) expect(path).toMatch(/^\/\S+[^/]$/)
    if (provider.speaks.gemini) expect(provider.speaks.gemini).toMatch(/\{model\}:\{method\}$/)
  })

  it('names its variables the way people expect', () => {
    for (const name of provider.keyVariables) expect(name).toMatch(/^[A-Z][A-Z0-9_]*_API_KEY$/)
    for (const name of provider.baseUrlVariables ?? []) {
      expect(name).toMatch(/^[A-Z][A-Z0-9_]*_(BASE_URL|ENDPOINT|API_BASE)$/)
    }
    if (!provider.local) {
      expect(provider.keyVariables.length).toBeGreaterThan(0)
      expect(provider.keysPage).toMatch(/^https:/)
    }
  })

  it('answers every model in some dialect that it speaks', () => {
    for (const model of ['gpt-5-codex', 'claude-opus-5', 'gemini-3-pro', 'glm-5', 'anything-else']) {
      const dialects = dialectsFor(provider, model)
      expect(dialects.length).toBeGreaterThan(0)
      for (const dialect of dialects) expect(provider.speaks[dialect]).toBeDefined()
    }
  })

  it('keeps its own words in order: every model row says something', () => {
    for (const { quirks, dialects } of provider.models ?? []) {
      expect(Object.keys(quirks).length + (dialects?.length ?? 0)).toBeGreaterThan(0)
    }
  })
})

describe('departures from the dialect', () => {
  const cases = [
    ['openai', 'gpt-4o', { maxTokensField: 'max_completion_tokens', thinkingRequest: 'none' }],
    [
      'openai',
      'gpt-5',
      { refusesSampling: true, systemRole: 'developer', thinkingRequest: 'reasoning_effort' },
    ],
    ['openai', 'gpt-5', { efforts: ['minimal', 'low', 'medium', 'high'] }],
    ['openai', 'gpt-5.5', { efforts: ['low', 'medium', 'high', 'xhigh'] }],
    ['openai', 'gpt-5-chat-latest', { refusesSampling: false, thinkingRequest: 'none' }],
    ['openai', 'o3', { maxStopSequences: 0, systemRole: 'developer' }],
    ['anthropic', 'claude-opus-4-7', { refusesSampling: true, maxOutputTokens: 128_000 }],
    ['anthropic', 'claude-sonnet-5-5', { refusesSampling: true }],
    ['anthropic', 'claude-haiku-4-5-20251001', { efforts: [], maxOutputTokens: 64_000 }],
    ['anthropic', 'claude-3-5-haiku-20241022', { maxOutputTokens: 8192 }],
    ['mistral', 'mistral-large-latest', { requiredToolWord: 'any' }],
    ['deepseek', 'deepseek-v4-pro', { reasoningReplay: 'required', cachedTokens: 'prompt_cache_hit_tokens' }],
    [
      'moonshot',
      'kimi-k2.6',
      { reasoningReplay: 'required', refusesSampling: true, cachedTokens: 'cached_tokens' },
    ],
    ['moonshot', 'kimi-k3', { thinkingRequest: 'reasoning_effort', efforts: ['low', 'high', 'max'] }],
    ['moonshot', 'moonshot-v1-128k', { thinkingRequest: 'none', reasoningReplay: 'refused' }],
    ['zai', 'glm-4.7', { thinkingRequest: 'thinking', requiredToolWord: 'auto', maxOutputTokens: 131_072 }],
    ['zai', 'glm-5.3', { thinkingRequest: 'reasoning_effort', images: false }],
    ['zai', 'glm-4.6v', { images: true }],
    ['qwen', 'qwen3-max', { thinkingRequest: 'enable_thinking' }],
    ['qwen', 'qwen3-coder-plus', { thinkingRequest: 'none' }],
    ['openrouter', 'openai/gpt-5.5', { thinkingRequest: 'reasoning', reasoningField: 'reasoning_details' }],
    ['groq', 'openai/gpt-oss-120b', { thinkingRequest: 'reasoning_effort', reasoningField: 'reasoning' }],
    ['groq', 'llama-3.3-70b-versatile', { thinkingRequest: 'none' }],
    ['minimax', 'MiniMax-M2.7', { reasoningReplay: 'required', images: false }],
    ['xai', 'grok-4', { maxStopSequences: 0, thinkingRequest: 'none' }],
  ] as const

  it.each(cases)('%s, %s: %o', (id, model, expected) => {
    const provider = shelf[id]
    if (!provider) throw new Error(`no ${id} on the shelf`)
    expect(quirksFor(provider, model)).toMatchObject(expected)
  })

  it('asks models that answer in one dialect only in that one', () => {
    expect(dialectsFor(shelf['openai']!, 'gpt-5-codex')).toEqual(['openai-responses'])
    expect(dialectsFor(shelf['openai']!, 'gpt-4o')).toEqual(['openai-responses', 'openai-chat'])
    expect(dialectsFor(shelf['opencode-zen']!, 'claude-sonnet-4-5')).toEqual(['anthropic'])
    expect(dialectsFor(shelf['opencode-zen']!, 'kimi-k2')).toEqual(['openai-chat'])
    expect(dialectsFor(shelf['opencode-zen']!, 'gemini-3-pro')).toEqual(['gemini'])
  })

  it('prefers the dialect a provider speaks best', () => {
    expect(dialectsFor(shelf['minimax']!, 'MiniMax-M3')[0]).toBe('anthropic')
    expect(dialectsFor(shelf['openrouter']!, 'x/y')[0]).toBe('openai-chat')
  })

  it('carries the key in the header each endpoint wants', () => {
    expect(keyHeaders(shelf['gemini']!, 'gemini', 'k')).toEqual({ 'x-goog-api-key': 'k' })
    expect(keyHeaders(shelf['gemini']!, 'openai-chat', 'k')).toEqual({ authorization: 'Bearer k' })
    expect(keyHeaders(shelf['anthropic']!, 'anthropic', 'k')).toEqual({ 'x-api-key': 'k' })
    expect(keyHeaders(shelf['azure-openai']!, 'openai-chat', 'k')).toEqual({ 'api-key': 'k' })
    expect(keyHeaders(shelf['sandbox']!, 'gemini', 'k')).toEqual({})
  })
})
