import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorIn, type House, message, openHouse, post, raw } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const last = () => house.calls.at(-1)!

describe('a call', () => {
  test('reaches the gateway with its own bytes, its model and where the body says so', async () => {
    const body = '{ "max_tokens": 1.0, "model" : "alpha/mödel", "messages":[], "x": 12345678901234567890 }'
    const answer = await post(`${house.url}/v1/messages?beta=true`, body, { 'anthropic-beta': 'a,b' })
    expect(await answer.json()).toEqual({ dialect: 'anthropic', model: 'alpha/mödel', stream: false })
    const call = last()
    expect(Buffer.from(call.body).toString()).toBe(body)
    expect(Buffer.from(call.body).subarray(call.modelSpan!.start, call.modelSpan!.end).toString()).toBe(
      '"alpha/mödel"',
    )
    expect(call.query).toBe('?beta=true')
    expect(call.headers['anthropic-beta']).toBe('a,b')
    expect(call.fragile).toBe(true)
  })

  test('[C2] streams only when the body says stream: true', async () => {
    await post(`${house.url}/v1/messages`, { ...message, stream: true })
    expect(last().stream).toBe(true)
    await post(`${house.url}/v1/messages`, { ...message, stream: false })
    expect(last().stream).toBe(false)
    await post(`${house.url}/v1/messages`, message)
    expect(last().stream).toBe(false)
  })

  test('[C3] never streams because of its Accept header', async () => {
    await post(`${house.url}/v1/messages`, message, { accept: 'text/event-stream' })
    expect(last().stream).toBe(false)
    await post(`${house.url}/v1/messages`, { ...message, stream: true }, { accept: 'application/json' })
    expect(last().stream).toBe(true)
  })

  test('of Gemini has model and stream from its path', async () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }
    await post(`${house.url}/v1beta/models/alpha/m:streamGenerateContent?alt=sse`, body)
    expect([last().model, last().stream, last().modelSpan]).toEqual(['alpha/m', true, undefined])
    await post(`${house.url}/v1beta/models/m:generateContent`, body)
    expect([last().model, last().stream]).toEqual(['m', false])
  })

  test('[C20] may carry any anthropic-version', async () => {
    for (const version of ['2023-06-01', '2026-10-21', 'next year']) {
      const answer = await post(`${house.url}/v1/messages`, message, { 'anthropic-version': version })
      expect(answer.status).toBe(200)
    }
  })

  test('[C134] knows the launch that its path names, and its profile', async () => {
    await post(`${house.url}/s/run-7/p/kimi/v1/messages`, message)
    expect(last().headers['x-clutch-launch']).toBe('run-7')
    expect(last().profile.name).toBe('kimi')
  })

  test('to a profile that does not exist is told which there are, in the caller’s words', async () => {
    const answer = await post(`${house.url}/p/nope/v1beta/models/m:generateContent`, {})
    expect(answer.status).toBe(404)
    expect(errorIn(await answer.text())).toMatchObject({
      status: 'NOT_FOUND',
      message: expect.stringMatching(/nope.*default, kimi/),
    })
    const inherited = await post(`${house.url}/p/constructor/v1/messages`, message)
    expect(inherited.status).toBe(404)
  })
})

