/** The HTTP edge: one server per listener, one gateway behind all of them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener } from '../config/settings.ts'
import { Desk, type DeskParts } from './desk.ts'
import { answerBrokenRequest } from './raw-answer.ts'
import { Sockets } from './sockets.ts'

export type EdgeParts = Omit<DeskParts, 'sockets' | 'startedMs' | 'closing'>

export interface Edge {
  /** With the ports that the system chose where 0 was asked for. */
  readonly listeners: readonly Listener[]
  /** Takes nothing new, lets what runs go on for so long, then cuts it. */
  close(graceMs: number): Promise<void>
}

/** Could not be opened; `port` says which. */
export class PortError extends Error {
  readonly listener: Listener
  readonly code: string

  constructor(listener: Listener, cause: Error) {
    super(cause.message, { cause })
    this.listener = listener
    this.code = 'code' in cause ? String(cause.code) : ''
  }
}

/** Opens every listener, or none. Rejects with PortError. */
export async function openEdge(parts: EdgeParts): Promise<Edge> {
  const { settings, gateway, dialects, newId, clock } = parts
  const sockets = new Sockets({
    gateway,
    dialect: dialects['openai-responses'],
    maxMessageBytes: settings.limits.maxBodyBytes,
    newId,
    nowMs: clock.nowMs,
  })
  let closing = false
  const deskParts = { ...parts, sockets, startedMs: clock.nowMs(), closing: () => closing }
  const servers: Server[] = []
  const listeners: Listener[] = []
  try {
    for (const listener of settings.listeners) {
      const profile = settings.profiles[listener.profile] ?? { name: listener.profile, roles: {} }
      const server = serverFor(new Desk(deskParts, listener, profile), parts)
      servers.push(server)
      listeners.push(await opened(server, listener))
    }
  } catch (error) {
    for (const server of servers) server.close()
    throw error
  }
  return {
    listeners,
    close: async (graceMs) => {
      closing = true
      sockets.close()
      await Promise.all(servers.map((server) => closed(server, graceMs, () => sockets.terminate())))
    },
  }
}

const maxHeaderBytes = 64 * 1024
/** Longer than the pools of the clients we know keep an idle connection, so that they close first. */
const keepAliveMs = 95_000

function serverFor(desk: Desk, { settings, newId, dialects }: EdgeParts): Server {
  const patienceMs = settings.timeouts.clientRequestMs
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    requestTimeout: patienceMs,
    headersTimeout: patienceMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, patienceMs / 4)),
    keepAliveTimeout: keepAliveMs,
    keepAlive: true,
    noDelay: true,
  })
  const answering = new WeakMap<Duplex, ServerResponse>()
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answering.set(request.socket, response)
    desk.serve(request, response)
  }
  server.on('request', serve)
  server.on('checkContinue', (request, response) => {
    const tooLarge = Number(request.headers['content-length'] ?? 0) > settings.limits.maxBodyBytes
    if (!tooLarge) response.writeContinue()
    serve(request, response)
  })
  server.on('upgrade', (request, socket, early) => desk.upgrade(request, socket, early))
  server.on('clientError', (error, socket) => {
    if (isBusy(answering.get(socket))) socket.destroy()
    else answerBrokenRequest(error, socket, newId(), dialects)
  })
  return server
}

/** What would be said about a broken request would be taken for the answer to the one before it. */
const isBusy = (response: ServerResponse | undefined): boolean =>
  response !== undefined && !response.writableEnded && (response.headersSent || response.req.complete)

function opened(server: Server, listener: Listener): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new PortError(listener, error)))
    server.listen({ host: listener.host, port: listener.port }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : listener.port
      resolve({ ...listener, port })
    })
  })
}

const lookEveryMs = 50

function closed(server: Server, graceMs: number, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    const look = setInterval(() => server.closeIdleConnections(), lookEveryMs)
    const end = setTimeout(() => {
      cut()
      server.closeAllConnections()
    }, graceMs)
    server.close(() => {
      clearInterval(look)
      clearTimeout(end)
      setImmediate(() => setImmediate(resolve)) // the calls that were cut hear of it after the server does
    })
  })
}
