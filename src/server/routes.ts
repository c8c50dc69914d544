/** What a request is for, told from its method and path alone. */
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import type { Dialect, Heard } from '../dialects/dialect.ts'

type Generate = Extract<Heard, { kind: 'generate' }>

export type Dialects = Readonly<Record<DialectId, Dialect>>

export type Errand =
  | { readonly kind: 'generate'; readonly dialect: Dialect; readonly heard: Generate }
  /** `model`: named by the path; absent: by the body. */
  | { readonly kind: 'count-tokens'; readonly dialect: Dialect; readonly model?: string }
  /** `model`: the one asked about; absent: all. `google`: in the form of Google's lists. */
  | { readonly kind: 'models'; readonly model?: string; readonly google: boolean }
  | { readonly kind: 'probe'; readonly probe: Probe }
  /** `ask` is the path below `/clutch/api/`. */
  | { readonly kind: 'admin'; readonly ask: string }
  | { readonly kind: 'wrong-method'; readonly allow: string }
  | { readonly kind: 'not-found' }

/** Questions about the gateway itself, and what clients send that nobody here wants. */
export type Probe = 'root' | 'health' | 'healthz' | 'readyz' | 'hello' | 'telemetry'

export interface Route {
  readonly errand: Errand
  /** Without its prefixes and its query. */
  readonly path: string
  /** With its question mark; '' when there is none. */
  readonly query: string
  /** Named by `/p/<profile>`. */
  readonly profile: string | undefined
  /** Named by `/s/<launch-id>` (CONTRACT 134). */
  readonly launch: string | undefined
}

const probes: Readonly<Record<string, { readonly probe: Probe; readonly methods: readonly string[] }>> = {
  '/': { probe: 'root', methods: ['GET', 'HEAD'] },
  '/health': { probe: 'health', methods: ['GET', 'HEAD'] },
  '/healthz': { probe: 'healthz', methods: ['GET', 'HEAD'] },
  '/readyz': { probe: 'readyz', methods: ['GET', 'HEAD'] },
  '/api/hello': { probe: 'hello', methods: ['GET', 'HEAD'] },
  '/api/event_logging/batch': { probe: 'telemetry', methods: ['POST'] },
  '/api/event_logging/v2/batch': { probe: 'telemetry', methods: ['POST'] },
}

/** CONTRACT 1: the query never decides. */
export function findRoute(method: string, url: string, dialects: Dialects): Route {
  const mark = url.indexOf('?')
  const query = mark < 0 ? '' : url.slice(mark)
  const whole = mark < 0 ? url : url.slice(0, mark)
  const { path, profile, launch } =
    whole.charCodeAt(2) === slash
      ? withoutPrefixes(whole)
      : { path: whole, profile: undefined, launch: undefined }
  return { errand: errandOf(method, path, dialects), path, query, profile, launch }
}

const slash = 47
const prefix = /^\/([ps])\/([^/]+)(?=\/|$)/

function withoutPrefixes(path: string): Pick<Route, 'path' | 'profile' | 'launch'> {
  let rest = path
  let profile: string | undefined
  let launch: string | undefined
  for (let found = prefix.exec(rest); found; found = prefix.exec(rest)) {
    const name = decoded(found[2] ?? '')
    if (found[1] === 'p') profile ??= name
    else launch ??= name
    rest = rest.slice(found[0].length)
  }
  return { path: rest === '' ? '/' : rest, profile, launch }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const adminPath = '/clutch/api/'

function errandOf(method: string, path: string, dialects: Dialects): Errand {
  if (path.startsWith(adminPath)) return { kind: 'admin', ask: path.slice(adminPath.length) }
  const asked = hear(path, dialects)
  if (asked?.kind === 'models')
    return method === 'GET' || method === 'HEAD' ? asked : { kind: 'wrong-method', allow: 'GET, HEAD' }
  if (asked) return method === 'POST' ? asked : { kind: 'wrong-method', allow: 'POST' }
  const known = Object.hasOwn(probes, path) ? probes[path] : undefined
  if (!known) return { kind: 'not-found' }
  return known.methods.includes(method)
    ? { kind: 'probe', probe: known.probe }
    : { kind: 'wrong-method', allow: known.methods.join(', ') }
}

type Asked = Extract<Errand, { kind: 'generate' | 'count-tokens' | 'models' }>

const sharedModels = /^\/(?:v1\/)?models(?:\/(.+))?$/

function hear(path: string, dialects: Dialects): Asked | undefined {
  let list: Asked | undefined
  for (const id of dialectIds) {
    const dialect = dialects[id]
    const heard = dialect.hear(path)
    if (heard?.kind === 'generate') return { kind: 'generate', dialect, heard }
    if (heard?.kind === 'count-tokens') return { ...heard, dialect }
    if (heard) list ??= models(heard.kind === 'get-model' ? heard.model : undefined, id === 'gemini')
  }
  if (list) return list
  const shared = sharedModels.exec(path)
  return shared ? models(shared[1] && decoded(shared[1]), false) : undefined
}

const models = (model: string | undefined, google: boolean): Asked =>
  model === undefined ? { kind: 'models', google } : { kind: 'models', model, google }

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** In whose words to answer: the path's dialect, or on shared paths the one that the headers give away. */
export function callersDialect(path: string, headers: Headers, dialects: Dialects): Dialect {
  const asked = hear(path, dialects)
  if (asked && asked.kind !== 'models') return asked.dialect
  if (headers['x-goog-api-key'] !== undefined || /^\/v1(?:beta|alpha)(?:\/|$)/.test(path))
    return dialects.gemini
  if (headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined)
    return dialects.anthropic
  if (/^\/(?:v1\/)?messages(?:\/|$)|^\/api\//.test(path)) return dialects.anthropic
  if (/^\/(?:v1\/)?responses(?:\/|$)/.test(path)) return dialects['openai-responses']
  return dialects['openai-chat']
}
