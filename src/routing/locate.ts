/** From a name in a cascade to the targets it stands for: one for each of the provider's accounts. */
import type { ConfiguredProvider, Profile } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import { quirksFor } from '../providers/provider.ts'
import type { RoutingSettings } from './candidates.ts'
import { type Destination, endsAsItPleases, explicitDestination, homeOf, readName } from './names.ts'
import type { Obstacle } from './obstacle.ts'
import type { Target, ThinkingWish } from './target.ts'
import { knownWindow } from './windows.ts'

export interface Skipped {
  readonly name: string
  readonly because: string
  /** It may be asked again later. */
  readonly obstacle?: Obstacle
}

/** Picks the dialect for one model of a provider; the sandbox's models say which they want. */
export type DialectChoice = (
  provider: ConfiguredProvider,
  model: string,
  client: DialectId,
) => DialectId | undefined

/** What the client's own name for the model said, besides the name. */
export interface AskedWith {
  readonly million: boolean
  readonly thinking?: ThinkingWish
}

/** `locate` for one state of the settings. */
export type Locate = (
  said: string,
  asked: AskedWith,
  profile: Profile,
  client: DialectId,
) => readonly Target[] | Skipped

/** Cascades hold few names; clients may ask for many. */
const remembered = 1000

/** Where a name leads does not change while the settings stay: found once, then remembered. */
export function locator(settings: RoutingSettings, choose: DialectChoice): Locate {
  const known = new WeakMap<Profile, Map<string, Places>>()
  return (said, asked, profile, client) => {
    if (asked.thinking) return locate(said, asked, profile, settings, client, choose)
    const ways = known.get(profile) ?? new Map<string, Places>()
    const way = asked.million ? `${client}[1m]` : client
    const places = ways.get(way) ?? new Map<string, readonly Target[] | Skipped>()
    const found = places.get(said)
    if (found) return found
    const place = locate(said, asked, profile, settings, client, choose)
    if (places.size < remembered) places.set(said, place)
    known.set(profile, ways.set(way, places))
    return place
  }
}

type Places = Map<string, readonly Target[] | Skipped>

export function locate(
  said: string,
  asked: AskedWith,
  profile: Profile,
  settings: RoutingSettings,
  client: DialectId,
  choose: DialectChoice,
): readonly Target[] | Skipped {
  const { name, million, thinking = asked.thinking } = readName(said, endsAsItPleases(settings))
  const destination = destinationOf(name, profile, settings)
  if (!destination) return { name, because: 'no provider of that name, and no default provider' }
  const configured = settings.providers[destination.provider]
  if (!configured) {
    const reason = settings.unusable.find(({ id }) => id === destination.provider)?.because
    return { name, because: reason ?? 'the provider is not configured' }
  }
  const dialect = choose(configured, destination.model, client)
  if (!dialect) return { name, because: 'the provider speaks no dialect we know' }
  const windowTokens = windowOf(configured, destination.model, million || asked.million)
  const target: Target = {
    ...destination,
    dialect,
    ...(windowTokens !== undefined && { windowTokens }),
    ...(thinking && { thinking }),
  }
  const accounts = configured.accounts ?? []
  return accounts.length < 2 ? [target] : accounts.map(({ id }) => ({ ...target, account: id }))
}

/** Where a name leads; the provider may still be one that cannot be used. */
export function destinationOf(
  name: string,
  profile: Profile,
  settings: RoutingSettings,
): Destination | undefined {
  const explicit = explicitDestination(name, settings)
  if (explicit) return explicit
  const provider = homeOf(name, settings.providers) ?? profile.defaultProvider ?? settings.defaultProvider
  return provider === undefined ? undefined : { provider, model: name }
}

/** What the configuration says, else what is known of the family; a local server's window is its owner's choice. */
function windowOf({ provider }: ConfiguredProvider, model: string, million: boolean): number | undefined {
  const said = quirksFor(provider, model).contextWindow
  return said ?? (provider.local ? undefined : knownWindow(model, million))
}
