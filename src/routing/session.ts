/**
 * Which session a request belongs to: from headers, from the body, or from how the conversation begins. It is for
 * attribution and for keeping a session on one warm cache, never for authentication (CONTRACT 88, 89, 134).
 */
import type { DialectId } from '../conversation/conversation.ts'
import { asObject, asText, tryParseJson } from '../wire/json.ts'
import { Needle, standsAt } from '../wire/needle.ts'
import { colon, endOfString, quote, skipSpace, text } from '../wire/scan.ts'
import { agentOf, type Headers, headerText } from './agent.ts'

export interface SessionIdentity {
  readonly session: string
  readonly from: 'header' | 'body' | 'launch' | 'start'
  /** A subagent of the session, and who started it. */
  readonly subagent?: string
  readonly parentAgent?: string
}

const sessionHeaders = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-session-id',
  'x-session-affinity',
  'thread-id',
] as const

const edgeBytes = 8 * 1024
const startLength = 2000

/** `dialect`: whose fields are looked for; absent: everybody's. */
export function sessionOf(headers: Headers, body: Uint8Array, dialect?: DialectId): SessionIdentity {
  const subagent = headerText(headers, 'x-claude-code-agent-id')
  const parentAgent = headerText(headers, 'x-claude-code-parent-agent-id')
  return {
    ...idOf(headers, body, dialect),
    ...(subagent !== undefined && { subagent }),
    ...(parentAgent !== undefined && { parentAgent }),
  }
}

function idOf(
  headers: Headers,
  body: Uint8Array,
  dialect: DialectId | undefined,
): Pick<SessionIdentity, 'session' | 'from'> {
  for (const name of sessionHeaders) {
    const id = headerText(headers, name)
    if (id !== undefined) return { session: id, from: 'header' }
  }
  const named = idInBody(body, fieldsOf(dialect))
  if (named !== undefined) return { session: named, from: 'body' }
  const launch = headerText(headers, 'x-clutch-launch')
  if (launch !== undefined) return { session: launch, from: 'launch' }
  return { session: `${agentOf(headers) ?? 'nameless'}-${hashOfStart(body)}`, from: 'start' }
}

const userIdName = new Needle('"user_id"')
const cacheKeyName = new Needle('"prompt_cache_key"')

type Field = (body: Uint8Array, from: number, until: number) => string | undefined

const byUserId: Field = (body, from, until) => {
  const userId = textAfter(userIdName, body, from, until)
  return userId === undefined ? undefined : idInUserId(userId)
}
const byCacheKey: Field = (body, from, until) => textAfter(cacheKeyName, body, from, until)

function fieldsOf(dialect: DialectId | undefined): readonly Field[] {
  switch (dialect) {
    case undefined:
      return [byUserId, byCacheKey]
    case 'anthropic':
      return [byUserId]
    case 'openai-chat':
    case 'openai-responses':
      return [byCacheKey]
    case 'gemini':
      return []
  }
}

/** Fields near either end of the body; inside a message their quotes would be escaped. */
function idInBody(body: Uint8Array, fields: readonly Field[]): string | undefined {
  const tail = Math.max(0, body.length - edgeBytes)
  for (const field of fields) {
    const id = field(body, tail, body.length) ?? field(body, 0, Math.min(tail, edgeBytes))
    if (id !== undefined) return id
  }
  return undefined
}

const longestId = 800

/** The text that a field holds, when it holds a text of one letter or more. */
function textAfter(name: Needle, body: Uint8Array, from: number, until: number): string | undefined {
  const at = name.indexIn(body, from, until)
  const start = at < 0 ? -1 : valueStart(body, at + name.length)
  if (start < 0 || body[start] !== quote) return undefined
  const end = endOfString(body, start)
  if (end < 0 || end - start - 2 > longestId) return undefined
  const written = text(body, start + 1, end - 1)
  return (written.includes('\\') ? asText(tryParseJson(`"${written}"`)) : written) || undefined
}

/** Where the value of the field begins whose name ends here; -1: it is no field. */
function valueStart(body: Uint8Array, nameEnd: number): number {
  const divider = skipSpace(body, nameEnd)
  return body[divider] === colon ? skipSpace(body, divider + 1) : -1
}

/** A session says the same in each of its requests. */
const users = new Map<string, string | undefined>()
const mostUsers = 1_000

function idInUserId(userId: string): string | undefined {
  if (users.has(userId)) return users.get(userId)
  const session = readUserId(userId)
  if (users.size >= mostUsers) users.clear()
  users.set(userId, session)
  return session
}

/** A JSON text with `session_id`, or the older `user_…_session_<uuid>`. */
function readUserId(userId: string): string | undefined {
  const session = userId.startsWith('{')
    ? asText(asObject(tryParseJson(userId))['session_id'])
    : /_session_([0-9a-f-]{36})/i.exec(userId)?.[1]
  return session || undefined
}

const roleName = new Needle('"role"')
/** As most clients space it; a long needle is found in few looks. */
const userRole = new Needle('"role":"user"')
/** A first word that stands farther in is not looked for: what stands before it does not change either. */
const startBytes = 128 * 1024

/** Of what the user said first: it stays while the conversation grows. The bytes themselves, no text is made of them. */
function hashOfStart(body: Uint8Array): string {
  const limit = Math.min(body.length, startBytes)
  const from = Math.max(0, afterUserRole(body, limit))
  const farthest = Math.min(limit, from + startLength)
  const next = roleName.indexIn(body, from, farthest)
  let until = next < 0 ? farthest : next
  while (until > from && closesOrDivides(body[until - 1])) until--
  let low = 0x811c9dc5
  let high = 0x1000193
  for (let at = from; at < until; at++) {
    const byte = body[at] ?? 0
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x5bd1e995)
  }
  return `${digits(low)}${digits(high)}`
}

const digits = (number: number): string => (number >>> 0).toString(36).padStart(7, '0')

/** Space, comma, brackets: whether one follows depends on what comes behind the first words. */
const closing: ReadonlySet<number | undefined> = new Set(
  [...' \n\r\t,[]{}'].map((letter) => letter.charCodeAt(0)),
)
const closesOrDivides = (byte: number | undefined): boolean => closing.has(byte)

function afterUserRole(body: Uint8Array, limit: number): number {
  const usual = userRole.indexIn(body, 0, limit)
  if (usual >= 0) return usual + userRole.length
  for (let at = roleName.indexIn(body, 0, limit); at >= 0; at = roleName.indexIn(body, at + 1, limit)) {
    const value = valueStart(body, at + roleName.length)
    if (value >= 0 && standsAt(body, value, '"user"')) return value + '"user"'.length
  }
  return -1
}
