/** The admin API on real sockets: what it tells, what it does, and who may. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { writeNamedKeys } from '../../src/config/named-keys.ts'
import { digestOf, newClientKey } from '../../src/world/client-key.ts'
import { alphaConfig, ask, chatReply, Home, upstream } from './house.ts'

const api = (url: string, ask: string, init: RequestInit = {}) => fetch(`${url}/clutch/api/${ask}`, init)
const post = (url: string, ask: string, body?: object, headers = {}) =>
  api(url, ask, { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) })

/** `alpha/m` is ill until it is mended; `alpha/spare` is not. */
async function failingGateway() {
  let isWell = false
  const { url, heard } = await upstream((response, { body }) => {
    if (isWell || body.includes('spare')) chatReply(response)
    else response.writeHead(503, { 'content-type': 'application/json' }).end('{"error":{"message":"busy"}}')
  })
  const home = new Home()
  home.write(
    alphaConfig(url, {
      limits: { max_retries: 0 },
      breaker: { failures: 2, open_seconds: 3600 },
      model_tiers: { BIG: { default: 'alpha/m', cascade: ['alpha/spare'] } },
    }),
  )
  const mend = (): void => {
    isWell = true
  }
  return { home, gateway: await home.start(), heard, mend }
}

describe('the status', () => {
  test('tells what is in force, and no secret', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url, { budgets: [{ tokens: '2M/day' }] }))
    const gateway = await home.start()
    await ask(gateway.url)
    const answer = await api(gateway.url, 'status')
    const text = await answer.text()
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(JSON.parse(text)).toMatchObject({
      name: 'clutch',
      pid: process.pid,
      open_calls: 0,
      listeners: [{ host: '127.0.0.1', profile: 'default' }],
      config: { generation: 1, last_error: null, needs_restart: [] },
      budgets: [{ of: 'everybody', unit: 'tokens', per: 'day', limit: 2_000_000, used: 1500, spent: false }],
      breakers: [],
    })
    expect(text).not.toContain('upstream-secret-1')
    expect(text).not.toContain(url)
  })

  test('has budgets and the quotas of providers alone as well', async () => {
    const { url } = await upstream()
    const home = new Home()
    const alpha = { base_url: `${url}/v1`, dialect: 'openai-chat', quotas: ['9 requests/hour'] }
    home.write(alphaConfig(url, { budgets: [{ tokens: '1500/day' }], providers: { alpha } }))
    const gateway = await home.start()
    await ask(gateway.url)
    const { budgets, providers } = await (await api(gateway.url, 'quota')).json()
    expect(providers).toEqual([
      expect.objectContaining({
        ...{ of: 'alpha#1', unit: 'requests', per: 'hour', limit: 9, used: 1, spent: false },
        resets: expect.stringMatching(/:00:00.000Z$/),
      }),
    ])
    expect(budgets).toEqual([
      expect.objectContaining({ used: 1500, spent: true, resets: expect.stringMatching(/T00:00:00.000Z$/) }),
    ])
  })
})

describe('breakers', () => {
  test('are listed when they open, and after a reset the target is asked again at once', async () => {
    const { gateway, heard, mend } = await failingGateway()
    for (let call = 0; call < 3; call++) await ask(gateway.url)
    const asked = () => heard.map(({ body }) => JSON.parse(body).model)
    expect(asked()).toEqual(['m', 'spare', 'm', 'spare', 'spare'])
    const { breakers } = await (await api(gateway.url, 'breakers')).json()
    expect(breakers).toEqual([
      expect.objectContaining({ target: 'alpha/m', state: 'open', failures: 2, because: 'busy' }),
    ])
    mend()
    const reset = await post(gateway.url, 'breakers/reset', { target: 'alpha' })
    expect(await reset.json()).toEqual({ target: 'alpha', reset: 1 })
    await ask(gateway.url)
    expect(asked().at(-1)).toBe('m')
    expect(await (await api(gateway.url, 'breakers')).json()).toEqual({ breakers: [] })
  })

  test('are reset all together, or not at all when none has that name', async () => {
    const { gateway } = await failingGateway()
    for (let call = 0; call < 2; call++) await ask(gateway.url)
    expect(await (await post(gateway.url, 'breakers/reset', { target: 'beta' })).json()).toMatchObject({
      reset: 0,
    })
    expect(await (await post(gateway.url, 'breakers/reset', { target: 'all' })).json()).toMatchObject({
      reset: 1,
    })
  })

  test.each([[undefined], [{}], [{ target: 7 }]])('are not reset for %j', async (body) => {
    const { gateway } = await failingGateway()
    expect((await post(gateway.url, 'breakers/reset', body)).status).toBe(400)
  })
})

describe('a reload', () => {
  test('over the admin API says what is wrong', async () => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    expect(await (await post(gateway.url, 'reload')).json()).toEqual({
      ok: true,
      generation: 1,
      problems: [],
    })
    home.write(alphaConfig(url, { limits: { max_atempts: 1 } }))
    const refused = await post(gateway.url, 'reload')
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({
      ok: false,
      problems: [expect.stringContaining('did you mean max_attempts?')],
    })
  })
})

describe('the door of the admin API', () => {
  const key = newClientKey()
  async function withKeys() {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url, { client_keys: ['house-key-1'] }))
    writeFileSync(
      home.path('.xx/state/keys.json'),
      writeNamedKeys([{ name: 'laptop', digest: digestOf(key), createdMs: 1, allowances: [] }]),
    )
    return { home, gateway: await home.start() }
  }

  test('opens for the house key and for the owner’s token, not for a named key, not for nobody', async () => {
    const { home, gateway } = await withKeys()
    const statusFor = async (headers: Record<string, string>) =>
      (await api(gateway.url, 'status', { headers })).status
    const file = home.path('.xx/state/admin-token')
    const token = readFileSync(file, 'utf8').trim()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await statusFor({})).toBe(401)
    expect(await statusFor({ 'x-api-key': key })).toBe(403)
    expect(await statusFor({ 'x-api-key': 'house-key-1' })).toBe(200)
    expect(await statusFor({ 'x-clutch-admin': token })).toBe(200)
    expect(await statusFor({ 'x-clutch-admin': `${token}x` })).toBe(401)
    expect(await statusFor({ 'x-clutch-admin': '' })).toBe(401)
  })

  test('is shut to web pages and strange names, whatever they present', async () => {
    const { home, gateway } = await withKeys()
    const token = readFileSync(home.path('.xx/state/admin-token'), 'utf8').trim()
    const headers = { 'x-clutch-admin': token, origin: 'https://evil.example' }
    expect((await post(gateway.url, 'reload', undefined, headers)).status).toBe(403)
  })

  test('the token opens nothing else', async () => {
    const { home, gateway } = await withKeys()
    const token = readFileSync(home.path('.xx/state/admin-token'), 'utf8').trim()
    expect((await ask(gateway.url, { 'x-clutch-admin': token })).status).toBe(401)
    expect((await ask(gateway.url, { 'x-api-key': token })).status).toBe(401)
  })

  test.each([
    ['GET', 'nothing', 404],
    ['POST', 'status', 405],
    ['GET', 'reload', 405],
    ['GET', 'constructor', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url))
    const gateway = await home.start()
    expect((await api(gateway.url, path, { method })).status).toBe(status)
  })
})
