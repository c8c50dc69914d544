import { describe, expect, test } from 'vitest'
import type { ConfiguredProvider, Settings } from '../../src/config/settings.ts'
import { knownWindow, plannedWindow } from '../../src/routing/windows.ts'
import { scripts } from '../../src/sandbox/scripts/index.ts'
import { errorIn, type HouseOptions, openHouse, settingsWith } from './house.ts'

const provider = (id: string): ConfiguredProvider => ({
  provider: {
    id,
    title: id,
    baseUrl: '',
    speaks: { 'openai-chat': '/x' },
    authorize: 'bearer',
    keyVariables: [],
  },
  baseUrl: 'http://x.test',
  headers: {},
})

const cascades: Partial<Settings> = {
  providers: { ...settingsWith().providers, alpha: provider('alpha'), beta: provider('beta') },
  profiles: {
    default: {
      name: 'default',
      roles: {
        big: ['alpha/claude-opus-5', 'beta/glm-5'],
        middle: ['alpha/gpt-5.5'],
        background: ['beta/glm-5'],
      },
    },
    kimi: { name: 'kimi', roles: { big: ['beta/kimi-k2'] } },
  },
}

async function ask(
  path: string,
  settings: HouseOptions['settings'] = cascades,
  headers: Record<string, string> = {},
) {
  const house = await openHouse({ settings: settings ?? {} })
  const answer = await fetch(house.url + path, { headers })
  const text = await answer.text()
  await house.close()
  return { status: answer.status, text, body: JSON.parse(text) }
}

const idsOf = (body: { data: { id: string }[] }): string[] => body.data.map(({ id }) => id)

describe('the list of models', () => {
  test('[C78] names the roles so that Claude Code picks them up, then everything behind them', async () => {
    const { status, body } = await ask('/v1/models?limit=1000')
    expect(status).toBe(200)
    expect(idsOf(body)).toEqual([
      'claude-opus',
      'claude-sonnet',
      'alpha/claude-opus-5',
      'beta/glm-5',
      'alpha/gpt-5.5',
    ])
    expect(body.data[0].display_name).toContain('alpha/claude-opus-5')
  })

  test('[C79] reads as Anthropic’s and as OpenAI’s at once', async () => {
    const { body } = await ask('/v1/models')
    expect(body).toMatchObject({
      object: 'list',
      has_more: false,
      first_id: 'claude-opus',
      last_id: 'alpha/gpt-5.5',
    })
    for (const entry of body.data) {
      expect(entry).toMatchObject({
        type: 'model',
        object: 'model',
        display_name: expect.any(String),
        owned_by: expect.stringMatching(/^(alpha|beta)$/),
      })
      expect(Number.isNaN(Date.parse(entry.created_at))).toBe(false)
      expect(Number.isInteger(entry.created)).toBe(true)
    }
  })

  test('[C139] says how much each model holds, with and without /v1', async () => {
    const { body } = await ask('/models')
    const opus = body.data.find(({ id }: { id: string }) => id === 'alpha/claude-opus-5')
    expect(opus).toMatchObject({ context_length: 1_000_000, max_input_tokens: 1_000_000 })
    for (const entry of body.data) expect(entry.context_length).toBeGreaterThan(32_000)
  })

  test('pages as Anthropic’s clients ask', async () => {
    const first = await ask('/v1/models?limit=2')
    expect([idsOf(first.body), first.body.has_more]).toEqual([['claude-opus', 'claude-sonnet'], true])
    const second = await ask(`/v1/models?limit=1000&after_id=${first.body.last_id}`)
    expect([idsOf(second.body)[0], second.body.has_more]).toEqual(['alpha/claude-opus-5', false])
    const before = await ask('/v1/models?before_id=alpha/claude-opus-5')
    expect(idsOf(before.body)).toEqual(['claude-opus', 'claude-sonnet'])
    expect(idsOf((await ask('/v1/models?limit=nonsense')).body)).toHaveLength(5)
  })

  test('belongs to the profile', async () => {
    expect(idsOf((await ask('/p/kimi/v1/models')).body)).toEqual(['claude-opus', 'beta/kimi-k2'])
  })

  test('without providers it shows what the sandbox can play', async () => {
    const ids = idsOf((await ask('/v1/models', {})).body)
    expect(ids.slice(0, 3)).toEqual(['claude-opus', 'claude-sonnet', 'claude-haiku'])
    expect(ids).toEqual(expect.arrayContaining(scripts.map(({ name }) => `sandbox/${name}`)))
  })

  test('in Google’s form', async () => {
    const { body } = await ask('/v1beta/models')
    expect(body.models[0]).toMatchObject({
      name: 'models/claude-opus',
      displayName: expect.any(String),
      inputTokenLimit: 200_000,
      supportedGenerationMethods: expect.arrayContaining(['generateContent', 'countTokens']),
    })
    const page = await ask('/v1beta/models?pageSize=2')
    expect([page.body.models.length, page.body.nextPageToken]).toEqual([2, '2'])
    expect((await ask('/v1beta/models?pageSize=2&pageToken=4')).body).not.toHaveProperty('nextPageToken')
  })
})

