/** What config.json says of a provider: one of the user's own, or changes to one of the shelf. */
import type { DialectId } from '../conversation/conversation.ts'
import type { Quirks } from '../conversation/quirks.ts'
import type { AuthScheme, ModelQuirks, Provider } from '../providers/provider.ts'
import { endpointsAt } from './endpoints.ts'
import type { FileQuirks, OwnProvider } from './schema.ts'

/** The dialects an entry names, best first; empty when it names none. */
export function namedDialects({ dialect, dialects, paths, type }: OwnProvider): readonly DialectId[] {
  const fromType: DialectId[] =
    type === 'openai-compatible' ? ['openai-chat'] : type === 'anthropic-compatible' ? ['anthropic'] : []
  const fromPaths = pathsOf(paths).map(([named]) => named)
  return [...new Set([...(dialect ? [dialect] : []), ...(dialects ?? []), ...fromType, ...fromPaths])]
}

/** A provider that only this file knows. `url` is clean. */
export function ownProvider(id: string, entry: OwnProvider, url: string): Provider {
  const dialects = namedDialects(entry)
  const { baseUrl, speaks } = endpointsAt(url, dialects)
  return withChanges({ id, title: id, baseUrl, speaks, ...ownKeyHeader(dialects), keyVariables: [] }, entry)
}

/** The shelf's (or a fresh) provider with the entry's own words laid over it. */
export function withChanges(provider: Provider, entry: OwnProvider): Provider {
  const quirks = { ...provider.quirks, ...quirksOf(entry.quirks ?? {}) }
  const rows = Object.entries(entry.models ?? {}).map(
    ([pattern, row]): ModelQuirks => ({ match: modelPattern(pattern), quirks: quirksOf(row) }),
  )
  return {
    ...provider,
    ...(entry.title !== undefined && { title: entry.title }),
    speaks: { ...provider.speaks, ...Object.fromEntries(pathsOf(entry.paths)) },
    ...(entry.auth !== undefined && { authorize: entry.auth, authorizeIn: {} }),
    ...(entry.query !== undefined && { query: { ...provider.query, ...entry.query } }),
    quirks,
    models: [...(provider.models ?? []), ...rows],
  }
}

function pathsOf(paths: OwnProvider['paths']): readonly (readonly [DialectId, string])[] {
  const ids: readonly DialectId[] = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']
  return ids.flatMap((id) => {
    const path = paths?.[id]
    return path === undefined ? [] : [[id, path] as const]
  })
}

const usualHeader: Readonly<Record<DialectId, AuthScheme>> = {
  anthropic: 'x-api-key',
  'openai-chat': 'bearer',
  'openai-responses': 'bearer',
  gemini: 'x-goog-api-key',
}

function ownKeyHeader(dialects: readonly DialectId[]): Pick<Provider, 'authorize' | 'authorizeIn'> {
  const [first = 'openai-chat'] = dialects
  return {
    authorize: usualHeader[first],
    authorizeIn: Object.fromEntries(dialects.map((dialect) => [dialect, usualHeader[dialect]])),
  }
}

/** `*` stands for any run of characters; everything else for itself. */
function modelPattern(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`)
}

/** `max_tokens_field` to `maxTokensField`; every name of the file has its twin in `Quirks`. */
function quirksOf(row: FileQuirks): Quirks {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
  )
}
