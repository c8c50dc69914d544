/** HTTP to upstreams, over connections that are kept: what one socket read brought is handed on as one piece. */
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import {
  type Exchange,
  lengthOf,
  type NetworkFault,
  type RequestBody,
  type Send,
  type UpstreamListener,
  type UpstreamRequest,
} from '../wire/exchange.ts'
import type { Connection, Origin, Passenger } from './connection.ts'
import { Connections } from './connections.ts'
import type { ReplyHead } from './reply-head.ts'
import { bytesOf } from './text.ts'

export interface NetworkLimits {
  readonly connectTimeoutMs: number
}

const mostConnections = 1024

/** Head and idle time-outs of the request are kept by the caller, not here. */
export function createNetwork({ connectTimeoutMs }: NetworkLimits): { send: Send; close(): Promise<void> } {
  const pools = new Map<string, Pool>()
  const poolOf = (url: string): Pool | NetworkFault => {
    const root = rootOf(url)
    const known = pools.get(root)
    if (known) return known
    const origin = originOf(root)
    if (!origin) return { kind: 'unreachable', message: 'the address is no http or https URL' }
    const connections = new Connections({ origin, connectTimeoutMs, most: mostConnections })
    const pool = { connections, host: root.slice(root.indexOf('//') + 2) }
    pools.set(root, pool)
    return pool
  }
  return {
    send: (request, listener) => {
      const pool = poolOf(request.url)
      const link = new Link(listener)
      if ('kind' in pool) queueMicrotask(() => link.broke(pool))
      else link.board(pool, request)
      return link
    },
    close: async () => {
      for (const { connections } of pools.values()) connections.close()
    },
  }
}

interface Pool {
  readonly connections: Connections
  /** As the Host header has it. */
  readonly host: string
}

/** `https://host:port`, without what follows. */
function rootOf(url: string): string {
  const slash = url.indexOf('/', url.indexOf('//') + 2)
  return slash < 0 ? url : url.slice(0, slash)
}

function originOf(root: string): Origin | undefined {
  if (!URL.canParse(root)) return undefined
  const { protocol, hostname, port } = new URL(root)
  if (protocol !== 'http:' && protocol !== 'https:') return undefined
  const secure = protocol === 'https:'
  const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return { secure, host, port: port === '' ? (secure ? 443 : 80) : Number(port) }
}

/** Ours to say; whatever else a caller gives goes out as it is. */
const framing = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'])
/** Anything else would begin a header, or a request, of somebody else's. */
const plainValue = /^[\t -~\u0080-\u00ff]*$/
const plainPath = /^[!-~]+$/

/** A fault names what cannot be sent. */
function headOf(
  { method, url, headers }: UpstreamRequest,
  host: string,
  bodyBytes: number,
): string | NetworkFault {
  const path = url.slice(rootOf(url).length) || '/'
  if (!plainPath.test(path)) return unsayable('the path')
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || framing.has(name)) continue
    if (!plainValue.test(value) || !plainPath.test(name)) return unsayable(`the header ${name}`)
    head += `${name}: ${value}\r\n`
  }
  return method === 'POST' ? `${head}content-length: ${bodyBytes}\r\n\r\n` : `${head}\r\n`
}

const unsayable = (what: string): NetworkFault => ({
  kind: 'unreachable',
  message: `${what} holds letters that HTTP does not allow there`,
})

function piecesOf(body: RequestBody): readonly Uint8Array[] {
  if (typeof body === 'string') return [bytesOf(body)]
  return body instanceof Uint8Array ? [body] : body
}

type Unzip = ReturnType<typeof createGunzip>

/** None was asked for. What is named otherwise (`identity`, a character set) is taken for the words themselves. */
const openers = new Map<string, () => Unzip>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

const openerOf = (encoding: string | readonly string[] | undefined): (() => Unzip) | undefined =>
  typeof encoding === 'string' ? openers.get(encoding.trim().toLowerCase()) : undefined

class Link implements Exchange, Passenger {
  readonly #listener: UpstreamListener
  #connection: Connection | undefined
  #withdraw: (() => void) | undefined
  #unzip: Unzip | undefined
  #over = false
  #paused = false

  constructor(listener: UpstreamListener) {
    this.#listener = listener
  }

  /** Waits for a connection where there are too many. */
  board({ connections, host }: Pool, request: UpstreamRequest): void {
    const body = request.method === 'POST' ? piecesOf(request.body) : []
    const head = headOf(request, host, lengthOf(body))
    if (typeof head !== 'string') {
      queueMicrotask(() => this.broke(head))
      return
    }
    this.#withdraw = connections.take((connection) => {
      this.#connection = connection
      connection.send(head, body, this)
    })
  }

  pause(): void {
    this.#paused = true
    this.#connection?.pause()
  }

  resume(): void {
    this.#paused = false
    if (this.#over) return
    this.#unzip?.resume()
    this.#connection?.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#unzip?.destroy()
    this.#withdraw?.()
    this.#connection?.drop()
  }

  head({ status, headers }: ReplyHead): void {
    const open = openerOf(headers['content-encoding'])
    if (open) this.#unzip = this.#unzipper(open())
    this.#listener.head(status, headers)
  }

  data(bytes: Uint8Array): void {
    if (this.#over) return
    if (this.#unzip) this.#unzip.write(bytes)
    else this.#listener.data(bytes)
  }

  ended(): void {
    this.#connection = undefined // it may carry somebody else from here on
    if (this.#over) return
    if (this.#unzip) this.#unzip.end()
    else this.#finish()
  }

  broke(fault: NetworkFault): void {
    if (this.#over) return
    this.#over = true
    this.#unzip?.destroy()
    this.#listener.broke(fault)
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    this.#listener.ended()
  }

  #unzipper(unzip: Unzip): Unzip {
    unzip.on('data', (bytes: Buffer) => {
      if (!this.#over) this.#listener.data(bytes)
    })
    unzip.on('end', () => this.#finish())
    unzip.on('error', ({ message }) => {
      const connection = this.#connection
      this.broke({ kind: 'cut', message: `the connection broke (${message})` })
      connection?.drop()
    })
    if (this.#paused) unzip.pause()
    return unzip
  }
}
