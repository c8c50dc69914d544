/** An HTTP answer written by hand, where node:http gives only the socket. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Failure } from '../conversation/failure.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { callersDialect, type Dialects, findRoute } from './routes.ts'

interface RawNo {
  readonly dialect: Dialect
  readonly failure: Failure
  readonly id: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** The last thing the socket hears from us. */
function refuseRaw(socket: Duplex, { dialect, failure, id, status, headers }: RawNo): void {
  const refusal = dialect.failure.encode(failure, `req_${id}`)
  const exact = status ?? refusal.status
  const lines = Object.entries({
    ...refusal.headers,
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(refusal.body)),
    'request-id': `req_${id}`,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${exact} ${STATUS_CODES[exact] ?? ''}\r\n${lines.join('')}\r\n${refusal.body}`)
}

/**
 * CONTRACT 121. Codex asks again and again for a socket that is refused otherwise: 426 sends it to HTTP, where it hears
 * what is missing. `failure`: why, when it is not that nobody serves sockets there.
 */
export function refuseUpgrade(
  socket: Duplex,
  { dialect, failure, id }: Pick<RawNo, 'dialect' | 'id'> & { readonly failure: Failure | undefined },
): void {
  const isToldOverHttp = failure?.kind === 'client-unauthorized' || failure?.kind === 'not-found'
  const other = !failure || isToldOverHttp ? { status: 426, headers: { upgrade: 'HTTP/1.1' } } : {}
  refuseRaw(socket, { dialect, failure: failure ?? noUpgrade, id, ...other })
}

const noUpgrade: Failure = { kind: 'bad-request', message: 'No upgrade is possible here; use plain HTTP.' }

interface Break {
  readonly status: number
  readonly failure: Failure
}

const breaks: Readonly<Record<string, Break>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    failure: { kind: 'bad-request', message: 'The request headers are too large.' },
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    failure: {
      kind: 'bad-request',
      message: 'The request did not arrive whole in time (timeouts.client_request_ms in config.json).',
    },
  },
}
const notHttp: Break = {
  status: 400,
  failure: { kind: 'bad-request', message: 'This is not a well-formed HTTP/1.1 request.' },
}

/**
 * For requests that node:http could not read. In the dialect of the path, as far as the bytes still show it, else of
 * `latest`, the last whole head on this connection.
 */
export function answerBrokenRequest(
  error: Error,
  socket: Duplex,
  id: string,
  dialects: Dialects,
  latest: IncomingMessage | undefined,
): void {
  const code = 'code' in error ? String(error.code) : ''
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { status, failure } = breaks[code] ?? notHttp
  refuseRaw(socket, { dialect: dialectOf(error, dialects, latest), failure, id, status })
  socket.resume()
}

function dialectOf(error: Error, dialects: Dialects, latest: IncomingMessage | undefined): Dialect {
  const packet = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket : Buffer.alloc(0)
  const path = /^[A-Z]+ ([^\s?]+)/.exec(packet.toString('latin1', 0, 2048))?.[1]
  if (path !== undefined) return callersDialect(findRoute('POST', path, dialects).path, {}, dialects)
  if (!latest) return dialects.anthropic
  return callersDialect(findRoute('POST', latest.url ?? '', dialects).path, latest.headers, dialects)
}
