/**
 * What becomes of a command's output on its way through: it waits for the rest of itself for a while, is then told as it
 * comes, and is left alone where it is no text or too long to be kept. Every byte is remembered until then.
 */
import type { LiveShortener } from '../compression/live.ts'

export interface OutputOrder {
  /** While there may be more. */
  readonly write: (bytes: Uint8Array | string) => void
  /** The last of it. */
  readonly writeLast: (bytes: Uint8Array | string) => void
  /** Resolves when all has gone out, or nobody reads any more. */
  readonly flush: () => Promise<void>
  /** How long the first byte may wait for the last one. */
  readonly holdMs: number
  /** Beyond it nothing can be had back, so nothing is left out. */
  readonly maxBytes: number
  /** A shorter output stays as it is. */
  readonly leastBytes: number
  readonly loadShortening: () => Promise<Shortening>
}

export interface Shortening {
  /** The whole output, shortened; undefined: as it is. */
  readonly whole: (text: string, failed: boolean) => string | undefined
  /** undefined: nothing can be kept here. */
  readonly live: () => LiveShortening | undefined
}

export interface LiveShortening {
  readonly lines: LiveShortener
  readonly clean: (line: string) => string
  /** Keeps the original as far as it is known. */
  readonly keep: (text: string, ended: boolean) => void
}

type State = 'empty' | 'holding' | 'live' | 'raw'

/** Text that waits while an output is live: less than what anybody notices. */
const settleMs = 60
/** Who prints little and goes on will need it: it is read meanwhile, not when somebody waits. */
const prepareMs = 15
const keepEveryMs = 2_000

export class RunOutput {
  readonly #order: OutputOrder
  readonly #all: Buffer[] = []
  #bytes = 0
  #state: State = 'empty'
  #shortening: Promise<Shortening | undefined> | undefined
  #prepareTimer: NodeJS.Timeout | undefined
  #live: LiveShortening | undefined
  /** The line that has no end yet, and how much of it was told. */
  #partial: Buffer = Buffer.alloc(0)
  #partialTold = 0
  #timer: NodeJS.Timeout | undefined
  #keptAtMs = 0

  constructor(order: OutputOrder) {
    this.#order = order
  }

  push(chunk: Buffer): void {
    if (this.#state === 'raw') this.#order.write(chunk)
    else {
      this.#all.push(chunk)
      this.#bytes += chunk.length
      if (this.#bytes <= this.#order.maxBytes && !chunk.includes(0)) this.#take(chunk)
      else if (this.#state === 'live') this.#leaveLive(chunk)
      else this.#letGo()
    }
  }

  /** Call it once, when there is no more; resolves when all has gone out. */
  async end(failed: boolean): Promise<void> {
    clearTimeout(this.#timer)
    clearTimeout(this.#prepareTimer)
    const ready = this.#bytes < this.#order.leastBytes ? undefined : await this.#shortening
    if (this.#state === 'holding') this.#tellWhole(ready, failed)
    else if (this.#state === 'live') this.#endLive()
    clearTimeout(this.#timer)
    this.#state = 'raw'
    await this.#order.flush()
  }

  #take(chunk: Buffer): void {
    if (this.#state === 'live') this.#follow(chunk)
    else if (this.#state === 'empty') this.#hold()
    if (this.#bytes >= this.#order.leastBytes) this.#prepare()
  }

  #hold(): void {
    this.#state = 'holding'
    this.#prepareTimer = setTimeout(() => this.#prepare(), prepareMs)
    this.#timer = setTimeout(
      () => void this.#prepare().then((ready) => this.#goLive(ready)),
      this.#order.holdMs,
    )
  }

  #prepare(): Promise<Shortening | undefined> {
    this.#shortening ??= this.#order.loadShortening().catch(() => undefined)
    return this.#shortening
  }

  #tellWhole(ready: Shortening | undefined, failed: boolean): void {
    const bytes = Buffer.concat(this.#all)
    const text = ready && textIn(bytes)
    this.#order.writeLast((text === undefined ? undefined : ready?.whole(text, failed)) ?? bytes)
  }

  #goLive(ready: Shortening | undefined): void {
    this.#timer = undefined
    if (this.#state !== 'holding') return
    const live = ready?.live()
    if (live) {
      this.#live = live
      this.#state = 'live'
      this.#follow(Buffer.concat(this.#all))
    } else this.#letGo()
  }

  #follow(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#partial, chunk])
    const end = bytes.lastIndexOf(newline) + 1
    if (end > 0) {
      const start = this.#partialTold > 0 ? bytes.indexOf(newline) + 1 : 0
      const text = textIn(bytes.subarray(start, end))
      if (text === undefined) {
        this.#leaveLive(chunk)
        return
      }
      this.#order.write(bytes.subarray(this.#partialTold, start))
      this.#tellLines(text)
      this.#partialTold = 0
    }
    this.#partial = bytes.subarray(end)
    this.#settleSoon()
    this.#keepSometimes()
  }

  #tellLines(text: string): void {
    const { lines, clean } = this.#live ?? {}
    if (text === '' || !lines || !clean) return
    const told = text
      .slice(0, -1)
      .split('\n')
      .flatMap((line) => lines.push(clean(line)))
    this.#writeLines(told)
  }

  #settleSoon(): void {
    const isWaiting = this.#live?.lines.isWaiting || this.#partial.length > this.#partialTold
    if (isWaiting) this.#timer ??= setTimeout(() => this.#settle(), settleMs)
  }

  /** What waits is told. Of a line without an end only one that is not being written over. */
  #settle(): void {
    this.#timer = undefined
    this.#writeLines(this.#live?.lines.settle() ?? [])
    if (this.#partial.length === this.#partialTold || this.#partial.includes(carriageReturn)) return
    if (this.#partialTold === 0) this.#writeLines(this.#live?.lines.end() ?? [])
    this.#order.write(this.#partial.subarray(this.#partialTold))
    this.#partialTold = this.#partial.length
  }

  #endLive(): void {
    const rest = this.#partial.subarray(this.#partialTold)
    if (this.#partialTold === 0) this.#writeLines(this.#live?.lines.end() ?? [])
    const text = this.#partialTold === 0 ? textIn(rest) : undefined
    this.#order.writeLast(text === undefined ? rest : (this.#live?.clean(text) ?? text))
    this.#keep(true)
  }

  /** It is no text after all, or too much of it. */
  #leaveLive(chunk: Buffer): void {
    clearTimeout(this.#timer)
    this.#writeLines(this.#live?.lines.end() ?? [])
    this.#order.write(this.#partial.subarray(this.#partialTold))
    this.#order.write(chunk)
    this.#keep(true)
    this.#all.length = 0
    this.#state = 'raw'
  }

  #keepSometimes(): void {
    const nowMs = Date.now()
    if (nowMs - this.#keptAtMs < keepEveryMs) return
    this.#keptAtMs = nowMs
    this.#keep(false)
  }

  #keep(ended: boolean): void {
    if (this.#live?.lines.hiddenLines) this.#live.keep(Buffer.concat(this.#all).toString('utf8'), ended)
  }

  #writeLines(lines: readonly string[]): void {
    if (lines.length > 0) this.#order.write(`${lines.join('\n')}\n`)
  }

  /** What was held goes first; from here on every byte goes through as it comes. */
  #letGo(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#prepareTimer)
    this.#order.write(Buffer.concat(this.#all))
    this.#all.length = 0
    this.#state = 'raw'
  }
}

const newline = 10
const carriageReturn = 13

/** undefined: it is no text, and goes on as it came. */
function textIn(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
