/** Starts the gateway as a process of its own that outlives this terminal, and waits until it answers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makePrivateFolder } from '../world/private-files.ts'
import { addressText, type Daemon, type LockRead, readLock } from './lock.ts'

export interface DaemonOrder {
  /** The command line that starts this program, without a verb. */
  readonly program: readonly string[]
  /** For the daemon: `--port 9000`. */
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly stateFolder: string
  /** Does the gateway answer where it should? Never rejects. */
  readonly answers: (daemon: Daemon | undefined) => Promise<boolean>
  /** Called now and then while nothing happens. */
  readonly waiting?: (waitedMs: number) => void
  readonly patienceMs?: number
}

export type Started =
  | { readonly kind: 'started' | 'running'; readonly daemon: Daemon | undefined }
  /** `lastWords`: the end of what it said, line by line; `exitCode`: absent when it still runs or never did. */
  | {
      readonly kind: 'failed'
      readonly because: string
      readonly lastWords: readonly string[]
      readonly exitCode?: number
      /** It was not even tried: there is no place for its lock. */
      readonly disk?: true
    }

/** What a daemon says before it has a log, and what it dies of. */
export const lastWordsFileIn = (stateFolder: string): string => join(stateFolder, 'daemon.log')

/** What the gateway may take on a slow machine. */
const usualPatienceMs = 15_000
/** What one that says it is ready may take to answer. */
const readyPatienceMs = 2_000
const lookEveryMs = 20
/** What one that is not needed may take to end. */
const dismissPatienceMs = 2_000

const mute = ({ pid, listeners }: Daemon): string =>
  `process ${pid} is the gateway and listens on ${listeners.map(addressText).join(', ')}, but does not answer where it is looked for`

/** Never rejects. Two that start it at once get the same one. */
export async function startDaemon(order: DaemonOrder): Promise<Started> {
  try {
    const before = readLock(order.stateFolder)
    if (before.kind === 'held') return await waitFor(order, undefined)
    return await waitFor(order, launched(order))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const because = `cannot write in ${order.stateFolder}: ${why}`
    return { kind: 'failed', because, lastWords: [], disk: true }
  }
}

/** A child of ours, as long as we watch it. */
interface Launched {
  readonly pid: number | undefined
  over: { readonly because: string; readonly exitCode?: number } | undefined
  /** Ends it, and resolves when it has ended. */
  dismiss(): Promise<void>
}

function launched({ program: [file = '', ...args], flags, env, home, stateFolder }: DaemonOrder): Launched {
  makePrivateFolder(stateFolder)
  writeFileSync(lastWordsFileIn(stateFolder), '', { mode: 0o600 })
  const log = openSync(lastWordsFileIn(stateFolder), 'a', 0o600)
  const child = spawn(file, [...args, 'daemon', ...flags], {
    cwd: home,
    env: withoutOurs(env),
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const one: Launched = { pid: child.pid, over: undefined, dismiss: () => dismissed(child, one) }
  child.once('error', (error) => {
    one.over = { because: error.message }
  })
  child.once('exit', (code, signal) => {
    one.over = { because: `it ended with ${code ?? signal}`, ...(code !== null && { exitCode: code }) }
  })
  child.unref()
  return one
}

/** Asked first: whoever is at its lock must not leave half of one. */
async function dismissed(child: ChildProcess, one: Launched): Promise<void> {
  const startMs = Date.now()
  while (!one.over) {
    child.kill(Date.now() - startMs < dismissPatienceMs ? 'SIGTERM' : 'SIGKILL')
    await pause(lookEveryMs)
  }
}

/** What was meant for one process of ours and not for those it starts. */
export function withoutOurs({
  CLUTCH_PLAN_FD: _plan,
  CLUTCH_TAKES_OVER: _succession,
  ...env
}: DaemonOrder['env']): DaemonOrder['env'] {
  return env
}

/** `child`: absent when somebody else's daemon is waited for. */
async function waitFor(order: DaemonOrder, child: Launched | undefined): Promise<Started> {
  const { stateFolder, answers, waiting, patienceMs = usualPatienceMs } = order
  const startMs = Date.now()
  for (;;) {
    const lock = readLock(stateFolder)
    const daemon = lock.kind === 'held' ? lock.daemon : undefined
    if (mayAnswer(daemon, child) && (await answers(daemon))) return await up(daemon, child)
    const waitedMs = Date.now() - startMs
    if (isHopeless(lock, child) || waitedMs >= patienceFor(daemon, patienceMs))
      return failed(order, child, daemon)
    waiting?.(waitedMs)
    await pause(lookEveryMs)
  }
}

/** One that comes too late would find the lock free as soon as the other daemon has ended. */
async function up(daemon: Daemon | undefined, child: Launched | undefined): Promise<Started> {
  const isOther = daemon !== undefined && daemon.pid !== child?.pid
  if (isOther) await child?.dismiss()
  return { kind: isOther ? 'running' : 'started', daemon }
}

const mayAnswer = (daemon: Daemon | undefined, child: Launched | undefined): boolean =>
  daemon ? daemon.ready : child?.over === undefined

const patienceFor = (daemon: Daemon | undefined, patienceMs: number): number =>
  daemon?.ready ? Math.min(readyPatienceMs, patienceMs) : patienceMs

/** The child is over, and it was not because another one was there first. */
const isHopeless = (lock: LockRead, child: Launched | undefined): boolean =>
  lock.kind !== 'held' && (child === undefined || child.over !== undefined)

function failed(
  { stateFolder, patienceMs = usualPatienceMs }: DaemonOrder,
  child: Launched | undefined,
  daemon: Daemon | undefined,
): Started {
  if (daemon?.ready) return { kind: 'failed', because: mute(daemon), lastWords: [] }
  const late = child || daemon ? `no answer within ${patienceMs / 1000} s` : 'whoever was starting it ended'
  const because = child?.over?.because ?? late
  const exitCode = child?.over?.exitCode
  const lastWords = lastWordsIn(stateFolder)
  return { kind: 'failed', because, lastWords, ...(exitCode !== undefined && { exitCode }) }
}

/** Never throws. */
export function lastWordsIn(stateFolder: string): readonly string[] {
  try {
    return readFileSync(lastWordsFileIn(stateFolder), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-8)
      .filter((line) => line !== '')
  } catch {
    return []
  }
}
