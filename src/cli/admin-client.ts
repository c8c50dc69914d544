/** Finds the running gateway of this configuration and asks its admin API. */
import { loadSettings } from '../config/load.ts'
import { describeProblems } from '../config/problem.ts'
import type { Listener, Settings } from '../config/settings.ts'
import { tryLock } from '../lifecycle/lock.ts'
import { readOwnerToken } from '../server/owner-token.ts'
import type { Json } from '../wire/json.ts'
import { askJson } from '../world/ask-json.ts'
import { exitCodes, type Io } from './io.ts'

export interface AdminReply {
  readonly body: Json | undefined
}

/** A number is the exit code; why has been said. */
export type AdminResult = AdminReply | number

export interface AdminRequest {
  /** Below `/clutch/api/`. */
  readonly ask: string
  /** Absent: GET. */
  readonly body?: object
  readonly flags?: Readonly<Record<string, string>>
}

const timeoutMs = 5_000

export async function askAdmin({ ask, body, flags = {} }: AdminRequest, io: Io): Promise<AdminResult> {
  const configuration = loadSettings({ ...io, flags })
  if (!configuration.ok) {
    io.err(describeProblems(configuration.problems))
    return exitCodes.brokenConfig
  }
  const { settings } = configuration
  const listeners = flags['port'] === undefined ? withDaemon(settings) : settings.listeners
  const heard = await askRunning({ ...settings, listeners }, { ask, ...(body && { body }) })
  if ('body' in heard) return heard
  const start = heard.kind === 'nobody' ? ' Start it: clutch up' : ''
  io.err(`clutch: ${heard.because}.${start}\n`)
  return exitCodes.unavailable
}

/** The daemon may have been started with other ports than the configuration names. */
function withDaemon({ listeners, stateFolder }: Settings): readonly Listener[] {
  const lock = stateFolder === undefined ? undefined : tryLock(stateFolder)
  const own = lock?.kind === 'held' ? lock.daemon.listeners : []
  return [...own, ...listeners.filter(({ port }) => !own.some((one) => one.port === port))]
}

/** Nobody listens, or who listens refuses; `because` is for people and has no full stop. */
export interface NotHeard {
  readonly kind: 'nobody' | 'refused'
  readonly because: string
}

/** The first listener of this configuration that answers. Never rejects. */
export async function askRunning(
  settings: Settings,
  { ask, body }: Pick<AdminRequest, 'ask' | 'body'>,
): Promise<AdminReply | NotHeard> {
  const tried: string[] = []
  for (const listener of settings.listeners) {
    const url = urlOf(listener)
    const answer = await askJson({
      url: `${url}/clutch/api/${ask}`,
      ...(body && { body }),
      headers: credentials(settings),
      timeoutMs,
    })
    if (answer.kind === 'unreachable') tried.push(`${url} (${answer.because})`)
    else if (answer.status === 200) return { body: answer.body }
    else return { kind: 'refused', because: refusal(url, answer.status, answer.body) }
  }
  return { kind: 'nobody', because: `no gateway answers at ${tried.join(', ')}` }
}

const refusal = (url: string, status: number, body: Json | undefined): string =>
  `${url} answered ${status}: ${JSON.stringify(body ?? 'no JSON').slice(0, 300)}`

function credentials({ stateFolder, clientKeys: [key] }: Settings): Readonly<Record<string, string>> {
  const token = stateFolder === undefined ? undefined : readOwnerToken(stateFolder)
  return {
    ...(token !== undefined && { 'x-clutch-admin': token }),
    ...(key !== undefined && { 'x-api-key': key }),
  }
}

/** The admin API answers on this machine only. */
export function urlOf({ host, port }: Pick<Listener, 'host' | 'port'>): string {
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}`
}
