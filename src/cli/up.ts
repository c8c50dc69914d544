/** `clutch up`: the gateway in the background, ready when this returns; a second `up` changes nothing. */
import { resolve } from 'node:path'
import { type Configuration, stateFolderOf } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { addressText, type Daemon, readLock } from '../lifecycle/lock.ts'
import { type Started, startDaemon } from '../lifecycle/start-daemon.ts'
import { product } from '../server/version.ts'
import { asObject } from '../wire/json.ts'
import { askJson } from '../world/ask-json.ts'
import { portHolder } from '../world/port-holder.ts'
import { urlOf } from './admin-client.ts'
import { cannotWrite, daemonFlagKinds, elsewhere } from './daemon.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { progressOn } from './progress.ts'
import { configurationFrom, problemsOf } from './serve.ts'

const manual = `clutch up: starts the gateway in the background and waits until it answers

  --port, --host, --config, --profile, --log-level   as for clutch serve
  --no-attach                                        the seed's: there is nothing to attach to

It outlives the terminal. There is one for each user; a second \`up\` finds it and changes nothing.

Exit codes: 0 it answers, 64 wrong usage, 69 it did not come up, 73 its lock cannot be written, 75 port in use,
78 broken configuration
`

export async function upVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, { ...daemonFlagKinds, 'no-attach': 'switch' })
  if (!flags.ok || flags.switches.has('help')) {
    if (flags.ok) io.out(manual)
    else io.err(`clutch up: ${flags.message}\nSee: clutch up --help\n`)
    return flags.ok ? exitCodes.ok : exitCodes.usage
  }
  const configuration = configurationFrom(flags.texts, io)
  if (!configuration.ok) {
    io.err(problemsOf(configuration))
    return exitCodes.brokenConfig
  }
  // The daemon has a folder of its own.
  const given = Object.entries(flags.texts).flatMap(([name, value]) => [
    `--${name}`,
    name === 'config' ? resolve(io.cwd, value) : value,
  ])
  try {
    return await up(configuration, given, io)
  } catch (error) {
    io.err(cannotWrite(stateFolderOf(io), error))
    return exitCodes.cannotCreate
  }
}

async function up(
  { settings }: Extract<Configuration, { ok: true }>,
  given: readonly string[],
  io: Io,
): Promise<number> {
  const stateFolder = stateFolderOf(io)
  const lock = readLock(stateFolder)
  if (lock.kind === 'held' && lock.daemon.ready) return alreadyUp(lock.daemon, given, io)
  const other = lock.kind === 'held' ? undefined : await gatewayInForeground(settings)
  if (other !== undefined) {
    io.out(`A gateway runs already, in the foreground: ${other}\n`)
    return exitCodes.ok
  }
  if (lock.kind === 'stale') io.err(`clutch: ${stateFolder}/daemon.json is left over: ${lock.because}\n`)
  if (io.program === undefined) {
    io.err('clutch: this installation has no gateway to start\n    try: npm start\n')
    return exitCodes.unavailable
  }
  const startMs = Date.now()
  const progress = progressOn(io, 'starting the gateway')
  const started = await startDaemon({
    program: io.program,
    flags: given,
    env: io.env,
    home: io.home,
    stateFolder,
    answers: async (daemon) => daemon !== undefined && (await isReady(daemon)),
    waiting: progress.tick,
  })
  progress.end()
  return told(started, Date.now() - startMs, io)
}

function alreadyUp(daemon: Daemon, given: readonly string[], io: Io): number {
  if (given.length > 0 && given.join(' ') !== daemon.flags.join(' ')) {
    const flags = daemon.flags.join(' ') || 'no flags'
    io.err(`clutch up: the gateway runs already (process ${daemon.pid}), with ${flags}\n`)
    io.err(`    try: clutch down && clutch up ${given.join(' ')}\n`)
    return exitCodes.usage
  }
  io.out(`The gateway runs already: ${placesOf(daemon)} (process ${daemon.pid})\n`)
  return exitCodes.ok
}

export const placesOf = ({ listeners }: Daemon): string =>
  listeners
    .map(
      (listener) =>
        `http://${addressText(listener)}${listener.profile === 'default' ? '' : ` (${listener.profile})`}`,
    )
    .join(', ')

/** Every listener of it. */
async function isReady({ listeners }: Daemon): Promise<boolean> {
  const answers = await Promise.all(
    listeners.map((listener) => askJson({ url: `${urlOf(listener)}/readyz`, timeoutMs: 1_000 })),
  )
  return answers.every((answer) => answer.kind === 'answered' && answer.status === 200)
}

/** Where, and as which process; undefined: nobody there is one of ours. */
export async function gatewayInForeground({
  listeners,
}: Pick<Settings, 'listeners'>): Promise<string | undefined> {
  for (const listener of listeners) {
    if (listener.port === 0) continue
    const answer = await askJson({ url: `${urlOf(listener)}/`, timeoutMs: 1_000 })
    if (answer.kind !== 'answered' || asObject(answer.body)['name'] !== product.name) continue
    const holder = portHolder(listener.port)
    return `http://${addressText(listener)}${holder ? ` (process ${holder.pid})` : ''}`
  }
  return undefined
}

function told(started: Started, tookMs: number, io: Io): number {
  switch (started.kind) {
    case 'started':
    case 'running': {
      const { daemon } = started
      const who = daemon ? `${placesOf(daemon)} (process ${daemon.pid}, ${(tookMs / 1000).toFixed(2)} s)` : ''
      io.out(`The gateway is up: ${who}\n`)
      return exitCodes.ok
    }
    case 'failed':
      io.err(`clutch: the gateway did not come up: ${started.because}\n`)
      for (const line of started.lastWords) io.err(`  | ${line}\n`)
      io.err(started.disk ? elsewhere : '    try: clutch doctor\n')
      if (started.disk) return exitCodes.cannotCreate
      return started.exitCode || exitCodes.unavailable
  }
}
