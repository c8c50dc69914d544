/** What can be asked for, in lists that every reader understands (CONTRACT 78, 79, 139). */
import type { Cascade, Profile, Role, Settings } from '../config/settings.ts'
import { advertisedWindow, firstTarget, type LocalWindow } from '../routing/advertised.ts'
import { explicitDestination, homeOf, roleOf, stripSuffixes } from '../routing/names.ts'
import type { ModelWindow } from '../routing/windows.ts'
import { scripts } from '../sandbox/scripts/index.ts'

export interface Model {
  readonly id: string
  readonly title: string
  /** The `provider/model` that answers first. */
  readonly behind: string
  readonly cascade: Cascade
  /** Of everything that may have to answer. */
  readonly window: ModelWindow
}

type Shelf = Pick<Settings, 'providers' | 'aliases' | 'unusable' | 'defaultProvider' | 'longContextTokens'>

/** Claude Code's picker takes only ids that contain `claude`. */
const aliases: readonly (readonly [string, Role, string])[] = [
  ['claude-opus', 'big', 'Opus'],
  ['claude-sonnet', 'middle', 'Sonnet'],
  ['claude-haiku', 'small', 'Haiku'],
]

/** What may be asked for under one profile. */
export class Catalogue {
  readonly #profile: Profile
  readonly #settings: Shelf
  readonly #localWindow: LocalWindow | undefined

  constructor(profile: Profile, settings: Shelf, localWindow?: LocalWindow) {
    this.#profile = profile
    this.#settings = settings
    this.#localWindow = localWindow
  }

  /** The names a client may use, the roles' first. */
  list(): readonly Model[] {
    const { roles } = this.#profile
    const alone = Object.keys(this.#settings.providers).every((id) => id === 'sandbox')
    const named = aliases.flatMap(([id, role, family]) => {
      const behind = roles[role]?.[0] ?? (alone ? 'sandbox' : undefined)
      const title = `${family} (${behind})`
      return behind === undefined ? [] : [this.#model(id, title, behind, roles[role])]
    })
    const cascades = new Set(Object.values(roles).flatMap((cascade) => cascade ?? []))
    const played = alone ? scripts.map(({ name }) => `sandbox/${name}`) : []
    const own = [...cascades, ...played.filter((id) => !cascades.has(id))]
    return [...named, ...own.map((id) => this.#model(id, id, id))]
  }

  /** Also names that are not listed but would be served. */
  named(id: string): Model | undefined {
    const bare = stripSuffixes(id)
    const found = this.list().find((model) => model.id === id || model.id === bare)
    if (found) return this.#model(id, found.title, found.behind, this.#cascadeOf(found.id))
    const destination = explicitDestination(bare, this.#settings)
    if (destination)
      return this.#settings.providers[destination.provider] && this.#model(id, id, bare, [bare])
    const cascade = this.#cascadeOf(bare)
    const behind = cascade?.[0] ?? this.#elsewhere(bare)
    return behind === undefined ? undefined : this.#model(id, id, behind, cascade)
  }

  /** The `provider/model` that a request for this name would be sent to first. */
  firstTarget(id: string): string | undefined {
    const { cascade } = this.named(id) ?? {}
    return cascade && firstTarget(cascade, this.#profile, this.#settings)
  }

  #cascadeOf(name: string): Cascade | undefined {
    const role = name.includes('/') ? undefined : roleOf(name)
    return role && this.#profile.roles[role]
  }

  #elsewhere(name: string): string | undefined {
    const { providers, defaultProvider } = this.#settings
    const provider = homeOf(name, providers) ?? this.#profile.defaultProvider ?? defaultProvider
    return provider === undefined ? undefined : `${provider}/${name}`
  }

  #model(id: string, title: string, behind: string, cascade: Cascade = [behind]): Model {
    const million = id !== stripSuffixes(id)
    const window = advertisedWindow(cascade, million, this.#profile, this.#settings, this.#localWindow)
    return { id, title, behind, cascade, window }
  }
}

/** One entry for Anthropic's, OpenAI's, OpenRouter's and Hermes' readers at once. */
function entry({ id, title, behind, window: { contextTokens, outputTokens } }: Model) {
  return {
    id,
    type: 'model',
    object: 'model',
    display_name: title,
    name: title,
    created_at: '1970-01-01T00:00:00Z', // "may be an epoch value if the release date is unknown"
    created: 0,
    owned_by: behind.split('/')[0] ?? 'clutch',
    max_input_tokens: contextTokens,
    max_tokens: outputTokens,
    context_length: contextTokens,
    context_window: contextTokens,
    max_output_tokens: outputTokens,
  }
}

export const modelAnswer = (model: Model): string => JSON.stringify(entry(model))

/** `limit`, `after_id` and `before_id` as Anthropic pages; who does not ask gets everything. */
export function listAnswer(models: readonly Model[], query: URLSearchParams): string {
  const after = models.findIndex(({ id }) => id === query.get('after_id'))
  const before = models.findIndex(({ id }) => id === query.get('before_id'))
  const open = models.slice(after + 1, before < 0 ? undefined : before)
  const limit = Number(query.get('limit') ?? 0)
  const page = limit >= 1 ? open.slice(0, Math.floor(limit)) : open
  return JSON.stringify({
    object: 'list',
    data: page.map(entry),
    has_more: page.length < open.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  })
}

const geminiEntry = ({ id, title, window: { contextTokens, outputTokens } }: Model) => ({
  name: `models/${id}`,
  baseModelId: id,
  version: '1',
  displayName: title,
  inputTokenLimit: contextTokens,
  outputTokenLimit: outputTokens,
  supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
})

export const geminiModelAnswer = (model: Model): string => JSON.stringify(geminiEntry(model))

export function geminiListAnswer(models: readonly Model[], query: URLSearchParams): string {
  const from = Number(query.get('pageToken') ?? 0) || 0
  const size = Number(query.get('pageSize') ?? 0) || models.length
  const next = from + size < models.length ? { nextPageToken: String(from + size) } : {}
  return JSON.stringify({ models: models.slice(from, from + size).map(geminiEntry), ...next })
}
