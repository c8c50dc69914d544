/** `cg_run NAME -- COMMAND`: any program under the crash guard. */
import { readLaunchSettings } from '../config/launch.ts'
import { become } from '../launch/become.ts'
import type { Command } from '../launch/guard.ts'
import { quoteWord } from '../launch/quote.ts'
import { readShortForm } from '../launch/request.ts'
import { exitCodes, type Io } from './io.ts'
import { runLaunch } from './launch.ts'
import { guardCommand, hasTerminal } from './under-guard.ts'

const manual = `cg_run NAME -- COMMAND …: runs a command under the crash guard; it outlives its terminal

  NAME       for \`clutch recover\`
  COMMAND    any program, or \`xx CODE …\`, which is guarded anyway and gets this name

Nothing is guarded where there is no terminal. \`clutch recover --list\` tells what is running and what was lost.
`

export async function guardVerb(args: readonly string[], io: Io): Promise<number> {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h') {
    io.out(manual)
    return args.length === 0 ? exitCodes.usage : exitCodes.ok
  }
  const read = readGuard(args)
  if ('problem' in read) {
    io.err(`cg_run: ${read.problem}\n    try: ${read.instead}\n`)
    return exitCodes.usage
  }
  const { name, words } = read
  if (words[0] === 'xx') return runLaunch(readShortForm(words.slice(1)), io, name)
  return runGuarded(name ?? words[0] ?? '', words, io)
}

type GuardRead =
  | { readonly name: string | undefined; readonly words: readonly string[] }
  | { readonly problem: string; readonly instead: string }

/** What the seed's README shows, `cg_run xx cip`, names itself. */
function readGuard(args: readonly string[]): GuardRead {
  const [first = '', second, ...rest] = args
  if (first === 'xx') return { name: undefined, words: args }
  const command = (words: readonly string[]) => words.map(quoteWord).join(' ')
  if (first.startsWith('-'))
    return { problem: `a name comes first, and ${first} is none`, instead: 'cg_run NAME -- COMMAND' }
  if (second !== '--')
    return second === undefined
      ? { problem: 'a command comes after the name', instead: `cg_run ${quoteWord(first)} -- COMMAND` }
      : {
          problem: 'between name and command stands --',
          instead: `cg_run ${quoteWord(first)} -- ${command([second, ...rest])}`,
        }
  if (rest.length === 0)
    return { problem: 'there is no command', instead: `cg_run ${quoteWord(first)} -- COMMAND` }
  return { name: first, words: rest }
}

async function runGuarded(name: string, words: readonly string[], io: Io): Promise<number> {
  const config = readLaunchSettings({
    env: io.env,
    home: io.home,
    ...(io.cloneDir !== undefined && { cloneDir: io.cloneDir }),
  })
  if (!config.ok) {
    io.err(`cg_run: ${config.problem}\n`)
    return exitCodes.brokenConfig
  }
  const [program = '', ...args] = words
  const command: Command = { program, args, env: {}, unset: [], stdin: 'terminal' }
  const { settings } = config
  const guarded = hasTerminal() && settings.guard
  const guard = guarded ? guardCommand({ command, name, cwd: io.cwd }, settings, io) : undefined
  return become(command, io.env, guard, settings.folder)
}
