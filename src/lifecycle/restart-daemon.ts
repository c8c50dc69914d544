/** Asks the running daemon to start its successor, and waits until that one serves or is known not to. */
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from '../world/process-identity.ts'
import { type Daemon, readLock } from './lock.ts'
import { sendWish } from './wish.ts'

export interface RestartOrder {
  readonly daemon: Daemon
  readonly stateFolder: string
  /** The command line that starts the successor, without a verb. */
  readonly program: readonly string[]
  readonly waiting: (waitedMs: number) => void
}

export type Restarted =
  | { readonly kind: 'restarted'; readonly daemon: Daemon; readonly tookMs: number }
  /** `goesOn`: the one from before serves as before. */
  | { readonly kind: 'not-restarted'; readonly because: string; readonly goesOn: boolean }

const patienceMs = 20_000
const lookEveryMs = 20

/** Throws what the disk throws. */
export async function restartDaemon({
  daemon,
  stateFolder,
  program,
  waiting,
}: RestartOrder): Promise<Restarted> {
  const startMs = Date.now()
  sendWish(stateFolder, daemon.pid, { ask: 'restart', program })
  for (;;) {
    const lock = readLock(stateFolder)
    const now = lock.kind === 'held' ? lock.daemon : undefined
    const tookMs = Date.now() - startMs
    if (now?.ready && now.pid !== daemon.pid) return { kind: 'restarted', daemon: now, tookMs }
    const failure = failureOf(daemon, now, startMs)
    if (failure) return failure
    if (tookMs > patienceMs)
      return { kind: 'not-restarted', because: `process ${daemon.pid} does not react`, goesOn: false }
    waiting(tookMs)
    await pause(lookEveryMs)
  }
}

function failureOf(before: Daemon, now: Daemon | undefined, sinceMs: number): Restarted | undefined {
  const { notRestarted } = now ?? {}
  if (notRestarted && notRestarted.atMs >= sinceMs)
    return { kind: 'not-restarted', because: notRestarted.because, goesOn: true }
  if (now || isAlive(before)) return undefined
  return { kind: 'not-restarted', because: `process ${before.pid} ended in the meantime`, goesOn: false }
}
