/** One HTTP server for one listener: how it is opened, what it hands on, how it is closed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Listener, Settings } from '../config/settings.ts'
import type { Desk } from './desk.ts'
import { answerBrokenRequest } from './raw-answer.ts'
import type { Dialects } from './routes.ts'

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

/** Whom a server's requests go to: exchanged as a whole when the configuration changes. */
export interface Front {
  desk: Desk
  settings: Pick<Settings, 'limits' | 'timeouts'>
  /** Another process serves this port as well: every answer asks its client to come back by a new connection. */
  leaving?: boolean
}

const maxHeaderBytes = 64 * 1024
/** More than one read of a socket brings: a body of that size is not stopped and started again on its way. */
const highWaterMark = 128 * 1024
/** Longer than the pools of the clients we know keep an idle connection, so that they close first. */
const keepAliveMs = 95_000

export function serverFor(front: Front, newId: () => string, dialects: Dialects): Server {
  const patienceMs = front.settings.timeouts.clientRequestMs
  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    requestTimeout: patienceMs,
    headersTimeout: patienceMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, patienceMs / 4)),
    keepAliveTimeout: keepAliveMs,
    keepAlive: true,
    noDelay: true,
    highWaterMark,
  })
  ends.set(
    server,
    new Promise((resolve) => {
      server.once('close', resolve)
    }),
  )
  const answering = new WeakMap<Duplex, ServerResponse>()
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    answering.set(request.socket, response)
    if (front.leaving) response.shouldKeepAlive = false
    front.desk.serve(request, response)
  }
  server.on('request', serve)
  server.on('checkContinue', (request, response) => {
    const tooLarge = Number(request.headers['content-length'] ?? 0) > front.settings.limits.maxBodyBytes
    if (!tooLarge) response.writeContinue()
    serve(request, response)
  })
  server.on('upgrade', (request, socket, early) => front.desk.upgrade(request, socket, early))
  server.on('clientError', (error, socket) => {
    const response = answering.get(socket)
    if (isBusy(response)) socket.destroy()
    else answerBrokenRequest(error, socket, newId(), dialects, response?.req)
  })
  return server
}

/** What would be said about a broken request would be taken for the answer to the one before it. */
const isBusy = (response: ServerResponse | undefined): boolean =>
  response !== undefined && !response.writableEnded && (response.headersSent || response.req.complete)

/**
 * The listener with the port that the system chose where 0 was asked for. `fd`: a socket that listens there already.
 * Rejects with PortError.
 */
export function opened(server: Server, listener: Listener, fd?: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new PortError(listener, error)))
    const place = fd === undefined ? { host: listener.host, port: listener.port } : { fd }
    server.listen(place, () => {
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : listener.port
      resolve({ ...listener, port })
    })
  })
}

const lookEveryMs = 50

/** Of each server: when its last connection is gone and it listens no more. */
const ends = new WeakMap<Server, Promise<void>>()

export const ended = (server: Server): Promise<void> => ends.get(server) ?? Promise.resolve()

/** Stops listening, and leaves every connection as it is: `server.close` would close those that rest. */
export function stopListening(server: Server): void {
  if (server.listening) NetServer.prototype.close.call(server)
}

/**
 * Resolves when the last connection is gone; `cut` is called when time is up for those that are left. May be called
 * again, with less time.
 */
export function closed(server: Server, graceMs: number, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    const look = setInterval(() => server.closeIdleConnections(), lookEveryMs)
    const end = setTimeout(() => {
      cut()
      server.closeAllConnections()
    }, graceMs)
    if (server.listening) server.close()
    void ended(server).then(() => {
      clearInterval(look)
      clearTimeout(end)
      setImmediate(() => setImmediate(resolve)) // the calls that were cut hear of it after the server does
    })
  })
}
