/** Where a provider is: the shelf's address, or the one that variables or config.json move it to. */
import { shelf } from '../providers/index.ts'
import { openai } from '../providers/openai.ts'
import type { Provider } from '../providers/provider.ts'
import { cleanUrl, movedTo } from './endpoints.ts'
import { nearest } from './nearest.ts'
import { azureAt, namedByOpenaiBaseUrl } from './openai-base-url.ts'
import { namedDialects, ownProvider, withChanges } from './own-provider.ts'
import type { OwnProvider } from './schema.ts'
import type { Found, Sources } from './sources.ts'
import { providerPrefix, urlVariable } from './variables.ts'

/** A provider with its final base URL, and who said so. */
export interface Located {
  readonly provider: Provider
  readonly source: string
  /** The user named this address. */
  readonly named: boolean
  /** A base URL that leads back here; a key said beside it is the agents' key for this gateway, not the provider's. */
  readonly circle?: Found
}

/** Tells a URL that leads back to this gateway. */
export type IsOurs = (url: string) => boolean

/** The provider that OPENAI_BASE_URL stands for, under its id. */
export function placeOfOpenaiBaseUrl(sources: Sources, isOurs: IsOurs): Located | undefined {
  const said = sources.variable('OPENAI_BASE_URL')
  const url = said && urlSaid(said, sources, isOurs)
  if (!said || url === undefined) return undefined
  const version = sources.variable('AZURE_API_VERSION')?.value
  return { provider: namedByOpenaiBaseUrl(url, version), source: said.source, named: true }
}

/** A provider of the shelf, moved where the variables or the entry say. */
export function shelfPlace(
  provider: Provider,
  entry: OwnProvider | undefined,
  sources: Sources,
  isOurs: IsOurs,
): Located {
  const usual = sources.variable(...(provider.baseUrlVariables ?? []))
  const general = sources.variable(urlVariable(provider.id))
  const asked = usual ?? general
  const inFile = sources.inFile(entry?.base_url, ['providers', provider.id, 'base_url'])
  const said = (provider.id === openai.id ? general : asked) ?? inFile
  const url = said && urlSaid(said, sources, isOurs, said === inFile)
  const circle = asked && leadsHere(asked, isOurs) ? { circle: asked } : {}
  if (!said || url === undefined) {
    const changed = entry ? withChanges(provider, entry) : provider
    return { provider: changed, source: 'shelf', named: entry !== undefined, ...circle }
  }
  const version = sources.variable('AZURE_API_VERSION')?.value
  const moved =
    provider.id === 'azure-openai' ? azureAt(url, version) : { ...provider, ...movedTo(provider, url) }
  return { provider: entry ? withChanges(moved, entry) : moved, source: said.source, named: true }
}

const leadsHere = (said: Found, isOurs: IsOurs): boolean => {
  const url = cleanUrl(said.value)
  return url !== undefined && isOurs(url)
}

/** A provider of the user's own; undefined when the entry is broken (the problem is recorded). */
export function ownPlace(
  id: string,
  entry: OwnProvider,
  sources: Sources,
  isOurs: IsOurs,
): Located | undefined {
  const at = { place: sources.file.place(['providers', id]) }
  if (!/^[\w][\w.-]*$/.test(id)) {
    sources.refuse(at, 'a provider is named with letters, digits, dots and dashes')
    return undefined
  }
  const inFile = sources.inFile(entry.base_url, ['providers', id, 'base_url'])
  const said = sources.variable(urlVariable(id)) ?? inFile
  if (!said) {
    sources.refuse(
      at,
      'expected base_url, because no provider of the shelf has this name',
      nearest(id, Object.keys(shelf)),
    )
    return undefined
  }
  if (namedDialects(entry).length === 0) {
    sources.refuse(at, 'expected dialect: anthropic, openai-chat, openai-responses or gemini')
    return undefined
  }
  const url = urlSaid(said, sources, isOurs, said === inFile)
  if (url === undefined) return undefined
  return { provider: ownProvider(id, entry, url), source: said.source, named: true }
}

/**
 * Providers that only variables speak of: PROVIDERS_<NAME>_URL makes one that speaks Chat, under its name in small
 * letters. `entries` are those of the file, which say more.
 */
export function placesInVariables(
  entries: Readonly<Record<string, OwnProvider>>,
  sources: Sources,
  isOurs: IsOurs,
): readonly Located[] {
  const known = new Set([...Object.keys(shelf), ...Object.keys(entries)].map(urlVariable))
  return sources.variablesBeginning(providerPrefix).flatMap((said) => {
    const name = /^PROVIDERS_(\w+)_URL$/.exec(said.name)?.[1]
    if (name === undefined || known.has(said.name)) return []
    const url = urlSaid(said, sources, isOurs)
    if (url === undefined) return []
    const provider = ownProvider(name.toLowerCase(), { dialect: 'openai-chat' }, url)
    return [{ provider, source: said.source, named: true }]
  })
}

/**
 * The URL in clean form. One that is no URL is a problem. One that leads back here is a problem in config.json; in
 * a variable it was meant for the agents on this machine, so it is set aside with a warning.
 */
function urlSaid(said: Found, sources: Sources, isOurs: IsOurs, inFile = false): string | undefined {
  const url = cleanUrl(said.value)
  if (url === undefined) {
    sources.refuse(said, `expected a URL such as https://host/v1, found ${JSON.stringify(said.value)}`)
    return undefined
  }
  if (!isOurs(url)) return url
  if (inFile) sources.refuse(said, `${url} is this gateway itself: requests would run in a circle`)
  else
    sources.warn(
      `${said.source}: ${url} is this gateway itself; set aside, because requests would run in a circle`,
    )
  return undefined
}
