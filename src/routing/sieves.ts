/** Why a target is passed over, one sieve after the other; every reason is a sentence for people. */
import type { Profile, Settings } from '../config/settings.ts'
import { quirksFor } from '../providers/provider.ts'
import type { Outline } from './outline.ts'
import { modelName, type Target } from './target.ts'

/** Room that an answer needs at least. */
const answerTokens = 1024

/** Requests this small fit everywhere; nobody looks at them for their size. */
export const smallRequestTokens = 6_000

/** Only free models may answer unattended work. */
export function laneSieve(target: Target, profile: Profile, settings: Pick<Settings, 'providers'>) {
  if (profile.lane !== 'standby' || isFree(target, settings)) return undefined
  return `the standby lane uses free models only`
}

export function isFree(target: Target, { providers }: Pick<Settings, 'providers'>): boolean {
  const provider = providers[target.provider]?.provider
  if (!provider) return false
  const said = quirksFor(provider, target.model).free
  return said ?? (provider.local === true || /[:/-]free$/.test(target.model))
}

/** `sizeTokens` is never more than the request really has. */
export function windowSieve({ windowTokens }: Target, sizeTokens: number): string | undefined {
  if (windowTokens === undefined || sizeTokens + answerTokens <= windowTokens) return undefined
  return `context window too small: ${windowTokens} tokens for about ${sizeTokens}`
}

/** What the target is known not to be able to do; what is not known is no reason. */
export function capabilitySieve(
  target: Target,
  seen: Outline | undefined,
  { providers }: Pick<Settings, 'providers'>,
): string | undefined {
  const provider = providers[target.provider]?.provider
  if (!seen || !provider) return undefined
  const quirks = quirksFor(provider, target.model)
  if (seen.webSearchOnly && quirks.webSearch === false) return `${modelName(target)} cannot search the web`
  if (seen.tools > 0 && quirks.tools === false) return `${modelName(target)} cannot call tools`
  if (seen.images && quirks.images === false) return `${modelName(target)} cannot see images`
  if (seen.thinking && quirks.thinking === false) return `${modelName(target)} cannot think`
  return undefined
}
