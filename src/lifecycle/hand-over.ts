/**
 * A restart that refuses nobody: the daemon starts its successor itself and goes only when that one serves. Where the
 * runtime allows it, the successor inherits the listening sockets, so that both serve for a moment; otherwise the ports
 * are free for as long as opening them takes. A successor that does not come up changes nothing.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { asObject } from '../wire/json.ts'
import type { Inherited } from '../world/listening-socket.ts'
import { Mailbox } from './mailbox.ts'
import { lastWordsFileIn, lastWordsIn, withoutOurs } from './start-daemon.ts'

/** The gateway that is to be handed over. */
interface Handed {
  descriptors(): readonly Inherited[]
  save(): void
  retire(): void
  reopen(): Promise<void>
}

export interface HandOverOrder {
  readonly program: readonly string[]
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stateFolder: string
  readonly gateway: Handed
  readonly patienceMs?: number
}

/** Tells the successor what is at which descriptor; only good together with a channel to the one that set it. */
export const successionVariable = 'CLUTCH_TAKES_OVER'

/** Behind the standard three and the channel. */
const firstInheritedFd = 4
const usualPatienceMs = 15_000

/** undefined: the successor serves, and this process may leave. Otherwise why not; this one goes on as before. */
export async function handOver(order: HandOverOrder): Promise<string | undefined> {
  const { gateway, patienceMs = usualPatienceMs } = order
  const sockets = gateway.descriptors()
  gateway.save()
  const successor = started(order, sockets)
  const timer = setTimeout(() => successor.stop(`it was not ready within ${patienceMs / 1000} s`), patienceMs)
  try {
    if ((await successor.next()) !== 'prepared') return successor.because()
    if (sockets.length === 0) gateway.retire()
    successor.go()
    if ((await successor.next()) === 'ready') return undefined
    if (sockets.length === 0) await gateway.reopen()
    return successor.because()
  } finally {
    clearTimeout(timer)
    successor.letGo()
  }
}

type Word = 'prepared' | 'ready' | 'over'

interface Successor {
  /** What it says next, or that it is over. */
  next(): Promise<Word>
  go(): void
  stop(because: string): void
  because(): string
  letGo(): void
}

function started(
  { program, flags, env, stateFolder }: HandOverOrder,
  sockets: readonly Inherited[],
): Successor {
  const [file = '', ...args] = program
  const listeners = sockets.map(({ host, port }, index) => ({ host, port, fd: firstInheritedFd + index }))
  const log = openSync(lastWordsFileIn(stateFolder), 'a', 0o600)
  const child = spawn(file, [...args, 'daemon', ...flags], {
    env: { ...withoutOurs(env), [successionVariable]: JSON.stringify({ pid: process.pid, listeners }) },
    detached: true,
    stdio: ['ignore', log, log, 'ipc', ...sockets.map(({ fd }) => fd)],
  })
  closeSync(log)
  const said = new Mailbox<Word>()
  let why = ''
  child.once('error', (error) => {
    why ||= error.message
    said.put('over')
  })
  child.once('exit', (code, signal) => {
    why ||= `it ended with ${code ?? signal}`
    said.put('over')
  })
  child.on('message', (message) => {
    const { say } = asObject(message)
    if (say === 'prepared' || say === 'ready') said.put(say)
  })
  return {
    next: () => said.next(),
    go: () => void child.send({ say: 'go' }, () => undefined),
    stop: (because) => {
      why = because
      child.kill('SIGKILL')
    },
    because: () => [why, ...lastWordsIn(stateFolder)].join(' | '),
    letGo: () => {
      if (child.connected) child.disconnect()
      child.unref()
    },
  }
}
