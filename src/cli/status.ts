/** `clutch status`: what runs, where it listens, whom it can reach; for people and for programs. */
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { lookAround, type Status } from './look-around.ts'
import { statusText } from './status-text.ts'

const manual = `clutch status: the gateway, its listeners, its providers

  --json       for programs
  --no-reach   do not look whether providers are there (no connection leaves this machine)
  --config FILE

Exit codes: 0 it runs and every listener answers, 64 wrong usage, 69 it does not run, 70 it runs and something is wrong
`

export async function statusVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, { json: 'switch', 'no-reach': 'switch', config: 'text', help: 'switch' })
  if (!flags.ok || flags.switches.has('help')) {
    if (flags.ok) io.out(manual)
    else io.err(`clutch status: ${flags.message}\nSee: clutch status --help\n`)
    return flags.ok ? exitCodes.ok : exitCodes.usage
  }
  const status = await lookAround(io, { flags: flags.texts, reach: !flags.switches.has('no-reach') })
  io.out(flags.switches.has('json') ? `${JSON.stringify(status, null, 2)}\n` : statusText(status, Date.now()))
  return codeOf(status)
}

function codeOf({ running, listeners, providers, configProblems }: Status): number {
  if (running === 'no') return exitCodes.unavailable
  const isWell =
    running !== 'starting' &&
    configProblems === undefined &&
    listeners.every(({ reached }) => reached.ok) &&
    !providers.some(({ loop }) => loop === true)
  return isWell ? exitCodes.ok : exitCodes.internal
}
