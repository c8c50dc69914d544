/** What there is to see of the gateway from outside: its lock, its listeners, its providers, and what it says of itself. */
import { type Configuration, stateFolderOf } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { type Link, type ListenerPart, linksOf, partOf } from '../lifecycle/chain.ts'
import { type Address, addressText, type Daemon, flagsOf, tryLock } from '../lifecycle/lock.ts'
import { leadsBack, type Reached, reach, reachProxy } from '../lifecycle/reach.ts'
import { circle } from '../server/circle.ts'
import { product } from '../server/version.ts'
import { asObject, asText, type JsonObject } from '../wire/json.ts'
import { askJson, type JsonAnswer } from '../world/ask-json.ts'
import { type PortHolder, portHolder } from '../world/port-holder.ts'
import { isAlive } from '../world/process-identity.ts'
import { urlOf } from './admin-client.ts'
import { statusOf } from './daemon-talk.ts'
import type { Io } from './io.ts'
import { configurationFrom, problemsOf } from './serve.ts'

export interface ListenerState extends Address {
  readonly part: ListenerPart
  readonly reached: Reached
  /** Who has the port, when it is not the gateway. */
  readonly stranger?: PortHolder
}

export interface ProviderState extends Link {
  readonly keyFrom?: string
  /** Absent: nobody looked. */
  readonly reached?: Reached
  /** Of a proxy: what it is asked comes back to us. */
  readonly loop?: boolean
}

export interface Status {
  readonly running: 'daemon' | 'starting' | 'foreground' | 'no'
  readonly installed: string
  readonly daemon?: Daemon
  /** Those that handed over and are still there. */
  readonly leaving: readonly number[]
  readonly staleLock?: string
  readonly listeners: readonly ListenerState[]
  readonly providers: readonly ProviderState[]
  readonly unusable: Settings['unusable']
  /** What the gateway says of itself; absent: it does not answer, or not to us. */
  readonly gateway?: JsonObject
  readonly compression?: Settings['compression']
  /** Of the files as they are now. */
  readonly configProblems?: string
}

interface Look {
  readonly flags: Readonly<Record<string, string>>
  /** Whether providers are looked for. */
  readonly reach: boolean
}

export async function lookAround(io: Io, look: Look): Promise<Status> {
  const lock = tryLock(stateFolderOf(io))
  const daemon = lock.kind === 'held' ? lock.daemon : undefined
  const configuration = configurationFrom({ ...(daemon && flagsOf(daemon)), ...look.flags }, io)
  const places = daemon?.listeners.length ? daemon.listeners : listenersIn(configuration)
  const [listeners, gateway] = await Promise.all([
    Promise.all(places.map((place) => listenerState(place))),
    statusOf({ listeners: places }, io),
  ])
  const running = daemon ? (daemon.ready ? 'daemon' : 'starting') : gateway ? 'foreground' : 'no'
  return {
    running,
    installed: product.version,
    ...(daemon && { daemon }),
    leaving: (daemon?.leaving ?? []).filter(isAlive).map(({ pid }) => pid),
    ...(lock.kind === 'stale' && { staleLock: lock.because }),
    listeners: await Promise.all(listeners.map((one) => withStranger(one, gateway, daemon))),
    ...(await configured(configuration, gateway, look.reach)),
    ...(gateway && { gateway }),
  }
}

type Configured = Pick<Status, 'providers' | 'unusable' | 'compression' | 'configProblems'>

async function configured(
  configuration: Configuration,
  gateway: JsonObject | undefined,
  look: boolean,
): Promise<Configured> {
  if (!configuration.ok) return { providers: [], unusable: [], configProblems: problemsOf(configuration) }
  const { settings } = configuration
  const { unusable, compression } = settings
  return { providers: await providerStates(settings, gateway, look), unusable, compression }
}

const listenersIn = (configuration: Configuration): readonly Address[] =>
  configuration.ok ? configuration.settings.listeners : []

async function listenerState({ host, port, profile }: Address): Promise<ListenerState> {
  const startMs = performance.now()
  const answer = await askJson({ url: `${urlOf({ host, port })}/readyz`, timeoutMs: 2_000 })
  const reached = reachedBy(answer, Math.round(performance.now() - startMs))
  return { host, port, profile, part: partOf({ port, profile }), reached }
}

function reachedBy(answer: JsonAnswer, ms: number): Reached {
  if (answer.kind === 'unreachable') return { ok: false, because: answer.because }
  const state = asText(asObject(answer.body)['status'])
  if (answer.status === 200 && state === 'ready') return { ok: true, ms }
  return {
    ok: false,
    because: state === 'closing' ? 'it is closing' : 'somebody answers, and not as a gateway',
  }
}

/** Somebody has the port, and it is not the gateway. */
async function withStranger(
  state: ListenerState,
  gateway: JsonObject | undefined,
  daemon: Daemon | undefined,
): Promise<ListenerState> {
  if (gateway || (!state.reached.ok && state.reached.because.startsWith('ECONNREFUSED'))) return state
  const holder = portHolder(state.port)
  return holder && holder.pid !== daemon?.pid ? { ...state, stranger: holder } : state
}

function providerStates(
  settings: Settings,
  gateway: JsonObject | undefined,
  look: boolean,
): Promise<readonly ProviderState[]> {
  const hop = asText(gateway?.['hop'])
  return Promise.all(
    linksOf(settings).map(async (link): Promise<ProviderState> => {
      const keyFrom = settings.providers[link.id]?.keySource
      const named = { ...link, ...(keyFrom !== undefined && { keyFrom }) }
      if (!look) return named
      if (link.kind === 'remote' || link.kind === 'local')
        return { ...named, reached: await reach(link.baseUrl) }
      const [reached, loop] = await Promise.all([
        reachProxy(link.baseUrl),
        hop === undefined ? undefined : leadsBack(link.baseUrl, hop, circle.message),
      ])
      return { ...named, reached, ...(loop !== undefined && reached.ok && { loop }) }
    }),
  )
}

export const urlText = (address: Address): string => `http://${addressText(address)}`
