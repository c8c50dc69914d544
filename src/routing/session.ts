/**
 * Which session a request belongs to: from headers, from the body, or from how the conversation begins. It is for
 * attribution and for keeping a session on one warm cache, never for authentication (CONTRACT 88, 89, 134).
 */
import { shortHash } from '../conversation/tool-names.ts'
import { asObject, asText, tryParseJson } from '../wire/json.ts'
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
const startChars = 2000

export function sessionOf(headers: Headers, body: Uint8Array): SessionIdentity {
  const subagent = headerText(headers, 'x-claude-code-agent-id')
  const parentAgent = headerText(headers, 'x-claude-code-parent-agent-id')
  return {
    ...idOf(headers, body),
    ...(subagent !== undefined && { subagent }),
    ...(parentAgent !== undefined && { parentAgent }),
  }
}

function idOf(headers: Headers, body: Uint8Array): Pick<SessionIdentity, 'session' | 'from'> {
  for (const name of sessionHeaders) {
    const id = headerText(headers, name)
    if (id !== undefined) return { session: id, from: 'header' }
  }
  const named = idInBody(body)
  if (named !== undefined) return { session: named, from: 'body' }
  const start = `${agentOf(headers) ?? ''} ${startOf(body)}`
  const launch = headerText(headers, 'x-clutch-launch')
  if (launch !== undefined) return { session: launch, from: 'launch' }
  return { session: `${shortHash(start)}${shortHash(`${start}#`)}`, from: 'start' }
}

const latin = new TextDecoder('latin1')

/** Fields near either end of the body; inside a message their quotes would be escaped. */
function idInBody(body: Uint8Array): string | undefined {
  const tail = latin.decode(body.subarray(Math.max(0, body.length - edgeBytes)))
  const head = body.length > edgeBytes ? latin.decode(body.subarray(0, edgeBytes)) : ''
  for (const text of [tail, head]) {
    const userId = /(?<!\\)"user_id"\s*:\s*"((?:[^"\\]|\\.){1,800})"/.exec(text)?.[1]
    const inUserId = userId === undefined ? undefined : idInUserId(userId)
    const cacheKey = /(?<!\\)"prompt_cache_key"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1]
    const found = inUserId ?? cacheKey
    if (found !== undefined) return found
  }
  return undefined
}

/** A JSON text with `session_id`, or the older `user_…_session_<uuid>`. */
function idInUserId(escaped: string): string | undefined {
  const text = asText(tryParseJson(`"${escaped}"`)) ?? ''
  const session = asText(asObject(tryParseJson(text))['session_id'])
  return session || /_session_([0-9a-f-]{36})/i.exec(text)?.[1]
}

/** What the user said first: it stays while the conversation grows. */
function startOf(body: Uint8Array): string {
  const text = latin.decode(body.subarray(0, 512 * 1024))
  const first = /"role"\s*:\s*"user"/.exec(text)
  const from = first ? first.index + first[0].length : 0
  const next = text.indexOf('"role"', from)
  const until = next < 0 ? text.length : next
  return text.slice(from, Math.min(until, from + startChars)).replace(/[\s,\]}[{]+$/, '')
}
