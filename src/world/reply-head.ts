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

const token = /^[!#$%&'*+.^_`|~\w-]+$/
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: |$)/
const noBody = (status: number): boolean => status < 200 || status === 204 || status === 304

interface Line {
  readonly text: string
  readonly name: string
  readonly value: string
}

type Fields = Record<string, string | string[]>

/** Reads the heads of one server, which says most of its lines again in every reply: those are not taken apart again. */
export class HeadReader {
  #before: readonly Line[] = []
  /** What those lines say. */
  #fields: Fields = {}

  /** `text`: Latin-1, without the blank line. A string says why it is no head. */
  read(text: string): ReplyHead | string {
    const end = endOfLine(text, 0)
    const said = statusLine.exec(text.slice(0, end))
    if (!said) return 'the reply does not begin like HTTP'
    const lines: Line[] = []
    for (let at = end + 2; at < text.length; ) {
      const line = this.#lineAt(text, at, lines.length)
      if (!line) return 'a line of the head is no header'
      lines.push(line)
      at += line.text.length + 2
    }
    this.#fields = this.#changed(lines) ?? fieldsOf(lines)
    this.#before = lines
    return headFrom(this.#fields, Number(said[2]), said[1] === '1')
  }

  #lineAt(text: string, at: number, index: number): Line | undefined {
    const before = this.#before[index]
    const isSame = before && text.startsWith(before.text, at) && endsHere(text, at + before.text.length)
    return isSame ? before : lineOf(text.slice(at, endOfLine(text, at)))
  }

  /** The fields before with what is new in them; undefined: they are not the same ones. */
  #changed(lines: readonly Line[]): Fields | undefined {
    const before = this.#before
    if (lines.length !== before.length) return undefined
    const fields = { ...this.#fields }
    for (const [at, line] of lines.entries()) {
      if (line === before[at]) continue
      if (line.name !== before[at]?.name || typeof fields[line.name] !== 'string') return undefined
      fields[line.name] = line.value
    }
    return fields
  }
}

function fieldsOf(lines: readonly Line[]): Fields {
  const fields: Fields = {}
  for (const { name, value } of lines) {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (known === undefined) fields[name] = value
    else if (typeof known === 'string') fields[name] = [known, value]
    else known.push(value)
  }
  return fields
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\r\n', at)
  return end < 0 ? text.length : end
}

const endsHere = (text: string, at: number): boolean =>
  at === text.length || (text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10)

function lineOf(text: string): Line | undefined {
  const colon = text.indexOf(':')
  const name = text.slice(0, Math.max(0, colon))
  if (!token.test(name) || name === '__proto__') return undefined
  return { text, name: name.toLowerCase(), value: text.slice(colon + 1).trim() }
}

function headFrom(headers: UpstreamHeaders, status: number, isNew: boolean): ReplyHead | string {
  const body = noBody(status) ? 0 : lengthOf(headers)
  if (body === undefined) return 'the head does not tell how long the body is'
  const connection = String(headers['connection'] ?? '').toLowerCase()
  const persists =
    body !== 'rest' && (isNew ? !connection.includes('close') : connection.includes('keep-alive'))
  const keepMs = keepMsOf(headers['keep-alive'])
  return keepMs === undefined
    ? { status, headers, body, persists }
    : { status, headers, body, persists, keepMs }
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
