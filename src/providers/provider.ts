/** A place that serves models: where it is, what it speaks, how it wants to be asked. One file each, pure data. */
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import type { Quirks } from '../conversation/quirks.ts'
import type { Allowance } from '../conversation/quota.ts'

export interface Provider {
  /** The first word of `provider/model`. */
  readonly id: string
  /** Other first words people use for it. */
  readonly aliases?: readonly string[]
  readonly title: string
  /** Without a trailing slash; the paths in `speaks` are appended. '' when the user must say (Azure, own URLs). */
  readonly baseUrl: string
  /** Path per dialect, best dialect first. `{model}` and `{method}` are filled in (Gemini, Azure). */
  readonly speaks: Partial<Readonly<Record<DialectId, string>>>
  readonly authorize: AuthScheme
  /** Dialects whose endpoint wants the key in another header. */
  readonly authorizeIn?: Partial<Readonly<Record<DialectId, AuthScheme>>>
  /** Environment variables that may hold the key, first one wins. Empty: no key is needed. */
  readonly keyVariables: readonly string[]
  /** Environment variables that move the base URL. */
  readonly baseUrlVariables?: readonly string[]
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Query added to every URL (`api-version`). */
  readonly query?: Readonly<Record<string, string>>
  /** Model names that live here when they are asked for without a provider (`claude-…` → anthropic). */
  readonly homeOf?: RegExp
  readonly quirks?: Quirks
  /** Departures of single models; every row whose pattern matches the model is laid over `quirks`, in order. */
  readonly models?: readonly ModelQuirks[]
  /** What it lets anybody use, as far as that is the same for all; unknown limits are left to its own answers. */
  readonly freeTier?: readonly { readonly match: RegExp; readonly allowances: readonly Allowance[] }[]
  /** Its model names begin with a vendor's name of their own (`moonshotai/kimi-k2.6`). */
  readonly vendorPrefixes?: boolean
  /** Runs on this machine and needs no key; used when the configuration speaks of it. */
  readonly local?: boolean
  /** Where people get a key, for error messages. */
  readonly keysPage?: string
}

export interface ModelQuirks {
  readonly match: RegExp
  readonly quirks: Quirks
  /** These models answer in these dialects only; absent: in all that the provider speaks. */
  readonly dialects?: readonly DialectId[]
}

/** How the key travels. */
export type AuthScheme = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'none'

/** The headers that carry `key`. */
function authHeaders(scheme: AuthScheme, key: string): Readonly<Record<string, string>> {
  switch (scheme) {
    case 'bearer':
      return { authorization: `Bearer ${key}` }
    case 'x-api-key':
    case 'x-goog-api-key':
    case 'api-key':
      return { [scheme]: key }
    case 'none':
      return {}
  }
}

/** The headers that carry `key` to the provider's endpoint for `dialect`. */
export function keyHeaders(
  provider: Pick<Provider, 'authorize' | 'authorizeIn'>,
  dialect: DialectId,
  key: string,
): Readonly<Record<string, string>> {
  return authHeaders(provider.authorizeIn?.[dialect] ?? provider.authorize, key)
}

/** In which dialects `model` can be asked, best first. */
export function dialectsFor(
  provider: Pick<Provider, 'speaks' | 'models'>,
  model: string,
): readonly DialectId[] {
  const spoken = dialectIdsOf(provider)
  const rows = provider.models?.filter(({ match, dialects }) => dialects && match.test(model)) ?? []
  if (rows.length === 0) return spoken
  return rows.reduce((left, { dialects }) => left.filter((dialect) => dialects?.includes(dialect)), spoken)
}

const orders = new WeakMap<Provider['speaks'], readonly DialectId[]>()

function dialectIdsOf({ speaks }: Pick<Provider, 'speaks'>): readonly DialectId[] {
  const known = orders.get(speaks)
  if (known) return known
  const order = dialectIds
    .filter((dialect) => speaks[dialect] !== undefined)
    .toSorted((a, b) => Object.keys(speaks).indexOf(a) - Object.keys(speaks).indexOf(b))
  orders.set(speaks, order)
  return order
}

const noQuirks: Quirks = {}

/** The provider's quirks for one model. */
export function quirksFor(provider: Pick<Provider, 'quirks' | 'models'>, model: string): Quirks {
  if (!provider.models) return provider.quirks ?? noQuirks
  const known = knownQuirks.get(provider) ?? new Map<string, Quirks>()
  const found = known.get(model)
  if (found) return found
  const rows = provider.models.filter(({ match }) => match.test(model))
  const quirks: Quirks = Object.assign({}, provider.quirks, ...rows.map((row) => row.quirks))
  if (known.size >= remembered) known.clear()
  knownQuirks.set(provider, known.set(model, quirks))
  return quirks
}

/** Every call asks for the same few; clients may name any number. */
const remembered = 500
const knownQuirks = new WeakMap<object, Map<string, Quirks>>()
