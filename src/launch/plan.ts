/** A launch as a pure function: what was asked and what is known become one command line, or a refusal. */
import type { Agent, AgentId, Earlier, Form, FormName } from '../agents/agent.ts'
import { decideApprovals } from './approvals.ts'
import { callEnvironment, staleCallVariables } from './calls.ts'
import { chooseDestination, type Destination } from './destination.ts'
import { chooseForm } from './form.ts'
import { fileAt, pointAt } from './pointing.ts'
import { isSetback, type LaunchRequest, type Refusal, type Setback, without } from './request.ts'
import type { Surroundings } from './surroundings.ts'
import { isBelow } from './version.ts'
import { commandFor } from './wording.ts'

export interface Plan {
  readonly agent: AgentId
  readonly form: FormName
  /** The agent's session, where it is known beforehand. */
  readonly session?: string
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly unset: readonly string[]
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** Headless agents get none: some would wait on an open pipe for ever. */
  readonly stdin: 'terminal' | 'none'
  /** Absent on the direct route. */
  readonly gateway?: { readonly url: string; readonly profile?: string }
  readonly warnings: readonly string[]
}

/** What Linux takes in one word of a command line, in bytes. */
const longestWordBytes = 128 * 1024 - 1

/** A refusal offers a launch that would not be refused in its turn. */
export function planLaunch(asked: LaunchRequest, around: Surroundings): Plan | Refusal {
  const found = decide(asked, around)
  if (!isSetback(found)) return found
  let { instead } = found
  for (let step = 0; step < mostSetbacks && typeof instead === 'object'; step += 1) {
    const next = decide(instead, around)
    if (!isSetback(next)) break
    instead = next.instead
  }
  return { problem: found.problem, instead: typeof instead === 'object' ? commandFor(instead) : instead }
}

/** More than there are reasons to be set back. */
const mostSetbacks = 8

function decide(asked: LaunchRequest, around: Surroundings): Plan | Setback {
  const { agent } = asked
  const earlier = earlierOf(agent, around.version)
  const chosen = chooseForm(asked, { ...agent.forms, ...earlier?.forms })
  if (isSetback(chosen)) return chosen
  const destination = chooseDestination(asked, around.settings)
  if (isSetback(destination)) return destination
  const approvals = decideApprovals(asked, chosen.form, around)
  if (isSetback(approvals)) return approvals
  const session = sessionFor(asked, chosen.form, around)
  if (isSetback(session)) return session
  const pointing = asked.route === 'direct' ? undefined : pointAt(asked, destination, around, earlier)
  const lost = lostBy(asked, chosen.form, destination)
  if (lost) return lost
  const own = ownSession(asked, chosen.name, around.newSession)
  const args = fill(chosen.form, {
    bypass: approvals.words,
    gateway: pointing?.args ?? [],
    model: modelWords(asked, destination, pointing?.model),
    native: [...own.words, ...asked.native],
    session: session.id,
    prompt: asked.prompt === undefined ? undefined : harmless(asked.prompt),
  })
  const tooLong = refuseLongWords(asked, args)
  if (tooLong) return tooLong
  return {
    agent: agent.id,
    form: chosen.name,
    ...sessionKnown(chosen.form, session.id, own.id),
    program: around.program ?? agent.programs[0] ?? agent.id,
    args,
    env: { ...pointing?.env, ...pastProxies(pointing?.url, around.env), ...calling(asked, around, own.id) },
    unset: [...unsetFor(asked, pointing?.env ?? {}, around.env), ...staleCallVariables(around)],
    files: Object.entries(pointing?.files ?? {}).map(([name, text]) => ({
      path: fileAt(around)(name),
      text,
    })),
    stdin: chosen.name.startsWith('ask') ? 'none' : 'terminal',
    ...(pointing && {
      gateway: {
        url: pointing.url,
        ...(destination.profile !== undefined && { profile: destination.profile }),
      },
    }),
    warnings: [
      ...approvals.warnings,
      ...warningsOf(asked, destination, around),
      ...stumbling(asked, chosen.name, around),
      ...unpointed(asked, chosen.form, pointing?.args),
    ],
  }
}

function earlierOf(agent: Agent, version: string | undefined): Earlier | undefined {
  return version === undefined ? undefined : agent.earlier?.find(({ before }) => isBelow(version, before))
}

function sessionFor(
  asked: LaunchRequest,
  form: Form,
  { newestSession }: Surroundings,
): { readonly id: string | undefined } | Setback {
  if (!form.needsNewest) return { id: asked.session }
  if (newestSession !== undefined) return { id: newestSession }
  return {
    problem: `${asked.agent.title} cannot continue by itself, and no session of it was found to name`,
    instead: { ...without(asked, 'session'), mode: 'init' },
  }
}

/** A new session gets its id beforehand, so that it can be found again. */
function ownSession({ agent, native }: LaunchRequest, form: FormName, id: string | undefined): OwnSession {
  const words = form === 'start' ? (agent.newSession ?? []) : []
  if (id === undefined || words.length === 0 || native.some((word) => words.includes(word)))
    return { words: [] }
  return { id, words: words.map((word) => word.replace('{session}', () => id)) }
}

interface OwnSession {
  readonly id?: string
  readonly words: readonly string[]
}

