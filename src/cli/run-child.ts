/** Runs a command as a shell would: found on PATH, our signals are its signals, its end is ours. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { accessSync, constants, fstatSync, statSync } from 'node:fs'
import { constants as system } from 'node:os'
import { delimiter, join } from 'node:path'
import { isatty } from 'node:tty'

type Env = Readonly<Record<string, string | undefined>>

export type Findable =
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'missing' | 'not-executable'; readonly because: string }

/** As a shell looks for it: a word with a slash is a path, another is looked for on PATH. */
export function findCommand(program: string, env: Env): Findable {
  const folders = (env['PATH'] ?? '/usr/bin:/bin').split(delimiter)
  const paths = program.includes('/') ? [program] : folders.map((folder) => join(folder || '.', program))
  const files = paths.filter(isFile)
  const path = files.find(isExecutable)
  if (path !== undefined) return { kind: 'program', path: program.includes('/') ? program : path }
  if (files[0] !== undefined)
    return { kind: 'not-executable', because: `${files[0]} is not executable (chmod +x?)` }
  const where = program.includes('/') ? '' : ' on PATH'
  return { kind: 'missing', because: `there is no program ${program}${where}` }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export interface Running {
  readonly child: ChildProcess
  /** Its exit code, 128 + n after signal n; 126 when it could not be started, and `because` was told. */
  readonly code: Promise<number>
}

export function start(
  program: string,
  args: readonly string[],
  stdio: StdioOptions,
  say: (because: string) => void,
): Running {
  const child = spawn(program, [...args], { stdio })
  const stopPassing = passSignals(child)
  const code = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      say(error.message)
      resolve(126)
    })
    child.once('exit', (status, signal) => resolve(status ?? 128 + (signal ? system.signals[signal] : 0)))
  })
  return { child, code: code.finally(stopPassing) }
}

/** What a terminal sends to the foreground, it has sent to the command too. */
const fromTerminal = ['SIGINT', 'SIGQUIT'] as const
const always = ['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGCONT'] as const

function passSignals(child: ChildProcess): () => void {
  const hasTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  const ignore = (): void => undefined
  const onTerminal = hasTerminal ? ignore : pass
  for (const signal of always) process.on(signal, pass)
  for (const signal of fromTerminal) process.on(signal, onTerminal)
  return () => {
    for (const signal of always) process.off(signal, pass)
    for (const signal of fromTerminal) process.off(signal, onTerminal)
  }
}

/** Both go to one place (`2>&1`): their order is part of what is read. */
export function areOneStream(a: number, b: number): boolean {
  try {
    const [one, other] = [fstatSync(a), fstatSync(b)]
    return one.dev === other.dev && one.ino === other.ino
  } catch {
    return false
  }
}
