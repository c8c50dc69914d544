/** `clutch down`: lets what runs end, then ends the gateway; says what it ended. */
import { stateFolderOf } from '../config/load.ts'
import { endDaemon } from '../lifecycle/end-daemon.ts'
import type { Daemon } from '../lifecycle/lock.ts'
import { lockOrSay, openCallsOf } from './daemon-talk.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { progressOn } from './progress.ts'
import { configurationFrom } from './serve.ts'
import { gatewayInForeground, placesOf } from './up.ts'

const manual = `clutch down: ends the gateway that clutch up started

  --grace SECONDS   how long running replies may go on (30)
  --now             not at all

Nothing new is taken meanwhile. A gateway in the foreground (clutch serve) is left alone.

Exit codes: 0 nothing runs any more, 64 wrong usage, 70 it could not be ended, 73 its lock cannot be read
`

const usualGraceSeconds = 30

export async function downVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, { grace: 'text', now: 'switch', help: 'switch' })
  const seconds = flags.ok ? Number(flags.texts['grace'] ?? usualGraceSeconds) : 0
  if (!flags.ok || !(seconds >= 0)) {
    io.err(`clutch down: ${flags.ok ? '--grace wants seconds' : flags.message}\nSee: clutch down --help\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const stateFolder = stateFolderOf(io)
  const lock = lockOrSay(io)
  if (!lock) return exitCodes.cannotCreate
  if (lock.kind !== 'held') return nothingToEnd(io)
  return end(lock.daemon, flags.switches.has('now') ? 0 : seconds * 1000, stateFolder, io)
}

async function nothingToEnd(io: Io): Promise<number> {
  const configuration = configurationFrom({}, io)
  const other = configuration.ok ? await gatewayInForeground(configuration.settings) : undefined
  io.out(
    other === undefined
      ? 'No gateway runs in the background.\n'
      : `No gateway runs in the background. The one at ${other} is in the foreground: end it where it was started.\n`,
  )
  return exitCodes.ok
}

async function end(daemon: Daemon, graceMs: number, stateFolder: string, io: Io): Promise<number> {
  const open = await openCallsOf(daemon, io)
  if (open > 0 && graceMs > 0)
    io.err(`${calls(open)} may end within ${graceMs / 1000} s (clutch down --now cuts them)\n`)
  const progress = progressOn(io, 'ending the gateway')
  const { left, cut, tookMs } = await endDaemon({ daemon, stateFolder, graceMs, waiting: progress.tick })
  progress.end()
  if (left.length > 0) {
    io.err(`clutch: process ${left.map(({ pid }) => pid).join(', ')} does not end\n`)
    return exitCodes.internal
  }
  const pids = [daemon, ...daemon.leaving].map(({ pid }) => pid).join(', ')
  const cutText = open > 0 && cut ? `, ${calls(open)} cut` : ''
  const took = (tookMs / 1000).toFixed(2)
  io.out(`Ended: process ${pids}, which listened on ${placesOf(daemon)} (${took} s${cutText})\n`)
  return exitCodes.ok
}

const calls = (count: number): string => `${count} running ${count === 1 ? 'call' : 'calls'}`
