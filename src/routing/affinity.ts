/**
 * Where each session's prompt cache is warm. A session stays with its target; when that one fails it goes on elsewhere
 * and comes back, unless it was away so long that the cache there is cold.
 */
export interface Home {
  /** See `targetName`. */
  readonly target: string
  /** When it last served the session. */
  readonly servedMs: number
  /** When the session last asked anybody. */
  readonly askedMs: number
}

const capacity = 5_000
/** An idle session starts anew, in the user's order. */
const idleMs = 60 * 60_000
/** Providers keep prompts about this long. */
const coldMs = 5 * 60_000

export class Affinity {
  readonly #homes = new Map<string, Home>()

  /** As another process told it. */
  static of(homes: readonly (readonly [session: string, home: Home])[]): Affinity {
    const affinity = new Affinity()
    for (const [session, home] of homes) affinity.#homes.set(session, home)
    return affinity
  }

  /** Of the sessions that have one now. */
  list(nowMs: number): readonly (readonly [session: string, home: Home])[] {
    return [...this.#homes].filter(([, { askedMs }]) => nowMs - askedMs < idleMs)
  }

  home(session: string, nowMs: number): string | undefined {
    const home = this.#homes.get(session)
    return home && nowMs - home.askedMs < idleMs ? home.target : undefined
  }

  served(session: string, target: string, nowMs: number): void {
    const before = this.#homes.get(session)
    const stays = before !== undefined && before.target !== target && nowMs - before.servedMs < coldMs
    this.#homes.delete(session)
    this.#homes.set(
      session,
      stays ? { ...before, askedMs: nowMs } : { target, servedMs: nowMs, askedMs: nowMs },
    )
    if (this.#homes.size <= capacity) return
    const oldest = this.#homes.keys().next()
    if (!oldest.done) this.#homes.delete(oldest.value)
  }
}
