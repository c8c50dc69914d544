/** `clutch run`: runs a command, and what it prints comes out shorter; all else is as if it had been run by itself. */
import { isatty } from 'node:tty'
import type { Level } from '../compression/shorten.ts'
import { levelNamed, levelWords, readMouthSettings } from '../config/mouth.ts'
import { agentAround } from './agent-around.ts'
import type { Io } from './io.ts'
import { type RunAsked, readRun } from './run-asked.ts'
import { areOneStream, findCommand, type Running, start } from './run-child.ts'
import { RunOutput } from './run-output.ts'

const manual = `clutch run [OPTIONS] [--] COMMAND [ARGS…]: runs it, and prints its output shortened

  -c LINE        a command line for sh, with pipes and all: clutch run -c 'a | b'
  --level LEVEL  off, lossless, balanced or aggressive; CLUTCH_COMPRESS in the environment does the same
  --raw          the same as --level off
  --hold MS      how long output may wait for the rest of it (80; 5000 where an agent runs it)

Its exit code is the command's (128 + n after signal n); signals go to the command; standard input and standard error
are the command's own. On a terminal nothing is changed. What was left out: clutch show ID
Exit codes of its own: 64 wrong usage, 126 not executable, 127 not found
`

const exits = { usage: 64, notExecutable: 126, notFound: 127 } as const

/** How long output may wait: nobody notices the first, and nobody reads along in the second. */
const holdMs = 80
const agentHoldMs = 5_000
const maxBytes = 10 * 1024 * 1024

export async function runCommandVerb(args: readonly string[], io: Io): Promise<number> {
  const asked = readRun(args)
  if (asked.kind === 'help') {
    io.out(manual)
    return 0
  }
  if (asked.kind === 'wrong') {
    io.err(`clutch run: ${asked.because}\nSee: clutch run --help\n`)
    return exits.usage
  }
  const settings = readMouthSettings(io)
  if (settings.problem !== undefined) io.err(`clutch run: ${settings.problem}: output is not shortened\n`)
  const level = settings.problem === undefined ? levelOf(asked.level ?? settings.level, io) : 'off'
  const engine = engineFor(asked, settings.run.engine, level, io)
  const ordered = engine ?? asked
  const found = findCommand(ordered.program, io.env)
  if (found.kind !== 'program') {
    io.err(`clutch run: ${found.because}\n`)
    return found.kind === 'missing' ? exits.notFound : exits.notExecutable
  }
  const say = (because: string): void => io.err(`clutch run: ${ordered.program}: ${because}\n`)
  if (engine || level === 'off' || isatty(1)) return start(found.path, ordered.args, 'inherit', say).code
  const agent = agentAround(io.env)?.agent
  const running = startPiped(found.path, ordered.args, say)
  let code: number | undefined
  const output = new RunOutput({
    write: writerFor(running),
    holdMs: asked.holdMs ?? settings.run.holdMs ?? (agent === undefined ? holdMs : agentHoldMs),
    maxBytes,
    loadShortening: async () => {
      const { shorteningFor } = await import('./run-shorten.ts')
      const { commandLine } = asked
      return shorteningFor({
        settings,
        level,
        isForced: asked.level !== undefined || settings.isLevelForced,
        commandLine,
        cwd: io.cwd,
        whose: { project: io.cwd, ...(agent !== undefined && { agent }) },
        failed: () => code !== 0,
      })
    },
  })
  const drained = drain(running, output)
  code = await running.code
  await drained
  await output.end()
  return code
}

/** `off` where the word is none of ours: better nothing than something else. */
function levelOf(said: string | undefined, io: Io): Level {
  const level = said === undefined ? 'balanced' : levelNamed(said)
  if (level === undefined)
    io.err(`clutch run: "${said}" is no level (${levelWords.join(', ')}): output is not shortened\n`)
  return level ?? 'off'
}

/** Another program in our place, where the configuration names one that is there. */
function engineFor(asked: RunAsked, engine: string | undefined, level: Level, io: Io): RunAsked | undefined {
  if (engine === undefined || level === 'off' || asked.args[0] === '-c') return undefined
  const found = findCommand(engine, io.env)
  if (found.kind === 'program') return { ...asked, program: engine, args: [asked.program, ...asked.args] }
  io.err(`clutch run: compression.run.engine: ${found.because}; using our own filters\n`)
  return undefined
}

/**
 * Standard error is the command's own, unless both streams go to one place: then they are one stream for the command
 * too, so that the order of what it prints is kept. `sh` only makes them one and becomes the command.
 */
function startPiped(path: string, args: readonly string[], say: (because: string) => void): Running {
  if (!areOneStream(1, 2)) return start(path, args, ['inherit', 'pipe', 'inherit'], say)
  const joined = ['-c', 'exec "$0" "$@" 2>&1', path, ...args]
  return start('/bin/sh', joined, ['inherit', 'pipe', 'inherit'], say)
}

/**
 * A reader of ours that left is one of the command's that left: what it wrote could not be delivered. Our stream is
 * opened by its first use.
 */
function writerFor({ child }: Running): (bytes: Uint8Array | string) => void {
  let ours: NodeJS.WriteStream | undefined
  return (bytes) => {
    if (bytes.length === 0) return
    ours ??= process.stdout.once('error', () => {
      child.kill('SIGPIPE')
      child.stdout?.destroy()
    })
    ours.write(bytes)
  }
}

/** Until nobody holds the pipe any more. */
function drain({ child }: Running, output: RunOutput): Promise<void> {
  const { stdout } = child
  if (!stdout) return Promise.resolve()
  return new Promise((resolve) => {
    stdout.on('data', (chunk: Buffer) => output.push(chunk))
    stdout.once('close', () => resolve())
  })
}
