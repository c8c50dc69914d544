/** `clutch recover`: finds what crashed or lost its terminal, and brings it back. */
import { type LaunchSettings, readLaunchSettings } from '../config/launch.ts'
import { becomeScript } from '../launch/become.ts'
import { endedAtMs, signOf } from '../launch/guard-look.ts'
import { forget, readRecords } from '../launch/guard-record.ts'
import { findTmux, sessionsFolder } from '../launch/put-under-guard.ts'
import { standingOf, tellStanding } from '../launch/standing.ts'
import { bootId } from '../world/process-identity.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { type Found, recoveryInWords, recoveryScript } from './recover-script.ts'
import { age } from './sessions.ts'

const manual = `clutch recover [NAME …]: brings back what the crash guard lost: re-attaches what still runs, resumes the rest

  NAME              a name, an id or a number of the list; none: all of them
  --list            what is running and what was lost; nothing is done
  --json            the same for programs
  -n, --dry-run     print what would be done, for a shell
  --stagger SEC     between two starts (default 2)

Detach with Ctrl-] d: it runs on. Exit codes: 0 done, or nothing to do; 64 wrong usage; else that of the last program
`

const kinds = {
  list: 'switch',
  json: 'switch',
  'dry-run': 'switch',
  stagger: 'text',
  help: 'switch',
} as const

export async function recoverVerb(args: readonly string[], io: Io): Promise<number> {
  const short = args.map((word) => (word === '-n' ? '--dry-run' : word))
  const names = short.filter((word, at) => !word.startsWith('-') && short[at - 1] !== '--stagger')
  const flags = readFlags(
    short.filter((word, at) => word.startsWith('-') || short[at - 1] === '--stagger'),
    kinds,
  )
  if (!flags.ok) return wrong(flags.message, io)
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const stagger = Number(flags.texts['stagger'] ?? 2)
  if (!(stagger >= 0)) return wrong('--stagger takes seconds', io)
  const config = readLaunchSettings({
    env: io.env,
    home: io.home,
    ...(io.cloneDir !== undefined && { cloneDir: io.cloneDir }),
  })
  if (!config.ok) {
    io.err(`clutch recover: ${config.problem}\n`)
    return exitCodes.brokenConfig
  }
  const found = look(config.settings, io)
  if (flags.switches.has('json') || flags.switches.has('list')) {
    io.out(flags.switches.has('json') ? `${JSON.stringify(found.map(asJson), null, 2)}\n` : table(found))
    return exitCodes.ok
  }
  const chosen = choose(found, names)
  if (typeof chosen === 'string') return wrong(chosen, io)
  return bringBack(chosen, config.settings, { dryRun: flags.switches.has('dry-run'), stagger }, io)
}

function wrong(message: string, io: Io): number {
  io.err(`clutch recover: ${message}\n    try: clutch recover --list\n`)
  return exitCodes.usage
}

/** Everything that is not over; what is over is forgotten on the way. */
function look({ folder }: LaunchSettings, io: Io): readonly Found[] {
  const sessions = sessionsFolder(folder)
  const tmux = findTmux(io.env['PATH'])
  return readRecords(sessions).flatMap((one) => {
    const { id } = one.record
    const endedMs = endedAtMs(sessions, id)
    const seen = { sign: signOf(one.record, tmux, io.env), boot: bootId() }
    const standing = standingOf(one, { ...seen, ...(endedMs !== undefined && { endedMs }) })
    if (standing.kind !== 'over') return [{ record: one.record, standing }]
    forget(sessions, id)
    return []
  })
}

function choose(found: readonly Found[], names: readonly string[]): readonly Found[] | string {
  const lost = found.filter(({ standing }) => standing.kind !== 'running')
  if (names.length === 0) return lost
  const chosen: Found[] = []
  for (const name of names) {
    const one = found.filter(
      ({ record }, at) => record.id === name || record.name === name || String(at + 1) === name,
    )
    if (one.length === 0) return `nothing that runs or was lost is called ${name}`
    if (one.every(({ standing }) => standing.kind === 'running')) return `${name} is running in a terminal`
    chosen.push(...one.filter(({ standing }) => standing.kind !== 'running'))
  }
  return chosen
}

async function bringBack(
  chosen: readonly Found[],
  settings: LaunchSettings,
  how: { readonly dryRun: boolean; readonly stagger: number },
  io: Io,
): Promise<number> {
  if (chosen.length === 0) {
    io.err('nothing was lost\n')
    return exitCodes.ok
  }
  if (how.dryRun) {
    io.out(recoveryInWords(chosen, io))
    return exitCodes.ok
  }
  const tmux = findTmux(io.env['PATH'])
  if (tmux === undefined)
    io.err('without tmux they come back one after the other, each in this terminal (install tmux)\n')
  const { stagger } = how
  return becomeScript(await recoveryScript(chosen, { stagger, settings, ...(tmux && { tmux }) }, io), io.env)
}

const asJson = ({ record, standing }: Found) => ({
  id: record.id,
  name: record.name,
  standing: standing.kind,
  because: 'because' in standing ? standing.because : undefined,
  agent: record.agent,
  session: record.session,
  cwd: record.cwd,
  argv: record.argv,
  started: new Date(record.startedMs).toISOString(),
})

function table(found: readonly Found[]): string {
  if (found.length === 0) return 'nothing is running under the crash guard, and nothing was lost\n'
  const rows = found.map(({ record, standing }, at) => {
    const head = `${String(at + 1).padStart(3)}  ${age(Date.now() - record.startedMs).padStart(4)}  ${record.id}`
    return `${head}  ${record.name.padEnd(24)}  ${tellStanding(standing).padEnd(30)}  ${record.cwd}\n`
  })
  return rows.join('')
}
