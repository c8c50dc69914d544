/** One heartbeat for all open calls: pings for waiting clients, silence limits for upstreams (CONTRACT 99–102). */
import type { Clock } from '../world/clock.ts'

export interface Ticking {
  tick(nowMs: number): void
}

const beatMs = 1000

export class Heartbeat {
  readonly #clock: Clock
  readonly #open = new Set<Ticking>()
  #beating = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#open.size
  }

  add(ticking: Ticking): void {
    this.#open.add(ticking)
    if (!this.#beating) this.#next()
  }

  remove(ticking: Ticking): void {
    this.#open.delete(ticking)
  }

  #next(): void {
    this.#beating = true
    this.#clock.after(beatMs, () => this.#beat())
  }

  #beat(): void {
    const nowMs = this.#clock.nowMs()
    for (const ticking of this.#open) ticking.tick(nowMs)
    if (this.#open.size > 0) this.#next()
    else this.#beating = false
  }
}
