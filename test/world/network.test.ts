/** The client side of HTTP over real sockets: connections are used again, and nobody hears what was meant for another. */
import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { Exchange, NetworkFault, UpstreamHeaders, UpstreamListener } from '../../src/wire/exchange.ts'
import { createNetwork } from '../../src/world/network.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function network(connectTimeoutMs = 2_000) {
  const made = createNetwork({ connectTimeoutMs })
  closers.push(() => made.close())
  return made
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

type Serve = (request: IncomingMessage, response: ServerResponse) => void
const http = (serve: Serve): Promise<number> => listening(createHttp(serve))

/** A server that says these bytes to whatever comes. */
const saying = (say: (socket: Socket, asked: number) => void): Promise<number> =>
  listening(
    createServer((socket) => {
      let asked = 0
      socket.on('error', () => undefined)
      socket.on('data', () => say(socket, ++asked))
    }),
  )

class Heard implements UpstreamListener {
  status = 0
  headers: UpstreamHeaders = {}
  text = ''
  fault: NetworkFault | undefined
  readonly over: Promise<'ended' | 'broke'>
  readonly began: Promise<void>
  #resolve: (how: 'ended' | 'broke') => void = () => undefined
  #begin: () => void = () => undefined

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.began = new Promise((resolve) => {
      this.#begin = resolve
    })
  }

  head(status: number, headers: UpstreamHeaders): void {
    this.status = status
    this.headers = headers
  }
  data(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString('utf8')
    this.#begin()
  }
  ended(): void {
    this.#resolve('ended')
  }
  broke(fault: NetworkFault): void {
    this.fault = fault
    this.#resolve('broke')
  }
}

type Body = Uint8Array | string | readonly Uint8Array[]

