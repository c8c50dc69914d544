import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/gateway/call.ts'
import { type HouseOptions, message, openHouse, post, raw } from './house.ts'

const streamHead = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }

/** Opens a house for one test. */
async function housed<T>(
  handle: NonNullable<HouseOptions['handle']>,
  act: (url: string, port: number) => Promise<T>,
): Promise<T> {
  const house = await openHouse({ handle })
  try {
    return await act(house.url, house.port)
  } finally {
    await house.close()
  }
}

const until = async (holds: () => boolean): Promise<void> => {
  const deadline = Date.now() + 5_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it never came true')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a stream over HTTP', () => {
  test('[C40] has its head as given, no length, and is not packed', async () => {
    await housed(
      ({ client }) => {
        client.head(200, streamHead)
        client.write('data: 1\n\n')
        client.end()
      },
      async (url) => {
        const { status, headers } = await post(`${url}/v1/messages`, message, { 'accept-encoding': 'gzip' })
        expect(status).toBe(200)
        expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
        expect(headers.get('cache-control')).toBe('no-cache')
        expect(headers.get('content-length')).toBeNull()
        expect(headers.get('content-encoding')).toBeNull()
      },
    )
  })

  test('[C43] reaches the client piece by piece', async () => {
    let client: Call['client'] | undefined
    await housed(
      (call) => {
        client = call.client
        client.head(200, streamHead)
        client.write('data: 1\n\n')
      },
      async (url) => {
        const answer = await post(`${url}/v1/messages`, message)
        const reader = answer.body!.getReader()
        const next = async () => Buffer.from((await reader.read()).value ?? []).toString()
        expect(await next()).toBe('data: 1\n\n')
        client!.write(Buffer.from('data: 2\n\n'))
        expect(await next()).toBe('data: 2\n\n')
        client!.end('data: 3\n\n')
        expect(await next()).toBe('data: 3\n\n')
      },
    )
  })

  test('[C104] tells at once that the client has left, also while nothing is being said', async () => {
    let leftMs = 0
    await housed(
      ({ client }) => {
        client.head(200, streamHead)
        client.write('data: 1\n\n')
        client.onGone(() => {
          leftMs = Date.now()
        })
      },
      async (url) => {
        const abort = new AbortController()
        const asked = fetch(`${url}/v1/messages`, {
          method: 'POST',
          body: JSON.stringify(message),
          signal: abort.signal,
        })
        await (await asked).body!.getReader().read()
        const abortedMs = Date.now()
        abort.abort()
        await until(() => leftMs > 0)
        expect(leftMs - abortedMs).toBeLessThan(500)
      },
    )
  })

  test('[C104] tells that the client has left before anything was said', async () => {
    let call: Call | undefined
    let left = 0
    await housed(
      (given) => {
        call = given
        given.client.onGone(() => left++)
      },
      async (_url, port) => {
        const body = JSON.stringify(message)
        const socket = connect(port, '127.0.0.1')
        socket.write(
          `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        )
        await until(() => call !== undefined)
        socket.destroy()
        await until(() => left > 0)
        expect(call!.client.gone).toBe(true)
        expect(left).toBe(1)
        call!.client.head(200, streamHead)
        expect(() => call!.client.write('too late')).not.toThrow()
        expect(() => call!.client.end('too late')).not.toThrow()
      },
    )
  })

  test('says nothing of leaving when the reply was whole', async () => {
    let left = 0
    await housed(
      ({ client }) => {
        client.onGone(() => left++)
        client.head(200, streamHead)
        client.end('data: 1\n\n')
      },
      async (url) => {
        await (await post(`${url}/v1/messages`, message, { connection: 'close' })).text()
      },
    )
    expect(left).toBe(0)
  })

  test('[C106] a client that does not read makes us wait instead of hoard', async () => {
    const piece = Buffer.alloc(64 * 1024, 97)
    let written = 0
    let client: Call['client'] | undefined
    const pump = (): void => {
      for (let count = 0; count < 4_000; count++) {
        written += piece.length
        if (!client!.write(piece)) return
      }
    }
    await housed(
      (call) => {
        client = call.client
        client.head(200, streamHead)
        client.onDrain(pump)
        pump()
      },
      async (_url, port) => {
        const body = JSON.stringify(message)
        const socket = connect(port, '127.0.0.1')
        socket.write(
          `POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        )
        await until(() => written > 0)
        await new Promise((resolve) => setTimeout(resolve, 200))
        const stalled = written
        expect(stalled).toBeLessThan(16 * 1024 * 1024)
        socket.resume()
        await until(() => written > stalled + 16 * 1024 * 1024)
        socket.destroy()
      },
    )
  })
})

