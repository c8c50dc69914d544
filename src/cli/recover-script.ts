/** What `clutch recover` does, as a script: starts what is gone, one after the other, and looks at each of them. */
import { agents } from '../agents/index.ts'
import type { LaunchSettings } from '../config/launch.ts'
import { type Command, type Guard, guardedScript, inTmux, tmuxWords } from '../launch/guard.ts'
import { type GuardRecord, recordPath } from '../launch/guard-record.ts'
import { sessionsFolder } from '../launch/put-under-guard.ts'
import { quoteAlways, quoteWord } from '../launch/quote.ts'
import { type Recovery, recoveryOf } from '../launch/recovery.ts'
import { sessionsOf } from '../launch/sessions.ts'
import { planAsScript } from '../launch/shell.ts'
import type { Standing } from '../launch/standing.ts'
import { commandFor } from '../launch/wording.ts'
import type { Io } from './io.ts'
import { prepareLaunch } from './launch.ts'
import { guardCommand, guardLaunch, hasTerminal } from './under-guard.ts'

/** One remembered launch, with what has become of it. */
export interface Found {
  readonly record: GuardRecord
  readonly standing: Standing
}

interface Wish {
  readonly settings: LaunchSettings
  /** Its program. */
  readonly tmux?: string
  /** Seconds between two starts. */
  readonly stagger: number
}

export async function recoveryScript(chosen: readonly Found[], wish: Wish, io: Io): Promise<string> {
  const starts: string[] = []
  const looks: string[] = []
  for (const { record, standing } of chosen) {
    if (standing.kind === 'lost') {
      const start = await startAgain(record, wish, io)
      if (start === undefined) continue
      if (!start.held) {
        looks.push(start.script)
        continue
      }
      starts.push(start.script)
    }
    looks.push(lookAt(record, wish))
  }
  const paced = starts.join(`\nsleep ${wish.stagger}\n`)
  const rest = hasTerminal()
    ? looks
    : [`echo ${quoteAlways(`${looks.length} up again; in a terminal: clutch recover`)}`]
  return [...(paced === '' ? [] : [paced]), ...rest].join('\n')
}

/** The same, as people would type it. */
export function recoveryInWords(chosen: readonly Found[], io: Io): string {
  const lines = chosen.map(({ record, standing }) => {
    if (standing.kind !== 'lost') return `clutch recover ${record.id}`
    const recovery = recoveryFor(record, io)
    const command = recovery
      ? commandFor(recovery.asked)
      : ['cg_run', record.name, '--', ...record.argv].map(quoteWord).join(' ')
    return `cd ${quoteWord(record.cwd)} && ${command}`
  })
  return lines.map((line) => `${line}\n`).join('')
}

const lookAt = (record: GuardRecord, { tmux = 'tmux', settings }: Wish): string => {
  const folder = record.tmux?.folder
  const where = folder === undefined ? '' : ` TMUX_TMPDIR=${quoteWord(folder)}`
  const path = recordPath(sessionsFolder(settings.folder), record.id)
  const run = (verb: string) =>
    `env -u TMUX CLUTCH_GUARD=${quoteWord(path)}${where} ${tmuxWords(tmux, record.id, verb).map(quoteWord).join(' ')}`
  // It may end while another is looked at, or at this very moment: then there is nothing to see, and nothing is wrong.
  return [
    `if ${run('has-session')} 2>/dev/null; then`,
    `  ${run('attach-session')}`,
    `  _xx_code=$?; [ "$_xx_code" != 1 ] || [ -e ${quoteWord(`${path}.json`)} ] || _xx_code=0; (exit "$_xx_code")`,
    'fi',
  ].join('\n')
}

interface Start {
  readonly script: string
  /** By tmux: it has to be looked at. */
  readonly held: boolean
}

/** undefined: it cannot be launched, and why has been said. */
async function startAgain(record: GuardRecord, wish: Wish, io: Io): Promise<Start | undefined> {
  const there = { ...io, cwd: record.cwd }
  const recovery = recoveryFor(record, io)
  io.err(`${record.name}: ${recovery?.how ?? 'run again'}\n`)
  const made = recovery ? await launchAgain(record, recovery, there) : runAgain(record, wish, there)
  if (made === undefined) return undefined
  const { command, guard } = made
  const script =
    guard?.kind === 'tmux' ? planAsScript(inTmux(command, guard, true)) : guardedScript(command, guard)
  const isHeld = guard?.kind === 'tmux'
  return { script: `( cd ${quoteWord(record.cwd)} || exit\n${script}\n)`, held: isHeld }
}

function recoveryFor(record: GuardRecord, io: Io): Recovery | undefined {
  const agent = agents.find(({ id }) => id === record.agent)
  return recoveryOf(record, agent ? sessionsOf(agent, io, sessionsLookedAt) : [])
}

/** The newest of its agent; one that crashed before these is found by its own id only. */
const sessionsLookedAt = 50

interface Made {
  readonly command: Command
  readonly guard: Guard | undefined
}

async function launchAgain(record: GuardRecord, { asked }: Recovery, io: Io): Promise<Made | undefined> {
  const prepared = await prepareLaunch(asked, io)
  if (typeof prepared === 'number') return undefined
  return { command: prepared.plan, guard: guardLaunch(prepared, io, { name: record.name, id: record.id }) }
}

function runAgain({ argv, name, id, cwd }: GuardRecord, { settings }: Wish, io: Io): Made {
  const [program = '', ...args] = argv
  const command: Command = { program, args, env: {}, unset: [], stdin: 'terminal' }
  return { command, guard: guardCommand({ command, name, cwd }, settings, io, id) }
}
