/** `clutch logs`: what the gateway wrote down, its last lines or as it comes. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stateFolderOf } from '../config/load.ts'
import { nearest } from '../config/nearest.ts'
import { flagsOf, tryLock } from '../lifecycle/lock.ts'
import { LogTail, lastLines } from '../lifecycle/log-files.ts'
import {
  type AskedLevel,
  type LogFilter,
  type LogLine,
  logLevels,
  logLineText,
  readLogLine,
} from '../lifecycle/log-line.ts'
import { lastWordsIn } from '../lifecycle/start-daemon.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { configurationFrom, problemsOf } from './serve.ts'

const manual = `clutch logs: the log of the gateway

  -f, --follow      go on as lines come, until Ctrl-C
  -n, --lines N     how many of the last ones (50)
  --level LEVEL     debug, info, warn or error, and what is worse
  --session ID      calls of this session; how it begins is enough
  --json            as it is written, one object per line
  --config FILE

Exit codes: 0 done, 64 wrong usage, 69 there is no log
`

const shortNames: ReadonlyMap<string, string> = new Map([
  ['-f', '--follow'],
  ['-n', '--lines'],
])

interface Asked {
  readonly filter: LogFilter
  readonly count: number
  readonly follow: boolean
  readonly print: (line: LogLine) => string
}

export async function logsVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(
    args.map((word) => shortNames.get(word) ?? word),
    {
      follow: 'switch',
      lines: 'text',
      level: 'text',
      session: 'text',
      json: 'switch',
      config: 'text',
      help: 'switch',
    },
  )
  const asked = flags.ok ? read(flags.texts, flags.switches) : flags.message
  if (typeof asked === 'string' || !flags.ok) {
    io.err(`clutch logs: ${typeof asked === 'string' ? asked : ''}\nSee: clutch logs --help\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const configuration = configurationFrom({ ...startedWith(io), ...configFlag(flags.texts) }, io)
  // A log is what one wants to read when the configuration is broken.
  if (!configuration.ok) io.err(problemsOf(configuration))
  const folder = configuration.ok ? configuration.settings.log.folder : join(stateFolderOf(io), 'logs')
  return folder === undefined ? noFolder(io) : show(folder, asked, io)
}

const configFlag = ({ config }: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  config === undefined ? {} : { config }

/** The gateway that runs may have been started with another configuration. */
function startedWith(io: Io): Readonly<Record<string, string>> {
  const lock = tryLock(stateFolderOf(io))
  return lock.kind === 'held' ? flagsOf(lock.daemon) : {}
}

/** A text says what is wrong. */
function read(
  { lines = '50', level, session }: Readonly<Record<string, string>>,
  switches: ReadonlySet<string>,
): Asked | string {
  const count = Number(lines)
  if (!Number.isInteger(count) || count < 0) return '--lines wants a number'
  if (level !== undefined && !isLevel(level)) {
    const near = nearest(level, logLevels)
    return `do not know the level ${level}${near ? ` (did you mean ${near}?)` : ''}`
  }
  const filter = { ...(level !== undefined && { level }), ...(session !== undefined && { session }) }
  const print = switches.has('json') ? ({ json }: LogLine) => json : logLineText
  return { filter, count, follow: switches.has('follow'), print }
}

const isLevel = (text: string): text is AskedLevel => logLevels.some((level) => level === text)

function noFolder(io: Io): number {
  io.err('clutch: log.folder is null, so the gateway keeps no log; this is what it said on its way up:\n')
  for (const line of lastWordsIn(stateFolderOf(io))) io.out(`${line}\n`)
  return exitCodes.unavailable
}

const lookEveryMs = 200

async function show(folder: string, { filter, count, follow, print }: Asked, io: Io): Promise<number> {
  const keep = (line: string): LogLine | undefined => readLogLine(line, filter)
  const tail = new LogTail(folder)
  const lines = lastLines(folder, count, keep)
  for (const line of lines) io.out(`${print(line)}\n`)
  if (!follow && lines.length === 0) {
    io.err(`clutch: nothing like that in ${folder}\n`)
    for (const line of lastWordsIn(stateFolderOf(io))) io.err(`  | ${line}\n`)
    return exitCodes.unavailable
  }
  while (follow) {
    for (const line of tail.next().flatMap((text) => keep(text) ?? [])) io.out(`${print(line)}\n`)
    await pause(lookEveryMs)
  }
  return exitCodes.ok
}
