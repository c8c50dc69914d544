/**
 * What the launcher must know before it may start an agent, read without the whole schema: `xx` is typed all day and
 * has no time for it. The gateway checks the same file in full when it starts.
 */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { agents } from '../agents/index.ts'
import { asFlag, asList, asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import { type FileRead, parseDotEnv, type ReadFile, readText } from '../world/files.ts'
import { cleanUrl, isLoopback, parsed } from './endpoints.ts'
import { parseLocatedJson } from './located-json.ts'
import { describeProblem } from './problem.ts'

export interface LaunchSettings {
  /** Of the gateway, without a trailing slash. */
  readonly baseUrl: string
  /** On this machine: only such a gateway is started when it is down. */
  readonly local: boolean
  readonly autoStart: boolean
  /** Approvals stay on unless the command line says otherwise. */
  readonly safe: boolean
  /** Approvals stay on whatever the command line says. */
  readonly forbidBypass: boolean
  /** Agents with a terminal run under the crash guard. */
  readonly guard: boolean
  /** What agents that call agents may use up together. */
  readonly calls: { readonly depth: number; readonly count: number; readonly minutes: number }
  /** What agents present to the gateway; absent: it asks for nothing. */
  readonly clientKey?: string
  /** A tier's character to a model's name. */
  readonly tiers: Readonly<Record<string, string>>
  /** `best`, `free` … to a model's name. */
  readonly selectors: Readonly<Record<string, string>>
  /** Names of profiles; undefined: another machine knows. */
  readonly profiles: readonly string[] | undefined
  /** Those of them that config.json writes: each agent has a built-in one, which is as good as none. */
  readonly ownProfiles: readonly string[]
  /** The launcher's own folder in the state. */
  readonly folder: string
}

export type LaunchSettingsRead =
  | { readonly ok: true; readonly settings: LaunchSettings }
  | { readonly ok: false; readonly problem: string }

export interface LaunchSettingsRequest {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home?: string
  readonly cloneDir?: string
  readonly readFile?: ReadFile
}

export function readLaunchSettings(request: LaunchSettingsRequest): LaunchSettingsRead {
  const { env, home = homedir(), cloneDir, readFile = readText } = request
  const folder = env['XX_HOME'] ? resolve(home, env['XX_HOME']) : join(home, '.xx')
  const path = join(folder, 'config.json')
  const read = readFile(path)
  if (read.kind === 'unreadable') return { ok: false, problem: `${path}: cannot be read (${read.because})` }
  const json = parseLocatedJson(read.kind === 'missing' ? '{}' : read.text)
  if (!json.ok)
    return { ok: false, problem: describeProblem({ file: path, ...json.position, message: json.message }) }
  const dotEnvs = [join(folder, '.env'), ...(cloneDir === undefined ? [] : [join(cloneDir, '.env')])]
  const layers = [env, ...dotEnvs.map((file) => variablesIn(file, readFile))]
  const variable: Lookup = (name) =>
    layers.map((layer) => layer[name]?.trim()).find((found) => found !== undefined && found !== '')
  const secret: Lookup = (text) =>
    text.startsWith('env:')
      ? variable(text.slice('env:'.length).trim())
      : text.startsWith('file:')
        ? firstLine(readFile(resolve(folder, text.slice('file:'.length).trim().replace(/^~/, home))))
        : text
  return settingsFrom(asObject(json.value), variable, secret, folder)
}

const firstLine = (read: FileRead): string | undefined =>
  read.kind === 'text' && read.text.trim() !== '' ? read.text.trim() : undefined

type Lookup = (name: string) => string | undefined

function variablesIn(file: string, readFile: ReadFile): Readonly<Record<string, string>> {
  const read = readFile(file)
  return read.kind === 'text' ? parseDotEnv(read.text) : {}
}

function settingsFrom(
  file: JsonObject,
  variable: Lookup,
  secret: Lookup,
  folder: string,
): LaunchSettingsRead {
  const proxy = asObject(file['proxy'])
  const launch = asObject(file['launch'])
  const said = asText(proxy['base_url'])
  const baseUrl = said === undefined ? ownUrl(file, variable) : cleanUrl(said)?.replace(/\/v1$/, '')
  if (baseUrl === undefined)
    return { ok: false, problem: `proxy.base_url: ${JSON.stringify(said)} is not a URL` }
  const ownProfiles = Object.keys(asObject(file['profiles']))
  const local = isLoopback(parsed(baseUrl)?.hostname ?? '')
  const listed = asText(asList(file['client_keys'])[0])
  const clientKey = variable('PROXY_AUTH_KEY') ?? (listed === undefined ? undefined : secret(listed))
  return {
    ok: true,
    settings: {
      baseUrl,
      local,
      autoStart: asFlag(proxy['auto_start']) ?? true,
      safe: asFlag(launch['safe']) ?? false,
      forbidBypass: asFlag(launch['forbid_bypass']) ?? false,
      guard: asFlag(launch['guard']) ?? true,
      calls: {
        depth: asNumber(launch['call_depth']) ?? 3,
        count: asNumber(launch['call_count']) ?? 20,
        minutes: asNumber(launch['call_minutes']) ?? 60,
      },
      ...(clientKey !== undefined && { clientKey }),
      tiers: textsIn(file['tiers']),
      selectors: textsIn(file['selectors']),
      profiles: local
        ? [...new Set(['default', 'bypass', ...ownProfiles, ...agents.map(({ id }) => id)])]
        : undefined,
      ownProfiles,
      folder: join(folder, 'state', 'launch'),
    },
  }
}

/** The first listener, reached from this machine. */
function ownUrl(file: JsonObject, variable: Lookup): string {
  const listener = asObject(asList(file['listeners'])[0])
  const port = asNumber(listener['port']) ?? Number(variable('PORT') ?? asNumber(file['port']) ?? 8082)
  const host = asText(listener['host']) ?? variable('HOST') ?? asText(file['host']) ?? '127.0.0.1'
  const reachable = host === '0.0.0.0' || host === '::' || host === 'localhost' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

const textsIn = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([key, text]) =>
      typeof text === 'string' && text !== '' ? [[key, text]] : [],
    ),
  )
