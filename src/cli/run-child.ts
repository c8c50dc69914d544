/** Runs a command as a shell would: its words are its own, our signals are its signals, its end is ours. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'

export interface ChildOrder {
  readonly program: string
  readonly args: readonly string[]
  readonly stdio: StdioOptions
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Running {
  readonly child: ChildProcess
  /** Its exit code, 128 + n after signal n. Rejects where the system could not start it. */
  readonly code: Promise<number>
}

/** Throws what the system says where it cannot start anything. */
export function start({ program, args, stdio, env }: ChildOrder): Running {
  let child: ChildProcess | undefined
  // Before there is a command: a signal in between is for the command too.
  const stopPassing = passSignals((signal) => child?.kill(signal))
  try {
    child = spawn(program, [...args], { stdio, env })
    return { child, code: codeOf(child).finally(stopPassing) }
  } catch (error) {
    stopPassing()
    throw error
  }
}

async function codeOf(child: ChildProcess): Promise<number> {
  const [status, signal] = await ended(child)
  if (status !== null) return status
  const { constants } = await import('node:os')
  return 128 + (signal ? constants.signals[signal] : 0)
}

function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve, reject) => {
    child.once('exit', (status, signal) => resolve([status, signal]))
    // That a signal may not be sent (to `sudo`, say) is no end of it.
    child.on('error', (error) => {
      if (child.pid === undefined) reject(error)
    })
  })
}

type Pass = (signal: NodeJS.Signals) => void

/** What a terminal sends to the foreground, it has sent to the command too. */
const fromTerminal = ['SIGINT', 'SIGQUIT'] as const
const always = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const

function passSignals(pass: Pass): () => void {
  const passUnlessSent = (signal: NodeJS.Signals): void =>
    void import('node:tty').then(({ isatty }) => {
      if (![0, 1, 2].some((descriptor) => isatty(descriptor))) pass(signal)
    })
  for (const signal of always) process.on(signal, pass)
  for (const signal of fromTerminal) process.on(signal, passUnlessSent)
  return () => {
    for (const signal of always) process.off(signal, pass)
    for (const signal of fromTerminal) process.off(signal, passUnlessSent)
  }
}
