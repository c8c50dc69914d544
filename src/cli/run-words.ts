/** What `clutch run` says where it does not run anything; read only then. */
import { levelWords } from '../config/mouth.ts'
import { nearest } from '../config/nearest.ts'
import { findCommand } from './find-command.ts'
import type { Io } from './io.ts'
import type { NotRun, RunAsked } from './run-asked.ts'

const manual = `clutch run [OPTIONS] [--] [NAME=VALUE…] COMMAND [ARGS…]: runs it, and prints its output shortened

  -c LINE        a command line for sh, with pipes and all: clutch run -c 'a | b'
  --level LEVEL  off, lossless, balanced or aggressive; CLUTCH_COMPRESS in the environment does the same
  --raw          the same as --level off
  --hold MS      how long output may wait for the rest of it (70); CLUTCH_RUN_HOLD_MS does the same

Its exit code is the command's (128 + n after signal n); signals go to the command; standard input and standard error
are the command's own. On a terminal nothing is changed. What was left out: clutch show ID
Exit codes of its own: 64 wrong usage, 126 not executable, 127 not found
`

const exits = { done: 0, usage: 64, notExecutable: 126, notFound: 127 } as const

export function tellNotRun(asked: NotRun, io: Io): number {
  if (asked.kind === 'help') {
    io.out(manual)
    return exits.done
  }
  io.err(`clutch run: ${reasonOf(asked)}\nSee: clutch run --help\n`)
  return exits.usage
}

function reasonOf(wrong: Extract<NotRun, { kind: 'wrong' }>): string {
  switch (wrong.why) {
    case 'no-command':
      return 'it needs a command: clutch run npm test'
    case 'no-line':
      return "-c needs a command line: clutch run -c 'a | b'"
    case 'no-milliseconds':
      return '--hold needs milliseconds, as in --hold 5000'
    case 'no-value':
      return `${wrong.word} needs a value`
    case 'no-level':
      return `there is no level "${wrong.word}"${near(wrong.word, levelWords, '')}`
    case 'unknown': {
      const hint = near(wrong.word.slice(2), ['level', 'raw', 'hold', 'help'], '--')
      return `do not know ${wrong.word}${hint}; its own options come first, and -- ends them`
    }
  }
}

function near(word: string, known: readonly string[], before: string): string {
  const found = nearest(word, known)
  return found === undefined ? '' : ` (did you mean ${before}${found}?)`
}

/** A file without a first line that says what reads it: shells read it themselves. undefined: it was something else. */
export function scriptFor(asked: RunAsked, error: unknown, { env }: Io): RunAsked | undefined {
  const found = codeOf(error) === 'ENOEXEC' ? findCommand(asked.program, env) : undefined
  return found?.kind === 'program'
    ? { ...asked, program: '/bin/sh', args: [found.path, ...asked.args] }
    : undefined
}

/** Why the system did not start it, with a shell's exit codes. Throws what was something else. */
export function tellNotStarted(program: string, error: unknown, io: Io): number {
  if (!(error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn')))
    throw error
  const found = findCommand(program, io.env)
  io.err(`clutch run: ${found.kind === 'program' ? reasonIn(error, found.path) : found.because}\n`)
  return found.kind === 'missing' ? exits.notFound : exits.notExecutable
}

/** It is there, and yet the system refuses: a script whose interpreter is missing, too many words. */
function reasonIn(error: Error, path: string): string {
  const code = codeOf(error)
  if (code === 'ENOENT') return `${path}: its interpreter is missing`
  return code === 'E2BIG' ? `${path}: its words and environment are too long` : `${path}: ${error.message}`
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
