/** Which models are named for each role: by the seeds' variables and by config.json, before the names are made whole. */
import type { JsonPath } from './located-json.ts'
import { nearest } from './nearest.ts'
import type { FileProfile, FileRoles, FileTiers } from './schema.ts'
import type { Role } from './settings.ts'
import type { Found, Sources } from './sources.ts'

/** The seed's names for some roles. */
const routerVariables = [
  ['background', 'ROUTER_BACKGROUND'],
  ['think', 'ROUTER_THINK'],
  ['long-context', 'ROUTER_LONG_CONTEXT'],
  ['web-search', 'ROUTER_WEB_SEARCH'],
  ['image', 'ROUTER_IMAGE'],
] as const satisfies readonly (readonly [Role, string])[]

type Names = Found<readonly string[]>
export type NamedRoles = Partial<Record<Role, Names>>

const tierNames = { big: 'BIG', middle: 'MIDDLE', small: 'SMALL' } as const
type Tier = keyof typeof tierNames
const tiers = ['big', 'middle', 'small'] as const satisfies readonly Tier[]

const roleNames = [
  'big',
  'middle',
  'small',
  'toolcall',
  'background',
  'think',
  'long-context',
  'web-search',
  'image',
] as const satisfies readonly Role[]

/** What the whole configuration says: variables before the file, fallbacks behind every cascade. */
export function globalRoles(sources: Sources): NamedRoles {
  const { model_tiers, roles, fallbacks, toolcall_models } = sources.file.value
  const named = rolesInFile(sources, model_tiers, roles, [])
  const toolcall =
    listed(sources.variable('TOOLCALL_MODELS')) ?? sources.inFile(toolcall_models, ['toolcall_models'])
  if (toolcall) named.toolcall = toolcall
  for (const [role, variable] of routerVariables) {
    const names = listed(sources.variable(variable))
    if (names) named[role] = names
  }
  for (const tier of tiers) {
    const names = tierFromVariables(sources, tier, named[tier], model_tiers?.[tierNames[tier]]?.cascade)
    if (names) named[tier] = names
  }
  const behind = [sources.inFile(fallbacks, ['fallbacks']), openrouterFallbacks(sources)]
  return withNearestTiers(
    mapRoles(named, (names) => behind.reduce<Names>(joined, names)),
    sources,
  )
}

/** What one profile says, by itself; its `model` answers for every tier it does not name. */
export function profileRoles(sources: Sources, profile: FileProfile, base: JsonPath): NamedRoles {
  const model = sources.inFile(profile.model, [...base, 'model'])
  const only = model && { ...model, value: [model.value] }
  const named = rolesInFile(sources, profile.model_tiers, profile.roles, base)
  return withNearestTiers({ ...(only && { big: only, middle: only, small: only }), ...named }, sources)
}

function rolesInFile(
  sources: Sources,
  tiersInFile: FileTiers | undefined,
  roles: FileRoles | undefined,
  base: JsonPath,
): NamedRoles {
  const named: NamedRoles = {}
  for (const role of roleNames) {
    const names = sources.inFile(roles?.[role], [...base, 'roles', role])
    if (names && names.value.length > 0) named[role] = names
  }
  for (const tier of tiers) {
    const written = tiersInFile?.[tierNames[tier]]
    const first = written?.default === undefined ? [] : [written.default]
    const all = [...first, ...(written?.cascade ?? [])]
    const names = sources.inFile(all, [...base, 'model_tiers', tierNames[tier]])
    if (names && all.length > 0) named[tier] = names
  }
  return named
}

/** BIG_MODEL replaces the first name, BIG_CASCADE the names behind it. */
function tierFromVariables(
  sources: Sources,
  tier: Tier,
  inFile: Names | undefined,
  cascadeInFile: readonly string[] | undefined,
): Names | undefined {
  const model = sources.variable(`${tierNames[tier]}_MODEL`)
  const cascade = listed(sources.variable(`${tierNames[tier]}_CASCADE`))
  if (!model && !cascade) return inFile
  const first = model ? { ...model, value: [model.value] } : firstOf(inFile)
  const rest = cascade ?? (cascadeInFile && inFile ? { ...inFile, value: cascadeInFile } : undefined)
  return first ? joined(first, rest) : rest
}

const firstOf = (names: Names | undefined): Names | undefined =>
  names && { ...names, value: names.value.slice(0, 1) }

function joined(names: Names, more: Names | undefined): Names {
  if (!more || more.value.length === 0) return names
  const source = names.source === more.source ? names.source : `${names.source}, ${more.source}`
  return { ...names, value: [...names.value, ...more.value], source }
}

/** A tier that nobody named takes the nearest one's models. With MODEL_CASCADE=false only the first name counts. */
function withNearestTiers(named: NamedRoles, sources: Sources): NamedRoles {
  const nearestTiers = {
    big: named.big ?? named.middle ?? named.small,
    middle: named.middle ?? named.big ?? named.small,
    small: named.small ?? named.big ?? named.middle,
  }
  const all = { ...named }
  for (const tier of tiers) {
    const names = nearestTiers[tier]
    if (names) all[tier] = names
  }
  return cascades(sources) ? all : mapRoles(all, (names) => ({ ...names, value: names.value.slice(0, 1) }))
}

function mapRoles(named: NamedRoles, change: (names: Names) => Names): NamedRoles {
  const all: NamedRoles = {}
  for (const role of roleNames) {
    const names = named[role]
    if (names) all[role] = change(names)
  }
  return all
}

function cascades(sources: Sources): boolean {
  const said = sources.variable('MODEL_CASCADE')
  return !said || !/^(false|0|no|off)$/i.test(said.value)
}

const fallbackMethods = ['cascade', 'openrouter', 'openrouter_native', 'both', 'none']

/** As ordinary entries of the cascade: unless OpenRouter alone shall try them. */
function openrouterFallbacks(sources: Sources): Names | undefined {
  const { word, names } = fallbackWishes(sources)
  if (!names || word === 'none' || word === 'openrouter_native' || word === 'openrouter') return undefined
  return {
    ...names,
    value: names.value.map((name) => (name.startsWith('openrouter/') ? name : `openrouter/${name}`)),
  }
}

/** As OpenRouter's own list, in its own names. */
export function nativeFallbackNames(sources: Sources): Names | undefined {
  const { word, names } = fallbackWishes(sources)
  if (!names || (word !== 'openrouter_native' && word !== 'openrouter' && word !== 'both')) return undefined
  return { ...names, value: names.value.map((name) => name.replace(/^openrouter\//, '')) }
}

function fallbackWishes(sources: Sources): { readonly word?: string; readonly names?: Names } {
  const { fallback_method, openrouter_fallback_models } = sources.file.value
  const method = sources.variable('FALLBACK_METHOD') ?? sources.inFile(fallback_method, ['fallback_method'])
  const word = method?.value.toLowerCase()
  if (method && word !== undefined && !fallbackMethods.includes(word)) {
    sources.refuse(
      method,
      `expected ${fallbackMethods.join(' or ')}, found ${method.value}`,
      nearest(word, fallbackMethods),
    )
  }
  const names =
    listed(sources.variable('OPENROUTER_FALLBACK_MODELS')) ??
    sources.inFile(openrouter_fallback_models, ['openrouter_fallback_models'])
  return { ...(word !== undefined && { word }), ...(names && { names }) }
}

/** Names separated by commas. */
function listed(said: Found | undefined): Names | undefined {
  if (!said) return undefined
  const value = said.value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return value.length === 0 ? undefined : { ...said, value }
}
