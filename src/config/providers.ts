/** Which providers can be used, with which URL, key and headers; and why the others cannot. */
import { providers as onShelf, shelf } from '../providers/index.ts'
import { openai } from '../providers/openai.ts'
import { sandbox } from '../providers/sandbox.ts'
import { isLoopback, parsed } from './endpoints.ts'
import { type CustomHeaders, customHeaders, ownHeaders, refuseUnsendable } from './headers.ts'
import { spokenOf } from './mentions.ts'
import { namedDialects, withChanges } from './own-provider.ts'
import {
  type IsOurs,
  type Located,
  ownPlace,
  placeOfOpenaiBaseUrl,
  placesInVariables,
  shelfPlace,
} from './places.ts'
import { resolveAllowances } from './routing.ts'
import type { OwnProvider } from './schema.ts'
import { isLiteral, type Secret, type Secrets } from './secret.ts'
import type { ConfiguredProvider, Settings } from './settings.ts'
import type { Found, Sources } from './sources.ts'
import { keysVariable, keyVariable, providerPrefix, providerVariables } from './variables.ts'

export interface Roster {
  readonly providers: Settings['providers']
  readonly aliases: Settings['aliases']
  readonly unusable: Settings['unusable']
  /** The provider that OPENAI_BASE_URL stands for, when it can be used. */
  readonly fromOpenaiBaseUrl?: string
}

type Verdict = ConfiguredProvider | { readonly because: string }

export function resolveProviders(sources: Sources, secrets: Secrets, isOurs: IsOurs): Roster {
  const clerk = new Clerk(sources, secrets, placeOfOpenaiBaseUrl(sources, isOurs))
  const entries = sources.file.value.providers ?? {}
  const verdicts: [string, Verdict][] = []
  for (const [id, entry] of Object.entries(entries)) {
    if (shelf[id]) continue
    const place = ownPlace(id, entry, sources, isOurs)
    if (place) verdicts.push([id, clerk.judge(place, entry)])
  }
  for (const place of placesInVariables(entries, sources, isOurs))
    verdicts.push([place.provider.id, clerk.judge(place, undefined)])
  const ownIds = verdicts.map(([id]) => id)
  for (const name of variablesOfOwn(ownIds, sources)) secrets.referenced.add(name)
  for (const provider of onShelf) {
    if (provider.id === sandbox.id) continue
    const entry = entries[provider.id]
    verdicts.push([provider.id, clerk.judgeShelf(shelfPlace(provider, entry, sources, isOurs), entry)])
  }
  sources.note(`providers.${sandbox.id}`, 'built in')
  verdicts.push([sandbox.id, { provider: sandbox, baseUrl: sandbox.baseUrl, headers: {} }])
  return clerk.roster(verdicts)
}

/** PROVIDERS_… that have an effect, or have been warned about, although no provider of the shelf is meant. */
const variablesOfOwn = (ids: readonly string[], sources: Sources): readonly string[] => [
  ...ids.flatMap(providerVariables),
  ...sources.variablesBeginning(providerPrefix).flatMap(({ name }) => (name.endsWith('_URL') ? name : [])),
]

/** Decides about one provider after the other. */
class Clerk {
  readonly #sources: Sources
  readonly #secrets: Secrets
  readonly #moved: Located | undefined
  readonly #custom: CustomHeaders
  readonly #spokenOf: ReadonlySet<string>

  constructor(sources: Sources, secrets: Secrets, moved: Located | undefined) {
    this.#sources = sources
    this.#secrets = secrets
    this.#moved = moved
    this.#custom = customHeaders(sources)
    this.#spokenOf = spokenOf(sources)
  }

  /** A provider of the shelf; what OPENAI_BASE_URL says of it counts before the shelf's own address. */
  judgeShelf(place: Located, entry: OwnProvider | undefined): Verdict {
    const { id } = place.provider
    const moved = this.#moved
    if (moved?.provider.id === id && place.source === 'shelf') {
      return this.judge(entry ? { ...moved, provider: withChanges(moved.provider, entry) } : moved, entry)
    }
    if (place.provider.local && !place.named && !this.#spokenOf.has(id)) {
      const [variable] = place.provider.baseUrlVariables ?? []
      return {
        because: `nothing in the configuration speaks of it (${variable}=${place.provider.baseUrl} would)`,
      }
    }
    if (id === openai.id && moved && moved.provider.id !== id && !entry) {
      return { because: `OPENAI_BASE_URL makes OPENAI_API_KEY the key of ${moved.provider.id}` }
    }
    return this.judge(place, entry)
  }