describe('what is not there', () => {
  test.each([
    ['/v1/messages/batches', {}, 'anthropic'],
    ['/v1/embeddings', {}, 'openai'],
    ['/v1/embeddings', { 'x-api-key': 'k' }, 'anthropic'],
    ['/v1beta/files', {}, 'gemini'],
  ])('[C90] POST %s with %j: 404 in the words of %s', async (path, headers, words) => {
    const answer = await post(`${house.url}${path}`, { secret: 'prompt' }, headers)
    const body = await answer.json()
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toBe('application/json')
    const id = answer.headers.get('request-id')
    expect(id).toMatch(/^req_\w{24}$/)
    if (words === 'anthropic')
      expect(body).toMatchObject({ type: 'error', error: { type: 'not_found_error' }, request_id: id })
    if (words === 'openai')
      expect(body.error).toMatchObject({ message: expect.any(String), type: expect.any(String) })
    if (words === 'gemini') expect(body.error).toMatchObject({ code: 404, status: 'NOT_FOUND' })
    expect(JSON.stringify(house.log)).not.toContain('prompt')
  })

  test('[C23] a wrong method is 405 and says which are right', async () => {
    const put = await fetch(`${house.url}/v1/messages`, { method: 'PUT', body: '{}' })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await put.json()).error.type).toBe('invalid_request_error')
    const list = await post(`${house.url}/v1/models`, {})
    expect([list.status, list.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    const health = await post(`${house.url}/healthz`, {})
    expect([health.status, health.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('a connection goes on after a refusal', async () => {
    const request = (path: string, more = '') =>
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n${more}\r\n{}`
    const heard = await raw(house.port, [request('/nowhere'), request('/nowhere', 'connection: close\r\n')])
    expect(heard.match(/HTTP\/1\.1 404/g)).toHaveLength(2)
  })
})

describe('probes', () => {
  test.each(['/', '/health', '/healthz', '/readyz', '/p/kimi/', '/p/kimi/healthz'])(
    '[C80] GET and HEAD %s are 200 at once',
    async (path) => {
      const got = await fetch(house.url + path)
      const head = await fetch(house.url + path, { method: 'HEAD' })
      expect([got.status, head.status]).toEqual([200, 200])
      expect(await head.text()).toBe('')
      expect(head.headers.get('request-id')).toMatch(/^req_/)
    },
  )

  test('GET / says what this is', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await (await fetch(house.url)).json()).toMatchObject({ name: 'clutch', version })
  })

  test('[C82] health names providers by id and tells neither keys nor addresses', async () => {
    const provider = {
      id: 'alpha',
      title: 'Alpha',
      baseUrl: '',
      speaks: {},
      authorize: 'bearer',
      keyVariables: [],
    } as const
    const told = await openHouse({
      settings: {
        providers: {
          alpha: { provider, baseUrl: 'http://inner.test:9', key: 'sk-very-secret', headers: {} },
        },
      },
    })
    const text = await (await fetch(`${told.url}/health`)).text()
    expect(JSON.parse(text)).toMatchObject({ status: 'ok', providers: ['alpha'] })
    expect(text).not.toMatch(/inner\.test|sk-very/)
    await told.close()
  })

  test('[C81] what clients report about themselves is taken and forgotten', async () => {
    const answer = await post(`${house.url}/api/event_logging/batch`, { events: ['private-thing'] })
    expect(answer.status).toBe(200)
    expect(JSON.stringify(house.log)).not.toContain('private-thing')
    expect(house.log.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
    expect((await fetch(`${house.url}/api/hello`, { method: 'HEAD' })).status).toBe(200)
  })

  test('[C83] every answer has a request-id of its own', async () => {
    const ids = new Set<string | null>()
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/v1/models'],
      ['GET', '/nothing'],
      ['DELETE', '/v1/messages'],
      ['POST', '/v1/messages'],
    ] as const) {
      const answer = await fetch(house.url + path, { method })
      ids.add(answer.headers.get('request-id'))
      expect(answer.headers.get('x-request-id')).toBe(answer.headers.get('request-id'))
    }
    expect(ids.size).toBe(5)
    expect(ids).not.toContain(null)
  })
})

describe('closing', () => {
  test('lets a running reply finish and takes nothing new', async () => {
    let finish = (): void => undefined
    const closing = await openHouse({
      handle: (call) => {
        call.client.head(200, { 'content-type': 'text/event-stream' })
        call.client.write('data: 1\n\n')
        finish = () => call.client.end('data: 2\n\n')
      },
    })
    const answer = await post(`${closing.url}/v1/messages`, { ...message, stream: true })
    const over = closing.edge.close(2_000)
    await expect(fetch(closing.url)).rejects.toThrow()
    finish()
    expect(await answer.text()).toBe('data: 1\n\ndata: 2\n\n')
    await over
  })

  test('cuts what is not finished in time', async () => {
    const closing = await openHouse({
      handle: (call) => {
        call.client.head(200, { 'content-type': 'text/event-stream' })
        call.client.write('data: 1\n\n')
      },
    })
    const answer = await post(`${closing.url}/v1/messages`, { ...message, stream: true })
    const cut = answer.text().then(
      () => 'whole',
      () => 'cut',
    )
    await closing.edge.close(50)
    expect(await cut).toBe('cut')
    expect(closing.calls[0]?.client.gone).toBe(true)
  })
})

test('several listeners share one gateway, each with its own profile', async () => {
  const two = await openHouse({
    settings: {
      listeners: [
        { host: '127.0.0.1', port: 0, profile: 'default' },
        { host: '127.0.0.1', port: 0, profile: 'kimi' },
      ],
    },
  })
  for (const { port } of two.edge.listeners) await post(`http://127.0.0.1:${port}/v1/messages`, message)
  expect(two.calls.map(({ profile }) => profile.name)).toEqual(['default', 'kimi'])
  await two.close()
})

test('when one listener cannot be opened, none stays open', async () => {
  const taken = house.port
  const opening = openHouse({
    settings: {
      listeners: [
        { host: '127.0.0.1', port: 0, profile: 'default' },
        { host: '127.0.0.1', port: taken, profile: 'kimi' },
      ],
    },
  })
  await expect(opening).rejects.toMatchObject({ code: 'EADDRINUSE', listener: { port: taken } })
})
