/** Whose call it was: agent, session, subagent, project. For accounts, never for a decision (CONTRACT 89). */
import type { CallRecord } from '../gateway/call.ts'
import { headerText } from '../routing/agent.ts'
import { agentOf } from './call-log.ts'

export interface Attribution {
  readonly agent: string
  readonly session?: string
  readonly subagent?: string
  readonly project?: string
  /** The session of the agent that called this one. */
  readonly parent?: string
}

/** What is malformed is left out; the call itself was served whatever these say. */
export function attributionOf({ call: { headers }, session }: CallRecord): Attribution {
  const { launch, parent } = launchIn(headerText(headers, 'x-clutch-launch'))
  // One that was called goes by the name its own callees know it under.
  const id = session?.from === 'launch' || parent !== undefined ? launch : plain(session?.session)
  const subagent = plain(session?.subagent)
  const project = plain(headerText(headers, 'x-clutch-project'))
  return {
    agent: agentOf(headers['user-agent']),
    ...(id !== undefined && { session: id }),
    ...(subagent !== undefined && { subagent }),
    ...(project !== undefined && { project }),
    ...(parent !== undefined && { parent }),
  }
}

/** `<launch>~<session of the caller>`: how the launcher names one that another agent called. */
function launchIn(text = ''): { readonly launch: string | undefined; readonly parent: string | undefined } {
  const mark = text.indexOf('~')
  if (mark < 0) return { launch: plain(text), parent: undefined }
  return { launch: plain(text.slice(0, mark)), parent: plain(text.slice(mark + 1)) || undefined }
}

/** Ids and names are short and printable; anything else is none. */
const plain = (text: string | undefined): string | undefined =>
  text !== undefined && text.length <= 200 && !/\p{Cc}/u.test(text) ? text : undefined