function ask(
  net: ReturnType<typeof network>,
  url: string,
  body: Body = '{}',
  headers: Record<string, string> = {},
): Heard & { exchange: Exchange } {
  const heard = new Heard()
  const request = { method: 'POST', url, headers, body, headTimeoutMs: 0, idleTimeoutMs: 0 } as const
  return Object.assign(heard, { exchange: net.send(request, heard) })
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

describe('an exchange', () => {
  test('sends the body as it is, in one piece or in several, with its length', async () => {
    const got: string[] = []
    const port = await http((request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        got.push(`${request.headers['content-length']} ${Buffer.concat(pieces).toString('utf8')}`)
        response.end('ok')
      })
    })
    const net = network()
    for (const body of ['{"a":"ü"}', Buffer.from('{"a":"ü"}'), [Buffer.from('{"a":'), Buffer.from('"ü"}')]])
      expect(await ask(net, `http://127.0.0.1:${port}/v1`, body).over).toBe('ended')
    expect(got).toEqual(Array(3).fill('10 {"a":"ü"}'))
  })

  test('keeps its connection for the next one', async () => {
    const sockets = new Set<Socket>()
    const port = await http((request, response) => {
      sockets.add(request.socket)
      request.resume().on('end', () => response.end('ok'))
    })
    const net = network()
    for (let turn = 0; turn < 5; turn++) await ask(net, `http://127.0.0.1:${port}/`).over
    expect(sockets.size).toBe(1)
  })

  test.each([
    ['a reply that was longer than it said', `${ok}ok`],
    ['a reply that says it is the last', ok.replace('OK\r\n', 'OK\r\nConnection: close\r\n')],
  ])('does not keep it after %s', async (_, text) => {
    const sockets = new Set<Socket>()
    const port = await saying((socket) => {
      sockets.add(socket)
      socket.write(text)
    })
    const net = network()
    for (let turn = 0; turn < 3; turn++)
      expect(await ask(net, `http://127.0.0.1:${port}/`).over).toBe('ended')
    expect(sockets.size).toBe(3)
  })

  test('is not told what came over its connection before it was sent', async () => {
    const port = await saying((socket, asked) => {
      socket.write(asked === 1 ? ok : ok.replace('ok', 'me'))
      if (asked === 1) setImmediate(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyou'))
    })
    const net = network()
    await ask(net, `http://127.0.0.1:${port}/`).over
    await new Promise((resolve) => setTimeout(resolve, 50))
    const second = ask(net, `http://127.0.0.1:${port}/`)
    await second.over
    expect(second.text).toBe('ok') // from a fresh connection, whose first question this is
  })

  test('unpacks what is packed', async () => {
    const port = await http((request, response) => {
      request.resume().on('end', () => {
        response.setHeader('content-encoding', 'gzip')
        response.end(gzipSync('hello '.repeat(1000)))
      })
    })
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    expect(await heard.over).toBe('ended')
    expect(heard.text).toBe('hello '.repeat(1000))
  })

  test.each(['Identity', '', 'utf-8'])(
    'takes words as they are where %j is what packed them',
    async (name) => {
      const port = await http((request, response) => {
        request.resume().on('end', () => {
          response.setHeader('content-encoding', name)
          response.end('hello')
        })
      })
      const heard = ask(network(), `http://127.0.0.1:${port}/`)
      expect(await heard.over).toBe('ended')
      expect(heard.text).toBe('hello')
    },
  )

  test('goes over TLS, by the name of the host', async () => {
    const folder = new URL('tls/', import.meta.url)
    const server = createHttps(
      { key: readFileSync(new URL('key.pem', folder)), cert: readFileSync(new URL('cert.pem', folder)) },
      (request, response) => request.resume().on('end', () => response.end('safe')),
    )
    const port = await listening(server)
    const strict = ask(network(), `https://localhost:${port}/`)
    expect(await strict.over).toBe('broke')
    expect(strict.fault).toMatchObject({ kind: 'unreachable' })
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    closers.push(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    const heard = ask(network(), `https://localhost:${port}/`)
    expect(await heard.over).toBe('ended')
    expect(heard.text).toBe('safe')
  })
})

describe('a fault is named', () => {
  test('a port where nobody listens', async () => {
    const port = await listening(createServer())
    for (const close of closers.splice(0)) await close()
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    expect(await heard.over).toBe('broke')
    expect(heard.fault).toMatchObject({ kind: 'unreachable' })
    expect(heard.fault?.message).toContain('ECONNREFUSED')
  })

  test('a reply that is cut short', async () => {
    const port = await saying((socket) => socket.end(ok.slice(0, -1)))
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    expect(await heard.over).toBe('broke')
    expect(heard).toMatchObject({ status: 200, text: 'o', fault: { kind: 'cut' } })
  })

  test('an answer that is no HTTP', async () => {
    const port = await saying((socket) => socket.end('220 mail.example ESMTP\r\n\r\n'))
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    expect(await heard.over).toBe('broke')
    expect(heard.fault).toMatchObject({ kind: 'unreachable' })
  })

  test('packed bytes that cannot be unpacked', async () => {
    const port = await saying((socket) =>
      socket.write(ok.replace('OK\r\n', 'OK\r\nContent-Encoding: gzip\r\n')),
    )
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    expect(await heard.over).toBe('broke')
    expect(heard.fault).toMatchObject({ kind: 'cut' })
  })

  test.each([
    ['an address that is none', 'nowhere', {}],
    ['another protocol', 'ftp://127.0.0.1/', {}],
    ['a header that would begin another', 'http://127.0.0.1:1/', { 'x-a': 'b\r\nx-c: d' }],
    ['a header with letters that would become a line end', 'http://127.0.0.1:1/', { 'x-a': 'b\u010a' }],
    ['a path with a blank', 'http://127.0.0.1:1/a b', {}],
  ])('%s: nothing is sent', async (_, url, headers) => {
    const heard = ask(network(), url, '{}', headers)
    expect(heard.fault).toBeUndefined()
    expect(await heard.over).toBe('broke')
    expect(heard.fault).toMatchObject({ kind: 'unreachable' })
  })
})

describe('whoever waits no longer', () => {
  test('hears nothing more, and the server learns that nobody listens', async () => {
    let left: Promise<void> | undefined
    const port = await http((request, response) => {
      left = new Promise((resolve) => response.on('close', () => resolve()))
      request.resume()
      response.write('hello')
    })
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    await heard.began
    heard.exchange.abort()
    await left
    expect(heard.fault).toBeUndefined()
  })

  test('does not disturb the exchange that has its connection now', async () => {
    const port = await http((request, response) => request.resume().on('end', () => response.end('ok')))
    const net = network()
    const first = ask(net, `http://127.0.0.1:${port}/`)
    await first.over
    const second = ask(net, `http://127.0.0.1:${port}/`)
    first.exchange.pause()
    first.exchange.abort()
    expect(await second.over).toBe('ended')
  })

  test('a reader that pauses is not overrun, and hears everything once it goes on', async () => {
    const size = 32 * 1024 * 1024
    const port = await http((request, response) =>
      request.resume().on('end', () => response.end(Buffer.alloc(size, 97))),
    )
    const heard = ask(network(), `http://127.0.0.1:${port}/`)
    await heard.began
    heard.exchange.pause()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { length } = heard.text
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(heard.text.length).toBe(length)
    expect(length).toBeLessThan(size / 2)
    heard.exchange.resume()
    expect(await heard.over).toBe('ended')
    expect(heard.text.length).toBe(size)
  })
})
