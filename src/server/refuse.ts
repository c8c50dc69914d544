/** Says no, in the caller's own words. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Failure } from '../conversation/failure.ts'
import type { Dialect } from '../dialects/dialect.ts'

export interface No {
  readonly dialect: Dialect
  readonly failure: Failure
  /** Ours, of the request that is refused; `request-id` is made from it (CONTRACT 83). */
  readonly id: string
  /** When the failure's own status is not exact. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** CONTRACT 90. */
export function refuse(response: ServerResponse, no: No): void {
  const { status, headers, body } = headOf(no)
  response.writeHead(status, headers)
  response.end(body)
}

/** The client may still be sending: it must not find the connection reset before it has read the answer. */
export function refuseUnread(request: IncomingMessage, response: ServerResponse, no: No): void {
  const { status, headers, body } = headOf(no)
  response.writeHead(status, { ...headers, connection: 'close' })
  response.write(body)
  discard(request, () => response.end())
}

/** So long, and so much, we go on listening to what we throw away. */
const patienceMs = 5_000
const patienceBytes = 256 * 1024 * 1024

function discard(request: IncomingMessage, done: () => void): void {
  let left = patienceBytes
  const timer = setTimeout(stop, patienceMs)
  timer.unref()
  function stop(): void {
    clearTimeout(timer)
    request.off('data', count)
    done()
  }
  function count(chunk: Buffer): void {
    left -= chunk.length
    if (left < 0) stop()
  }
  if (request.readableEnded || request.destroyed) stop()
  else request.on('data', count).on('end', stop).on('close', stop).resume()
}

function headOf({ dialect, failure, id, status, headers }: No) {
  const requestId = `req_${id}`
  const refusal = dialect.failure.encode(failure, requestId)
  const own: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(refusal.headers ?? {}))
    if (value !== undefined) own[name] = typeof value === 'string' ? value : [...value]
  return {
    status: status ?? refusal.status,
    body: refusal.body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(refusal.body)),
      'request-id': requestId,
      'x-request-id': requestId,
      'x-clutch-request': id,
      'x-clutch-attempts': '0',
      ...(failure.kind === 'client-unauthorized' && { 'x-should-retry': 'false' }),
      ...own,
      ...headers,
    },
  }
}
