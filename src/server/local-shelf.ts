/** What is known of the servers of models on this machine: asked in the background, never waited for. */
import type { Settings } from '../config/settings.ts'
import { type LocalModel, type LocalServer, lastResort, readLocalModels } from '../routing/local-models.ts'
import type { AskJson } from '../world/ask-json.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'

export interface LocalShelfParts {
  readonly ask: AskJson
  readonly clock: Clock
  readonly log: Log
}

interface Known extends LocalServer {
  readonly rootUrl: string
  readonly askedMs: number
}

/** A server that is there answers at once; what hangs is not waited for. */
const patienceMs = 1_500
/** What was heard is believed this long; then the next question asks again, and is answered with what is known. */
const trustMs = 30_000

export class LocalShelf {
  readonly #parts: LocalShelfParts
  readonly #known = new Map<string, Known>()
  readonly #asking = new Set<string>()
  #roots: readonly (readonly [provider: string, rootUrl: string])[] = []
  #wish: Settings['localLastResort']

  constructor(settings: Settings, parts: LocalShelfParts) {
    this.#parts = parts
    this.obey(settings)
  }

  /** At the start and after a change of the configuration: asks every server that is new. */
  obey({ providers, localLastResort }: Pick<Settings, 'providers' | 'localLastResort'>): void {
    this.#wish = localLastResort
    this.#roots = Object.values(providers)
      .filter(({ provider }) => provider.local && provider.id !== 'sandbox')
      .map(({ provider, baseUrl }) => [provider.id, baseUrl.replace(/\/v\d+$/, '')] as const)
    for (const [provider, known] of this.#known)
      if (!this.#roots.some(([id, rootUrl]) => id === provider && rootUrl === known.rootUrl))
        this.#known.delete(provider)
    this.#askAgain()
  }

  /** `provider/model` names behind every cascade, those of servers that answered lately only. Costs nothing. */
  lastResort(): readonly string[] {
    if (this.#wish === undefined) return []
    this.#askAgain()
    return lastResort(this.#wish, [...this.#known.values()])
  }

  /** What a model of a local server holds, when the server said so. */
  windowOf(provider: string, model: string): number | undefined {
    const models = this.#known.get(provider)?.models ?? []
    return models.find(({ id }) => id === model || id === `${model}:latest`)?.windowTokens
  }

  report(): readonly {
    readonly provider: string
    readonly reachable: boolean
    readonly models: readonly LocalModel[]
  }[] {
    return [...this.#known.values()].map(({ provider, models }) => ({
      provider,
      reachable: models !== undefined,
      models: models ?? [],
    }))
  }

  #askAgain(): void {
    const nowMs = this.#parts.clock.nowMs()
    for (const [provider, rootUrl] of this.#roots) {
      const askedMs = this.#known.get(provider)?.askedMs
      if (askedMs !== undefined && nowMs - askedMs < trustMs) continue
      if (!this.#asking.has(provider)) void this.#ask(provider, rootUrl)
    }
  }

  async #ask(provider: string, rootUrl: string): Promise<void> {
    this.#asking.add(provider)
    const models = await readLocalModels(provider, async (path, body) => {
      const answer = await this.#parts.ask({
        url: `${rootUrl}${path}`,
        ...(body && { body }),
        timeoutMs: patienceMs,
      })
      return answer.kind === 'answered' && answer.status === 200 ? answer.body : undefined
    })
    this.#asking.delete(provider)
    const { clock, log } = this.#parts
    const before = this.#known.get(provider)?.models
    this.#known.set(provider, { provider, rootUrl, models, askedMs: clock.nowMs() })
    if ((before === undefined) !== (models === undefined))
      log.info('local-models', { provider, reachable: models !== undefined, models: models?.length ?? 0 })
  }
}
