/** `xx CODE …` and `clutch launch AGENT …`: looks up what a launch depends on, has it planned, and becomes the agent. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LaunchSettings, readLaunchSettings } from '../config/launch.ts'
import type { Call } from '../launch/calls.ts'
import type { Guard } from '../launch/guard.ts'
import { knock } from '../launch/knock.ts'
import { temporaryFolder, writeOverlay } from '../launch/overlay.ts'
import { type Plan, planLaunch } from '../launch/plan.ts'
import { findProgram } from '../launch/programs.ts'
import {
  isRefusal,
  type LaunchRequest,
  type Refusal,
  type RequestRead,
  readLongForm,
} from '../launch/request.ts'
import { planForPeople } from '../launch/shell.ts'
import type { Surroundings } from '../launch/surroundings.ts'
import { exitCodes, type Io } from './io.ts'
import { placeOf } from './place-of.ts'
import type { Prepared } from './under-guard.ts'

const manual = `clutch launch AGENT [options] [prompt] [-- what is for the agent]: starts a coding agent through the gateway

  AGENT                  claude, hermes, codex, qwen, pi, opencode, ante, antigravity
  -c, --continue         the newest session          -s, --session ID   this one
  -r, --resume           the agent's list            --headless         one prompt, the answer on stdout
  --bypass, --direct     the agent's own models through the gateway, or past it
  --tier C, --free, --best, -m NAME, -P PROVIDER, --profile NAME
  -p TEXT, --stdin       a prompt (headless)         --safe, --no-safe  approvals on, or off
  -n, --dry-run          print the command line      -v                 print it and go
  --no-cg                without the crash guard

The short form: xx --help
`

/** The exit code is the agent's own wherever this process is still there to tell it. */
export async function launchVerb(args: readonly string[], io: Io): Promise<number> {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h') {
    io.out(manual)
    return args.length === 0 ? exitCodes.usage : exitCodes.ok
  }
  return runLaunch(readLongForm(args), io)
}

/** `name`: under which the crash guard remembers it. */
export async function runLaunch(read: RequestRead, io: Io, name?: string): Promise<number> {
  const prepared = await prepareLaunch(read, io)
  if (typeof prepared === 'number') return prepared
  const { plan, settings } = prepared
  const { become } = await import('../launch/become.ts')
  const moved = io.cwd === process.cwd() ? {} : { cwd: io.cwd }
  return become({ ...plan, ...moved }, io.env, await guardFor(prepared, io, name), settings.folder)
}

/** Whatever is to be done before the agent starts; a number is the exit code: it will not, and why has been said. */
export async function prepareLaunch(read: RequestRead, io: Io, call?: Call): Promise<Prepared | number> {
  if (isRefusal(read)) return refuse(read, io)
  const config = readLaunchSettings({
    env: io.env,
    home: io.home,
    ...(io.cloneDir !== undefined && { cloneDir: io.cloneDir }),
  })
  if (!config.ok) {
    io.err(`xx: ${config.problem}\n`)
    return exitCodes.brokenConfig
  }
  const { settings } = config
  const asked = withStdin(read)
  const around = { ...(await surroundings(asked, settings, io)), ...(call && { call }) }
  const first = planLaunch(asked, around)
  if (isRefusal(first)) return refuse(first, io)
  if (asked.dryRun) return dryRun(asked, around, first, io)
  if (around.program === undefined) return notInstalled(asked, io)
  const known = await asKnown(asked, around, first, io)
  return typeof known === 'number' ? known : ready(asked, known, io)
}

/** The surroundings with the agent's version and what the gateway offers. */
async function asKnown(
  asked: LaunchRequest,
  around: Surroundings,
  first: Plan,
  io: Io,
): Promise<Surroundings | number> {
  const { settings, program = '' } = around
  const { askCatalogue, knownVersion } = await import('../launch/program-version.ts')
  const { reachGateway } = await import('./reach-gateway.ts')
  const version =
    asked.agent.earlier || asked.agent.version.oldest
      ? await knownVersion(asked.agent, program, io.env, join(settings.folder, 'versions.json'))
      : undefined
  const served = await reachGateway(asked.model, first, settings, io)
  if (typeof served === 'string') {
    io.err(`xx: ${served}`)
    return exitCodes.unavailable
  }
  const catalogue =
    served && asked.agent.catalogue && (await askCatalogue(asked.agent.catalogue, program, io.env))
  const stumbles = asked.agent.stumbles !== undefined && (await lastWordIsIts(asked, io))
  const named = await willGuard(asked, first, settings)
  return {
    ...around,
    ...(served && { served }),
    ...(catalogue !== undefined && { ownCatalogue: catalogue }),
    ...(version !== undefined && { version }),
    ...(stumbles && { endsWithAnswer: true }),
    ...(named && { newSession: crypto.randomUUID() }),
  }
}

