/** Looks whether what the guard remembers is still there. */
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { isAlive } from '../world/process-identity.ts'
import { type GuardRecord, recordPath } from './guard-record.ts'
import type { Sign } from './standing.ts'

type Env = Readonly<Record<string, string | undefined>>

/** `tmux`: its program; without one nothing is held by it. */
export function signOf(record: GuardRecord, tmux: string | undefined, env: Env): Sign {
  if (record.watcher && isAlive(record.watcher)) return 'watched'
  if (record.watcher) return terminalIsGone(record) ? 'cut' : 'gone'
  if (!record.tmux || tmux === undefined) return 'gone'
  const words = ['-L', record.tmux.socket, 'display-message', '-p', '-t', `=${record.id}:`]
  const { status, stdout } = spawnSync(tmux, [...words, '#{session_attached} #{pane_dead}'], {
    env: withFolder(record, env),
    encoding: 'utf8',
    timeout: patienceMs,
  })
  const [attached, dead] = stdout?.trim().split(' ') ?? []
  if (status !== 0 || dead !== '0') return 'gone'
  return attached === '0' ? 'held' : 'watched'
}

/** A device that was made later is another terminal of the same name. */
function terminalIsGone({ terminal, startedMs }: GuardRecord): boolean {
  if (terminal === undefined) return false
  const device = statSync(terminal, { throwIfNoEntry: false })
  return device === undefined || device.ctimeMs > startedMs
}

/** A server that hangs is none. */
const patienceMs = 3_000

/** Its socket lies where it was made, wherever that is looked for today. */
function withFolder({ tmux }: GuardRecord, { TMUX: _, TMUX_TMPDIR: __, ...env }: Env): Env {
  return { ...env, ...(tmux?.folder !== undefined && { TMUX_TMPDIR: tmux.folder }) }
}

/** When the end was noted; undefined: it was not. */
export function endedAtMs(folder: string, id: string): number | undefined {
  return statSync(`${recordPath(folder, id)}.end`, { throwIfNoEntry: false })?.mtimeMs
}
