/** How what was lost is launched again: as it was, in the agent's own session where that can be told. Pure. */
import { agents } from '../agents/index.ts'
import type { GuardRecord } from './guard-record.ts'
import { isRefusal, type LaunchRequest, readShortForm, without } from './request.ts'
import type { Session } from './session.ts'

export interface Recovery {
  readonly asked: LaunchRequest
  /** For people: `its session`, or why another. */
  readonly how: string
}

/** undefined: a command of the user's own, which is run again as it was. `sessions`: of its agent, newest first. */
export function recoveryOf(record: GuardRecord, sessions: readonly Session[]): Recovery | undefined {
  const read = record.words && readShortForm(record.words)
  if (read === undefined || isRefusal(read)) return undefined
  const asked = { ...without(read, 'session', 'prompt'), headless: false, stdin: false }
  const session = sessionOf(record, sessions)
  if (session !== undefined) return { asked: { ...asked, mode: 'init', session }, how: `session ${session}` }
  if (record.session !== undefined || keepsSessions(record))
    return { asked: { ...asked, mode: 'init' }, how: 'anew: it had not begun a session' }
  return { asked: { ...asked, mode: 'continue' }, how: 'its newest session: which one it was is not known' }
}

/** Its own id where it was known; else the newest that was worked on in the same folder since it started. */
function sessionOf(
  { session, cwd, startedMs }: GuardRecord,
  sessions: readonly Session[],
): string | undefined {
  if (session !== undefined) {
    const found = sessions.some(({ id }) => id === session)
    return found || sessions.length === 0 ? session : undefined
  }
  return sessions.find(({ project, lastMs }) => project === cwd && lastMs >= startedMs)?.id
}

/** The launcher can list them, so that none in the list means that there was none. */
const keepsSessions = ({ agent }: GuardRecord): boolean =>
  agents.some(({ id, sessions }) => id === agent && sessions !== undefined && sessions.format !== 'folders')