function ready(asked: LaunchRequest, around: Surroundings, io: Io): Prepared | number {
  const plan = planLaunch(asked, around)
  if (isRefusal(plan)) return refuse(plan, io)
  const laid =
    overlaid(plan) ??
    planLaunch(asked, { ...around, settings: { ...around.settings, folder: temporaryFolder() } })
  if (isRefusal(laid)) return refuse(laid, io)
  if (laid !== plan) writeOverlay(laid.files)
  for (const warning of laid.warnings) io.err(`xx: ${warning}\n`)
  if (asked.verbose) io.err(planForPeople(laid, around.settings.clientKey))
  return { asked, plan: laid, settings: around.settings }
}

async function guardFor(
  { asked, plan, settings }: Prepared,
  io: Io,
  name?: string,
): Promise<Guard | undefined> {
  if (!(await willGuard(asked, plan, settings))) return undefined
  const { guardLaunch } = await import('./under-guard.ts')
  return guardLaunch({ asked, plan, settings }, io, { name })
}

/** Only what runs in a terminal can lose it. */
async function willGuard(asked: LaunchRequest, plan: Plan, settings: LaunchSettings): Promise<boolean> {
  if (!asked.guard || !settings.guard || plan.stdin !== 'terminal') return false
  const { isatty } = await import('node:tty')
  return isatty(0) && isatty(1)
}

/** undefined: the state folder cannot be written. */
function overlaid(plan: Plan): Plan | undefined {
  try {
    writeOverlay(plan.files)
    return plan
  } catch {
    return undefined
  }
}

function refuse({ problem, instead }: Refusal, io: Io): number {
  io.err(`xx: ${problem}\n    try: ${instead}\n`)
  return exitCodes.usage
}

function notInstalled({ agent }: LaunchRequest, io: Io): number {
  io.err(
    `xx: ${agent.title} is not installed (no ${agent.programs.join(' or ')} on PATH)\n    ${agent.install}\n`,
  )
  return exitCodes.unavailable
}

/** What stands on standard input is the end of the prompt. */
function withStdin(asked: LaunchRequest): LaunchRequest {
  if (!asked.stdin) return asked
  const text = readFileSync(0, 'utf8').trimEnd()
  const prompt = [asked.prompt, text].filter((part) => part !== undefined && part !== '').join('\n\n')
  const { prompt: _, ...rest } = asked
  return { ...rest, stdin: false, headless: true, ...(prompt !== '' && { prompt }) }
}

async function surroundings(asked: LaunchRequest, settings: LaunchSettings, io: Io): Promise<Surroundings> {
  const program = findProgram(asked.agent, io.env['PATH'])
  const newest = await newestOf(asked, io)
  return {
    settings,
    env: io.env,
    cwd: io.cwd,
    isRoot: process.getuid?.() === 0,
    ...(program !== undefined && { program }),
    ...(newest !== undefined && { newestSession: newest }),
    // Different on this machine is all it has to be, and a clock needs no loading.
    launchId: `${asked.agent.id}-${asked.session ?? `${process.pid.toString(36)}${Date.now().toString(36)}`}`,
  }
}

/** Read only for those who cannot continue by themselves. */
async function newestOf({ agent }: LaunchRequest, io: Io): Promise<string | undefined> {
  if (!Object.values(agent.forms).some((form) => 'needsNewest' in form)) return undefined
  const { sessionsOf } = await import('../launch/sessions.ts')
  return sessionsOf(agent, io, 1)[0]?.id
}

async function lastWordIsIts({ agent, session }: LaunchRequest, io: Io): Promise<boolean> {
  const { endsWithAnswer } = await import('../launch/sessions.ts')
  return endsWithAnswer(agent, io, io.cwd, session)
}

/** How long a dry run waits for a gateway that is there and does not answer. */
const dryPatienceMs = 300

/** Works without the agent and without the gateway; where the gateway is there, it is asked, as in earnest. */
async function dryRun(asked: LaunchRequest, around: Surroundings, first: Plan, io: Io): Promise<number> {
  const served = await servedAtOnce(asked, first, around.settings)
  const plan = served ? planLaunch(asked, { ...around, served }) : first
  if (isRefusal(plan)) return refuse(plan, io)
  for (const warning of plan.warnings) io.err(`xx: ${warning}\n`)
  if (around.program === undefined)
    io.err(`xx: ${asked.agent.title} is not installed here: ${asked.agent.install}\n`)
  io.out(planForPeople(plan, around.settings.clientKey))
  return exitCodes.ok
}

/** undefined: the launch does not need a gateway, or none answers here. */
async function servedAtOnce(asked: LaunchRequest, plan: Plan, settings: LaunchSettings) {
  if (!plan.gateway || !settings.local) return undefined
  if (!(await knock(settings.baseUrl, dryPatienceMs))) return undefined
  const { askGateway } = await import('../launch/gateway-contact.ts')
  const place = placeOf(plan, settings)
  const contact = place && (await askGateway(place, asked.model, dryPatienceMs))
  return contact?.kind === 'up' ? contact.served : undefined
}
