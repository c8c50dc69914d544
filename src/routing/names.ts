/** What a model name says: a provider, a family, a suffix. The one place where names are taken apart. */
import type { ConfiguredProvider, Role, Settings } from '../config/settings.ts'

export interface Destination {
  readonly provider: string
  readonly model: string
}

/** `[1m]` asks the client's own window accounting for a million tokens; no provider knows it (CONTRACT 17). */
export const stripSuffixes = (model: string): string => model.replace(/\[1m\]$/i, '')

/**
 * `provider/model`, when the first word is a provider we know. One without a key counts as well, unless the default
 * provider has such names itself (`openai/gpt-oss-120b` at OpenRouter).
 */
export function explicitDestination(
  name: string,
  {
    providers,
    unusable,
    aliases,
    defaultProvider,
  }: Pick<Settings, 'providers' | 'unusable' | 'aliases' | 'defaultProvider'>,
): Destination | undefined {
  const slash = name.indexOf('/')
  if (slash < 1 || slash === name.length - 1) return undefined
  const word = name.slice(0, slash)
  const provider = aliases[word] ?? word
  const vendors = providers[defaultProvider ?? '']?.provider.vendorPrefixes === true
  const known = providers[provider] !== undefined || (!vendors && unusable.some(({ id }) => id === provider))
  return known ? { provider, model: name.slice(slash + 1) } : undefined
}

const families: readonly (readonly [RegExp, Role])[] = [
  [/opus|fable/i, 'big'],
  [/sonnet/i, 'middle'],
  [/haiku/i, 'small'],
]
const roleNames: readonly Role[] = [
  'big',
  'middle',
  'small',
  'toolcall',
  'background',
  'think',
  'long-context',
  'web-search',
  'image',
]

/** Claude's families of any version, and roles asked for by their own name. */
export function roleOf(name: string): Role | undefined {
  if (!name.includes('/')) {
    const family = families.find(([pattern]) => pattern.test(name))
    if (family) return family[1]
  }
  return roleNames.find((role) => role === name.toLowerCase())
}

/** The configured provider whose own models are named so (`claude-…`, `gpt-…`, `gemini-…`). */
export function homeOf(
  name: string,
  providers: Readonly<Record<string, ConfiguredProvider>>,
): string | undefined {
  return Object.keys(providers).find((id) => providers[id]?.provider.homeOf?.test(name))
}