describe('a whole reply over HTTP', () => {
  test.each([
    ['end alone', ({ client }: Call) => client.end('{"a":1}')],
    [
      'write and end',
      ({ client }: Call) => {
        client.write('{"a":')
        client.end('1}')
      },
    ],
    [
      'write, then end',
      ({ client }: Call) => {
        client.write(Buffer.from('{"a":1}'))
        client.end()
      },
    ],
    [
      'pieces over time',
      ({ client }: Call) => {
        client.write('{"a"')
        setTimeout(() => client.write(':'), 5)
        setTimeout(() => client.end('1}'), 10)
      },
    ],
  ])('arrives the same by %s', async (_name, act) => {
    await housed(
      (call) => {
        call.client.head(200, {
          'content-type': 'application/json',
          'x-absent': undefined,
          'x-twice': ['1', '2'],
        })
        act(call)
      },
      async (url) => {
        const answer = await post(`${url}/v1/messages`, message)
        expect(answer.headers.get('x-twice')).toBe('1, 2')
        expect(answer.headers.has('x-absent')).toBe(false)
        expect(await answer.json()).toEqual({ a: 1 })
      },
    )
  })

  test('that comes at once has its length', async () => {
    const written = await housed(
      ({ client }) => {
        client.head(200, { 'content-type': 'application/json' })
        client.write('"ü"')
        client.end()
      },
      async (url) => (await post(`${url}/v1/messages`, message)).headers.get('content-length'),
    )
    expect(written).toBe('4')
  })

  test('an upstream’s header that may not be sent on does not cost the reply', async () => {
    const answer = await housed(
      ({ client }) => {
        client.head(429, { 'content-type': 'application/json', 'x-odd': 'snow\u2603man', 'retry-after': '7' })
        client.end('{}')
      },
      async (url) => post(`${url}/v1/messages`, message),
    )
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.has('x-odd')]).toEqual([
      429,
      '7',
      false,
    ])
  })
})

describe('Gemini streams without alt=sse', () => {
  const gemini = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] }
  const speaking = ({ client }: Call): void => {
    client.head(200, streamHead)
    client.write('data: {"n":1}\n\ndata: {"n"')
    client.write(':2}\n\n: a comment\n\n')
    client.end('data: {"n":3}\n\n')
  }

  test('are one JSON list', async () => {
    await housed(speaking, async (url) => {
      const answer = await post(`${url}/v1beta/models/m:streamGenerateContent`, gemini)
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(await answer.json()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    })
  })

  test('are events when asked for', async () => {
    await housed(speaking, async (url) => {
      const answer = await post(`${url}/v1beta/models/m:streamGenerateContent?alt=sse&x=1`, gemini)
      expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/)
      expect(await answer.text()).toBe('data: {"n":1}\n\ndata: {"n":2}\n\n: a comment\n\ndata: {"n":3}\n\n')
    })
  })

  test('that said nothing are an empty list, and refusals stay what they are', async () => {
    const empty = await housed(
      ({ client }) => {
        client.head(200, streamHead)
        client.end()
      },
      async (url) => (await post(`${url}/v1beta/models/m:streamGenerateContent`, gemini)).text(),
    )
    expect(empty).toBe('[]')
    const refused = await housed(
      ({ client }) => {
        client.head(429, { 'content-type': 'application/json' })
        client.end('{"error":{}}')
      },
      async (url) => (await post(`${url}/v1beta/models/m:streamGenerateContent`, gemini)).text(),
    )
    expect(refused).toBe('{"error":{}}')
  })
})

test('HTTP/1.0 clients get a reply that ends with the connection', async () => {
  const heard = await housed(
    ({ client }) => {
      client.head(200, streamHead)
      client.write('data: 1\n\n')
      client.end('data: 2\n\n')
    },
    async (_url, port) => {
      const body = JSON.stringify(message)
      return raw(port, `POST /v1/messages HTTP/1.0\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
    },
  )
  expect(heard).toMatch(/data: 1\n\ndata: 2\n\n$/)
})
