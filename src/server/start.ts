/** Puts a running gateway together from its settings: log, network, sandbox, gateway, edge. */
import type { Configuration } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { dialects } from '../dialects/index.ts'
import type { Call } from '../gateway/call.ts'
import { createGateway } from '../gateway/gateway.ts'
import type { LocalWindow } from '../routing/advertised.ts'
import { headerText } from '../routing/agent.ts'
import type { Fixture } from '../sandbox/fixtures.ts'
import { createSandbox } from '../sandbox/sandbox.ts'
import { askJson } from '../world/ask-json.ts'
import { realClock } from '../world/clock.ts'
import { newId } from '../world/ids.ts'
import type { Inherited } from '../world/listening-socket.ts'
import type { Log } from '../world/log.ts'
import { createNetwork } from '../world/network.ts'
import { Redactor } from '../world/redact.ts'
import { watchFiles } from '../world/watch-files.ts'
import { keepGarbageYoung } from '../world/young-garbage.ts'
import type { Reloaded } from './admin.ts'
import { chooseDialect } from './choose-dialect.ts'
import { type Edge, openEdge } from './edge.ts'
import { LocalShelf } from './local-shelf.ts'
import { createAdmin } from './open-admin.ts'
import { type OpenBooks, openBooks } from './open-books.ts'
import { secretsIn } from './open-log.ts'
import { ownerToken } from './owner-token.ts'
import { Reloader } from './reload.ts'
import { warmFilters } from './warm-filters.ts'

const connectTimeoutMs = 10_000

/** How the configuration is read again. */
export interface ConfigReading {
  readonly load: () => Configuration
  /** A change of any of them is noticed. */
  readonly files: readonly string[]
}

/** The process whose ports this one takes over. */
export interface Succession {
  readonly inherited: readonly Inherited[]
  /** All but the ports is ready: resolves when they may be opened. */
  prepared(): Promise<void>
}

export interface Running extends Pick<Edge, 'listeners' | 'close' | 'descriptors' | 'retire' | 'leave'> {
  /** `because`: who or what asks. Never rejects. */
  reload(because: string): Promise<Reloaded>
  /** Writes what another process has to know to go on from here. */
  save(): void
  /** Opens again what `retire` closed. Rejects with PortError. */
  reopen(): Promise<void>
}

/** Rejects with PortError when a listener cannot be opened; nothing is left open then. */
export async function startGateway(
  settings: Settings,
  fixtures: readonly Fixture[],
  log: Log,
  reading: ConfigReading = { load: () => notRead, files: [] },
  from: Succession = { inherited: [], prepared: () => Promise.resolve() },
): Promise<Running> {
  keepGarbageYoung()
  const clock = realClock
  const hop = newId()
  const network = createNetwork({ connectTimeoutMs })
  const sandbox = createSandbox({ clock, dialects, fixtures })
  const books = openBooks(settings, clock, log)
  const { health, budgets, tokens, sessions, compression, affinity, heardLimits } = books
  const locals = new LocalShelf(settings, { ask: askJson, clock, log })
  const localWindow: LocalWindow = (provider, model) => locals.windowOf(provider, model)
  const gateway = createGateway({
    settings,
    dialects,
    send: (provider) => {
      health.changed()
      return provider === 'sandbox' ? sandbox : network.send
    },
    chooseDialect,
    clock,
    random: Math.random,
    health: health.book,
    hop,
    affinity,
    heardLimits,
    placeOf: (call, reader) => sessions.find(() => [reader.session.session, launchOf(call)]),
    admit: budgets.admit,
    compress: compression.compress,
    lastResort: () => locals.lastResort(),
    localWindow,
    settle: (record) => {
      warmFilters()
      books.settle(record)
    },
  })
  const adopt = async (next: Settings): Promise<void> => {
    const swap = await edge.prepare(next)
    log.obey({ level: next.log.level, redactor: new Redactor(secretsIn(next)) })
    gateway.adopt(next)
    books.obey(next)
    locals.obey(next)
    swap()
  }
  const reloader = new Reloader(settings, { load: reading.load, adopt, clock, log })
  const admin = createAdmin({
    token: ownerToken(settings.stateFolder),
    hop,
    settings: () => reloader.settings,
    listeners: () => edge.listeners,
    gateway,
    health,
    budgets,
    locals,
    affinity,
    heardLimits,
    sessions,
    standing: () => reloader.standing,
    reload: () => reloader.reload('admin API'),
    clock,
  })
  const told = { localWindow, correctTokens: tokens.count, foresee: compression.foresee }
  await compression.ready
  await from.prepared()
  const edge = await openEdge({
    ...{ settings, dialects, gateway, log, clock, newId, hop, admin, inherited: from.inherited },
    ...told,
  })
  const endWatch = watchFiles(reading.files, clock, () => void reloader.reload('a file changed'))
  return runningFrom({ edge, reloader, books, network, log, endWatch })
}

interface RunningParts {
  readonly edge: Edge
  readonly reloader: Reloader
  readonly books: OpenBooks
  readonly network: { close(): Promise<void> }
  readonly log: Log
  readonly endWatch: () => void
}

function runningFrom({ edge, reloader, books, network, log, endWatch }: RunningParts): Running {
  const end = async (ended: Promise<void>): Promise<void> => {
    endWatch()
    await ended
    await network.close()
    books.close()
    await log.flush()
  }
  return {
    get listeners() {
      return edge.listeners
    },
    reload: (because) => reloader.reload(because),
    save: () => books.save(),
    descriptors: () => edge.descriptors(),
    retire: () => edge.retire(),
    reopen: async () => (await edge.prepare(reloader.settings))(),
    leave: (graceMs) => {
      books.handOver()
      return end(edge.leave(graceMs))
    },
    close: (graceMs) => end(edge.close(graceMs)),
  }
}

/** The launch that a call belongs to, as its path or the launcher named it (CONTRACT 134). */
const launchOf = ({ headers }: Call): string | undefined => headerText(headers, 'x-clutch-launch')

const notRead: Configuration = {
  ok: false,
  problems: [{ message: 'this gateway was started without files to read' }],
  warnings: [],
}
