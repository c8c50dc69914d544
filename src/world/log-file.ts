/** A log on disk: lines are gathered and written in batches, files change by day and size, old ones go. */
import { appendFile, chmod, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import { makeFolder } from './make-folder.ts'

export interface LogFileOrder {
  readonly folder: string
  readonly maxFileBytes: number
  readonly keepDays: number
  readonly clock: Clock
  /** Told once when the disk refuses. */
  readonly complain: (because: string) => void
}

const batchMs = 200
/** More than this waiting for a slow disk is thrown away: the log must not eat the memory of what it describes. */
const maxWaitingBytes = 8 * 1024 * 1024
const usualBytes = 64 * 1024
const fileName = /^clutch-(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/
const lineFeed = 10
const dayMs = 24 * 60 * 60 * 1000

export class LogFile {
  readonly #order: LogFileOrder
  /** As bytes: as texts they would fill the memory that is looked through again and again until the batch is written. */
  #waiting = Buffer.alloc(0)
  #waitingBytes = 0
  #dropped = 0
  #timer: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()
  #day = ''
  #number = 0
  #bytes = 0
  #complained = false

  constructor(order: LogFileOrder) {
    this.#order = order
  }

  /** One line, without its end. Never throws, never waits. */
  write(line: string): void {
    const room = this.#waitingBytes + line.length * 3 + 1 // at most three bytes for a letter
    if (room > maxWaitingBytes) {
      this.#dropped++
      return
    }
    if (room > this.#waiting.length) this.#grow(room)
    this.#waitingBytes += this.#waiting.write(line, this.#waitingBytes)
    this.#waiting[this.#waitingBytes++] = lineFeed
    this.#timer ??= this.#order.clock.after(batchMs, () => {
      this.#timer = undefined
      void this.flush()
    })
  }

  /** Resolves when everything written so far is on disk or was refused by it. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeBatch())
    return this.#writing
  }

  async #writeBatch(): Promise<void> {
    if (this.#waitingBytes === 0) return
    const dropped = { level: 'warn', event: 'log-lines-dropped', count: this.#dropped }
    const lines = this.#waiting.subarray(0, this.#waitingBytes)
    const bytes =
      this.#dropped > 0 ? Buffer.concat([lines, Buffer.from(`${JSON.stringify(dropped)}\n`)]) : lines
    this.#dropped = 0
    this.#waiting = Buffer.alloc(0)
    this.#waitingBytes = 0
    try {
      await appendFile(await this.#file(), bytes, { mode: 0o600 })
      this.#bytes += bytes.length
    } catch (error) {
      if (!this.#complained) this.#order.complain(error instanceof Error ? error.message : String(error))
      this.#complained = true
    }
  }

  #grow(room: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(usualBytes, room, this.#waiting.length * 2))
    this.#waiting.copy(larger, 0, 0, this.#waitingBytes)
    this.#waiting = larger
  }

  /** Where the next batch goes. */
  async #file(): Promise<string> {
    const { folder, maxFileBytes, clock } = this.#order
    const day = dayOf(clock.nowMs())
    if (day !== this.#day) await this.#startDay(day)
    else if (this.#bytes >= maxFileBytes) {
      this.#number++
      this.#bytes = 0
    }
    return join(folder, nameOf(day, this.#number))
  }

  /** Goes on in the day's last file, so that restarts do not litter; removes what is too old. */
  async #startDay(day: string): Promise<void> {
    const { folder, maxFileBytes } = this.#order
    makeFolder(folder, 0o700)
    await chmod(folder, 0o700)
    const names = await readdir(folder)
    const numbers = names.map((name) => fileName.exec(name)).filter((found) => found?.[1] === day)
    this.#number = Math.max(0, ...numbers.map((found) => Number(found?.[2] ?? 0)))
    this.#bytes = await sizeOf(join(folder, nameOf(day, this.#number)))
    this.#day = day
    if (this.#bytes >= maxFileBytes) {
      this.#number++
      this.#bytes = 0
    }
    await this.#removeOld(names)
  }

  async #removeOld(names: readonly string[]): Promise<void> {
    const { folder, keepDays, clock } = this.#order
    const oldest = dayOf(clock.nowMs() - (keepDays - 1) * dayMs)
    const old = names.filter((name) => (fileName.exec(name)?.[1] ?? oldest) < oldest)
    await Promise.all(old.map((name) => unlink(join(folder, name)).catch(() => undefined)))
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

const nameOf = (day: string, number: number): string =>
  number === 0 ? `clutch-${day}.jsonl` : `clutch-${day}.${number}.jsonl`

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}