  judge(place: Located, entry: OwnProvider | undefined): Verdict {
    const { provider } = place
    const { id } = provider
    if (provider.baseUrl === '') {
      return { because: `${(provider.baseUrlVariables ?? ['base_url']).join(' or ')} is not set` }
    }
    const key = this.#key(place, entry)
    if (key && 'because' in key) return key
    if (key) refuseUnsendable(this.#sources, key, key.value)
    const headers = ownHeaders(id, entry, this.#sources, this.#secrets)
    if ('because' in headers) return headers
    this.#sources.note(`providers.${id}`, place.named ? place.source : (key?.source ?? 'shelf'))
    this.#sources.note(`providers.${id}.baseUrl`, place.source)
    if (key) this.#sources.note(`providers.${id}.key`, key.source)
    const [dialect] = entry ? namedDialects(entry) : []
    return {
      provider,
      baseUrl: provider.baseUrl,
      ...(key && { key: key.value, keySource: key.source }),
      headers: {
        ...this.#custom.forAll,
        ...(id === (this.#moved?.provider.id ?? openai.id) && this.#custom.forOpenai),
        ...headers.value,
      },
      ...(dialect && shelf[id] && { dialect }),
      ...this.#accounts(id, entry, key),
      ...resolveAllowances(this.#sources, id, entry),
    }
  }

  /** `env:NAME` in the file is more explicit than the provider's usual variables; a key written there is less. */
  #key({ provider, named, circle }: Located, entry: OwnProvider | undefined): Secret | undefined {
    if (provider.authorize === 'none') return undefined
    const inFile = this.#sources.inFile(entry?.api_key, ['providers', provider.id, 'api_key'])
    const stated = inFile && this.#secrets.find(inFile)
    if (inFile && stated && !isLiteral(inFile.value)) return stated
    const usual = this.#usualKey(provider.id, provider.keyVariables)
    if (usual && circle && usual.place.file === circle.place.file) {
      return { because: `${circle.source} is this gateway, so ${usual.source} is taken for a key to it` }
    }
    const found = usual ?? stated ?? this.#keys(provider.id, entry)[0]
    if (found) return found
    if (provider.local || (named && isAtHome(provider.baseUrl)) || isOwn(provider.id)) return undefined
    return { because: `${provider.keyVariables.join(' or ')} is not set` }
  }

  /** All keys of a provider, the usual one first; none when there are fewer than two. */
  #accounts(
    id: string,
    entry: OwnProvider | undefined,
    usual: Found | undefined,
  ): Pick<ConfiguredProvider, 'accounts'> {
    const more = this.#keys(id, entry).map(({ value }) => value)
    const keys = [...new Set([...(usual ? [usual.value] : []), ...more])]
    if (keys.length < 2) return {}
    return { accounts: keys.map((key, index) => ({ id: String(index + 1), key })) }
  }

  /** `api_keys`, and PROVIDERS_<NAME>_API_KEYS. */
  #keys(id: string, entry: OwnProvider | undefined): readonly Found[] {
    const listed = this.#sources.variable(keysVariable(id))
    const words = (listed?.value.split(',') ?? []).map((word) => word.trim()).filter((word) => word !== '')
    const inFile = (entry?.api_keys ?? []).flatMap((text, index) => {
      const said = this.#sources.inFile(text, ['providers', id, 'api_keys', index])
      const secret = said && this.#secrets.find(said)
      if (said && secret && 'because' in secret) this.#sources.refuse(said, secret.because)
      return secret && !('because' in secret) ? [secret] : []
    })
    return [...(listed ? words.map((value) => ({ ...listed, value })) : []), ...inFile]
  }

  #usualKey(id: string, variables: readonly string[]): Found | undefined {
    const found = this.#sources.variable(...variables, keyVariable(id))
    return found ?? (this.#moved?.provider.id === id ? this.#sources.variable('OPENAI_API_KEY') : undefined)
  }

  roster(verdicts: readonly (readonly [string, Verdict])[]): Roster {
    const usable = verdicts.flatMap(([id, verdict]) => ('because' in verdict ? [] : [[id, verdict] as const]))
    const providers = Object.fromEntries(usable)
    const unusable = verdicts.flatMap(([id, verdict]) =>
      'because' in verdict ? [{ id, because: verdict.because }] : [],
    )
    for (const { id, because } of unusable) this.#sources.note(`unusable.${id}`, because)
    const moved = this.#moved?.provider
    return {
      providers,
      unusable,
      aliases: this.#aliases(providers),
      ...(moved && providers[moved.id] && { fromOpenaiBaseUrl: moved.id }),
    }
  }

  #aliases(providers: Roster['providers']): Roster['aliases'] {
    const pairs = Object.values(providers).flatMap(({ provider }) =>
      (provider.aliases ?? []).map((alias) => [alias, provider.id] as const),
    )
    const moved = this.#moved?.provider
    const forOpenai =
      moved && !moved.vendorPrefixes && providers[moved.id] ? [[openai.id, moved.id] as const] : []
    return Object.fromEntries([...pairs, ...forOpenai].filter(([alias]) => providers[alias] === undefined))
  }
}

const isOwn = (id: string): boolean => shelf[id] === undefined

const isAtHome = (url: string): boolean => isLoopback(parsed(url)?.hostname ?? '')
