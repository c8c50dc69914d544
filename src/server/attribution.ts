/** Whose call it was: agent, session, subagent, project. For accounts, never for a decision (CONTRACT 88, 89, 134). */
import type { Call } from '../gateway/call.ts'
import type { ClientHeaders } from '../gateway/headers.ts'
import { agentOf } from './call-log.ts'

export interface Attribution {
  readonly agent: string
  readonly session?: string
  readonly subagent?: string
  readonly project?: string
}

/** What is malformed is left out; the call itself is served whatever these say. */
export function attributionOf({ headers }: Pick<Call, 'headers'>): Attribution {
  const session = sessionOf(headers)
  const subagent = named(headers, 'x-claude-code-agent-id')
  const project = named(headers, 'x-clutch-project')
  return {
    agent: agentOf(headers['user-agent']),
    ...(session !== undefined && { session }),
    ...(subagent !== undefined && { subagent }),
    ...(project !== undefined && { project }),
  }
}

/** Claude Code, Codex, Pi, OpenCode; the launch id last, because one launch may hold several sessions. */
const sessionHeaders = [
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-session-id',
  'x-session-affinity',
  'x-clutch-launch',
] as const

function sessionOf(headers: ClientHeaders): string | undefined {
  for (const name of sessionHeaders) {
    const id = named(headers, name)
    if (id !== undefined) return id
  }
  return undefined
}

/** Ids and names are short and plain; anything else is none. */
function named(headers: ClientHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(value)
    ? value
    : undefined
}
