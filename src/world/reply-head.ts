/** The head of an HTTP/1.1 reply: what it says, and how long its body is (RFC 9112). */
import type { UpstreamHeaders } from '../wire/exchange.ts'

export interface ReplyHead {
  readonly status: number
  readonly headers: UpstreamHeaders
  readonly body: BodyLength
  /** The connection may be used again once the body has been read. */
  readonly persists: boolean
  /** How long the server keeps an idle connection, when it says so. */
  readonly keepMs?: number
}

/** A number of bytes, chunks, or all that comes until the connection ends. */
export type BodyLength = number | 'chunks' | 'rest'

/** Names come again and again; lower-cased once. Undefined: not a name. */
const names = new Map<string, string | undefined>()
const mostNames = 2_000
const token = /^[!#$%&'*+.^_`|~\w-]+$/

const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: |$)/
const noBody = (status: number): boolean => status < 200 || status === 204 || status === 304

/** `text`: Latin-1, without the blank line. A string says why it is no head. */
export function readHead(text: string): ReplyHead | string {
  const lines = text.split('\r\n')
  const said = statusLine.exec(lines[0] ?? '')
  if (!said) return 'the reply does not begin like HTTP'
  const headers: Record<string, string | string[]> = {}
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const colon = line.indexOf(':')
    const name = colon < 0 ? undefined : nameOf(line.slice(0, colon))
    if (name === undefined) return 'a line of the head is no header'
    add(headers, name, line.slice(colon + 1).trim())
  }
  const status = Number(said[2])
  const body = noBody(status) ? 0 : lengthOf(headers)
  if (body === undefined) return 'the head does not tell how long the body is'
  const connection = String(headers['connection'] ?? '').toLowerCase()
  const persists =
    body !== 'rest' && (said[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive'))
  const keepMs = keepMsOf(headers['keep-alive'])
  return { status, headers, body, persists, ...(keepMs !== undefined && { keepMs }) }
}

function nameOf(written: string): string | undefined {
  if (names.has(written)) return names.get(written)
  const name = token.test(written) && written !== '__proto__' ? written.toLowerCase() : undefined
  if (names.size >= mostNames) names.clear()
  names.set(written, name)
  return name
}

function add(headers: Record<string, string | string[]>, name: string, value: string): void {
  const known = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (known === undefined) headers[name] = value
  else if (typeof known === 'string') headers[name] = [known, value]
  else known.push(value)
}

/** Undefined: it contradicts itself, and somebody between us and the server may read it otherwise. */
function lengthOf(headers: UpstreamHeaders): BodyLength | undefined {
  const coding = headers['transfer-encoding']
  const length = headers['content-length']
  if (coding !== undefined) {
    if (length !== undefined || typeof coding !== 'string') return undefined
    return coding.toLowerCase() === 'chunked' ? 'chunks' : undefined
  }
  if (length === undefined) return 'rest'
  const [first = '', ...others] = typeof length === 'string' ? length.split(/\s*,\s*/) : length
  return /^\d{1,15}$/.test(first) && others.every((other) => other === first) ? Number(first) : undefined
}

function keepMsOf(said: string | readonly string[] | undefined): number | undefined {
  const seconds = typeof said === 'string' ? /timeout=(\d{1,6})/i.exec(said)?.[1] : undefined
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
