/** One connection to an upstream: carries one exchange at a time. */
import { isIP, connect as openSocket, type Socket } from 'node:net'
import { connect as openSecure } from 'node:tls'
import type { NetworkFault } from '../wire/exchange.ts'
import { atTurnsEnd } from './at-turns-end.ts'
import type { HeadReader, ReplyHead } from './reply-head.ts'
import { ReplyReader, type ReplySink } from './reply-reader.ts'

/** Scheme, host and port: what a connection may be shared for. */
export interface Origin {
  readonly secure: boolean
  readonly host: string
  readonly port: number
}

/** With the last one a server gave, a new connection needs fewer round trips. */
export interface Tickets {
  last?: Buffer
}

/** The exchange that a connection carries. After `ended` or `broke` nothing more is said. */
export interface Passenger {
  head(head: ReplyHead): void
  data(bytes: Buffer): void
  ended(): void
  broke(fault: NetworkFault): void
}

export interface ConnectionParts {
  readonly origin: Origin
  readonly connectTimeoutMs: number
  readonly tickets: Tickets
  readonly heads: HeadReader
  /** It can carry another exchange now, or it is gone. */
  readonly whenFree: (connection: Connection) => void
  readonly whenGone: (connection: Connection) => void
}

/** When the server does not say how long it keeps an idle connection, and what is left for the way there. */
const usualKeepMs = 4_000
const marginMs = 1_000
const longestKeepMs = 600_000

export class Connection implements ReplySink {
  /** Idle since then it may still be used; in `performance.now()` milliseconds. */
  usableUntilMs = 0
  readonly #parts: ConnectionParts
  readonly #socket: Socket
  readonly #reader: ReplyReader
  readonly #timer: NodeJS.Timeout
  #passenger: Passenger | undefined
  #persists = false
  #keepMs = usualKeepMs
  #error: Error | undefined
  #gone = false

  constructor(parts: ConnectionParts) {
    this.#parts = parts
    this.#reader = new ReplyReader(this, parts.heads)
    this.#socket = opened(parts, (bytes) => this.#read(bytes))
    const ready = parts.origin.secure ? 'secureConnect' : 'connect'
    this.#timer = setTimeout(() => this.#socket.destroy(new ConnectTimeout()), parts.connectTimeoutMs)
    this.#socket.once(ready, () => clearTimeout(this.#timer))
    this.#socket.on('end', () => this.#finish())
    this.#socket.on('error', (error) => {
      this.#error = error
    })
    this.#socket.on('close', () => this.#close())
  }

  /** `head` ends with its blank line. */
  send(head: string, body: readonly Uint8Array[], passenger: Passenger): void {
    this.#passenger = passenger
    this.#reader.expect()
    const socket = this.#socket
    socket.cork()
    socket.write(head, 'latin1')
    for (const piece of body) socket.write(piece)
    atTurnsEnd(this)
  }

  flush(): void {
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** Nothing more is said to the passenger. */
  drop(): void {
    this.#passenger = undefined
    this.#socket.destroy()
  }

  head(head: ReplyHead): void {
    this.#persists = head.persists
    this.#keepMs = Math.min(longestKeepMs, Math.max(0, (head.keepMs ?? usualKeepMs + marginMs) - marginMs))
    this.#passenger?.head(head)
  }

  data(bytes: Buffer): void {
    this.#passenger?.data(bytes)
  }

  /** A server that answers before it has read everything, or says more than the reply, is not asked again. */
  ended(clean: boolean): void {
    const passenger = this.#passenger
    this.#passenger = undefined
    const stays = this.#persists && clean && this.#socket.writableLength === 0 && !this.#socket.destroyed
    if (stays) {
      this.#socket.resume()
      this.usableUntilMs = performance.now() + this.#keepMs
      this.#parts.whenFree(this)
    } else this.#socket.destroy()
    passenger?.ended()
  }

  garbled(because: string): void {
    this.#leave({ kind: 'unreachable', message: because })
    this.#socket.destroy()
  }

  /** What comes while nobody waits for it belongs to nobody: such a connection cannot be trusted. */
  #read(bytes: Buffer): void {
    if (this.#reader.isOver) this.#socket.destroy()
    else this.#reader.push(bytes)
  }

  #finish(): void {
    if (!this.#reader.isOver) this.#reader.finish()
  }

  #close(): void {
    if (this.#gone) return
    this.#gone = true
    clearTimeout(this.#timer)
    this.#leave(faultOf(this.#error))
    this.#parts.whenGone(this)
  }

  #leave(fault: NetworkFault): void {
    const passenger = this.#passenger
    this.#passenger = undefined
    passenger?.broke(fault)
  }
}

class ConnectTimeout extends Error {
  readonly code = 'CONNECT_TIMEOUT'
  override readonly message = 'no answer'
}

type Take = (bytes: Buffer) => void

/**
 * Every read of a socket takes 64 KB of memory to give most of it back: all of them read into the same, and what came is
 * copied. Bun reads in its own way.
 */
const landing = process.versions['bun'] === undefined ? Buffer.allocUnsafeSlow(64 * 1024) : undefined

function openedPlain({ host, port }: Origin, take: Take): Socket {
  if (!landing) return openSocket({ host, port, ...socketOptions }).on('data', take)
  const callback = (bytes: number): boolean => {
    take(Buffer.from(landing.subarray(0, bytes)))
    return true
  }
  return openSocket({ host, port, ...socketOptions, onread: { buffer: landing, callback } })
}

function opened({ origin, tickets }: ConnectionParts, take: Take): Socket {
  const { secure, host, port } = origin
  if (!secure) return openedPlain(origin, take)
  const socket = openSecure({
    ...socketOptions,
    host,
    port,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 && { servername: host }),
    ...(tickets.last && { session: tickets.last }),
  })
  socket.on('data', take)
  socket.on('session', (ticket) => {
    tickets.last = ticket
  })
  return socket
}

/** A long thought sends nothing for minutes: what lies in between must not forget the connection. */
const socketOptions = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }

const broken = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

function faultOf(failed: Error | undefined): NetworkFault {
  // one for each address that was tried
  const error: unknown = failed instanceof AggregateError ? failed.errors[0] : failed
  if (!(error instanceof Error))
    return { kind: 'cut', message: 'the connection broke (the other side closed it)' }
  const code = 'code' in error ? String(error.code) : ''
  const message = error.message || code
  if (code === 'CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return { kind: 'timeout', message: `no connection in time (${message})` }
  if (broken.has(code)) return { kind: 'cut', message: `the connection broke (${message})` }
  return { kind: 'unreachable', message: code ? `${code}: ${message}` : message }
}
