import { connect } from 'node:net'
import zlib from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorIn, type House, message, openHouse, post, raw } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const callers: readonly (readonly [string, string])[] = [
  ['anthropic', '/v1/messages'],
  ['openai-chat', '/v1/chat/completions'],
  ['openai-responses', '/v1/responses'],
  ['gemini', '/v1beta/models/m:generateContent'],
]

/** The status, and that the body is an error in the caller's own form with our request-id. */
async function refusal(answer: Response, dialect: string): Promise<{ status: number; message: string }> {
  const text = await answer.text()
  const { message, ...error } = errorIn(text)
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  expect(answer.headers.get('request-id')).toMatch(/^req_\w{24}$/)
  if (dialect === 'anthropic')
    expect(JSON.parse(text)).toMatchObject({ type: 'error', request_id: answer.headers.get('request-id') })
  else if (dialect === 'gemini')
    expect(error).toMatchObject({ code: expect.any(Number), status: expect.any(String) })
  else expect(error).toMatchObject({ type: expect.any(String), param: null })
  return { status: answer.status, message }
}

describe.each(callers)('to a client that speaks %s', (dialect, path) => {
  const ask = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    post(house.url + path, body, headers)

  test.each([
    ['nothing', '', /empty/],
    ['a list', '[]', /not a JSON object/],
    ['half an object', '{"model":"m","messages":[{"role"', /does not end|malformed/i],
    ['a comma too many', '{"model":"m",}', /malformed JSON at byte 13/],
    ['two objects', '{"model":"m"}{}', /follows|malformed/],
    ['prose', 'hello', /not a JSON object/],
  ])('[C23] %s is 400 and says where', async (_name, body, words) => {
    const { status, message } = await refusal(await ask(body), dialect)
    expect(status).toBe(400)
    expect(message).toMatch(words)
  })

  test('[C23] bytes that are not UTF-8 are 400', async () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"m","x":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ])
    const { status, message } = await refusal(await ask(body), dialect)
    expect([status, message]).toEqual([400, expect.stringMatching(/UTF-8/)])
  })

  test('[C22] a body over the limit is 413, whether its length was told or not', async () => {
    const big = `{"model":"m","x":"${'a'.repeat(1024 * 1024)}"}`
    const told = await refusal(await ask(big), dialect)
    expect([told.status, told.message]).toEqual([413, expect.stringMatching(/1048576 bytes/)])
    const pieces = [big.slice(0, 500_000), big.slice(500_000)].map(
      (piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`,
    )
    const heard = await raw(house.port, [
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n`,
      ...pieces,
      '0\r\n\r\n',
    ])
    expect(heard).toMatch(/^HTTP\/1\.1 413 /)
    expect(heard).toMatch(/connection: close/i)
  })

  test('[C24] an encoding nobody here reads is 415', async () => {
    const { status, message } = await refusal(await ask('{}', { 'content-encoding': 'sdch' }), dialect)
    expect([status, message]).toEqual([415, expect.stringMatching(/sdch.*gzip/)])
  })

  test('[C24] a broken archive is 400, a bomb is 413', async () => {
    const broken = await refusal(await ask('not gzip', { 'content-encoding': 'gzip' }), dialect)
    expect(broken.status).toBe(400)
    const bomb = zlib.gzipSync(`{"x":"${' '.repeat(50 * 1024 * 1024)}"}`)
    const bombed = await refusal(await ask(bomb, { 'content-encoding': 'gzip' }), dialect)
    expect(bombed.status).toBe(413)
  })

  test('nothing nested beyond reason is followed', async () => {
    const depth = 3_000
    const body = `{"model":"m","max_tokens":1,"messages":${'['.repeat(depth)}${']'.repeat(depth)},"contents":[],"input":[]}`
    const { status, message } = await refusal(await ask(body), dialect)
    expect([status, message]).toEqual([400, expect.stringMatching(/nested/)])
  })
})

