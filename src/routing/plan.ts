/** Where a call will be tried, in order, and where it will not, and why. A value: printed, logged, never changed. */
import type { Cascade, ConfiguredProvider, Profile, Role, Settings } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import { type Destination, explicitDestination, homeOf, roleOf, stripSuffixes } from './names.ts'

/** A (provider, model) pair and the dialect to speak to it. The only thing that is ever called. */
export interface Target {
  readonly provider: string
  readonly model: string
  readonly dialect: DialectId
}

export interface Plan {
  readonly asked: string
  /** Which rule chose the targets: `explicit`, `role big`, `default provider openrouter`, … */
  readonly rule: string
  readonly targets: readonly Target[]
  readonly skipped: readonly Skipped[]
}

export interface Skipped {
  readonly name: string
  readonly because: string
}

export interface Question {
  /** As the client said it. */
  readonly model: string
  readonly dialect: DialectId
}

/** Picks the dialect for one model of a provider; the sandbox's models say which they want. */
export type DialectChoice = (
  provider: ConfiguredProvider,
  model: string,
  client: DialectId,
) => DialectId | undefined

type RoutingSettings = Pick<Settings, 'providers' | 'unusable' | 'aliases' | 'defaultProvider'>

export function planCall(
  { model, dialect }: Question,
  profile: Profile,
  settings: RoutingSettings,
  choose: DialectChoice,
): Plan {
  const asked = stripSuffixes(model)
  const { rule, names } = candidates(asked, profile, settings)
  const targets: Target[] = []
  const skipped: Skipped[] = []
  for (const name of names) {
    const found = locate(name, profile, settings, dialect, choose)
    if ('because' in found) skipped.push(found)
    else if (!targets.some((known) => known.provider === found.provider && known.model === found.model))
      targets.push(found)
  }
  return { asked: model, rule, targets, skipped }
}

interface Candidates {
  readonly rule: string
  readonly names: Cascade
}

/** An explicit `provider/model` beats everything; then Claude's family names, homes, the default provider, roles. */
function candidates(asked: string, profile: Profile, settings: RoutingSettings): Candidates {
  const role = roleOf(asked)
  const named = profile.ignoreAskedModel ? undefined : byName(asked, role, profile, settings)
  if (named) return named
  const wanted: Role = role ?? 'big'
  const cascade = profile.roles[wanted] ?? profile.roles.big ?? []
  if (cascade.length > 0) return { rule: `role ${wanted}`, names: cascade }
  if (onlySandbox(settings)) return { rule: 'no provider configured', names: [`sandbox/${asked}`] }
  return { rule: 'unknown model', names: [] }
}

function byName(
  asked: string,
  role: Role | undefined,
  profile: Profile,
  settings: RoutingSettings,
): Candidates | undefined {
  if (explicitDestination(asked, settings)) return { rule: 'explicit', names: [asked] }
  const family = role ? profile.roles[role] : undefined
  if (family && family.length > 0) return { rule: `role ${role}`, names: family }
  const home = homeOf(asked, settings.providers)
  if (home) return { rule: `home ${home}`, names: [`${home}/${asked}`] }
  const fallback = profile.defaultProvider ?? settings.defaultProvider
  return fallback ? { rule: `default provider ${fallback}`, names: [`${fallback}/${asked}`] } : undefined
}

/** Nothing but the sandbox can answer: it does, and says so. */
const onlySandbox = ({ providers }: RoutingSettings): boolean =>
  Object.keys(providers).every((id) => id === 'sandbox')

function locate(
  name: string,
  profile: Profile,
  settings: RoutingSettings,
  client: DialectId,
  choose: DialectChoice,
): Target | Skipped {
  const destination = destinationOf(stripSuffixes(name), profile, settings)
  if (!destination) return { name, because: 'no provider of that name, and no default provider' }
  const configured = settings.providers[destination.provider]
  if (!configured) {
    const reason = settings.unusable.find(({ id }) => id === destination.provider)?.because
    return { name, because: reason ?? 'the provider is not configured' }
  }
  const dialect = choose(configured, destination.model, client)
  if (!dialect) return { name, because: 'the provider speaks no dialect we know' }
  return { ...destination, dialect }
}

function destinationOf(name: string, profile: Profile, settings: RoutingSettings): Destination | undefined {
  const explicit = explicitDestination(name, settings)
  if (explicit) return explicit
  const provider = homeOf(name, settings.providers) ?? profile.defaultProvider ?? settings.defaultProvider
  return provider === undefined ? undefined : { provider, model: name }
}

/** The client's own dialect when the provider speaks it (nothing is lost then), else the provider's best. */
export function preferClientDialect(
  configured: ConfiguredProvider,
  client: DialectId,
): DialectId | undefined {
  const { speaks } = configured.provider
  if (configured.dialect && speaks[configured.dialect] !== undefined) return configured.dialect
  if (speaks[client] !== undefined) return client
  return dialectsOf(speaks)[0]
}

function dialectsOf(speaks: Partial<Readonly<Record<DialectId, string>>>): DialectId[] {
  const order: readonly DialectId[] = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']
  const listed = Object.keys(speaks)
  return order.filter((id) => speaks[id] !== undefined).sort((a, b) => listed.indexOf(a) - listed.indexOf(b))
}
