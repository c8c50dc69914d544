/** Puts a command under the crash guard: chooses how, writes down what is needed to have it back. */
import { randomBytes } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AgentId } from '../agents/agent.ts'
import { bootId, identityOf, type ProcessIdentity } from '../world/process-identity.ts'
import { type Command, fitsTmux, type Guard, guardFiles, socketOf } from './guard.ts'
import { type GuardRecord, recordPath, writeRecord } from './guard-record.ts'
import { writeOverlay } from './overlay.ts'
import { findProgram } from './programs.ts'
import { knowsTerminal } from './terminfo.ts'

export interface Guardable {
  readonly command: Command
  readonly name: string
  readonly cwd: string
  readonly agent?: AgentId
  readonly session?: string
  readonly words?: readonly string[]
}

export interface GuardAround {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The launcher's own folder in the state. */
  readonly folder: string
  /** Who waits for the end where there is no tmux. */
  readonly watcherPid: number
  readonly nowMs: number
}

/** `guard` absent: the disk refuses, and the program runs as it is. */
export interface Guarded {
  readonly guard?: Guard
  readonly notes: readonly string[]
}

export const sessionsFolder = (launchFolder: string): string => join(dirname(launchFolder), 'sessions')

export const newGuardId = (): string => randomBytes(4).toString('hex')

/** `id`: of the record that this one takes the place of. */
export function putUnderGuard(what: Guardable, around: GuardAround, id = newGuardId()): Guarded {
  const { env, folder } = around
  const holder = holderFor(what.command, env)
  const sessions = sessionsFolder(folder)
  try {
    writeOverlay(guardFiles(folder))
    writeRecord(sessions, recordOf(what, around, id, holder.tmux !== undefined))
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    return { notes: [`the crash guard cannot remember this launch (${because})`] }
  }
  const place = { id, record: recordPath(sessions, id), folder, cwd: what.cwd }
  if (holder.tmux === undefined) return { guard: { ...place, kind: 'watched' }, notes: holder.notes }
  return { guard: { ...place, kind: 'tmux', tmux: holder.tmux }, notes: [] }
}

export const findTmux = (path: string | undefined): string | undefined =>
  findProgram({ programs: ['tmux'] }, path)

interface Holder {
  readonly tmux?: string
  readonly notes: readonly string[]
}

/** Inside another multiplexer the terminal is kept already: one in the other would only fight over keys. */
const keepers = ['TMUX', 'STY', 'ZELLIJ'] as const

function holderFor(command: Command, env: GuardAround['env']): Holder {
  if (keepers.some((name) => env[name])) return { notes: [] }
  const tmux = findTmux(env['PATH'])
  if (tmux === undefined)
    return {
      notes: [
        'without tmux a closed terminal ends the agent; `clutch recover` starts it again (install tmux to keep it, --no-cg to leave the guard out)',
      ],
    }
  const { TERM: terminal = '' } = env
  if (terminal === '' || terminal === 'dumb' || !fitsTmux(command)) return { notes: [] }
  if (!knowsTerminal(terminal, env))
    return {
      notes: [
        `tmux would not know this terminal (TERM=${terminal}): a closed one ends the agent; \`clutch recover\` starts it again`,
      ],
    }
  return { tmux, notes: [] }
}

function recordOf(
  { command, name, cwd, agent, session, words }: Guardable,
  { env, watcherPid, nowMs }: GuardAround,
  id: string,
  hasTmux: boolean,
): GuardRecord {
  const folder = env['TMUX_TMPDIR']
  const terminal = terminalHere()
  const watcher: ProcessIdentity | undefined = hasTmux ? undefined : identityOf(watcherPid)
  return {
    id,
    name,
    cwd,
    argv: [command.program, ...command.args],
    ...(words && { words }),
    ...(agent !== undefined && { agent }),
    ...(session !== undefined && { session }),
    startedMs: nowMs,
    boot: bootId(),
    remote: Boolean(env['SSH_CONNECTION']),
    ...(terminal !== undefined && { terminal }),
    ...(hasTmux && { tmux: { socket: socketOf(id), ...(folder && { folder }) } }),
    ...(watcher && { watcher }),
  }
}

function terminalHere(): string | undefined {
  try {
    return readlinkSync('/proc/self/fd/0')
  } catch {
    return undefined
  }
}
