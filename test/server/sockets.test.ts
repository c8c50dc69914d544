import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Call } from '../../src/gateway/call.ts'
import { type House, type HouseOptions, openHouse, raw } from './house.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function housed(options: HouseOptions): Promise<House> {
  const house = await openHouse(options)
  open.push(house)
  return house
}

interface Message {
  readonly type: string
  readonly status?: number
  readonly response: { readonly id: string }
}

/** A socket whose messages can be waited for. */
async function line(port: number, path = '/v1/responses', headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers })
  open.push({ close: () => socket.terminate() })
  const messages: Message[] = []
  const waiting: (() => void)[] = []
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)))
    for (const wake of waiting.splice(0)) wake()
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const until = async (count: number) => {
    while (messages.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    return messages
  }
  return { socket, messages, until, ask: (body: object) => socket.send(JSON.stringify(body)) }
}

const frame = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hello' }] }

const answering = ({ client, id }: Call): void => {
  client.head(200, { 'content-type': 'text/event-stream' })
  client.write(frame('response.created', { response: { id: `resp_${id}` } }))
  client.write(Buffer.from(frame('response.output_item.done', { item })))
  client.end(frame('response.completed', { response: { id: `resp_${id}`, output: [item] } }))
}

const create = { type: 'response.create', model: 'm', input: [{ role: 'user', content: 'hi' }] }

describe('Codex’ WebSocket', () => {
  test('[C121] is served: each event of the stream is a message', async () => {
    const house = await housed({ handle: answering })
    const { ask, until } = await line(house.port)
    ask(create)
    const types = (await until(3)).map(({ type }) => type)
    expect(types).toEqual(['response.created', 'response.output_item.done', 'response.completed'])
    expect(house.calls[0]).toMatchObject({ model: 'm', stream: true })
    expect(house.calls[0]?.dialect.id).toBe('openai-responses')
  })

  test('a second turn brings the first along, on the same socket', async () => {
    const house = await housed({ handle: answering })
    const { ask, until } = await line(house.port)
    ask(create)
    const [, , done] = await until(3)
    ask({ ...create, previous_response_id: done!.response.id, input: [{ role: 'user', content: 'more' }] })
    await until(6)
    const { input } = JSON.parse(Buffer.from(house.calls[1]!.body).toString())
    expect(input).toEqual([...create.input, item, { role: 'user', content: 'more' }])
  })

  test('a prewarm is answered without asking anybody', async () => {
    const house = await housed({ handle: answering })
    const { ask, until } = await line(house.port)
    ask({ ...create, generate: false })
    expect((await until(2)).at(-1)).toMatchObject({ type: 'response.completed' })
    expect(house.calls).toHaveLength(0)
  })

  test('a refusal arrives as an error with its status, and the socket goes on', async () => {
    let refuse = true
    const house = await housed({
      handle: (call) => {
        if (!refuse) return answering(call)
        refuse = false
        call.client.head(429, { 'content-type': 'application/json', 'retry-after': '3' })
        call.client.end(
          '{"error":{"message":"slow down","type":"rate_limit_error","code":null,"param":null}}',
        )
      },
    })
    const { ask, until } = await line(house.port)
    ask(create)
    expect((await until(1))[0]).toMatchObject({ type: 'error', status: 429, error: { message: 'slow down' } })
    ask(create)
    expect((await until(4)).at(-1)?.type).toBe('response.completed')
  })

  test('a message without a model is refused in words', async () => {
    const house = await housed({ handle: answering })
    const { ask, until, socket } = await line(house.port)
    socket.send('not json')
    ask({ type: 'response.create', input: [] })
    const messages = await until(2)
    expect(messages).toMatchObject([
      { type: 'error', status: 400 },
      { type: 'error', status: 400, error: { message: expect.stringContaining('model') } },
    ])
    expect(house.calls).toHaveLength(0)
  })

  test('[C104] a socket that closes takes its call along', async () => {
    let told = (): void => undefined
    const left = new Promise<void>((resolve) => {
      told = resolve
    })
    const house = await housed({
      handle: ({ client }) => {
        client.head(200, { 'content-type': 'text/event-stream' })
        client.write(frame('response.created', {}))
        client.onGone(told)
      },
    })
    const { ask, until, socket } = await line(house.port)
    ask(create)
    await until(1)
    socket.terminate()
    await left
    expect(house.calls[0]?.client.gone).toBe(true)
  })

  test('[C106] a socket that is not read makes us wait', async () => {
    let written = 0
    let client: Call['client'] | undefined
    const pump = (): void => {
      for (let count = 0; count < 2_000; count++) {
        written += 64 * 1024
        if (!client!.write(frame('x', { text: 'a'.repeat(64 * 1024) }))) return
      }
    }
    const house = await housed({
      handle: (call) => {
        client = call.client
        client.head(200, { 'content-type': 'text/event-stream' })
        client.onDrain(pump)
        pump()
      },
    })
    const { ask, socket } = await line(house.port)
    socket.pause()
    ask(create)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const stalled = written
    expect(stalled).toBeLessThan(16 * 1024 * 1024)
    socket.resume()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(written).toBeGreaterThan(stalled)
  })

  test('its handshake is not passed on, its profile and headers are', async () => {
    const house = await housed({ handle: answering })
    const headers = { 'openai-beta': 'responses_websockets=2026-02-06, other=1', 'session-id': 's1' }
    const { ask, until } = await line(house.port, '/p/kimi/v1/responses', headers)
    ask(create)
    await until(3)
    const call = house.calls[0]!
    expect(call.profile.name).toBe('kimi')
    expect(call.headers).toMatchObject({ 'openai-beta': 'other=1', 'session-id': 's1' })
    expect(Object.keys(call.headers).filter((name) => name.startsWith('sec-'))).toEqual([])
  })

  test('closes when the gateway closes', async () => {
    const house = await openHouse({ handle: answering })
    const { socket } = await line(house.port)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await house.edge.close(1_000)
    expect(await closed).toBe(1001)
  })
})

