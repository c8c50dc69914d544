/** Reads the configuration again while the gateway runs: all of it counts from one moment on, or none of it. */
import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../config/load.ts'
import { describeProblem } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import type { Reloaded } from './admin.ts'

export interface ReloaderParts {
  readonly load: () => Configuration
  /** Makes the settings those of every new call, or rejects and changes nothing. */
  readonly adopt: (settings: Settings) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** What is in force. */
export interface ConfigStanding {
  /** 1 is what the gateway started with. */
  readonly generation: number
  readonly sinceMs: number
  /** The last attempt to change it that failed; absent once one succeeded. */
  readonly lastError?: { readonly atMs: number; readonly problems: readonly string[] }
  /** Settings that were changed but count only after a restart. */
  readonly needsRestart: readonly string[]
}

export class Reloader {
  readonly #parts: ReloaderParts
  readonly #first: Settings
  #settings: Settings
  #standing: ConfigStanding
  #running: Promise<unknown> = Promise.resolve()

  constructor(settings: Settings, parts: ReloaderParts) {
    this.#parts = parts
    this.#first = settings
    this.#settings = settings
    this.#standing = { generation: 1, sinceMs: parts.clock.nowMs(), needsRestart: [] }
  }

  /** In force now. */
  get settings(): Settings {
    return this.#settings
  }

  get standing(): ConfigStanding {
    return this.#standing
  }

  /** One after the other, however many ask at once. Never rejects. */
  reload(because: string): Promise<Reloaded> {
    const next = this.#running.then(() => this.#reload(because))
    this.#running = next
    return next
  }

  async #reload(because: string): Promise<Reloaded> {
    const { load, adopt } = this.#parts
    try {
      const configuration = load()
      if (!configuration.ok) return this.#keep(configuration.problems.map(describeProblem))
      const { settings } = configuration
      if (isDeepStrictEqual(settings, this.#settings)) return this.#unchanged()
      await adopt(settings)
      return this.#changed(settings, because)
    } catch (error) {
      return this.#keep([error instanceof Error ? error.message : String(error)])
    }
  }

  #changed(settings: Settings, because: string): Reloaded {
    const { clock, log } = this.#parts
    const generation = this.#standing.generation + 1
    const needsRestart = restartOnly(this.#first, settings)
    this.#settings = settings
    this.#standing = { generation, sinceMs: clock.nowMs(), needsRestart }
    const { warnings } = settings
    log.info('config-reloaded', { generation, because, ...(needsRestart.length > 0 && { needsRestart }) })
    for (const warning of warnings) log.warn('config', { because: warning })
    return { ok: true, generation, problems: [] }
  }

  /** A mistake that was taken back leaves no trace. */
  #unchanged(): Reloaded {
    const { generation, sinceMs, needsRestart } = this.#standing
    this.#standing = { generation, sinceMs, needsRestart }
    return { ok: true, generation, problems: [] }
  }

  #keep(problems: readonly string[]): Reloaded {
    const { clock, log } = this.#parts
    this.#standing = { ...this.#standing, lastError: { atMs: clock.nowMs(), problems } }
    const { generation } = this.#standing
    log.error('config-not-reloaded', { generation, problems, goesOn: 'the configuration from before' })
    return { ok: false, generation, problems }
  }
}

/** What is fixed when the process starts. */
function restartOnly(first: Settings, now: Settings): readonly string[] {
  const parts: readonly (readonly [string, unknown, unknown])[] = [
    ['log.folder', first.log.folder, now.log.folder],
    ['log.keepDays', first.log.keepDays, now.log.keepDays],
    ['log.maxFileBytes', first.log.maxFileBytes, now.log.maxFileBytes],
    ['ledger', first.ledger, now.ledger],
    ['timeouts.clientRequestMs', first.timeouts.clientRequestMs, now.timeouts.clientRequestMs],
  ]
  return parts.flatMap(([name, before, after]) => (isDeepStrictEqual(before, after) ? [] : [name]))
}
