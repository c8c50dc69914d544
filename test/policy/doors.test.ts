/** Named keys, budgets and circles, where they are met: at the door, on real sockets. */
import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { writeNamedKeys } from '../../src/config/named-keys.ts'
import { digestOf, newClientKey } from '../../src/world/client-key.ts'
import { alphaConfig, ask, chatReply, Home, upstream } from './house.ts'

const laptopKey = newClientKey()
const laptop = { name: 'laptop', digest: digestOf(laptopKey), createdMs: 1, allowances: [] }

function homeWithKeys(config: object, ...keys: Parameters<typeof writeNamedKeys>[0]): Home {
  const home = new Home()
  home.write(config)
  writeFileSync(home.path('.xx/state/keys.json'), writeNamedKeys(keys))
  return home
}

const inWordsOf = {
  anthropic: [
    '/v1/messages',
    { model: 'claude-opus-4', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] },
  ],
  'openai-chat': [
    '/v1/chat/completions',
    { model: 'claude-opus-4', messages: [{ role: 'user', content: 'x' }] },
  ],
  'openai-responses': ['/v1/responses', { model: 'claude-opus-4', input: 'x' }],
  gemini: ['/v1beta/models/claude-opus-4:generateContent', { contents: [{ parts: [{ text: 'x' }] }] }],
} as const

const send = (url: string, [path, body]: (typeof inWordsOf)[keyof typeof inWordsOf], headers = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('a named key', () => {
  test('opens the door beside the house key, and closes it for everybody without one', async () => {
    const { url, heard } = await upstream()
    const gateway = await homeWithKeys({ ...alphaConfig(url), client_keys: ['house-key-1'] }, laptop).start()
    expect((await ask(gateway.url)).status).toBe(401)
    expect((await ask(gateway.url, { 'x-api-key': `${laptopKey}x` })).status).toBe(401)
    expect((await ask(gateway.url, { 'x-api-key': laptop.digest })).status).toBe(401)
    expect((await ask(gateway.url, { 'x-api-key': laptopKey })).status).toBe(200)
    expect((await ask(gateway.url, { authorization: `Bearer ${laptopKey}` })).status).toBe(200)
    expect((await ask(gateway.url, { 'x-api-key': 'house-key-1' })).status).toBe(200)
    expect(heard.map(({ headers }) => headers.authorization)).toEqual(
      Array(3).fill('Bearer upstream-secret-1'),
    )
  })

  test('closes the door by itself when it is the only one', async () => {
    const { url } = await upstream()
    const gateway = await homeWithKeys(alphaConfig(url), laptop).start()
    expect((await ask(gateway.url)).status).toBe(401)
    expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401)
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
  })

  test('bound to a profile gets that profile, whatever the listener has, and no other', async () => {
    const { url, heard } = await upstream()
    const config = alphaConfig(url, { profiles: { cheap: 'alpha/tiny', dear: 'alpha/huge' } })
    const gateway = await homeWithKeys(config, { ...laptop, profile: 'cheap' }).start()
    expect((await ask(gateway.url, { 'x-api-key': laptopKey })).status).toBe(200)
    expect(JSON.parse(heard[0]?.body ?? '').model).toBe('tiny')
    expect((await ask(`${gateway.url}/p/cheap`, { 'x-api-key': laptopKey })).status).toBe(200)
    const other = await ask(`${gateway.url}/p/dear`, { 'x-api-key': laptopKey })
    expect([other.status, heard.length]).toEqual([403, 2])
  })

  test.each(Object.keys(inWordsOf) as (keyof typeof inWordsOf)[])(
    'that has asked too often is told when to come back, in the words of %s',
    async (dialect) => {
      const { url } = await upstream()
      const key = { ...laptop, allowances: [{ unit: 'requests', per: 'minute', limit: 1 } as const] }
      const gateway = await homeWithKeys(alphaConfig(url), key).start()
      const knock = () => send(gateway.url, inWordsOf[dialect], { 'x-api-key': laptopKey })
      expect((await knock()).status).toBe(200)
      const refusal = await knock()
      expect(refusal.status).toBe(429)
      expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(30)
      expect(refusal.headers.get('x-clutch-attempts')).toBe('0')
      expect((await refusal.json()).error.message).toContain('key laptop')
    },
  )
})

