/** Time, by one door: tests pass a virtual clock. */
export interface Clock {
  /** Wall time. */
  nowMs(): number
  /** Calls `act` once after `ms`; the returned function calls it off. Never keeps the process alive. */
  after(ms: number, act: () => void): () => void
}

export const realClock: Clock = {
  nowMs: () => Date.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
