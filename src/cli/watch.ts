/** `clutch watch`: the state of the gateway and its last calls, written over once a second; Ctrl-C ends it. */
import { setTimeout as pause } from 'node:timers/promises'
import { lastLines } from '../lifecycle/log-files.ts'
import { type LogLine, logLineText, readLogLine } from '../lifecycle/log-line.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { lookAround } from './look-around.ts'
import { configurationFrom } from './serve.ts'
import { statusText } from './status-text.ts'

const manual = `clutch watch: the state and the last calls, live; Ctrl-C ends it

  --every SECONDS   how often it looks (1)
  --config FILE

Where it does not write to a terminal it looks once.
`

const shownCalls = 12

export async function watchVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, { every: 'text', config: 'text', help: 'switch' })
  const seconds = flags.ok ? Number(flags.texts['every'] ?? 1) : 0
  if (!flags.ok || !(seconds > 0)) {
    io.err(`clutch watch: ${flags.ok ? '--every wants seconds' : flags.message}\nSee: clutch watch --help\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const { every: _, ...given } = flags.texts
  if (!io.outIsTerminal) {
    io.out(await frame(given, io))
    return exitCodes.ok
  }
  for (;;) {
    const text = await frame(given, io)
    io.out(`\x1b[H${text.replaceAll('\n', '\x1b[K\n')}\x1b[J`)
    await pause(seconds * 1000)
  }
}

async function frame(flags: Readonly<Record<string, string>>, io: Io): Promise<string> {
  const status = await lookAround(io, { flags, reach: false })
  const configuration = configurationFrom(flags, io)
  const folder = configuration.ok ? configuration.settings.log.folder : undefined
  const calls = folder === undefined ? [] : lastLines(folder, shownCalls, callIn)
  const lines = calls.length === 0 ? ['  none yet'] : calls.map((line) => `  ${logLineText(line)}`)
  return `${statusText(status, Date.now())}\nlast calls\n${lines.join('\n')}\n`
}

function callIn(text: string): LogLine | undefined {
  const line = readLogLine(text, {})
  return line?.fields['event'] === 'call' ? line : undefined
}