describe('a budget that is spent', () => {
  const onCost = (more: object = {}) => ({ budgets: [{ tokens: '1500/day', ...more }] })

  test.each([
    ['anthropic', { error: { type: 'billing_error' } }],
    ['openai-chat', { error: { type: 'insufficient_quota', code: 'insufficient_quota' } }],
    ['openai-responses', { error: { type: 'insufficient_quota', code: 'insufficient_quota' } }],
    ['gemini', { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }],
  ] as const)(
    'is final for the client, with the time of its reset, in the words of %s',
    async (dialect, words) => {
      const { url, heard } = await upstream()
      const home = new Home()
      home.write(alphaConfig(url, onCost()))
      const gateway = await home.start()
      expect((await send(gateway.url, inWordsOf[dialect])).status).toBe(200)
      const refusal = await send(gateway.url, inWordsOf[dialect])
      expect([refusal.status, refusal.headers.get('x-should-retry'), heard.length]).toEqual([429, 'false', 1])
      const body = await refusal.json()
      expect(body).toMatchObject(words)
      expect(body.error.message).toMatch(/1500 tokens per day\. It resets at \d{4}-\d\d-\d\d 00:00 UTC/)
    },
  )

  test('is still spent after a restart', async () => {
    const { url, heard } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url, onCost()))
    const first = await home.start()
    await ask(first.url)
    await first.close(0)
    const second = await home.start()
    expect([(await ask(second.url)).status, heard.length]).toEqual([429, 1])
  })

  test('leaves targets that cost nothing, when it says next-target, and says why', async () => {
    const { url, heard } = await upstream()
    const home = new Home()
    const cascade = { BIG: { default: 'alpha/m', cascade: ['alpha/m:free'] } }
    home.write(alphaConfig(url, { ...onCost({ when_spent: 'next-target' }), model_tiers: cascade }))
    const gateway = await home.start()
    await ask(gateway.url)
    const second = await ask(gateway.url)
    expect(heard.map(({ body }) => JSON.parse(body).model)).toEqual(['m', 'm:free'])
    expect([second.status, second.headers.get('x-clutch-target')]).toEqual([200, 'alpha/m:free'])
    expect(second.headers.get('x-clutch-because')).toContain('budget of everybody is spent')
    expect((await ask(gateway.url, {}, 'alpha/m')).status).toBe(429)
  })

  test('leaves the smallest role, when it says cheaper-role', async () => {
    const { url, heard } = await upstream()
    const home = new Home()
    const tiers = { BIG: { default: 'alpha/m' }, SMALL: { default: 'alpha/tiny' } }
    home.write(alphaConfig(url, { ...onCost({ when_spent: 'cheaper-role' }), model_tiers: tiers }))
    const gateway = await home.start()
    await ask(gateway.url)
    const second = await ask(gateway.url, {}, 'alpha/m')
    expect(heard.map(({ body }) => JSON.parse(body).model)).toEqual(['m', 'tiny'])
    expect(second.headers.get('x-clutch-because')).toContain('budget of everybody is spent')
  })

  test('counts for the agent and the profile it names, and for nobody else', async () => {
    const { url } = await upstream()
    const home = new Home()
    const config = alphaConfig(url, {
      profiles: { blue: {} },
      budgets: [{ agent: 'codex', profile: 'blue', tokens: '1/day' }],
    })
    home.write(config)
    const gateway = await home.start()
    const codex = { 'user-agent': 'codex_cli/0.50' }
    expect((await ask(`${gateway.url}/p/blue`, codex)).status).toBe(200)
    expect((await ask(`${gateway.url}/p/blue`, codex)).status).toBe(429)
    expect((await ask(`${gateway.url}/p/blue`)).status).toBe(200)
    expect((await ask(gateway.url, codex)).status).toBe(200)
  })

  test('of money says once that it cannot count what nobody knows the price of', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url, { budgets: [{ cost: '0.000001/day' }] }))
    const gateway = await home.start()
    for (const status of [200, 200]) expect((await ask(gateway.url)).status).toBe(status)
    const told = home.lines.filter(({ event }) => event === 'budget-blind')
    expect(told.map(({ model }) => model)).toEqual(['alpha/m'])
  })
})

describe('a circle', () => {
  test('is seen when the request comes back, and refused; the body was not touched on the way', async () => {
    const heardBodies: string[] = []
    let home: string | undefined
    const mirror = await upstream((response, { headers, body, path }) => {
      heardBodies.push(body)
      void fetch(`${home}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-clutch-hop': `other, ${headers['x-clutch-hop']}` },
        body,
      }).then(async (back) => {
        response.writeHead(back.status, { 'content-type': 'application/json' })
        response.end(await back.text())
      })
    })
    const place = new Home()
    const provider = { base_url: mirror.url, dialect: 'anthropic' }
    place.write({ ...alphaConfig(mirror.url), providers: { alpha: provider }, model_tiers: {} })
    const gateway = await place.start()
    home = gateway.url
    const body =
      '{ "model":"alpha/m", "max_tokens": 9.0, "messages":[{"role":"user","content":"x"}], "own": 1e400 }'
    const answer = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', body })
    expect(answer.status).toBe(508)
    expect((await answer.json()).error.message).toContain('leads back here')
    expect(heardBodies).toEqual([body.replace('"alpha/m"', '"m"')])
  })

  test('is left at once for the next target', async () => {
    let home: string | undefined
    const mirror = await upstream((response, { headers, body, path }) => {
      if (JSON.parse(body).model === 'good') return chatReply(response)
      void fetch(`${home}${path}`, {
        method: 'POST',
        headers: { 'x-clutch-hop': String(headers['x-clutch-hop']) },
        body,
      }).then(async (back) => {
        response.writeHead(back.status, { 'content-type': 'application/json' })
        response.end(await back.text())
      })
    })
    const place = new Home()
    place.write(
      alphaConfig(mirror.url, { model_tiers: { BIG: { default: 'alpha/back', cascade: ['alpha/good'] } } }),
    )
    const gateway = await place.start()
    home = gateway.url
    const answer = await ask(gateway.url)
    expect([answer.status, answer.headers.get('x-clutch-attempts')]).toEqual([200, '2'])
  })

  test('another gateway’s name is handed on, so that longer circles are seen too', async () => {
    const { url, heard } = await upstream()
    const place = new Home()
    place.write(alphaConfig(url))
    const gateway = await place.start()
    await ask(gateway.url, { 'x-clutch-hop': 'first' })
    expect(heard[0]?.headers['x-clutch-hop']).toMatch(/^first, \w{24}$/)
  })
})
