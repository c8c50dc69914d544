/** The connections to one origin: kept while they are idle, shared one exchange at a time, bounded in number. */
import { Connection, type Origin, type Tickets } from './connection.ts'
import { HeadReader } from './reply-head.ts'

export interface ConnectionsParts {
  readonly origin: Origin
  readonly connectTimeoutMs: number
  readonly most: number
}

const sweepEveryMs = 1_000

export class Connections {
  readonly #parts: ConnectionsParts
  /** The one used last is used next: the others may rest until they are let go. */
  readonly #idle: Connection[] = []
  readonly #tickets: Tickets = {}
  readonly #heads = new HeadReader()
  readonly #all = new Set<Connection>()
  readonly #waiting: Waiting[] = []
  #sweep: NodeJS.Timeout | undefined

  constructor(parts: ConnectionsParts) {
    this.#parts = parts
  }

  /** `take` is called at once, or when one of too many is free. What comes back withdraws the wish. */
  take(take: (connection: Connection) => void): (() => void) | undefined {
    const connection = this.#takeIdle() ?? (this.#all.size < this.#parts.most ? this.#open() : undefined)
    if (connection) {
      take(connection)
      return undefined
    }
    const waiting: Waiting = { take }
    this.#waiting.push(waiting)
    return () => {
      const at = this.#waiting.indexOf(waiting)
      if (at >= 0) this.#waiting.splice(at, 1)
    }
  }

  close(): void {
    clearInterval(this.#sweep)
    this.#waiting.length = 0
    for (const connection of this.#all) connection.drop()
  }

  #takeIdle(): Connection | undefined {
    for (let last = this.#idle.pop(); last; last = this.#idle.pop()) {
      if (last.usableUntilMs > performance.now()) return last
      last.drop()
    }
    return undefined
  }

  #open(): Connection {
    const { origin, connectTimeoutMs } = this.#parts
    const connection = new Connection({
      origin,
      connectTimeoutMs,
      tickets: this.#tickets,
      heads: this.#heads,
      whenFree: (free) => this.#free(free),
      whenGone: (gone) => this.#forget(gone),
    })
    this.#all.add(connection)
    return connection
  }

  #free(connection: Connection): void {
    const next = this.#waiting.shift()
    if (next) {
      next.take(connection)
      return
    }
    this.#idle.push(connection)
    if (this.#sweep) return
    this.#sweep = setInterval(() => this.#letGo(), sweepEveryMs)
    this.#sweep.unref()
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    const next = this.#waiting.shift()
    if (next) next.take(this.#open())
  }

  /** Those that have been idle longest stand first. */
  #letGo(): void {
    const nowMs = performance.now()
    for (let first = this.#idle[0]; first && first.usableUntilMs <= nowMs; first = this.#idle[0]) {
      this.#idle.shift()
      first.drop()
    }
    if (this.#idle.length > 0) return
    clearInterval(this.#sweep)
    this.#sweep = undefined
  }
}

interface Waiting {
  readonly take: (connection: Connection) => void
}