describe('compressed bodies', () => {
  const text = JSON.stringify(message)
  test.each([
    ['gzip', zlib.gzipSync(text)],
    ['GZIP', zlib.gzipSync(text)],
    ['x-gzip', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['br', zlib.brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('[C24] %s is read', async (encoding, body) => {
    const answer = await post(`${house.url}/v1/messages`, body, { 'content-encoding': encoding })
    expect(await answer.json()).toMatchObject({ model: message.model })
    expect(Buffer.from(house.calls.at(-1)!.body).toString()).toBe(text)
  })
})

describe('fields that a request cannot do without', () => {
  test.each([
    ['/v1/messages', { max_tokens: 9, messages: [] }, /^model: field required/],
    ['/v1/messages', { model: '', max_tokens: 9, messages: [] }, /^model: expected/],
    ['/v1/messages', { model: 7, max_tokens: 9, messages: [] }, /^model: expected/],
    ['/v1/messages', { model: 'm', max_tokens: 9 }, /^messages: field required/],
    ['/v1/messages', { model: 'm', messages: [] }, /^max_tokens: field required/],
    ['/v1/chat/completions', { model: 'm' }, /^messages: field required/],
    ['/v1/responses', { model: 'm' }, /^input: field required/],
    ['/v1beta/models/m:generateContent', {}, /^contents: field required/],
  ])('%s without: %j', async (path, body, words) => {
    const answer = await post(house.url + path, body)
    expect(answer.status).toBe(400)
    expect(errorIn(await answer.text()).message).toMatch(words)
  })

  test('[C4] fields nobody knows are no reason to refuse', async () => {
    const body = { ...message, context_management: { edits: [] }, safeguards: {}, 'never seen': [1] }
    expect((await post(`${house.url}/v1/messages`, body)).status).toBe(200)
  })

  test('a stored prompt or an earlier response may stand for input', async () => {
    const answer = await post(`${house.url}/v1/responses`, { model: 'm', previous_response_id: 'resp_1' })
    expect(answer.status).toBe(200)
  })
})

describe('clients that test our patience', () => {
  test('a header bomb is 431 in the caller’s words', async () => {
    const heard = await raw(
      house.port,
      `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-bomb: ${'a'.repeat(100_000)}\r\n\r\n`,
    )
    expect(heard).toMatch(/^HTTP\/1\.1 431 /)
    expect(JSON.parse(heard.slice(heard.indexOf('{')))).toMatchObject({
      type: 'error',
      error: { message: expect.stringMatching(/headers/) },
    })
    expect(heard).toMatch(/request-id: req_\w{24}/)
  })

  test('what is not HTTP is 400', async () => {
    const heard = await raw(house.port, 'hello there\r\n\r\n')
    expect(heard).toMatch(/^HTTP\/1\.1 400 /)
    expect(heard).toContain('not a well-formed')
  })

  test.each([
    ['headers', 'POST /v1/messages HTTP/1.1\r\nhost: local'],
    ['body', 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"model"'],
  ])('a slow-loris that never finishes its %s is 408 soon', async (_part, start) => {
    const strict = await openHouse({
      settings: {
        timeouts: {
          headMs: 1,
          idleMs: 1,
          pingMs: 1,
          holdThinkingMs: 1,
          closingGraceMs: 1,
          clientRequestMs: 200,
        },
      },
    })
    const startedMs = Date.now()
    const heard = await raw(strict.port, start)
    expect(heard).toMatch(/^HTTP\/1\.1 408 /)
    expect(heard).toContain('did not arrive whole')
    expect(Date.now() - startedMs).toBeLessThan(2_000)
    await strict.close()
  })

  test.each([
    ['/v1/chat/completions', { error: { code: null } }],
    ['/p/default/v1beta/models/m:generateContent', { error: { code: 400, status: 'INVALID_ARGUMENT' } }],
    ['/s/launch/v1/messages', { type: 'error' }],
  ])('a body for %s that never comes is told in the words of its dialect', async (path, words) => {
    const strict = await openHouse({
      settings: {
        timeouts: {
          headMs: 1,
          idleMs: 1,
          pingMs: 1,
          holdThinkingMs: 1,
          closingGraceMs: 1,
          clientRequestMs: 200,
        },
      },
    })
    const heard = await raw(
      strict.port,
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{`,
    )
    expect(heard).toMatch(/^HTTP\/1\.1 408 /)
    expect(JSON.parse(heard.slice(heard.indexOf('{')))).toMatchObject(words)
    await strict.close()
  })

  test('the deadline for requests does not end long replies', async () => {
    const strict = await openHouse({
      settings: {
        timeouts: {
          headMs: 1,
          idleMs: 1,
          pingMs: 1,
          holdThinkingMs: 1,
          closingGraceMs: 1,
          clientRequestMs: 100,
        },
      },
      handle: (call) => {
        call.client.head(200, { 'content-type': 'text/event-stream' })
        call.client.write('data: 1\n\n')
        setTimeout(() => call.client.end('data: 2\n\n'), 500)
      },
    })
    const answer = await post(`${strict.url}/v1/messages`, message)
    expect(await answer.text()).toBe('data: 1\n\ndata: 2\n\n')
    await strict.close()
  })

  test('Expect: 100-continue is answered before the body, or refused before it', async () => {
    const head = (length: number) =>
      `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`
    const body = JSON.stringify(message)
    const heard = await raw(house.port, [head(body.length), body])
    expect(heard).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/)
    const refused = await raw(house.port, head(50_000_000), { keepOpen: false })
    expect(refused).toMatch(/^HTTP\/1\.1 413/)
  })

  test('one that leaves while it sends is forgotten', async () => {
    const before = house.calls.length
    const socket = connect(house.port, '127.0.0.1')
    socket.write('POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"model"')
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
    expect(house.calls).toHaveLength(before)
  })

  test('[C22] 40 MB are refused, and 200 MB are not kept', async () => {
    const before = process.memoryUsage().rss
    const piece = Buffer.alloc(64 * 1024, 32)
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')])
    const heard = await new Promise<string>((resolve, reject) => {
      const socket = connect(house.port, '127.0.0.1')
      let text = ''
      let left = (200 * 1024 * 1024) / piece.length
      const pump = (): void => {
        while (left-- > 0) if (!socket.write(chunk)) return
        socket.write('0\r\n\r\n')
      }
      socket.on('drain', pump)
      socket.on('data', (data) => {
        text += data.toString()
      })
      socket.on('close', () => resolve(text))
      socket.on('error', reject)
      socket.write('POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n')
      pump()
    })
    expect(heard).toMatch(/^HTTP\/1\.1 413/)
    expect(heard).toContain('request_too_large')
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024)
  })
})
