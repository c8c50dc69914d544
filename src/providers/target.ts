/** From a model name as people write it to the provider that is asked and the name it is asked for. */
import type { Provider } from './provider.ts'

export interface Target {
  readonly provider: string
  readonly model: string
}

/** Who can be asked. */
export interface Askable {
  readonly providers: Readonly<
    Record<string, { readonly provider: Pick<Provider, 'vendorPrefixes' | 'homeOf'> }>
  >
  readonly aliases: Readonly<Record<string, string>>
  /** Known, but without a key. */
  readonly unusable: readonly { readonly id: string }[]
}

/**
 * `provider/model`, where provider is an id or an alias; any other name goes whole to the provider it is at home
 * with, else to `defaultProvider`. A known provider without a key counts as named, unless the default provider has
 * names of that form itself (`openai/gpt-oss-120b` at OpenRouter). Undefined: the name alone does not say where to go.
 */
export function targetOf(
  name: string,
  askable: Askable,
  defaultProvider: string | undefined,
): Target | undefined {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(0, slash))
  const model = name.slice(slash + 1)
  const id = askable.aliases[first] ?? first
  if (slash > 0 && model !== '' && Object.hasOwn(askable.providers, id)) return { provider: id, model }
  const fallback = defaultProvider === undefined ? undefined : askable.providers[defaultProvider]
  const unusable = askable.unusable.some((provider) => provider.id === first)
  if (unusable && slash > 0 && !fallback?.provider.vendorPrefixes) return { provider: first, model }
  const home = homeOf(name, askable) ?? defaultProvider
  return home === undefined ? undefined : { provider: home, model: name }
}

/** The provider whose own models are named so (`claude-…`, `gpt-…`). */
function homeOf(name: string, { providers }: Askable): string | undefined {
  return Object.keys(providers).find((id) => providers[id]?.provider.homeOf?.test(name))
}
