/** What the characters of tiers stand for when config.json does not say otherwise. */
import type { LaunchSettings } from '../config/launch.ts'

/** The seed's own; names as OpenRouter spells them. */
const usualTiers: Readonly<Record<string, string>> = {
  d: 'openrouter/deepseek/deepseek-v4-flash',
  n: 'openrouter/nvidia/nemotron-3-super-120b-a12b',
  k: 'openrouter/moonshotai/kimi-k2.6',
  q: 'openrouter/qwen/qwen3-next-80b-a3b-instruct',
}

/** Characters that ask for a pick rather than a model: what `selectors` calls them. */
const selectors: Readonly<Record<string, string>> = {
  m: 'best',
  f: 'free',
  t: 'tool',
  r: 'reasoning',
  v: 'verifier',
  s: 'fast',
}

export type Tier =
  | { readonly kind: 'model'; readonly model: string; readonly source: string }
  /** A digit: the profile of that name. */
  | { readonly kind: 'profile'; readonly profile: string }
  | { readonly kind: 'none'; readonly because: string }

type Known = Pick<LaunchSettings, 'tiers' | 'selectors' | 'profiles'>

export function tierOf(character: string, { tiers, selectors: picks, profiles }: Known): Tier {
  const own = ownOf(tiers, character)
  if (own !== undefined) return { kind: 'model', model: own, source: `tiers.${character}` }
  if (/\d/.test(character)) return digit(character, profiles)
  const selector = ownOf(selectors, character)
  const pick = selector === undefined ? undefined : ownOf(picks, selector)
  if (pick !== undefined) return { kind: 'model', model: pick, source: `selectors.${selector}` }
  const usual = ownOf(usualTiers, character)
  if (usual !== undefined) return { kind: 'model', model: usual, source: 'built in' }
  if (selector === 'best' || selector === 'free')
    return {
      kind: 'none',
      because: `tier ${character} is the ${selector} model of a scan, and nothing has been scanned; name one: "selectors": { "${selector}": "provider/model" } in config.json`,
    }
  const known = knownTiers({ tiers, selectors: picks, profiles }).join(' ')
  return { kind: 'none', because: `there is no tier ${character}; there are: ${known}` }
}

function digit(character: string, profiles: readonly string[] | undefined): Tier {
  if (profiles === undefined || profiles.includes(character)) return { kind: 'profile', profile: character }
  return {
    kind: 'none',
    because: `tier ${character} is the profile "${character}", and config.json has none of that name`,
  }
}

/** Those that name something, in the order they are listed to people. */
function knownTiers({ tiers, selectors: picks, profiles }: Known): readonly string[] {
  const named = Object.keys(selectors).filter((character) => {
    const selector = ownOf(selectors, character)
    return selector !== undefined && ownOf(picks, selector) !== undefined
  })
  const digits = (profiles ?? []).filter((name) => /^\d$/.test(name))
  const own = Object.keys(tiers).filter((name) => name.length === 1)
  return [...new Set([...Object.keys(usualTiers), ...named, ...digits, ...own])]
}

const ownOf = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
