/** Time that moves only when a test says so. */
import type { SandboxClock } from '../../src/sandbox/performer.ts'

interface Alarm {
  readonly atMs: number
  readonly action: () => void
}

export class VirtualClock implements SandboxClock {
  #nowMs = 1_700_000_000_000
  readonly #alarms = new Set<Alarm>()

  nowMs(): number {
    return this.#nowMs
  }

  after(ms: number, action: () => void): () => void {
    const alarm = { atMs: this.#nowMs + ms, action }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Everything that is due within `ms`, in order, also what becomes due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#alarms].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (!due) break
      this.#alarms.delete(due)
      this.#nowMs = Math.max(this.#nowMs, due.atMs)
      due.action()
    }
    this.#nowMs = untilMs
  }

  /** How many alarms are set. */
  get pending(): number {
    return this.#alarms.size
  }
}
