/** The window an agent is told of: that of the smallest target which may have to answer it. */
import type { Cascade, Profile } from '../config/settings.ts'
import { quirksFor } from '../providers/provider.ts'
import type { RoutingSettings } from './candidates.ts'
import { destinationOf } from './locate.ts'
import { type Destination, endsAsItPleases, readName } from './names.ts'
import { laneSieve } from './sieves.ts'
import { type ModelWindow, plannedWindow, unknownWindow } from './windows.ts'

/** What a model of a local server holds, when its server says so. */
export type LocalWindow = (provider: string, model: string) => number | undefined

/**
 * Targets that cannot be used (no key, another lane) do not count, nor do local models that nobody has heard of; those
 * that rest for a while do. `million`: the client said `[1m]`.
 */
export function advertisedWindow(
  names: Cascade,
  million: boolean,
  profile: Profile,
  settings: RoutingSettings,
  localWindow: LocalWindow = () => undefined,
): ModelWindow {
  const windows = names.flatMap((said) => windowOf(said, million, profile, settings, localWindow) ?? [])
  if (windows.length === 0) return unknownWindow
  const contextTokens = Math.min(...windows.map((window) => window.contextTokens))
  const outputTokens = Math.min(contextTokens, ...windows.map((window) => window.outputTokens))
  return { contextTokens, outputTokens }
}

/** The `provider/model` that is asked first while all are well; undefined: none can be used. */
export function firstTarget(names: Cascade, profile: Profile, settings: RoutingSettings): string | undefined {
  for (const said of names) {
    const target = usable(readName(said, endsAsItPleases(settings)).name, profile, settings)
    if (target) return `${target.provider}/${target.model}`
  }
  return undefined
}

function usable(name: string, profile: Profile, settings: RoutingSettings): Destination | undefined {
  const destination = destinationOf(name, profile, settings)
  if (!destination || !settings.providers[destination.provider]) return undefined
  return laneSieve({ ...destination, dialect: 'openai-chat' }, profile, settings) ? undefined : destination
}

function windowOf(
  said: string,
  million: boolean,
  profile: Profile,
  settings: RoutingSettings,
  localWindow: LocalWindow,
): ModelWindow | undefined {
  const read = readName(said, endsAsItPleases(settings))
  const destination = usable(read.name, profile, settings)
  const configured = destination && settings.providers[destination.provider]
  if (!configured) return undefined
  const { provider } = configured
  const { contextWindow, maxOutputTokens } = quirksFor(provider, destination.model)
  const family = plannedWindow(destination.model, million || read.million)
  const held = contextWindow ?? (provider.local ? localWindow(provider.id, destination.model) : undefined)
  if (held === undefined && provider.local) return undefined
  return {
    contextTokens: held ?? family.contextTokens,
    outputTokens: maxOutputTokens ?? family.outputTokens,
  }
}
