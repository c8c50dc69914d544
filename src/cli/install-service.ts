/** `clutch install-service`: has systemd or launchd start the gateway at login, or no longer. */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stateFolderOf } from '../config/load.ts'
import { readLock } from '../lifecycle/lock.ts'
import { agentLabel, launchdAgent, systemdUnit, unitName } from '../lifecycle/service-files.ts'
import { readText } from '../world/files.ts'
import { makeFolder } from '../world/make-folder.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch install-service: have the gateway started at login

  --dry-run     print the file and the commands, change nothing
  --uninstall   take it away again
  --for systemd | launchd     instead of what this machine has

On Linux a unit of your own systemd (systemctl --user), on macOS an agent of launchd. Neither sees your shell's
environment: keys belong into ~/.xx/.env.

Exit codes: 0 done, 64 wrong usage, 69 this machine has neither, or it refuses, 73 the file cannot be written
`

type Kind = 'systemd' | 'launchd'

interface Service {
  readonly file: string
  readonly text: string
  readonly start: readonly (readonly string[])[]
  readonly end: readonly (readonly string[])[]
}

export function installServiceVerb(args: readonly string[], io: Io): number {
  const flags = readFlags(args, { 'dry-run': 'switch', uninstall: 'switch', for: 'text', help: 'switch' })
  const kind = flags.ok ? kindFrom(flags.texts['for']) : undefined
  if (!flags.ok || kind === 'unknown') {
    io.err(
      `clutch install-service: ${flags.ok ? '--for wants systemd or launchd' : flags.message}\nSee: clutch install-service --help\n`,
    )
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  if (kind === undefined || io.program === undefined) {
    io.err('clutch: there is neither systemd nor launchd here\n    try: clutch up\n')
    return exitCodes.unavailable
  }
  const service = serviceFor(kind, io.program, io)
  const commands = flags.switches.has('uninstall') ? service.end : service.start
  if (flags.switches.has('dry-run')) return dryRun(service, commands, flags.switches.has('uninstall'), io)
  return flags.switches.has('uninstall') ? uninstall(service, io) : install(service, io)
}

function kindFrom(asked: string | undefined): Kind | 'unknown' | undefined {
  if (asked !== undefined) return asked === 'systemd' || asked === 'launchd' ? asked : 'unknown'
  return process.platform === 'linux' ? 'systemd' : process.platform === 'darwin' ? 'launchd' : undefined
}

function serviceFor(kind: Kind, program: readonly string[], io: Io): Service {
  const { env, home } = io
  const xxHome = env['XX_HOME']
  const kept = xxHome === undefined || xxHome === '' ? {} : { XX_HOME: dirname(stateFolderOf(io)) }
  const order = { program, home, stateFolder: stateFolderOf(io), env: kept }
  if (kind === 'systemd') {
    const file = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd', 'user', unitName)
    return {
      file,
      text: systemdUnit(order),
      start: [
        ['systemctl', '--user', 'daemon-reload'],
        ['systemctl', '--user', 'enable', '--now', unitName],
      ],
      end: [['systemctl', '--user', 'disable', '--now', unitName]],
    }
  }
  const file = join(home, 'Library', 'LaunchAgents', `${agentLabel}.plist`)
  const domain = `gui/${process.getuid?.() ?? 0}`
  return {
    file,
    text: launchdAgent(order),
    start: [['launchctl', 'bootstrap', domain, file]],
    end: [['launchctl', 'bootout', `${domain}/${agentLabel}`]],
  }
}

function dryRun({ file, text }: Service, commands: Service['start'], isEnd: boolean, io: Io): number {
  io.out(isEnd ? `# would run, then remove ${file}\n` : `# ${file}\n${text}\n# would run\n`)
  for (const command of commands) io.out(`${command.join(' ')}\n`)
  return exitCodes.ok
}

function install({ file, text, start }: Service, io: Io): number {
  try {
    makeFolder(dirname(file))
    writeFileSync(file, text)
  } catch (error) {
    io.err(`clutch: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.cannotCreate
  }
  io.out(`Written: ${file}\n`)
  if (readLock(stateFolderOf(io)).kind === 'held') {
    io.out('The gateway runs already, so this counts from the next login. At once:\n')
    io.out(`    clutch down && ${start.map((command) => command.join(' ')).join(' && ')}\n`)
    return exitCodes.ok
  }
  const refused = start.find((command) => !ran(command, io))
  if (refused === undefined) {
    io.out('The gateway is started at login from now on, and runs.\n')
    return exitCodes.ok
  }
  io.err(`    try it yourself: ${refused.join(' ')}\n`)
  return exitCodes.unavailable
}

function uninstall({ file, end }: Service, io: Io): number {
  if (readText(file).kind === 'missing') {
    io.out(`There is no ${file}; nothing to take away.\n`)
    return exitCodes.ok
  }
  for (const command of end) ran(command, io)
  rmSync(file, { force: true })
  io.out(`Removed: ${file}\n`)
  return exitCodes.ok
}

function ran([program = '', ...args]: readonly string[], io: Io): boolean {
  const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...io.env } })
  if (status === 0) return true
  io.err(
    `clutch: ${[program, ...args].join(' ')}: ${error?.message ?? (stderr.trim() || `ended with ${status}`)}\n`,
  )
  return false
}
