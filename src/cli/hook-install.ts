/** `clutch hook install` and `uninstall`: one entry in Claude Code's settings, and nothing else of them. */
import { realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { claude } from '../agents/claude.ts'
import { nearest } from '../config/nearest.ts'
import { probeVersion } from '../launch/program-version.ts'
import { findProgram } from '../launch/programs.ts'
import { quoteWord } from '../launch/quote.ts'
import { isBelow } from '../launch/version.ts'
import {
  asList,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
  writeJson,
} from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { replaceFile } from '../world/replace-file.ts'
import { readFlags } from './flags.ts'
import { firstVersion } from './hook-call.ts'
import type { Io } from './io.ts'

const exits = { done: 0, usage: 64, cannotCreate: 73, broken: 78 } as const

interface Change {
  readonly verb: 'install' | 'uninstall'
  readonly file: string
  readonly dryRun: boolean
  readonly asJson: boolean
}

export async function changeHook(args: readonly string[], io: Io): Promise<number> {
  const change = read(args, io)
  if (typeof change === 'string') {
    io.err(`clutch hook: ${change}\nSee: clutch hook --help\n`)
    return exits.usage
  }
  const before = readText(change.file)
  const settings =
    before.kind === 'text' ? tryParseJson(before.text) : before.kind === 'missing' ? {} : undefined
  if (!isObject(settings)) {
    io.err(`clutch hook: ${change.file} cannot be read as JSON; it is left as it is\n`)
    return exits.broken
  }
  const command = hookCommand(io)
  const after = change.verb === 'install' ? withHook(settings, command) : withoutHook(settings)
  const text = `${indented(after)}\n`
  const changes = writeJson(settings) !== writeJson(after)
  const say = (words: string): void => io.out(change.asJson ? told(change, changes, command) : words)
  if (!changes) say(`${change.file}: nothing to change\n`)
  else if (change.dryRun) say(`${change.file} would be:\n${text}`)
  if (!changes || change.dryRun) return exits.done
  try {
    replaceFile(change.file, text, 0o600)
  } catch (error) {
    io.err(`clutch hook: ${change.file}: ${error instanceof Error ? error.message : String(error)}\n`)
    return exits.cannotCreate
  }
  if (change.verb === 'install') await warnIfOld(io)
  say(`${change.file}: ${change.verb === 'install' ? `the hook is in: ${command}` : 'the hook is out'}\n`)
  return exits.done
}

const told = ({ verb, file, dryRun }: Change, changes: boolean, command: string): string =>
  `${JSON.stringify({ verb, file, changes, dry_run: dryRun, ...(verb === 'install' && { command }) })}\n`

const words = ['install', 'uninstall'] as const
const flagKinds = {
  project: 'switch',
  user: 'switch',
  'dry-run': 'switch',
  uninstall: 'switch',
  json: 'switch',
} as const

/** A text says what is wrong. */
function read(args: readonly string[], { env, home, cwd }: Io): Change | string {
  const [said = '', ...rest] = args
  const verb = words.find((word) => word === said)
  if (verb === undefined) {
    const near = nearest(said, words)
    return `do not know "${said}"${near ? ` (did you mean ${near}?)` : `; there are ${words.join(' and ')}`}`
  }
  const flags = readFlags(rest, flagKinds)
  if (!flags.ok) return flags.message
  const folder = flags.switches.has('project')
    ? join(cwd, '.claude')
    : env['CLAUDE_CONFIG_DIR'] || join(home, '.claude')
  return {
    verb: flags.switches.has('uninstall') ? 'uninstall' : verb,
    file: join(folder, 'settings.json'),
    dryRun: flags.switches.has('dry-run'),
    asJson: flags.switches.has('json'),
  }
}

/** Whatever the path to us, by this an entry is known as ours. */
const ours = /(?:^|[\s/'"])clutch(?:-bin|\.mjs)?['"]? hook$/

/** The short word where the PATH leads here, else whole paths. */
function hookCommand({ env, program = [] }: Io): string {
  const onPath = findProgram({ programs: ['clutch'] }, env['PATH'])
  const here = program.at(-1) ?? ''
  if (onPath !== undefined && isFile(here) && realpathSync(onPath) === realpathSync(here))
    return 'clutch hook'
  return `${program.map(quoteWord).join(' ')} hook`
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

const event = 'PostToolUse'

function withHook(settings: JsonObject, command: string): JsonObject {
  if (commandsIn(settings).includes(command)) return settings
  const others = withoutHook(settings)
  const hooks = asObject(others['hooks'])
  const entry = { matcher: '*', hooks: [{ type: 'command', command, timeout: 10 }] }
  return {
    ...settings,
    hooks: { ...asObject(settings['hooks']), ...hooks, [event]: [...asList(hooks[event]), entry] },
  }
}

const commandsIn = (settings: JsonObject): readonly string[] =>
  asList(asObject(settings['hooks'])[event])
    .flatMap((group) => asList(asObject(group)['hooks']))
    .flatMap((hook) => asText(asObject(hook)['command']) ?? [])

/** Other hooks stay, also those in one group with ours; what was only there for ours goes. */
function withoutHook(settings: JsonObject): JsonObject {
  const hooks = asObject(settings['hooks'])
  const groups = asList(hooks[event])
  const kept = groups.flatMap((group) => withoutOurs(group) ?? [])
  if (kept.length === groups.length && writeJson(kept) === writeJson(groups)) return settings
  const { [event]: _, ...otherEvents } = hooks
  const left = kept.length > 0 ? { ...hooks, [event]: kept } : otherEvents
  const { hooks: __, ...rest } = settings
  return Object.keys(left).length > 0 ? { ...settings, hooks: left } : rest
}

function withoutOurs(group: Json): Json | undefined {
  const said = asObject(group)
  const all = asList(said['hooks'])
  const others = all.filter((hook) => !ours.test(asText(asObject(hook)['command']) ?? ''))
  if (others.length === all.length) return group
  return others.length === 0 ? undefined : { ...said, hooks: others }
}

const indented = (value: Json): string => {
  const plain: Json | undefined = JSON.parse(JSON.stringify(value))
  return writeJson(plain) === writeJson(value) ? JSON.stringify(value, null, 2) : writeJson(value)
}

/** An older one ignores what the hook says: no harm, and no use. */
async function warnIfOld({ env, err }: Io): Promise<void> {
  const program = findProgram(claude, env['PATH'])
  const version = program === undefined ? undefined : await probeVersion(claude, program, env)
  if (version !== undefined && isBelow(version, firstVersion))
    err(
      `clutch hook: Claude Code ${version} ignores what hooks say of output; ${firstVersion} or newer listens\n`,
    )
}