function sessionKnown({ words }: Form, id: string | undefined, own: string | undefined) {
  const session = words.includes('{session}') ? id : own
  return session === undefined ? {} : { session }
}

/** Past the gateway nobody keeps accounts of sessions; a call is told who called it all the same. */
const calling = ({ agent, route, session }: LaunchRequest, { call, launchId }: Surroundings, own?: string) =>
  route === 'direct' && !call ? {} : callEnvironment(agent.id, session ?? own ?? launchId, call)

/** Only where it goes on by itself: a prompt is a word of the user's. */
function stumbling({ agent }: LaunchRequest, form: FormName, around: Surroundings): readonly string[] {
  const { stumbles } = agent
  const goesOn = form === 'continue' || form === 'resume'
  if (!stumbles || !goesOn || !around.endsWithAnswer || around.version === undefined) return []
  return isBelow(around.version, stumbles.before) ? [stumbles.says] : []
}

function refuseLongWords(asked: LaunchRequest, args: readonly string[]): Setback | undefined {
  const sizes = args.filter((word) => word.length > longestWordBytes / 4).map(bytesOf)
  const largest = Math.max(0, ...sizes)
  if (largest <= longestWordBytes) return undefined
  const short = { ...without(asked, 'prompt'), stdin: false, prompt: 'Read the task in FILE and do it' }
  return {
    problem: `a command line takes at most 128 KB in one word, and this one has ${Math.ceil(largest / 1024)} KB: put it in a file and name the file`,
    instead: short,
  }
}

function unpointed(
  { agent }: LaunchRequest,
  { words }: Form,
  args: readonly string[] = [],
): readonly string[] {
  return args.length > 0 && !words.includes('{gateway}')
    ? [`${agent.title} takes no gateway here: a session goes on where it was begun`]
    : []
}

/** What the form has no place for. */
function lostBy(asked: LaunchRequest, { words }: Form, { model }: Destination): Setback | undefined {
  if (model !== undefined && !words.includes('{model}'))
    return {
      problem: `${asked.agent.title} takes no model here`,
      instead: without(asked, 'model', 'tier', 'provider'),
    }
  return undefined
}

function modelWords(
  asked: LaunchRequest,
  destination: Destination,
  pointed: string | undefined,
): readonly string[] {
  const { agent, route } = asked
  const model = route === 'direct' ? destination.model : pointed
  if (model === undefined) return []
  const words = route === 'direct' ? agent.model.direct : agent.model.gateway
  return words.map((word) => word.replace('{model}', () => model))
}

interface Slots {
  readonly bypass: readonly string[]
  readonly gateway: readonly string[]
  readonly model: readonly string[]
  readonly native: readonly string[]
  readonly session: string | undefined
  readonly prompt: string | undefined
}

function fill({ words }: Form, slots: Slots): readonly string[] {
  return words.flatMap((word) => {
    switch (word) {
      case '{bypass}':
        return slots.bypass
      case '{gateway}':
        return slots.gateway
      case '{model}':
        return slots.model
      case '{native}':
        return slots.native
      case '{session}':
        return slots.session ?? []
      case '{prompt}':
        return slots.prompt ?? []
      default:
        return word
    }
  })
}

/** A prompt that looks like an option, or like the name of a subcommand, is kept from being taken for one. */
const harmless = (prompt: string): string => (/^-|^[\w-]+$/.test(prompt) ? ` ${prompt}` : prompt)

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** A proxy of the network must not get what is meant for this machine. */
function pastProxies(url: string | undefined, env: Surroundings['env']): Readonly<Record<string, string>> {
  const proxied = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'].some((name) => env[name])
  if (!proxied || !url?.startsWith('http://')) return {}
  const host = url.slice('http://'.length).replace(/[:/].*$/, '')
  const before = env['NO_PROXY'] ?? env['no_proxy']
  const hosts = [...(before ? [before] : []), host].join(',')
  return { NO_PROXY: hosts, no_proxy: hosts }
}

function unsetFor(
  { agent, route }: LaunchRequest,
  set: Readonly<Record<string, string>>,
  env: Surroundings['env'],
): readonly string[] {
  const { detours, gatewayVariables, keyVariables } = agent
  if (route !== 'direct') return [...gatewayVariables, ...detours].filter((name) => !Object.hasOwn(set, name))
  const inherited = gatewayVariables.some((name) => /URL|CONFIG_CONTENT/.test(name) && env[name])
  return [...gatewayVariables, ...(inherited ? keyVariables : [])]
}

function warningsOf(
  { agent, model }: LaunchRequest,
  destination: Destination,
  { version }: Surroundings,
): readonly string[] {
  const { oldest, because } = agent.version
  const doubt = destination.model !== undefined && agent.doubtfulModel
  return [
    ...(version !== undefined && oldest !== undefined && isBelow(version, oldest)
      ? [`${agent.title} ${version} is older than ${oldest}: ${because}`]
      : []),
    ...(doubt && !doubt.unless.test(destination.model ?? '') ? [doubt.because] : []),
    ...(destination.modelSource === 'built in' && model === undefined
      ? [`the tier’s model is built in (${destination.model}); "tiers" in config.json says another`]
      : []),
  ]
}
