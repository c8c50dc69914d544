/** Compression in a running gateway: what was decided, and the originals of it, in the state folder. */
import { dirname } from 'node:path'
import type { Settings } from '../config/settings.ts'
import { filters } from '../filters/index.ts'
import type { Asked } from '../gateway/asked.ts'
import { Compressor } from '../gateway/compress.ts'
import type { Stations } from '../gateway/stations.ts'
import { BirthStore } from '../store/births.ts'
import { FilterShelf } from '../store/filter-shelf.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { noteFiring } from '../store/savings.ts'
import { StateFolder } from '../store/state-folder.ts'
import { asObject, asText } from '../wire/json.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import { product } from './version.ts'

export interface OpenCompression {
  readonly compress: Stations['compress']
  /** The bytes that would be sent of a body. */
  readonly foresee: (asked: Asked) => Uint8Array
  /** Filters that people wrote have been read. Never rejects. */
  readonly ready: Promise<void>
  /** After a change of the configuration: for what is first seen from then on. */
  obey(settings: Settings): void
  /** Writes what waits. */
  save(): void
  close(): void
}

/** Whether anything was ever told from here: a birth store that is new then is one that was lost. */
const name = 'compression'
/** What the cache guard goes on from after a restart; that a killed process loses so much of it matters to nobody. */
const guardName = 'cache-guard'
const guardRestMs = 30_000
/** Some milliseconds of work. */
const guardBytes = 1024 * 1024

export function openCompression(settings: Settings, clock: Clock, log: Log): OpenCompression {
  const { stateFolder: folder } = settings
  if (folder === undefined) return { compress: () => undefined, ...nothingToDo }
  const complain = (because: string): void => log.warn('compression-not-remembered', { folder, because })
  const state = new StateFolder({ folder, clock, complain })
  const began = asText(asObject(state.load(name))['began'])
  const file = `${folder}/births.db`
  const births = new BirthStore({ file, clock, wasHere: began !== undefined, complain })
  if (began === undefined) state.save(name, () => ({ began: new Date(clock.nowMs()).toISOString() }))
  const originals = new Originals({ folder: originalsFolder(folder), ...settings.compression?.originals })
  const places = { folder: dirname(folder), stateFolder: folder }
  const sets = new FilterShelf({ builtIn: filters, version: product.version, ...places, clock })
  const compressor = new Compressor({
    settings,
    births,
    originals,
    sets,
    clock,
    stopwatch,
    earlier: () => state.load(guardName),
    traced: () => {
      isTraced = true
      guardTimer ??= clock.after(guardRestMs, () => {
        guardTimer = undefined
        state.save(guardName, () => compressor.traces(guardBytes))
      })
    },
    born: ({ scope, ...newborn }) => {
      const { agent, project, session } = scope
      const whose = { agent, session, ...(project !== undefined && { project }) }
      noteFiring(folder, { kind: 'firing', atMs: clock.nowMs(), mouth: 'gateway', ...newborn, ...whose })
    },
  })
  let isTraced = false
  let guardTimer: (() => void) | undefined
  const saveGuard = (): void => {
    if (isTraced) state.save(guardName, () => compressor.traces())
  }
  return {
    compress: compressor.compress,
    foresee: compressor.foresee,
    ready: sets.open(),
    obey: (next) => compressor.obey(next),
    save: () => {
      births.flush()
      saveGuard()
      state.flush()
    },
    close: () => {
      sets.close()
      guardTimer?.()
      births.close()
      saveGuard()
      state.close()
    },
  }
}

/**
 * Work of this thread, as well as it can be told: on a busy machine a filter is not slow because others are at it, nor
 * because the runtime compiles and tidies up in threads of its own.
 */
function stopwatch(): () => number {
  const began = { cpu: process.cpuUsage(), wallMs: performance.now() }
  return () => {
    const { user, system } = process.cpuUsage(began.cpu)
    return Math.min((user + system) / 1000, performance.now() - began.wallMs)
  }
}

const nothingToDo = {
  foresee: ({ body }: Asked) => body,
  ready: Promise.resolve(),
  obey: () => undefined,
  save: () => undefined,
  close: () => undefined,
}