describe('the window that is told', () => {
  const local: ConfiguredProvider = {
    ...provider('ollama'),
    provider: { ...provider('ollama').provider, local: true },
  }
  const sized: ConfiguredProvider = {
    ...provider('alpha'),
    provider: {
      ...provider('alpha').provider,
      models: [{ match: /^small$/, quirks: { contextWindow: 32_000 } }],
    },
  }
  const settings = (big: readonly string[], more: Partial<Settings> = {}): Partial<Settings> => ({
    providers: { alpha: sized, beta: provider('beta'), ollama: local },
    profiles: { default: { name: 'default', roles: { big } } },
    ...more,
  })
  const windowOf = async (big: readonly string[], id = 'claude-opus', more: Partial<Settings> = {}) => {
    const { body } = await ask(`/v1/models/${id}`, settings(big, more))
    return [body.context_length, body.max_output_tokens]
  }

  test.each<[string, readonly string[], readonly number[]]>([
    ['the smallest of the cascade', ['alpha/claude-opus-5', 'beta/glm-5'], [200_000, 64_000]],
    [
      'what the configuration says before what the family holds',
      ['beta/glm-5', 'alpha/small'],
      [32_000, 32_000],
    ],
    ['without targets that cannot be used', ['alpha/claude-opus-5', 'gone/glm-5'], [1_000_000, 64_000]],
    ['a careful guess for what nobody knows', ['alpha/claude-opus-5', 'beta/who'], [128_000, 32_000]],
    ['room for the answer left out where the window holds both', ['beta/gpt-5.5'], [272_000, 128_000]],
    ['without a local model nobody has heard of', ['beta/glm-5', 'ollama/silent'], [200_000, 98_304]],
    ['with one whose server told', ['beta/glm-5', 'ollama/loud'], [16_384, 16_384]],
  ])('[C139] for a role it is %s', async (_, big, window) => {
    expect(await windowOf(big)).toEqual(window)
  })

  test('a million is told only to who asks for it, and only where there is one', async () => {
    expect(await windowOf(['beta/claude-sonnet-4-5'])).toEqual([200_000, 64_000])
    expect(await windowOf(['beta/claude-sonnet-4-5'], 'claude-opus[1m]')).toEqual([1_000_000, 64_000])
    expect(await windowOf(['beta/glm-5'], 'claude-opus[1m]')).toEqual([200_000, 98_304])
  })

  test('a lane that uses free models only is not held small by the others', async () => {
    const profiles: Settings['profiles'] = {
      default: { name: 'default', lane: 'standby', roles: { big: ['beta/glm-5:free', 'alpha/small'] } },
    }
    expect(await windowOf([], 'claude-opus', { profiles })).toEqual([200_000, 98_304])
  })

  test('what is told always fits: nobody plans with more than the target is sent', () => {
    for (const model of [
      'claude-opus-5',
      'claude-sonnet-4-5',
      'gpt-5.5',
      'glm-5',
      'minimax-m2',
      'grok-4',
      'gemini-3-pro',
    ])
      expect(plannedWindow(model).contextTokens).toBeLessThanOrEqual(knownWindow(model) ?? 0)
  })
})

describe('one model', () => {
  test.each(['claude-opus', 'claude-opus[1m]', 'alpha/gpt-5.5', 'beta/anything/at-all', 'claude-sonnet-4-6'])(
    '[C79] %s is told',
    async (id) => {
      const { status, body } = await ask(`/v1/models/${id}`)
      expect([status, body.id, body.type]).toEqual([200, id, 'model'])
    },
  )

  test('in Google’s form', async () => {
    const { body } = await ask('/v1beta/models/alpha/gpt-5.5')
    expect(body).toMatchObject({ name: 'models/alpha/gpt-5.5', inputTokenLimit: 272_000 })
  })

  test('[C23] an unknown one is 404 with the list of valid ones, in the caller’s words', async () => {
    const chat = await ask('/v1/models/nobody-knows')
    expect(chat.status).toBe(404)
    expect(errorIn(chat.text).message).toMatch(
      /nobody-knows.*claude-opus, claude-sonnet, alpha\/claude-opus-5/,
    )
    const claude = await ask('/v1/models/nobody-knows', cascades, { 'anthropic-version': '2023-06-01' })
    expect(claude.body).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
    const google = await ask('/v1beta/models/nobody-knows')
    expect(google.body.error).toMatchObject({ code: 404, status: 'NOT_FOUND' })
  })
})
