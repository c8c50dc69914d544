/** What a model name says: a provider, a family, a suffix. The one place where names are taken apart. */
import type { ConfiguredProvider, Role, Settings } from '../config/settings.ts'
import { readEffort } from '../conversation/effort.ts'
import type { ThinkingWish } from './target.ts'

export interface Destination {
  readonly provider: string
  readonly model: string
}

/** A name with everything that was said behind it taken off. */
export interface ReadName {
  readonly name: string
  /** `[1m]`: the client's own window accounting assumes a million tokens; no provider knows the suffix (CONTRACT 17). */
  readonly million: boolean
  readonly thinking?: ThinkingWish
}

const millionMark = /\[1m\]$/i
const reasoning = /:(off|none|minimal|low|medium|high|xhigh|max|\d{1,3}k|\d{4,6})$/i

/**
 * `[1m]`, and how hard to think: `:high`, `:16k`, `:32000`, `:off`. Other words behind a colon belong to the name
 * (OpenRouter's `:free`, `:nitro`, `:thinking`). `verbatim`: providers whose names have such endings of their own.
 */
export function readName(said: string, verbatim: (provider: string) => boolean = () => false): ReadName {
  const asksMillion = millionMark.test(said)
  const name = said.replace(millionMark, '')
  const suffix = reasoning.exec(name)
  if (!suffix || suffix.index === 0 || verbatim(name.slice(0, Math.max(0, name.indexOf('/')))))
    return { name, million: asksMillion }
  const bare = name.slice(0, suffix.index)
  return {
    name: bare.replace(millionMark, ''),
    million: asksMillion || millionMark.test(bare),
    thinking: wishOf((suffix[1] ?? '').toLowerCase()),
  }
}

function wishOf(word: string): ThinkingWish {
  const effort = readEffort(word)
  if (effort) return { kind: 'effort', effort }
  if (word === 'off' || word === 'none') return { kind: 'off' }
  const budgetTokens = word.endsWith('k') ? Number(word.slice(0, -1)) * 1024 : Number(word)
  return { kind: 'budget', budgetTokens }
}

/** Names at the sandbox and at local servers end as their owners please (`sandbox/words:5000`, `ollama/phi3:medium`). */
export const endsAsItPleases =
  ({ providers, aliases }: Pick<Settings, 'providers' | 'aliases'>) =>
  (word: string): boolean =>
    providers[aliases[word] ?? word]?.provider.local === true

/** The name alone, for lists; endings of any provider's own are kept. */
export const stripSuffixes = (model: string): string => model.replace(millionMark, '')

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
