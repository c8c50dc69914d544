/** A log on disk: lines are gathered and written in batches, files change by day and size, old ones go. */
import { appendFile, chmod, mkdir, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from './clock.ts'

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
const maxWaitingChars = 8 * 1024 * 1024
const fileName = /^clutch-(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/
const dayMs = 24 * 60 * 60 * 1000

export class LogFile {
  readonly #order: LogFileOrder
  #waiting: string[] = []
  #waitingChars = 0
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
    if (this.#waitingChars > maxWaitingChars) {
      this.#dropped++
      return
    }
    this.#waiting.push(line)
    this.#waitingChars += line.length
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
    if (this.#waiting.length === 0) return
    const lines = this.#waiting
    this.#waiting = []
    this.#waitingChars = 0
    if (this.#dropped > 0)
      lines.push(JSON.stringify({ level: 'warn', event: 'log-lines-dropped', count: this.#dropped }))
    this.#dropped = 0
    const text = `${lines.join('\n')}\n`
    try {
      await appendFile(await this.#file(), text, { mode: 0o600 })
      this.#bytes += Buffer.byteLength(text)
    } catch (error) {
      if (!this.#complained) this.#order.complain(error instanceof Error ? error.message : String(error))
      this.#complained = true
    }
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
    await mkdir(folder, { recursive: true, mode: 0o700 })
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
