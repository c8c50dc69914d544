/** Has a launch, or a command of the user's own, put under the crash guard, and says what is missing. */
import { basename } from 'node:path'
import { isatty } from 'node:tty'
import type { LaunchSettings } from '../config/launch.ts'
import { watcherPid } from '../launch/become.ts'
import type { Guard } from '../launch/guard.ts'
import type { Plan } from '../launch/plan.ts'
import { type Guardable, type Guarded, putUnderGuard } from '../launch/put-under-guard.ts'
import { type LaunchRequest, without } from '../launch/request.ts'
import { wordsFor } from '../launch/wording.ts'
import type { Io } from './io.ts'

/** A launch with everything done but the start. */
export interface Prepared {
  readonly asked: LaunchRequest
  readonly plan: Plan
  readonly settings: LaunchSettings
}

export const hasTerminal = (): boolean => isatty(0) && isatty(1)

interface Naming {
  readonly name?: string | undefined
  /** Of the record that this one takes the place of. */
  readonly id?: string
}

/** undefined: it runs as it is. */
export function guardLaunch(
  { asked, plan, settings }: Prepared,
  io: Io,
  { name, id }: Naming,
): Guard | undefined {
  const again = { ...without(asked, 'prompt'), stdin: false }
  const what = {
    command: plan,
    name: name ?? `${asked.agent.id}-${basename(io.cwd)}`,
    cwd: io.cwd,
    agent: asked.agent.id,
    ...(plan.session !== undefined && { session: plan.session }),
    words: wordsFor(again),
  }
  return told(putUnderGuard(what, aroundFrom(settings, io), id), io)
}

function told({ guard, notes }: Guarded, io: Io): Guard | undefined {
  for (const note of notes) io.err(`xx: ${note}\n`)
  return guard
}

const aroundFrom = ({ folder }: LaunchSettings, { env }: Io) => ({
  env,
  folder,
  watcherPid: watcherPid(env),
  nowMs: Date.now(),
})

/** undefined: it runs as it is. `id`: of the record that this one takes the place of. */
export const guardCommand = (
  what: Guardable,
  settings: LaunchSettings,
  io: Io,
  id?: string,
): Guard | undefined => told(putUnderGuard(what, aroundFrom(settings, io), id), io)
