/** One heartbeat for all open calls: pings for waiting clients, silence limits for upstreams (CONTRACT 99–102). */
import type { Clock } from '../world/clock.ts'

export interface Ticking {
  tick(nowMs: number): void
  /** Kept by the heartbeat. */
  seat: number
}

const beatMs = 1000

export class Heartbeat {
  readonly #clock: Clock
  /**
   * Whoever leaves gives the seat to the last one. Not a Set: V8's grows by new tables that old ones point to, so that
   * calls which are over would survive until the next full collection.
   */
  readonly #open: Ticking[] = []
  #beating = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#open.length
  }

  add(ticking: Ticking): void {
    ticking.seat = this.#open.push(ticking) - 1
    if (!this.#beating) this.#next()
  }

  remove(ticking: Ticking): void {
    if (this.#open[ticking.seat] !== ticking) return
    const last = this.#open.pop()
    if (!last || last === ticking) return
    last.seat = ticking.seat
    this.#open[last.seat] = last
  }

  #next(): void {
    this.#beating = true
    this.#clock.after(beatMs, () => this.#beat())
  }

  #beat(): void {
    const nowMs = this.#clock.nowMs()
    // Backwards: who takes a seat that is given up meanwhile has been told already.
    for (let seat = this.#open.length - 1; seat >= 0; seat--) this.#open[seat]?.tick(nowMs)
    if (this.#open.length > 0) this.#next()
    else this.#beating = false
  }
}
