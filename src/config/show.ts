/** The effective configuration for people: every value with its source, secrets masked. */

import { isCredential } from './headers.ts'
import type { Configuration } from './load.ts'
import { masked } from './secret.ts'
import type { Budget, ConfiguredProvider, ModelQuota, Profile, Settings } from './settings.ts'
import type { Provenance } from './sources.ts'

export interface Row {
  /** Where it stands in the settings: `limits.maxAttempts`. */
  readonly path: string
  readonly value: string | number | boolean | readonly string[]
  readonly source: string
}

type Loaded = Extract<Configuration, { ok: true }>

export function rowsOf({ settings, provenance }: Pick<Loaded, 'settings' | 'provenance'>): readonly Row[] {
  return pairsOf(settings).map(([path, value]) => ({
    path,
    value,
    source: sourceOf(provenance, path) ?? '?',
  }))
}

/** Of a path, or of what it is a part of. */
function sourceOf(provenance: Provenance, path: string): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    if (provenance[at] !== undefined) return provenance[at]
  }
  return undefined
}

type Pair = readonly [string, Row['value']]

function pairsOf(settings: Settings): readonly Pair[] {
  return [
    ...settings.listeners.flatMap((listener, index) => under(`listeners.${index}`, { ...listener })),
    ...Object.values(settings.providers).flatMap(providerPairs),
    [
      'defaultProvider',
      settings.defaultProvider ?? 'none: a name without a provider goes to its role',
    ] as const,
    ...Object.values(settings.profiles).flatMap(profilePairs),
    ...settings.clientKeys.map((key, index) => [`clientKeys.${index}`, masked(key)] as const),
    ...(settings.namedKeys ?? []).map(({ name }) => [`namedKeys.${name}`, '(clutch keys list)'] as const),
    ...(settings.budgets ?? []).map((budget, index) => [`budgets.${index}`, budgetText(budget)] as const),
    ...(settings.localLastResort === undefined
      ? []
      : [
          [
            'localLastResort',
            settings.localLastResort === true ? 'all that are found' : settings.localLastResort,
          ] as const,
        ]),
    ...under('breaker', { ...settings.breaker }),
    ...Object.entries(settings.quotas ?? {}).map(
      ([model, quota]) => [`quotas.${model}`, quotaText(quota)] as const,
    ),
    ...(settings.nativeFallbacks ? [['nativeFallbacks', settings.nativeFallbacks] as const] : []),
    ...(settings.longContextTokens ? [['longContextTokens', settings.longContextTokens] as const] : []),
    ...under('limits', { ...settings.limits }),
    ...under('timeouts', { ...settings.timeouts }),
    ...under('log', { folder: 'none: stderr only', ...settings.log }),
    ...(settings.ledger ? under('ledger', { ...settings.ledger }) : [['ledger', 'none'] as const]),
    ...compressionPairs(settings.compression),
  ]
}

function compressionPairs(compression: Settings['compression']): readonly Pair[] {
  if (!compression) return []
  const { agents, tools, commands, paths, run, originals, ...plain } = compression
  const rules = Object.entries({ agents, tools, commands, paths, run, originals }).flatMap(([name, levels]) =>
    under(`compression.${name}`, levels),
  )
  return [...under('compression', plain), ...rules]
}

function budgetText({ profile, agent, key, allowances, whenSpent }: Budget): string {
  const whose = Object.entries({ profile, agent, key }).flatMap(([what, name]) =>
    name === undefined ? [] : [`${what} ${name}`],
  )
  const amounts = allowances.map(({ limit, unit, per }) => `${limit} ${unit}/${per}`)
  return `${whose.join(', ') || 'everybody'}: ${amounts.join(', ')}; then ${whenSpent}`
}

const quotaText = ({ maxRequestsPerMinute, cooldownMs }: ModelQuota): string =>
  [
    ...(maxRequestsPerMinute === undefined ? [] : [`${maxRequestsPerMinute} requests/minute`]),
    ...(cooldownMs === undefined ? [] : [`rests for ${cooldownMs} ms`]),
  ].join(', ')

const under = (path: string, values: Readonly<Record<string, Row['value']>>): readonly Pair[] =>
  Object.entries(values).map(([name, value]) => [`${path}.${name}`, value] as const)

function providerPairs({
  provider,
  baseUrl,
  key,
  headers,
  dialect,
  accounts,
  allowances,
}: ConfiguredProvider): readonly Pair[] {
  const shown = Object.entries(headers).map(
    ([name, value]) => [`headers.${name}`, isCredential(name) ? masked(value) : value] as const,
  )
  return under(`providers.${provider.id}`, {
    baseUrl,
    dialects: Object.keys(provider.speaks),
    ...(dialect !== undefined && { dialect }),
    ...(key !== undefined && { key: masked(key) }),
    ...(accounts && { accounts: accounts.map((account) => masked(account.key)) }),
    ...(allowances && { quotas: allowances.map(({ limit, unit, per }) => `${limit} ${unit}/${per}`) }),
    ...Object.fromEntries(shown),
  })
}

function profilePairs(profile: Profile): readonly Pair[] {
  if (profile.like !== undefined) return [[`profiles.${profile.name}`, `as ${profile.like}`]]
  const { name, roles, defaultProvider, ignoreAskedModel, bypass, lane, expiresAtMs, compression } = profile
  const cascades = Object.entries(roles).map(([role, names]) => [`roles.${role}`, names] as const)
  return under(`profiles.${name}`, {
    ...Object.fromEntries(cascades),
    ...(defaultProvider !== undefined && { defaultProvider }),
    ...(ignoreAskedModel !== undefined && { ignoreAskedModel }),
    ...(bypass !== undefined && { bypass }),
    ...(lane !== undefined && { lane }),
    ...(expiresAtMs !== undefined && { expiresAt: new Date(expiresAtMs).toISOString() }),
    ...(compression !== undefined && { compression }),
  })
}

/** Aligned lines: path, value, source; then what cannot be used, and the warnings. */
export function showConfiguration(loaded: Loaded): string {
  const rows = rowsOf(loaded)
  const paths = width(rows.map(({ path }) => path))
  const values = rows.map(({ value }) => (typeof value === 'object' ? value.join(', ') : String(value)))
  const column = Math.min(width(values), 60)
  const lines = rows.map(
    ({ path, source }, index) => `${path.padEnd(paths)}  ${(values[index] ?? '').padEnd(column)}  ${source}`,
  )
  const unusable = loaded.settings.unusable.map(({ id, because }) => `${id.padEnd(paths)}  ${because}`)
  return [
    ...lines,
    ...titled('Providers that cannot be used:', unusable),
    ...titled('Warnings:', loaded.settings.warnings),
    '',
  ].join('\n')
}

const titled = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines]

const width = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))

/** The same for programs. */
export function showAsJson(loaded: Loaded): string {
  const values = Object.fromEntries(
    rowsOf(loaded).map(({ path, value, source }) => [path, { value, source }]),
  )
  const { unusable, warnings } = loaded.settings
  return `${JSON.stringify({ files: loaded.files, values, unusable, warnings }, null, 2)}\n`
}
