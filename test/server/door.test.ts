import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Door } from '../../src/server/door.ts'
import { errorIn, type House, message, openHouse, post, raw } from './house.ts'

describe('a door with keys', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ settings: { clientKeys: ['first-key', 'second-key'] } })
  })
  afterAll(() => house.close())

  test.each([
    { 'x-api-key': 'first-key' },
    { 'x-api-key': 'second-key' },
    { authorization: 'Bearer first-key' },
    { authorization: 'bearer second-key' },
    { 'x-goog-api-key': 'first-key' },
    { 'api-key': 'first-key' },
    { 'x-api-key': 'first-key', authorization: 'Bearer something-else' },
    { 'x-api-key': 'stale', authorization: 'Bearer second-key' },
  ])('[C19] opens for %j', async (headers) => {
    expect(
      (await post(`${house.url}/v1/messages`, message, headers as unknown as Record<string, string>)).status,
    ).toBe(200)
  })

  test('opens for a key in the query, as Gemini clients send it', async () => {
    const body = { contents: [] }
    const path = `${house.url}/v1beta/models/m:generateContent`
    expect((await post(`${path}?key=first-key`, body)).status).toBe(200)
    expect((await post(`${path}?key=wrong`, body)).status).toBe(401)
  })

  test.each([
    {},
    { 'x-api-key': '' },
    { 'x-api-key': 'first-ke' },
    { 'x-api-key': 'first-key2' },
    { authorization: 'first-key' },
    { authorization: 'Basic first-key' },
  ])('stays shut for %j', async (headers) => {
    const answer = await post(
      `${house.url}/v1/messages`,
      message,
      headers as unknown as Record<string, string>,
    )
    expect(answer.status).toBe(401)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
  })

  test.each([
    ['/v1/chat/completions', 'POST', { code: 'invalid_api_key' }],
    ['/v1/responses', 'POST', { code: 'invalid_api_key' }],
    ['/v1beta/models', 'GET', { status: 'UNAUTHENTICATED' }],
    ['/v1/models', 'GET', { code: 'invalid_api_key' }],
    ['/nothing', 'GET', {}],
  ])('says so in the caller’s words: %s', async (path, method, words) => {
    const answer = await fetch(house.url + path, { method })
    expect([answer.status, answer.headers.get('x-should-retry')]).toEqual([401, 'false'])
    expect(errorIn(await answer.text())).toMatchObject(words)
  })

  test('[C78] the model list opens for x-api-key alone', async () => {
    expect(
      (await fetch(`${house.url}/v1/models?limit=1000`, { headers: { 'x-api-key': 'first-key' } })).status,
    ).toBe(200)
  })

  test.each(['/', '/health', '/healthz', '/readyz', '/api/hello'])('[C80] %s needs no key', async (path) => {
    expect((await fetch(house.url + path)).status).toBe(200)
    expect((await fetch(house.url + path, { method: 'HEAD' })).status).toBe(200)
  })

  test('keys are not in the log, whatever was tried', async () => {
    await post(`${house.url}/v1/messages?key=query-secret-1`, message, { 'x-api-key': 'header-secret-1' })
    expect(JSON.stringify(house.log)).not.toMatch(/query-secret-1|header-secret-1|first-key/)
  })
})

describe('a door on this machine only', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())

  const statusFor = async (headers: string): Promise<string | undefined> =>
    /^HTTP\/1\.1 (\d+)/.exec(
      await raw(house.port, `GET /v1/models HTTP/1.1\r\n${headers}connection: close\r\n\r\n`),
    )?.[1]

  test.each([
    '127.0.0.1:8082',
    'localhost',
    'localhost:1',
    'LOCALHOST',
    '[::1]:8082',
    'clutch.localhost:8082',
  ])('is reached as %s', async (host) => {
    expect(await statusFor(`host: ${host}\r\n`)).toBe('200')
  })

  test.each([
    'evil.example',
    'evil.example:8082',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '192.168.1.9',
  ])('is not reached as %s: a name may be made to point here', async (host) => {
    expect(await statusFor(`host: ${host}\r\n`)).toBe('403')
  })

  test.each([
    ['http://localhost:3000', '200'],
    ['http://127.0.0.1:8082', '200'],
    ['https://evil.example', '403'],
    ['null', '403'],
    ['http://localhost.evil.example', '403'],
    ['chrome-extension://abcdef', '403'],
  ])('a page from %s gets %s', async (origin, status) => {
    expect(await statusFor(`host: localhost\r\norigin: ${origin}\r\n`)).toBe(status)
  })

  test('a probe from a strange page is refused too', async () => {
    expect((await fetch(`${house.url}/health`, { headers: { origin: 'https://evil.example' } })).status).toBe(
      403,
    )
  })
})

describe('a door on the network', () => {
  const door = new Door({ clientKeys: ['k1'], host: '0.0.0.0' })
  const knock = (headers: Record<string, string>) =>
    door.refusal({ headers: { 'x-api-key': 'k1', ...headers }, query: '', open: false })?.kind

  test('is reached by any name, and by pages it served itself', () => {
    expect(knock({ host: 'box.lan:8082' })).toBeUndefined()
    expect(knock({ host: 'box.lan:8082', origin: 'http://box.lan:8082' })).toBeUndefined()
    expect(knock({ host: 'box.lan:8082', origin: 'http://other.lan' })).toBe('refused')
  })
})