describe('upgrades', () => {
  const handshake = (path: string, more = '', upgrade = 'websocket'): string =>
    `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: ${upgrade}\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`

  test.each([
    ['/v1/messages', 'websocket'],
    ['/v1/realtime', 'websocket'],
    ['/', 'websocket'],
    ['/v1/responses', 'h2c'],
  ])('[C121] %s to %s is refused with 426 at once', async (path, upgrade) => {
    const house = await housed({})
    const heard = await raw(house.port, handshake(path, '', upgrade))
    expect(heard).toMatch(/^HTTP\/1\.1 426 /)
    expect(heard).toMatch(/request-id: req_/)
  })

  test('[C121] need the key like everything else, and without one lead to HTTP at once', async () => {
    const house = await housed({ settings: { clientKeys: ['the-key'] }, handle: answering })
    const heard = await raw(house.port, handshake('/v1/responses'))
    expect(heard).toMatch(/^HTTP\/1\.1 426 /)
    expect(heard).toContain('invalid_api_key')
    const { ask, until } = await line(house.port, '/v1/responses', { authorization: 'Bearer the-key' })
    ask(create)
    expect(await until(3)).toHaveLength(3)
  })

  test('from a strange page are refused', async () => {
    const house = await housed({})
    expect(await raw(house.port, handshake('/v1/responses', 'origin: https://evil.example\r\n'))).toMatch(
      /^HTTP\/1\.1 403 /,
    )
  })

  test('[C121] to a profile that does not exist lead to HTTP at once', async () => {
    const house = await housed({})
    const heard = await raw(house.port, handshake('/p/nope/v1/responses'))
    expect(heard).toMatch(/^HTTP\/1\.1 426 /)
    expect(heard).toContain('No profile is named')
  })
})
