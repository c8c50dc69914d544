/** One request to the admin API: who may, what is asked, the answer written. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tryParseJson } from '../wire/json.ts'
import { type Admin, type AdminAnswer, findAdmin, isAdmin, longestBodyOf, refused } from './admin.ts'

export interface AdminVisit {
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The path below `/clutch/api/`. */
  readonly ask: string
  /** The name of the key it came in with. */
  readonly key: string | undefined
}

/** The status that was answered. Never rejects. */
export async function serveAdmin(visit: AdminVisit, admin: Admin | undefined): Promise<number> {
  const { id, response } = visit
  const { status, body, headers } = await answerTo(visit, admin)
  if (response.destroyed) return status
  const text = JSON.stringify(body)
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'request-id': `req_${id}`,
  })
  response.end(text)
  return status
}

async function answerTo({ request, ask, key }: AdminVisit, admin: Admin | undefined): Promise<AdminAnswer> {
  if (!admin) return refused(404, 'This gateway has no admin API.')
  if (!isLoopback(request.socket.remoteAddress))
    return refused(403, 'The admin API answers on this machine only.')
  if (key !== undefined && !isAdmin(request.headers, admin))
    return refused(
      403,
      `The key "${key}" is for models; the admin API wants PROXY_AUTH_KEY or the owner's token.`,
    )
  const found = findAdmin(request.method ?? '', ask)
  if (typeof found !== 'function') return found
  try {
    const text = request.method === 'POST' ? await bodyOf(request, longestBodyOf(ask)) : ''
    const body = tryParseJson(text)
    return text !== '' && body === undefined
      ? refused(400, 'The body is not JSON.')
      : await found(admin, body)
  } catch (error) {
    return refused(500, error instanceof Error ? error.message : String(error))
  }
}

const isLoopback = (address = ''): boolean => /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address)

async function bodyOf(request: IncomingMessage, maxChars: number): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > maxChars) throw new Error('The body is too large.')
  }
  return text.trim()
}
