/** The whole gateway on real sockets, between a real client and a real upstream. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Settings } from '../../src/config/settings.ts'
import { startGateway } from '../../src/server/start.ts'
import { realClock } from '../../src/world/clock.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { errorIn, message, post, settingsWith } from './house.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function upstream(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<string> {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => answer(request, response, body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function gateway(baseUrl: string | undefined, changes: Partial<Settings> = {}) {
  const alpha = {
    provider: {
      id: 'alpha',
      title: 'Alpha',
      baseUrl: '',
      speaks: { anthropic: '/v1/messages' },
      authorize: 'x-api-key',
      keyVariables: [],
    },
    baseUrl: baseUrl ?? '',
    key: 'upstream-key-1',
    headers: {},
  } as const
  const { providers } = settingsWith()
  const settings = settingsWith({
    ...(baseUrl !== undefined && { providers: { alpha, ...providers } }),
    ...changes,
  })
  const lines: Record<string, unknown>[] = []
  const sink = { write: (json: string) => void lines.push(JSON.parse(json)), flush: () => Promise.resolve() }
  const log = new Log({ level: 'info', clock: realClock, redactor: new Redactor(), sinks: [sink] })
  const started = await startGateway(settings, [], log)
  open.push(() => started.close(0))
  return { url: `http://127.0.0.1:${started.listeners[0]?.port}`, lines, close: started.close }
}

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it never came true')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const event = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const opening =
  event('message_start', {
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 3, output_tokens: 1 },
    },
  }) +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'hello' } })

describe('between real sockets', () => {
  test('[C104] the upstream is let go within a second of the client’s leaving', async () => {
    let upstreamClosedMs = 0
    const baseUrl = await upstream((_request, response) => {
      response.on('close', () => {
        upstreamClosedMs = Date.now()
      })
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(opening)
    })
    const { url, lines } = await gateway(baseUrl)
    const abort = new AbortController()
    const answer = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({ ...message, model: 'alpha/m', stream: true }),
      signal: abort.signal,
    })
    await answer.body!.getReader().read()
    const leftMs = Date.now()
    abort.abort()
    await until(() => upstreamClosedMs > 0)
    expect(upstreamClosedMs - leftMs).toBeLessThan(1_000)
    await until(() => lines.length > 0)
    expect(lines[0]).toMatchObject({ outcome: 'cancelled', level: 'info' })
  })

  test('a body too large to be copied arrives with another model name and otherwise byte for byte', async () => {
    let heard = ''
    let length = ''
    const baseUrl = await upstream((request, response, body) => {
      length = String(request.headers['content-length'])
      heard = body
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(opening)
    })
    const { url } = await gateway(baseUrl)
    const before = `{"model":"alpha/m","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"${'e '.repeat(200_000)}"}], "own":1.0}`
    const answer = await fetch(`${url}/v1/messages`, { method: 'POST', body: before })
    await answer.text()
    expect(heard === before.replace('alpha/m', 'm')).toBe(true)
    expect(length).toBe(String(Buffer.byteLength(heard)))
  })

  test('[C104] the upstream is let go before it has said a word', async () => {
    let asked = false
    let closed = false
    const baseUrl = await upstream((_request, response) => {
      asked = true
      response.on('close', () => {
        closed = true
      })
    })
    const { url } = await gateway(baseUrl)
    const abort = new AbortController()
    const asking = fetch(`${url}/v1/messages`, {
      method: 'POST',
      body: JSON.stringify({ ...message, model: 'alpha/m' }),
      signal: abort.signal,
    }).catch(() => undefined)
    await until(() => asked)
    abort.abort()
    await asking
    await until(() => closed)
  })

  test('[C19] the client’s key stays here, the provider’s goes there', async () => {
    let headers: IncomingMessage['headers'] = {}
    const baseUrl = await upstream((request, response) => {
      headers = request.headers
      response.end('{"type":"error","error":{"type":"api_error","message":"x"}}')
    })
    const { url } = await gateway(baseUrl, { clientKeys: ['client-key-1'] })
    const own = { 'x-api-key': 'client-key-1', authorization: 'Bearer client-key-1', 'anthropic-beta': 'b-1' }
    await post(`${url}/v1/messages`, { ...message, model: 'alpha/m' }, own)
    expect(headers).toMatchObject({ 'x-api-key': 'upstream-key-1', 'anthropic-beta': 'b-1' })
    expect(JSON.stringify(headers)).not.toContain('client-key-1')
  })

  test('an upstream that is not there is a 502 that names it', async () => {
    const { url } = await gateway('http://127.0.0.1:1')
    const answer = await post(`${url}/v1/messages`, { ...message, model: 'alpha/m' })
    const text = await answer.text()
    expect(answer.status).toBe(502)
    expect(errorIn(text).message).toMatch(/ECONNREFUSED|alpha/)
  })

  test('[C23] an unknown model is 404 with the list of valid ones', async () => {
    const baseUrl = await upstream((_request, response) => response.end())
    const { url } = await gateway(baseUrl, {
      profiles: { default: { name: 'default', roles: { small: ['alpha/tiny'] } } },
    })
    const answer = await post(`${url}/v1/messages`, { ...message, model: 'nobody-knows-me' })
    expect([answer.status, errorIn(await answer.text()).message]).toEqual([
      404,
      expect.stringContaining('alpha/tiny'),
    ])
  })
})

describe('hostile bodies through the whole gateway', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  test.each([
    ['/v1/messages', `{"model":"sandbox/text","max_tokens":9,"messages":${deep}}`],
    ['/v1/chat/completions', `{"model":"sandbox/text","messages":${deep}}`],
    ['/v1/responses', `{"model":"sandbox/text","input":${deep}}`],
    ['/v1beta/models/sandbox%2Ftext:generateContent', `{"contents":${deep}}`],
    ['/v1/messages/count_tokens', `{"model":"sandbox/text","messages":${deep}}`],
    [
      '/v1/messages',
      `{"model":"sandbox/text@gemini","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"t","input_schema":${deep}}]}`,
    ],
  ])('100,000 brackets sent to %s are answered, and life goes on', async (path, body) => {
    const { url } = await gateway(undefined)
    const answer = await post(url + path, body)
    expect(answer.headers.get('content-type')).toMatch(/json/)
    expect(answer.status).toBeLessThan(500)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  test('a large broken body is refused, not guessed at', async () => {
    const { url } = await gateway(undefined)
    const body = `{"model":"sandbox/text","max_tokens":9,"messages":[{"role":"user","content":"${'x'.repeat(200_000)}"}},"stream":false}`
    const answer = await post(`${url}/v1/messages`, body)
    expect(answer.status).toBe(400)
  })
})

describe('counting tokens', () => {
  const count = async (url: string, path: string, body: object): Promise<Record<string, number>> =>
    (await post(url + path, body)).json()

  test('[C76] is local, at least 1, and grows with every part', async () => {
    const { url, lines } = await gateway(undefined)
    const turn = (text: string) => ({ model: 'm', messages: [{ role: 'user', content: text }] })
    const path = '/v1/messages/count_tokens?beta=true'
    const bare = (await count(url, path, turn('x')))['input_tokens'] ?? 0
    const longer = (await count(url, path, turn('x '.repeat(100))))['input_tokens'] ?? 0
    const tool = {
      name: 't',
      description: 'does things',
      input_schema: { type: 'object', properties: { a: { type: 'string' } } },
    }
    const tools = (await count(url, path, { ...turn('x'), tools: [tool] }))['input_tokens'] ?? 0
    const system =
      (await count(url, path, { ...turn('x'), system: 'be brief and kind' }))['input_tokens'] ?? 0
    expect(bare).toBeGreaterThanOrEqual(1)
    for (const more of [longer, tools, system]) expect(more).toBeGreaterThan(bare)
    expect(lines.filter(({ event: name }) => name === 'call')).toEqual([])
  })

  test('[C77] needs no max_tokens, and works in every dialect that counts', async () => {
    const { url } = await gateway(undefined)
    const contents = [{ role: 'user', parts: [{ text: 'hello there' }] }]
    expect(await count(url, '/v1beta/models/m:countTokens', { contents })).toMatchObject({
      totalTokens: expect.any(Number),
    })
    expect(
      await count(url, '/v1beta/models/m:countTokens', {
        generateContentRequest: { model: 'models/m', contents },
      }),
    ).toMatchObject({ totalTokens: expect.any(Number) })
    expect(await count(url, '/v1/responses/input_tokens', { model: 'm', input: 'hello' })).toMatchObject({
      input_tokens: expect.any(Number),
    })
  })

  test('a request that is none is refused in words', async () => {
    const { url } = await gateway(undefined)
    const answer = await post(`${url}/v1/messages/count_tokens`, '{"messages":')
    expect([answer.status, errorIn(await answer.text()).type]).toEqual([400, 'invalid_request_error'])
  })
})
