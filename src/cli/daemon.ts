/** `clutch daemon`: the gateway as `clutch up` starts it, in the background, one for each user. */
import { type Configuration, stateFolderOf } from '../config/load.ts'
import { handOver } from '../lifecycle/hand-over.ts'
import { type Daemon, readLock, releaseLock, takeLock, writeLock } from '../lifecycle/lock.ts'
import { type Predecessor, predecessorOf } from '../lifecycle/take-over.ts'
import type { Wish } from '../lifecycle/wish.ts'
import { wishesFor } from '../lifecycle/wishes.ts'
import { PortError } from '../server/http-server.ts'
import { openLog } from '../server/open-log.ts'
import { type Running, startGateway } from '../server/start.ts'
import { product } from '../server/version.ts'
import type { Log } from '../world/log.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../world/process-identity.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { configurationFrom, portProblem, problemsOf } from './serve.ts'
import { onHangUp, watchForCrashes } from './signals.ts'

export const daemonFlagKinds = {
  port: 'text',
  host: 'text',
  config: 'text',
  profile: 'text',
  'log-level': 'text',
  help: 'switch',
} as const satisfies FlagKinds

const manual = `clutch daemon: what \`clutch up\` starts; for whoever watches over processes themselves

  --port, --host, --config, --profile, --log-level   as for clutch serve

It stays in the foreground and keeps the lock, so that clutch status, restart and down find it.
`

/** Running replies may go on so long after a signal that says no more than: end. */
const endGraceMs = 30_000
/** … and so long when another process took over. */
const leaveGraceMs = 30 * 60_000

export async function daemonVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, daemonFlagKinds)
  if (!flags.ok || flags.switches.has('help')) {
    if (flags.ok) io.out(manual)
    else io.err(`clutch daemon: ${flags.message}\nSee: clutch daemon --help\n`)
    return flags.ok ? exitCodes.ok : exitCodes.usage
  }
  const next = wishesFor(stateFolderOf(io), endGraceMs)
  const load = (): Configuration => configurationFrom(flags.texts, io)
  const configuration = load()
  if (configuration.ok) return run({ configuration, load, flags: args, next }, io)
  io.err(problemsOf(configuration))
  return exitCodes.brokenConfig
}

interface Task {
  readonly configuration: Extract<Configuration, { ok: true }>
  readonly load: () => Configuration
  readonly flags: readonly string[]
  readonly next: () => Promise<Wish>
}

async function run(task: Task, io: Io): Promise<number> {
  const stateFolder = stateFolderOf(io)
  const predecessor = predecessorOf(process)
  const own = selfWith(task.flags, predecessor ? stillLeaving(stateFolder) : [])
  const refusal = predecessor ? undefined : claim(stateFolder, own)
  if (refusal) {
    io.err(refusal.because)
    return refusal.code
  }
  try {
    const serving = await opened(task, predecessor)
    const ready = { ...own, ready: true, listeners: serving.gateway.listeners }
    writeLock(stateFolder, ready)
    predecessor?.ready()
    await serve({ ...serving, own: ready, stateFolder, next: task.next, io })
    return exitCodes.ok
  } catch (error) {
    io.err(error instanceof PortError ? portProblem(error, 'up', stateFolder) : `clutch: ${wordsOf(error)}\n`)
    return error instanceof PortError && error.code === 'EADDRINUSE'
      ? exitCodes.portInUse
      : exitCodes.unavailable
  } finally {
    releaseLock(stateFolder, process.pid)
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function selfWith(flags: readonly string[], leaving: readonly ProcessIdentity[]): Daemon {
  const identity = identityOf(process.pid) ?? { pid: process.pid, began: '?', boot: '?' }
  const { version } = product
  return { ...identity, version, sinceMs: Date.now(), flags, ready: false, listeners: [], leaving }
}

/** The daemon that hands over to us, and those before it that have not finished yet. */
function stillLeaving(stateFolder: string): readonly ProcessIdentity[] {
  const lock = readLock(stateFolder)
  if (lock.kind !== 'held') return []
  const { pid, began, boot, leaving } = lock.daemon
  return [{ pid, began, boot }, ...leaving.filter(isAlive)]
}

function claim(
  stateFolder: string,
  own: Daemon,
): { readonly because: string; readonly code: number } | undefined {
  try {
    const lock = takeLock(stateFolder, own)
    if (lock === 'taken') return undefined
    const because = `clutch: the gateway runs already, as process ${lock.daemon.pid}\n`
    return { because, code: exitCodes.portInUse }
  } catch (error) {
    return { because: cannotWrite(stateFolder, error), code: exitCodes.cannotCreate }
  }
}

export const elsewhere = '    try: XX_HOME=/some/where clutch up, or without a place to write: clutch serve\n'

export const cannotWrite = (stateFolder: string, error: unknown): string =>
  `clutch: cannot write in ${stateFolder}: ${wordsOf(error)}\n${elsewhere}`

interface Serving {
  readonly gateway: Running
  readonly log: Log
}

async function opened(
  { configuration: { settings, files }, load }: Task,
  predecessor: Predecessor | undefined,
): Promise<Serving> {
  const log = openLog(settings, false)
  const reading = { load, files: [files.config, files.keys, ...files.dotEnvs] }
  const gateway = await startGateway(settings, [], log, reading, predecessor)
  return { gateway, log }
}

interface Service extends Serving {
  readonly own: Daemon
  readonly stateFolder: string
  readonly next: () => Promise<Wish>
  readonly io: Io
}

/** Until it is told to end, or another process has taken over; then until what runs here is over. */
async function serve(service: Service): Promise<void> {
  const { gateway, log, own, stateFolder, next, io } = service
  onHangUp(() => void gateway.reload('SIGHUP'))
  watchForCrashes(log)
  log.info('started', { version: own.version, pid: own.pid, listeners: own.listeners, flags: own.flags })
  for (;;) {
    const wish = await next()
    if (wish.ask === 'end') {
      log.info('stopping', { graceMs: wish.graceMs })
      releaseLock(stateFolder, own.pid)
      return await Promise.race([gateway.close(wish.graceMs), cutWhenTold(service)])
    }
    log.info('restarting', { program: wish.program })
    const order = { program: wish.program, flags: own.flags, env: io.env, stateFolder, gateway }
    const because = await handOver(order)
    if (because === undefined) {
      log.info('handed-over', {})
      return await Promise.race([gateway.leave(leaveGraceMs), endWhenTold(service)])
    }
    log.error('not-restarted', { because, goesOn: 'the process from before' })
    writeLock(stateFolder, {
      ...own,
      listeners: gateway.listeners,
      notRestarted: { atMs: Date.now(), because },
    })
  }
}

/** What still runs here need not be waited for as long as that. */
async function endWhenTold(service: Service): Promise<void> {
  for (;;) {
    const wish = await service.next()
    if (wish.ask === 'end') return Promise.race([service.gateway.close(wish.graceMs), cutWhenTold(service)])
  }
}

/** Whoever asks again while it ends does not want to wait. */
async function cutWhenTold({ next, gateway }: Service): Promise<void> {
  for (;;) if ((await next()).ask === 'end') return gateway.close(0)
}
