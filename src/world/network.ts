/** HTTP to upstreams over undici's dispatcher: what one socket read brought is handed on as one piece. */
import { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { Agent, type Dispatcher, errors } from 'undici'
import {
  type Exchange,
  lengthOf,
  type NetworkFault,
  type Send,
  type UpstreamHeaders,
  type UpstreamListener,
  type UpstreamRequest,
} from '../wire/exchange.ts'
import { bytesOf } from './text.ts'

export interface NetworkLimits {
  readonly connectTimeoutMs: number
}

/** Sends over pooled connections. Head and idle time-outs of the request are kept by the caller, not here. */
export function createNetwork({ connectTimeoutMs }: NetworkLimits): { send: Send; close(): Promise<void> } {
  const agent = new Agent({
    pipelining: 1,
    connections: 1024,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 64 * 1024,
    connect: { timeout: connectTimeoutMs },
  })
  return {
    send: (request, listener) => {
      const link = new Link(listener)
      try {
        agent.dispatch(dispatchOptions(request), link)
      } catch (error) {
        queueMicrotask(() => link.onResponseError(undefined, error))
      }
      return link
    },
    close: () => agent.destroy(),
  }
}

function dispatchOptions({ method, url, headers, body }: UpstreamRequest): Dispatcher.DispatchOptions {
  const slash = url.indexOf('/', url.indexOf('//') + 2)
  const [origin, path] = slash < 0 ? [url, '/'] : [url.slice(0, slash), url.slice(slash)]
  if (method !== 'POST') return { origin, path, method, headers }
  if (typeof body === 'string') return { origin, path, method, headers, body: bytesOf(body) }
  if (body instanceof Uint8Array) return { origin, path, method, headers, body }
  const sized = { ...headers, 'content-length': String(lengthOf(body)) }
  return { origin, path, method, headers: sized, body: pieceByPiece(body) }
}

function pieceByPiece(pieces: readonly Uint8Array[]): Readable {
  return new Readable({
    read() {
      for (const piece of pieces) this.push(piece)
      this.push(null)
    },
  })
}

type Controller = Dispatcher.DispatchController

class Link implements Exchange, Dispatcher.DispatchHandler {
  readonly #listener: UpstreamListener
  #controller: Controller | undefined
  #unzip: ReturnType<typeof createGunzip> | undefined
  #pieces: Buffer[] = []
  #flushing = false
  #over = false
  #paused = false

  constructor(listener: UpstreamListener) {
    this.#listener = listener
  }

  pause(): void {
    this.#paused = true
    this.#controller?.pause()
  }

  resume(): void {
    this.#paused = false
    if (!this.#over) this.#controller?.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#unzip?.destroy()
    this.#controller?.abort(new Error('no longer wanted'))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#over) controller.abort(new Error('no longer wanted'))
  }

  onResponseStart(_controller: Controller, status: number, headers: UpstreamHeaders): void {
    if (this.#over || status < 200) return
    const encoding = headers['content-encoding']
    if (typeof encoding === 'string' && encoding !== 'identity') this.#unzip = this.#unzipper(encoding)
    this.#listener.head(status, headers)
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    if (this.#over) return
    if (this.#unzip) this.#unzip.write(chunk)
    else this.#hand(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    if (this.#unzip) this.#unzip.end()
    else this.#finish()
  }

  onResponseError(_controller: unknown, error: unknown): void {
    if (this.#over) return
    this.#flush()
    if (this.#over) return
    this.#over = true
    this.#listener.broke(faultOf(error))
  }

  #hand(chunk: Buffer): void {
    this.#pieces.push(chunk)
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    this.#flushing = false
    const pieces = this.#pieces
    const [only] = pieces
    if (only === undefined || this.#over) return
    this.#pieces = []
    this.#listener.data(pieces.length === 1 ? only : Buffer.concat(pieces))
  }

  #finish(): void {
    this.#flush()
    if (this.#over) return
    this.#over = true
    this.#listener.ended()
  }

  #unzipper(encoding: string): ReturnType<typeof createGunzip> {
    const unzip =
      encoding === 'br' ? createBrotliDecompress() : encoding === 'deflate' ? createInflate() : createGunzip()
    unzip.on('data', (chunk: Buffer) => this.#hand(chunk))
    unzip.on('end', () => this.#finish())
    unzip.on('error', (error) => this.onResponseError(undefined, error))
    if (this.#paused) unzip.pause()
    return unzip
  }
}

function faultOf(error: unknown): NetworkFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const message = error instanceof Error ? error.message || code : String(error)
  if (error instanceof errors.ConnectTimeoutError || code === 'ETIMEDOUT')
    return { kind: 'timeout', message: `no connection in time (${message})` }
  if (
    error instanceof errors.SocketError ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code.startsWith('Z_')
  )
    return { kind: 'cut', message: `the connection broke (${message})` }
  return { kind: 'unreachable', message: code ? `${code}: ${message}` : message }
}
