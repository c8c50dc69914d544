/**
 * Shortens an output while it grows. What stays is told at once; what may go is judged by its own line, because nobody
 * knows yet what follows. Whoever calls sees to it that `settle` follows a `push` within the time a line may wait.
 */
import type { NoiseOf } from '../filters/text/noise.ts'

export interface LiveOrder {
  readonly noiseOf: NoiseOf
  readonly hidden: (count: number, what: string) => string
}

const repeats = 'repeats of the line above'
/** A run shorter than the line that would stand for it stays. */
const markChars = 90

export class LiveShortener {
  readonly #order: LiveOrder
  /** Noise that still may be told after all. */
  #waiting: string[] = []
  #waitingChars = 0
  /** Of the run that is being left out. */
  #left = 0
  readonly #whats = new Set<string>()
  #last: string | undefined
  #hiddenLines = 0
  #hiddenChars = 0

  constructor(order: LiveOrder) {
    this.#order = order
  }

  /** Of all runs so far. */
  get hiddenLines(): number {
    return this.#hiddenLines
  }

  get hiddenChars(): number {
    return this.#hiddenChars
  }

  /** Something waits for `settle`. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  /** The lines to tell now. */
  push(line: string): readonly string[] {
    const what = line !== '' && line === this.#last ? repeats : this.#order.noiseOf(line)
    if (what === undefined) {
      const before = this.#endRun()
      this.#last = line
      return [...before, line]
    }
    this.#last = line
    this.#whats.add(what)
    if (this.#left > 0) this.#leaveOut(line)
    else {
      this.#waiting.push(line)
      this.#waitingChars += line.length + 1
    }
    return []
  }

  /** The time is up for what waits: a run that is long enough is left out, and goes on; a short one is told. */
  settle(): readonly string[] {
    if (this.#waiting.length > 1 && this.#waitingChars >= markChars) {
      for (const line of this.#waiting) this.#leaveOut(line)
      this.#waiting = []
      this.#waitingChars = 0
      return []
    }
    return this.#tellWaiting()
  }

  end(): readonly string[] {
    return this.#endRun()
  }

  #endRun(): readonly string[] {
    const told = this.settle()
    const left = this.#left
    if (left === 0) return told
    const mark = this.#order.hidden(left, [...this.#whats].join(', '))
    this.#left = 0
    this.#whats.clear()
    return [mark]
  }

  #tellWaiting(): readonly string[] {
    const told = this.#waiting
    this.#waiting = []
    this.#waitingChars = 0
    if (this.#left === 0) this.#whats.clear()
    return told
  }

  #leaveOut(line: string): void {
    this.#left += 1
    this.#hiddenLines += 1
    this.#hiddenChars += line.length + 1
  }
}

/** A line as a terminal would leave it: without colours, and only what was written over the rest. */
export function liveLine(line: string): string {
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line
  const shown = ended.slice(ended.lastIndexOf('\r') + 1)
  return shown.includes('\u001b') ? shown.replace(escapes, '') : shown
}

/** Colours and cursor movements. */
const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g')
