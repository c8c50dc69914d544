/** Ends the daemon and whatever of its predecessors is left: asked first, then told, then forced. By number and proof, never by name. */
import { setTimeout as pause } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from '../world/process-identity.ts'
import { type Daemon, releaseLock } from './lock.ts'
import { sendWish, withdrawWish } from './wish.ts'

export interface EndOrder {
  readonly daemon: Daemon
  readonly stateFolder: string
  /** Running replies may go on so long. */
  readonly graceMs: number
  readonly waiting: (waitedMs: number) => void
}

export interface Ended {
  /** Still alive: they cannot be ended. */
  readonly left: readonly ProcessIdentity[]
  /** Something had to be told twice. */
  readonly cut: boolean
  readonly tookMs: number
}

/** What the end itself may take: books are written, connections closed. */
const slackMs = 5_000
const lookEveryMs = 20

/** Throws what the disk throws. */
export async function endDaemon(order: EndOrder): Promise<Ended> {
  const { daemon, stateFolder, graceMs } = order
  sendWish(stateFolder, daemon.pid, { ask: 'end', graceMs })
  for (const one of daemon.leaving.filter(isAlive)) signal(one, 'SIGTERM')
  const ended = await waitFor(order)
  if (ended.left.length > 0) return ended
  releaseLock(stateFolder, daemon.pid) // one that was forced could not do it
  withdrawWish(stateFolder)
  return ended
}

async function waitFor({ daemon, graceMs, waiting }: EndOrder): Promise<Ended> {
  const all = [daemon, ...daemon.leaving.filter(isAlive)]
  const startMs = Date.now()
  let step: Step = 'asked'
  for (;;) {
    const left = all.filter(isAlive)
    const tookMs = Date.now() - startMs
    if (left.length === 0 || tookMs > graceMs + 2 * slackMs) return { left, cut: step !== 'asked', tookMs }
    const next = stepAt(tookMs - graceMs)
    if (next !== step) for (const one of left) signal(one, next === 'forced' ? 'SIGKILL' : 'SIGTERM')
    step = next
    waiting(tookMs)
    await pause(lookEveryMs)
  }
}

type Step = 'asked' | 'told' | 'forced'

const stepAt = (beyondGraceMs: number): Step =>
  beyondGraceMs <= 0 ? 'asked' : beyondGraceMs <= slackMs ? 'told' : 'forced'

function signal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // gone in this very moment
  }
}
