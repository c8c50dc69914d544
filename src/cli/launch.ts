/** `xx CODE …` and `clutch launch AGENT …`: looks up what a launch depends on, has it planned, and becomes the agent. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type LaunchSettings, readLaunchSettings } from '../config/launch.ts'
import { become } from '../launch/become.ts'
import { askGateway, type Contact, type GatewayPlace } from '../launch/gateway-contact.ts'
import { temporaryFolder, writeOverlay } from '../launch/overlay.ts'
import { type Plan, planLaunch } from '../launch/plan.ts'
import { findProgram, knownVersion } from '../launch/programs.ts'
import {
  isRefusal,
  type LaunchRequest,
  type Refusal,
  type RequestRead,
  readLongForm,
} from '../launch/request.ts'
import { sessionsOf } from '../launch/sessions.ts'
import { planForPeople } from '../launch/shell.ts'
import type { ServedModel, Surroundings } from '../launch/surroundings.ts'
import { type Started, startDaemon } from '../lifecycle/start-daemon.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch launch AGENT [options] [prompt] [-- what is for the agent]: starts a coding agent through the gateway

  AGENT                  claude, hermes, codex, qwen, pi, opencode, ante, antigravity
  -c, --continue         the newest session          -s, --session ID   this one
  -r, --resume           the agent's list            --headless         one prompt, the answer on stdout
  --bypass, --direct     the agent's own models through the gateway, or past it
  --tier C, --free, --best, -m NAME, -P PROVIDER, --profile NAME
  -p TEXT, --stdin       a prompt (headless)         --safe, --no-safe  approvals on, or off
  -n, --dry-run          print the command line      -v                 print it and go

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

export async function runLaunch(read: RequestRead, io: Io): Promise<number> {
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
  const asked = withStdin(read)
  const around = surroundings(asked, config.settings, io)
  const first = planLaunch(asked, around)
  if (isRefusal(first)) return refuse(first, io)
  if (asked.dryRun) return dryRun(asked, around, first, io)
  if (around.program === undefined) return notInstalled(asked, io)
  const version =
    asked.agent.earlier || asked.agent.version.oldest
      ? await knownVersion(asked.agent, around.program, io.env, join(config.settings.folder, 'versions.json'))
      : undefined
  const served = await reachGateway(asked, first, config.settings, io)
  if (typeof served === 'string') {
    io.err(`xx: ${served}`)
    return exitCodes.unavailable
  }
  return go(asked, { ...around, ...(served && { served }), ...(version !== undefined && { version }) }, io)
}

async function go(asked: LaunchRequest, around: Surroundings, io: Io): Promise<number> {
  const plan = planLaunch(asked, around)
  if (isRefusal(plan)) return refuse(plan, io)
  const ready =
    overlaid(plan) ??
    planLaunch(asked, { ...around, settings: { ...around.settings, folder: temporaryFolder() } })
  if (isRefusal(ready)) return refuse(ready, io)
  if (ready !== plan) writeOverlay(ready.files)
  for (const warning of ready.warnings) io.err(`xx: ${warning}\n`)
  if (asked.verbose) io.err(planForPeople(ready, around.settings.clientKey))
  return become(ready, io.env)
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

function surroundings(asked: LaunchRequest, settings: LaunchSettings, io: Io): Surroundings {
  const program = findProgram(asked.agent, io.env['PATH'])
  const needsNewest = Object.values(asked.agent.forms).some((form) => 'needsNewest' in form)
  const newest = needsNewest ? sessionsOf(asked.agent, io, 1)[0] : undefined
  return {
    settings,
    env: io.env,
    cwd: io.cwd,
    isRoot: process.getuid?.() === 0,
    ...(program !== undefined && { program }),
    ...(newest && { newestSession: newest.id }),
    launchId: `${asked.agent.id}-${asked.session ?? randomBytes(6).toString('hex')}`,
  }
}

/** Works without the agent and without the gateway; where the gateway is there, it is asked, as in earnest. */
async function dryRun(asked: LaunchRequest, around: Surroundings, first: Plan, io: Io): Promise<number> {
  const place = placeOf(first, around.settings)
  const contact = place && around.settings.local ? await askGateway(place, asked.model, 300) : undefined
  const plan = contact?.kind === 'up' ? planLaunch(asked, { ...around, served: contact.served }) : first
  if (isRefusal(plan)) return refuse(plan, io)
  for (const warning of plan.warnings) io.err(`xx: ${warning}\n`)
  if (around.program === undefined)
    io.err(`xx: ${asked.agent.title} is not installed here: ${asked.agent.install}\n`)
  io.out(planForPeople(plan, around.settings.clientKey))
  return exitCodes.ok
}

function placeOf({ gateway }: Plan, { baseUrl, clientKey }: LaunchSettings): GatewayPlace | undefined {
  return (
    gateway && {
      baseUrl,
      ...(gateway.profile !== undefined && { profile: gateway.profile }),
      ...(clientKey !== undefined && { key: clientKey }),
    }
  )
}

/** What it offers; a text says why the agent is not sent there; undefined: this launch does not need it. */
async function reachGateway(
  asked: LaunchRequest,
  plan: Plan,
  settings: LaunchSettings,
  io: Io,
): Promise<readonly ServedModel[] | string | undefined> {
  const place = placeOf(plan, settings)
  if (!place) return undefined
  const contact = await askGateway(place, asked.model)
  if (contact.kind !== 'down') return told(contact)
  if (!settings.local)
    return `no gateway answers at ${settings.baseUrl}; it is on another machine: start it there\n`
  if (!settings.autoStart)
    return `no gateway answers at ${settings.baseUrl}, and proxy.auto_start is false\n    try: clutch up\n`
  if (io.program === undefined)
    return `no gateway answers at ${settings.baseUrl}, and this installation has none to start\n    try: npm start\n`
  io.err(`starting the gateway at ${settings.baseUrl} …\n`)
  const started = await startDaemon({
    program: io.program,
    flags: [],
    env: io.env,
    home: io.home,
    stateFolder: dirname(settings.folder),
    answers: async () => (await askGateway(place)).kind !== 'down',
  })
  if (started.kind === 'failed') return notStarted(started)
  return told(await askGateway(place, asked.model))
}

/** Its last words are the reason. */
const notStarted = ({ because, lastWords }: Extract<Started, { kind: 'failed' }>): string =>
  [
    `the gateway did not come up: ${because}\n`,
    ...lastWords.map((line) => `  | ${line}\n`),
    '    try: clutch doctor\n',
  ].join('')

function told(contact: Contact): readonly ServedModel[] | string {
  switch (contact.kind) {
    case 'up':
      return contact.served
    case 'down':
      return 'the gateway went away again\n'
    case 'refused':
      return `the gateway refuses: ${contact.because}\n`
  }
}
