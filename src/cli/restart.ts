/** `clutch restart`: another process takes over, of the version that is installed now; no running reply is cut. */
import { stateFolderOf } from '../config/load.ts'
import { nearest } from '../config/nearest.ts'
import { type Daemon, flagsOf, type LockRead } from '../lifecycle/lock.ts'
import { type Restarted, restartDaemon } from '../lifecycle/restart-daemon.ts'
import { askRunning } from './admin-client.ts'
import { lockOrSay, openCallsOf } from './daemon-talk.ts'
import { exitCodes, type Io } from './io.ts'
import { type Part, partNamed, partNames } from './parts.ts'
import { progressOn } from './progress.ts'
import { configurationFrom, problemsOf } from './serve.ts'
import { placesOf, upVerb } from './up.ts'

const manual = `clutch restart [PART]: another process takes over, and nothing is cut

  clutch restart            the gateway: new code, configuration read anew, the environment it was started with
  clutch restart config     the configuration alone, in the same process
  clutch restart 8787       a listener, by port or profile: it lives in the same process, so that is restarted

The new process inherits the listening sockets: no request is refused. The old one finishes what it has begun. If the
new one does not come up, the old one goes on.

Exit codes: 0 the new one serves, 64 wrong usage, 69 the old one still serves, 78 broken configuration
`

export async function restartVerb(args: readonly string[], io: Io): Promise<number> {
  const [name, ...others] = args
  if (name === '--help' || name === '-h') {
    io.out(manual)
    return exitCodes.ok
  }
  if (others.length > 0 || name?.startsWith('-')) {
    io.err('clutch restart: one part at most\nSee: clutch restart --help\n')
    return exitCodes.usage
  }
  const lock = lockOrSay(io)
  if (!lock) return exitCodes.cannotCreate
  const configuration = configurationFrom(lock.kind === 'held' ? flagsOf(lock.daemon) : {}, io)
  if (!configuration.ok) {
    io.err(`${problemsOf(configuration)}Nothing was restarted.\n`)
    return exitCodes.brokenConfig
  }
  const { settings } = configuration
  const part: Part | undefined = name === undefined ? { kind: 'gateway' } : partNamed(name, settings)
  switch (part?.kind) {
    case 'config':
      return reload(await askRunning(settings, { ask: 'reload', body: {} }), io)
    case 'provider':
      io.err(`clutch restart: ${name} is at ${part.baseUrl}; Clutch did not start it and does not end it\n`)
      io.err('    try: clutch status\n')
      return exitCodes.usage
    case 'listener':
      io.err(`${name} is a listener of the gateway's own process: that is restarted\n`)
      return restart(lock, io)
    case 'gateway':
      return restart(lock, io)
    case undefined: {
      const near = nearest(name ?? '', partNames(settings))
      io.err(`clutch restart: do not know the part "${name}"${near ? ` (did you mean ${near}?)` : ''}\n`)
      io.err(`    there are: ${partNames(settings).join(', ')}\n`)
      return exitCodes.usage
    }
  }
}

function reload(heard: Awaited<ReturnType<typeof askRunning>>, io: Io): number {
  if ('body' in heard) {
    io.out('The configuration was read again.\n')
    return exitCodes.ok
  }
  io.err(`clutch: ${heard.because}.${heard.kind === 'nobody' ? ' Start it: clutch up' : ''}\n`)
  return exitCodes.unavailable
}

async function restart(lock: LockRead, io: Io): Promise<number> {
  const stateFolder = stateFolderOf(io)
  if (lock.kind !== 'held') return upVerb([], io)
  const { daemon } = lock
  const open = await openCallsOf(daemon, io)
  const progress = progressOn(io, 'starting the new process')
  const order = { daemon, stateFolder, program: io.program ?? [], waiting: progress.tick }
  const restarted = await restartDaemon(order)
  progress.end()
  if (restarted.kind === 'not-restarted') {
    const next = restarted.goesOn ? `process ${daemon.pid} goes on as before` : 'try: clutch doctor'
    io.err(`clutch: not restarted: ${restarted.because}\n    ${next}\n`)
    return exitCodes.unavailable
  }
  io.out(`Restarted ${restartText(daemon, restarted)}${openText(daemon, open)}\n`)
  return exitCodes.ok
}

function restartText(
  before: Daemon,
  { daemon: now, tookMs }: Extract<Restarted, { kind: 'restarted' }>,
): string {
  const versions = before.version === now.version ? now.version : `${before.version} → ${now.version}`
  return `(${versions}): ${placesOf(now)} (process ${now.pid}, ${(tookMs / 1000).toFixed(2)} s)`
}

const openText = ({ pid }: Daemon, open: number): string =>
  open > 0 ? `; process ${pid} finishes ${open} running ${open === 1 ? 'call' : 'calls'}` : ''
