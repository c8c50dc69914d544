/** What can be asked for, in lists that every reader understands (CONTRACT 78, 79, 139). */
import type { Profile, Role, Settings } from '../config/settings.ts'
import { explicitDestination, homeOf, roleOf, stripSuffixes } from '../routing/names.ts'
import { scripts } from '../sandbox/scripts/index.ts'
import { windowOf } from './windows.ts'

export interface Model {
  readonly id: string
  readonly title: string
  /** The `provider/model` that answers first. */
  readonly behind: string
}

type Shelf = Pick<Settings, 'providers' | 'aliases' | 'unusable' | 'defaultProvider'>

/** Claude Code's picker takes only ids that contain `claude`. */
const aliases: readonly (readonly [string, Role, string])[] = [
  ['claude-opus', 'big', 'Opus'],
  ['claude-sonnet', 'middle', 'Sonnet'],
  ['claude-haiku', 'small', 'Haiku'],
]

/** The names a client may use, the roles' first. */
export function modelsOf(profile: Profile, settings: Shelf): readonly Model[] {
  const alone = Object.keys(settings.providers).every((id) => id === 'sandbox')
  const named = aliases.flatMap(([id, role, family]) => {
    const behind = profile.roles[role]?.[0] ?? (alone ? 'sandbox' : undefined)
    return behind === undefined ? [] : [{ id, behind, title: `${family} (${behind})` }]
  })
  const cascades = new Set(Object.values(profile.roles).flatMap((cascade) => cascade ?? []))
  const own = [...cascades].map((id) => ({ id, title: id, behind: id }))
  const played = alone ? scripts.map(({ name }) => `sandbox/${name}`) : []
  const plays = played.filter((id) => !cascades.has(id)).map((id) => ({ id, title: id, behind: id }))
  return [...named, ...own, ...plays]
}

/** Also names that are not listed but would be served. */
export function modelNamed(id: string, profile: Profile, settings: Shelf): Model | undefined {
  const listed = modelsOf(profile, settings)
  const bare = stripSuffixes(id)
  const found = listed.find((model) => model.id === id || model.id === bare)
  if (found) return { ...found, id }
  const destination = explicitDestination(bare, settings)
  if (destination) return settings.providers[destination.provider] && { id, title: id, behind: bare }
  const role = roleOf(bare)
  const behind = (role && profile.roles[role]?.[0]) ?? elsewhere(bare, profile, settings)
  return behind === undefined ? undefined : { id, title: id, behind }
}

function elsewhere(name: string, profile: Profile, settings: Shelf): string | undefined {
  const provider = homeOf(name, settings.providers) ?? profile.defaultProvider ?? settings.defaultProvider
  return provider === undefined ? undefined : `${provider}/${name}`
}

/** One entry for Anthropic's, OpenAI's, OpenRouter's and Hermes' readers at once. */
function entry({ id, title, behind }: Model) {
  const { contextTokens, outputTokens } = windowOf(behind)
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

const geminiEntry = ({ id, title, behind }: Model) => {
  const { contextTokens, outputTokens } = windowOf(behind)
  return {
    name: `models/${id}`,
    baseModelId: id,
    version: '1',
    displayName: title,
    inputTokenLimit: contextTokens,
    outputTokenLimit: outputTokens,
    supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens'],
  }
}

export const geminiModelAnswer = (model: Model): string => JSON.stringify(geminiEntry(model))

export function geminiListAnswer(models: readonly Model[], query: URLSearchParams): string {
  const from = Number(query.get('pageToken') ?? 0) || 0
  const size = Number(query.get('pageSize') ?? 0) || models.length
  const next = from + size < models.length ? { nextPageToken: String(from + size) } : {}
  return JSON.stringify({ models: models.slice(from, from + size).map(geminiEntry), ...next })
}
