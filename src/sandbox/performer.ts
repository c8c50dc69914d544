/** Plays beats to a listener in time, within the request's patience, and stops at once when told to. */
import type { Exchange, NetworkFault, UpstreamListener, UpstreamRequest } from '../wire/exchange.ts'
import type { Beat } from './beats.ts'

/** Where time comes from. */
export interface SandboxClock {
  /** Wall time. */
  nowMs(): number
  /** Runs `action` once, later, never within the call; the answer cancels it. */
  after(ms: number, action: () => void): () => void
}

type Patience = Pick<UpstreamRequest, 'headTimeoutMs' | 'idleTimeoutMs'>

/** So many beats without a pause, then everybody else has a turn. */
const beatsPerTurn = 256
const nothing = (): void => {}

export class Performer implements Exchange {
  readonly #beats: Iterator<Beat, void>
  readonly #listener: UpstreamListener
  readonly #clock: SandboxClock
  readonly #patience: Patience
  readonly #encoder = new TextEncoder()
  /** Time that has passed since the last byte. */
  #silentMs = 0
  #headSent = false
  #paused = false
  #over = false
  #cancel = nothing
  /** What became due while paused. */
  #due: (() => void) | undefined

  /** Nothing is said before the caller has its hold on the exchange. */
  constructor(
    beats: Iterator<Beat, void>,
    listener: UpstreamListener,
    clock: SandboxClock,
    patience: Patience,
  ) {
    this.#beats = beats
    this.#listener = listener
    this.#clock = clock
    this.#patience = patience
    this.#later(0, () => this.#play())
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    const due = this.#due
    this.#due = undefined
    if (due) this.#later(0, due)
  }

  abort(): void {
    this.#over = true
    this.#due = undefined
    this.#cancel()
  }

  #later(ms: number, action: () => void): void {
    this.#cancel = this.#clock.after(ms, () => {
      if (this.#over) return
      if (this.#paused) this.#due = action
      else action()
    })
  }

  #play(): void {
    for (let turn = 0; turn < beatsPerTurn; turn++) {
      if (this.#over) return
      if (this.#paused) {
        this.#due = () => this.#play()
        return
      }
      const next = this.#beats.next()
      if (next.done) {
        this.#end()
        return
      }
      if (!this.#beat(next.value)) return
    }
    this.#later(0, () => this.#play())
  }

  /** Whether the next beat follows at once. */
  #beat(beat: Beat): boolean {
    switch (beat.type) {
      case 'head':
        this.#headSent = true
        this.#silentMs = 0
        this.#listener.head(beat.status, beat.headers)
        return true
      case 'data':
        this.#silentMs = 0
        this.#listener.data(this.#encoder.encode(beat.text))
        return true
      case 'wait':
        this.#wait(beat.ms)
        return false
      case 'silence':
        this.#wait(Number.POSITIVE_INFINITY)
        return false
      case 'reset':
        this.#break({ kind: 'cut', message: 'the sandbox broke the connection, as its script says' })
        return false
    }
  }

  #wait(ms: number): void {
    const limitMs = this.#headSent ? this.#patience.idleTimeoutMs : this.#patience.headTimeoutMs
    const leftMs = limitMs - this.#silentMs
    if (ms < leftMs) {
      this.#silentMs += ms
      this.#later(ms, () => this.#play())
      return
    }
    const message = `the sandbox was silent for ${limitMs} ms, as its script says`
    this.#later(Math.max(0, leftMs), () => this.#break({ kind: 'timeout', message }))
  }

  #end(): void {
    this.#over = true
    this.#listener.ended()
  }

  #break(fault: NetworkFault): void {
    this.#over = true
    this.#listener.broke(fault)
  }
}
