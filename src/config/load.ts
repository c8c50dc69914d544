/** Everything the gateway is told, read once: flags, environment, `.env` files and config.json become one value. */
import { join, resolve } from 'node:path'
import { type ReadFile, readText } from '../world/files.ts'
import { resolveBudgets } from './budgets.ts'
import { resolveCompression } from './compression.ts'
import { readConfigFile } from './config-file.ts'
import { brokenLines, dotEnvLayer, dotEnvWarnings } from './dot-env.ts'
import { resolveLastResort } from './last-resort.ts'
import { resolveLedger } from './ledger.ts'
import { findListeners, leadsBackTo, resolveClientKeys, resolveListeners } from './listeners.ts'
import { ModelNames } from './model-names.ts'
import { readNamedKeys } from './named-keys.ts'
import { resolveLimits, resolveLog, resolveTimeouts } from './numbers.ts'
import type { ConfigProblem } from './problem.ts'
import { resolveProfiles } from './profiles.ts'
import { resolveProviders } from './providers.ts'
import { resolveRouting } from './routing.ts'
import { Secrets } from './secret.ts'
import type { NamedKey, Profile, Settings } from './settings.ts'
import { type Layer, type Provenance, processLayer, Sources } from './sources.ts'

export interface ConfigRequest {
  readonly flags: Flags
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home directory. */
  readonly home: string
  /** For relative paths given as flags. */
  readonly cwd?: string
  /** The clone this program was started from, whose `.env` counts; never the folder a command is typed in. */
  readonly cloneDir?: string
  readonly readFile?: ReadFile
}

/** As typed; absent when not given. */
export interface Flags {
  readonly config?: string
  readonly port?: string
  readonly host?: string
  readonly profile?: string
  readonly 'log-level'?: string
}

export type Configuration =
  | {
      readonly ok: true
      readonly settings: Settings
      readonly provenance: Provenance
      readonly files: ConfigFiles
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly warnings: readonly string[] }

/** What was looked for; the first two are read only where they exist. */
export interface ConfigFiles {
  /** `~/.xx`, or XX_HOME. */
  readonly folder: string
  readonly dotEnvs: readonly string[]
  readonly config: string
  /** What `clutch keys` writes. */
  readonly keys: string
  readonly configExists: boolean
}

export function loadSettings(request: ConfigRequest): Configuration {
  const readFile = request.readFile ?? readText
  const files = filesOf(request)
  const config = readConfigFile(files.config, readFile(files.config), request.flags.config !== undefined)
  if (!('value' in config)) return { ok: false, problems: config, warnings: [] }
  const shown = (path: string) => shownPath(path, request.home)
  const dotEnvs = files.dotEnvs.map((path) => ({ path, read: readFile(path) }))
  const layers = dotEnvs.flatMap(({ path, read }) => dotEnvLayer(path, shown(path), read) ?? [])
  const flags = { ...request.flags }
  const sources = new Sources(flags, [processLayer(request.env), ...layers], config, shown(files.config))
  for (const { path, read } of dotEnvs) for (const line of brokenLines(shown(path), read)) sources.warn(line)
  const named = readNamedKeys(files.keys, readFile(files.keys))
  const namedKeys = 'keys' in named ? named.keys : []
  if ('problem' in named) sources.problems.push(named.problem)
  const secrets = new Secrets(sources, readFile, request.home)
  const settings = settingsFrom(sources, secrets, files.folder, layers, namedKeys)
  if (sources.problems.length > 0) {
    return { ok: false, problems: sources.problems, warnings: sources.warnings }
  }
  return {
    ok: true,
    settings: { ...settings, warnings: [...new Set(sources.warnings)] },
    provenance: sources.provenance,
    files: { ...files, configExists: config.exists },
  }
}

function settingsFrom(
  sources: Sources,
  secrets: Secrets,
  folder: string,
  dotEnvs: readonly Layer[],
  namedKeys: readonly NamedKey[],
): Omit<Settings, 'warnings'> {
  const found = findListeners(sources)
  const clientKeys = resolveClientKeys(sources, secrets)
  const roster = resolveProviders(sources, secrets, leadsBackTo(found))
  const names = new ModelNames(sources, roster)
  const profiles = resolveProfiles(sources, names)
  const hasKeys = clientKeys.length > 0 || namedKeys.length > 0
  const listeners = resolveListeners(sources, found, hasKeys, Object.keys(profiles))
  const keyNames = namedKeys.map(({ name }) => name)
  const stateFolder = join(folder, 'state')
  const settings = {
    listeners,
    profiles,
    providers: roster.providers,
    aliases: roster.aliases,
    unusable: roster.unusable,
    ...defaultProvider(sources, names, profiles),
    clientKeys,
    namedKeys,
    budgets: resolveBudgets(sources, Object.keys(profiles), keyNames),
    ...resolveLastResort(sources, roster),
    ...resolveRouting(sources),
    limits: resolveLimits(sources),
    timeouts: resolveTimeouts(sources),
    log: resolveLog(sources, stateFolder),
    ...resolveLedger(sources, stateFolder),
    compression: resolveCompression(sources),
    stateFolder,
  }
  for (const layer of dotEnvs)
    for (const line of dotEnvWarnings(layer, secrets.referenced)) sources.warn(line)
  return settings
}

/**
 * Where a name without a known provider goes: the user's choice, else what the seeds' settings imply, else to its
 * role; where there are no roles either, to the only provider there is, be it the sandbox.
 */
function defaultProvider(
  sources: Sources,
  names: ModelNames,
  profiles: Readonly<Record<string, Profile>>,
): Pick<Settings, 'defaultProvider'> {
  const chosen = names.chosen
  sources.note('defaultProvider', chosen?.source ?? 'default')
  if (chosen) return { defaultProvider: chosen.value }
  const hasRoles = Object.keys(profiles['default']?.roles ?? {}).length > 0
  return hasRoles || names.only === undefined ? {} : { defaultProvider: names.only }
}

/** Precedence of the `.env` files: the user's own, then the clone's. */
export function filesOf({
  env,
  home,
  cwd,
  cloneDir,
  flags,
}: ConfigRequest): Omit<ConfigFiles, 'configExists'> {
  const folder = folderOf({ env, home })
  const dotEnvs = [join(folder, '.env'), ...(cloneDir === undefined ? [] : [join(cloneDir, '.env')])]
  const config = flags.config === undefined ? join(folder, 'config.json') : resolve(cwd ?? home, flags.config)
  return { folder, dotEnvs: [...new Set(dotEnvs)], config, keys: join(folder, 'state', 'keys.json') }
}

const folderOf = ({ env, home }: Pick<ConfigRequest, 'env' | 'home'>): string =>
  env['XX_HOME'] ? resolve(home, env['XX_HOME']) : join(home, '.xx')

/** Where the state is, whatever the configuration says. */
export const stateFolderOf = (request: Pick<ConfigRequest, 'env' | 'home'>): string =>
  join(folderOf(request), 'state')

const shownPath = (path: string, home: string): string =>
  path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
