/** WebSocket upgrades: Codex' form of `/v1/responses` is served, any other is refused at once (CONTRACT 121). */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Profile } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { SocketSession } from '../dialects/openai-responses/socket.ts'
import type { Call } from '../gateway/call.ts'
import { isFailure } from '../gateway/call.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { ClientHeaders } from '../gateway/headers.ts'
import { outlineOf } from './read-call.ts'
import { SocketClient } from './socket-client.ts'

export interface SocketParts {
  readonly gateway: Gateway
  readonly dialect: Dialect
  readonly maxMessageBytes: number
  readonly newId: () => string
  readonly nowMs: () => number
}

/** Who is at the other end of a socket. */
export interface Caller {
  readonly profile: Profile
  /** The name of the key it came in with. */
  readonly key?: string
  readonly headers: ClientHeaders
  readonly query: string
}

export class Sockets {
  readonly #parts: SocketParts
  readonly #server: WebSocketServer
  readonly #lines = new Set<Line>()

  constructor(parts: SocketParts) {
    this.#parts = parts
    this.#server = new WebSocketServer({ noServer: true, maxPayload: parts.maxMessageBytes })
  }

  accept(request: IncomingMessage, socket: Duplex, early: Buffer, caller: Caller): void {
    const headers = withoutHandshake(caller.headers)
    this.#server.handleUpgrade(request, socket, early, (accepted) => {
      const line = new Line(accepted, { ...caller, headers }, this.#parts)
      this.#lines.add(line)
      line.open(() => this.#lines.delete(line))
    })
  }

  /** Connections that are open. */
  get size(): number {
    return this.#lines.size
  }

  /** Each connection closes once its call has ended. */
  close(): void {
    for (const line of this.#lines) line.retire()
  }

  terminate(): void {
    for (const line of this.#lines) line.terminate()
  }
}

/** One connection: one call at a time, as the session sees to. */
class Line {
  readonly #socket: WebSocket
  readonly #caller: Caller
  readonly #parts: SocketParts
  readonly #session: SocketSession
  #client: SocketClient | undefined
  #retiring = false

  constructor(socket: WebSocket, caller: Caller, parts: SocketParts) {
    this.#socket = socket
    this.#caller = caller
    this.#parts = parts
    this.#session = new SocketSession(parts.newId, parts.nowMs)
  }

  open(whenClosed: () => void): void {
    this.#socket.on('message', (data, isBinary) => {
      if (isBinary) this.#socket.close(1003, 'text messages only')
      else this.#receive(String(data))
    })
    this.#socket.on('error', () => this.#client?.leave())
    this.#socket.on('close', () => {
      this.#client?.leave()
      whenClosed()
    })
  }

  retire(): void {
    this.#retiring = true
    if (!this.#client) this.#socket.close(1001)
  }

  terminate(): void {
    this.#socket.terminate()
  }

  #receive(message: string): void {
    const received = this.#session.receive(message)
    if (received.kind === 'generate') void this.#generate(Buffer.from(received.body))
    else for (const answer of received.messages) this.#socket.send(answer)
  }

  async #generate(body: Buffer): Promise<void> {
    const { gateway, dialect, newId, nowMs } = this.#parts
    const client = new SocketClient(this.#socket, this.#session, () => {
      this.#client = undefined
      if (this.#retiring) this.#socket.close(1001)
    })
    this.#client = client
    const id = newId()
    const outline = outlineOf(body, dialect.id, { kind: 'generate' }, this.#caller.headers)
    if (isFailure(outline)) {
      refuseCall(client, dialect, outline, id)
      return
    }
    const call: Call = {
      id,
      dialect,
      client,
      ...this.#caller,
      startedMs: nowMs(),
      body,
      ...outline,
      stream: true,
    }
    await gateway.handle(call)
  }
}

function refuseCall(client: SocketClient, dialect: Dialect, failure: Failure, id: string): void {
  const { status, headers, body } = dialect.failure.encode(failure, `req_${id}`)
  client.head(status, { ...headers, 'request-id': `req_${id}` })
  client.end(body)
}

/** What belongs to the handshake, and the beta that asks for sockets, mean nothing to an upstream's HTTP endpoint. */
function withoutHandshake(headers: ClientHeaders): ClientHeaders {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('sec-websocket-'))
  return Object.fromEntries(
    kept.flatMap(([name, value]) => {
      if (name !== 'openai-beta' || typeof value !== 'string') return [[name, value]]
      const rest = value.split(/\s*,\s*/).filter((beta) => !beta.startsWith('responses_websockets'))
      return rest.length > 0 ? [[name, rest.join(', ')]] : []
    }),
  )
}
