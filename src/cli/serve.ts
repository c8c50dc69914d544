/** `clutch serve`: the gateway in the foreground, until it is told to stop. */
import { resolve } from 'node:path'
import { type Configuration, type Flags, loadSettings, stateFolderOf } from '../config/load.ts'
import { describeProblems } from '../config/problem.ts'
import { readLock } from '../lifecycle/lock.ts'
import { type Fixture, readFixtures } from '../sandbox/fixtures.ts'
import { PortError } from '../server/http-server.ts'
import { openLog } from '../server/open-log.ts'
import { startGateway } from '../server/start.ts'
import { tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import type { Log } from '../world/log.ts'
import { type PortHolder, portHolder } from '../world/port-holder.ts'
import { Redactor } from '../world/redact.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { greeting } from './serve-greeting.ts'
import { onHangUp, signalsToEnd, watchForCrashes } from './signals.ts'

const flagKinds: FlagKinds = {
  port: 'text',
  host: 'text',
  config: 'text',
  profile: 'text',
  'log-level': 'text',
  'sandbox-fixture': 'text',
  help: 'switch',
}

const manual = `clutch serve: runs the gateway in the foreground

  --port N                 where to listen (default 8082; 0 lets the system choose)
  --host HOST              which address (default 127.0.0.1; any other needs PROXY_AUTH_KEY)
  --config FILE            instead of ~/.xx/config.json
  --profile NAME           the profile that answers
  --log-level LEVEL        debug, info, warn or error
  --sandbox-fixture FILE   plays of your own for the sandbox, see docs/sandbox.md

Exit codes: 0 stopped, 64 wrong usage, 69 cannot listen, 75 port in use, 78 broken configuration
`

/** How long running replies may go on after the first signal. */
const graceMs = 5_000

export async function serveVerb(args: readonly string[], io: Io): Promise<number> {
  const flags = readFlags(args, flagKinds)
  if (!flags.ok) {
    io.err(`clutch serve: ${flags.message}\nSee: clutch serve --help\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const { 'sandbox-fixture': fixtureFile, ...given } = flags.texts
  const configuration = configurationFrom(given, io)
  const fixtures = fixturesFrom(fixtureFile, io)
  if (!configuration.ok || typeof fixtures === 'string') {
    if (!configuration.ok) io.err(problemsOf(configuration))
    if (typeof fixtures === 'string') io.err(fixtures)
    return exitCodes.brokenConfig
  }
  return run(configuration, fixtures, () => configurationFrom(given, io), io)
}

export function configurationFrom(flags: Flags, { env, home, cwd, cloneDir }: Io): Configuration {
  return loadSettings({ flags, env, home, cwd, ...(cloneDir !== undefined && { cloneDir }) })
}

export const problemsOf = ({ problems, warnings }: Extract<Configuration, { ok: false }>): string =>
  `${describeProblems(problems)}${warnings.map((warning) => `warning: ${warning}\n`).join('')}`

/** A text says what is wrong. */
function fixturesFrom(file: string | undefined, { cwd }: Io): readonly Fixture[] | string {
  if (file === undefined) return []
  const read = readText(resolve(cwd, file))
  if (read.kind !== 'text') return `${file}: ${read.kind === 'missing' ? 'no such file' : read.because}\n`
  const value = tryParseJson(read.text)
  if (value === undefined) return `${file}: not valid JSON\n`
  const fixtures = readFixtures(value)
  return 'problem' in fixtures ? `${file}: ${fixtures.problem}\n` : fixtures
}

async function run(
  { settings, files }: Extract<Configuration, { ok: true }>,
  fixtures: readonly Fixture[],
  load: () => Configuration,
  io: Io,
): Promise<number> {
  const log = openLog(settings, process.stderr.isTTY)
  try {
    const reading = { load, files: [files.config, files.keys, ...files.dotEnvs] }
    const gateway = await startGateway(settings, fixtures, log, reading)
    onHangUp(() => void gateway.reload('SIGHUP'))
    watchForCrashes(log)
    io.out(greeting(settings, gateway.listeners))
    await stopped(gateway, log)
    return exitCodes.ok
  } catch (error) {
    if (!(error instanceof PortError)) throw error
    io.err(portProblem(error, 'serve', stateFolderOf(io)))
    return error.code === 'EADDRINUSE' ? exitCodes.portInUse : exitCodes.unavailable
  }
}

/** The first signal lets replies finish, the second does not. */
async function stopped(gateway: { close(graceMs: number): Promise<void> }, log: Log): Promise<void> {
  const told = signalsToEnd()
  const signal = await told()
  log.info('stopping', { signal, graceMs })
  await Promise.race([gateway.close(graceMs), told().then(() => gateway.close(0))])
  await log.flush()
}

/** `verb`: what was tried. */
export function portProblem(
  { listener: { host, port }, code, message }: PortError,
  verb: 'serve' | 'up',
  stateFolder: string,
): string {
  if (code !== 'EADDRINUSE') return `clutch: cannot listen on ${host}:${port}: ${message}\n`
  const holder = portHolder(port)
  const lock = readLock(stateFolder)
  if (lock.kind === 'held' && lock.daemon.pid === holder?.pid)
    return `clutch: port ${port} is the gateway's that \`clutch up\` started (process ${holder.pid}). End it: clutch down\n`
  return `clutch: port ${port} is in use${heldBy(holder)}. Stop it, or choose another: clutch ${verb} --port ${port + 1}\n`
}

const heldBy = (holder: PortHolder | undefined): string =>
  holder ? ` by process ${holder.pid} (${new Redactor().text(holder.command)})` : ''
