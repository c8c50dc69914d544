/** Small values that outlive the process, one JSON file each: health, cooldowns, quota windows. */
import { join } from 'node:path'
import type { Json } from '../wire/json.ts'
import type { Clock } from '../world/clock.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'

export interface StateOrder {
  readonly folder: string
  readonly clock: Clock
  /** Told once when the disk refuses. */
  readonly complain: (because: string) => void
}

/** However often a value changes, it is written this often at most. */
const restMs = 500

export class StateFolder {
  readonly #order: StateOrder
  readonly #changed = new Map<string, () => unknown>()
  readonly #written = new Map<string, string>()
  #timer: (() => void) | undefined
  #complained = false
  #closed = false

  constructor(order: StateOrder) {
    this.#order = order
  }

  /** As it was saved; undefined when it never was, or cannot be read. */
  load(name: string): Json | undefined {
    const read = readText(this.#file(name))
    if (read.kind !== 'text') return undefined
    try {
      return JSON.parse(read.text)
    } catch {
      return undefined
    }
  }

  /** Remembers that the value changed; `snapshot` is asked for it when it is written. Never throws, never waits. */
  save(name: string, snapshot: () => unknown): void {
    if (this.#closed) return
    this.#changed.set(name, snapshot)
    this.#timer ??= this.#order.clock.after(restMs, () => this.flush())
  }

  /** Writes what changed, now. */
  flush(): void {
    this.#timer?.()
    this.#timer = undefined
    for (const [name, snapshot] of this.#changed) {
      this.#changed.delete(name)
      this.#write(name, snapshot)
    }
  }

  /** Writes what changed, now, and nothing after that. */
  close(): void {
    this.flush()
    this.#closed = true
  }

  #write(name: string, snapshot: () => unknown): void {
    try {
      const text = `${JSON.stringify(snapshot())}\n`
      if (this.#written.get(name) === text) return
      replacePrivately(this.#file(name), text)
      this.#written.set(name, text)
    } catch (error) {
      if (!this.#complained) this.#order.complain(error instanceof Error ? error.message : String(error))
      this.#complained = true
    }
  }

  #file(name: string): string {
    return join(this.#order.folder, `${name}.json`)
  }
}
