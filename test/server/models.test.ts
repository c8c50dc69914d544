import { describe, expect, test } from 'vitest'
import type { ConfiguredProvider, Settings } from '../../src/config/settings.ts'
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
    expect(opus).toMatchObject({ context_length: 200_000, max_input_tokens: 200_000 })
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
