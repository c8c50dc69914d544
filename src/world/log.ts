/** The log: one line of JSON per event, to a file and to the terminal. Secrets are taken out before any sink sees it. */
import type { Clock } from './clock.ts'
import type { Redactor } from './redact.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof levels)[number]
export type LogFields = Readonly<Record<string, unknown>>

interface LogSink {
  /** Lines below this level are not for this sink; absent: all are. */
  readonly from?: LogLevel | undefined
  /** `json` is one line; `human` makes the short form, for people. Both are free of secrets. */
  write(json: string, human: () => string): void
  flush(): Promise<void>
}

export interface LogParts {
  readonly level: LogLevel
  readonly clock: Clock
  readonly redactor: Redactor
  readonly sinks: readonly LogSink[]
}

export class Log {
  #parts: LogParts
  #threshold: number

  constructor(parts: LogParts) {
    this.#parts = parts
    this.#threshold = levels.indexOf(parts.level)
  }

  /** After a change of the configuration. */
  obey(changed: Pick<LogParts, 'level' | 'redactor'>): void {
    this.#parts = { ...this.#parts, ...changed }
    this.#threshold = levels.indexOf(changed.level)
  }

  /** Spares callers the work of gathering fields that nobody will read. */
  shows(level: LogLevel): boolean {
    return levels.indexOf(level) >= this.#threshold
  }

  debug(event: string, fields: LogFields = {}): void {
    this.write('debug', event, fields)
  }
  info(event: string, fields: LogFields = {}): void {
    this.write('info', event, fields)
  }
  warn(event: string, fields: LogFields = {}): void {
    this.write('warn', event, fields)
  }
  error(event: string, fields: LogFields = {}): void {
    this.write('error', event, fields)
  }

  /** `summary`: the short form's words, made only when somebody reads them; without it the fields are listed. */
  write(level: LogLevel, event: string, fields: LogFields, summary?: () => string): void {
    if (!this.shows(level)) return
    const { clock, redactor, sinks } = this.#parts
    const time = stamp(clock.nowMs())
    const line: Record<string, unknown> = { time, level, event }
    redactor.copy(fields, line)
    const json = JSON.stringify(line)
    const human = (): string =>
      redactor.text(`${time.slice(11, 19)} ${level.padEnd(5)} ${summary?.() ?? listed(line)}`)
    for (const sink of sinks) if (!isBelow(level, sink.from)) sink.write(json, human)
  }

  /**
   * A line whose fields are JSON already (`"name":value,…`): texts of others in it come from `quoted`, the rest are numbers
   * and words of ours. For the one line that every call has.
   */
  writeLine(level: LogLevel, event: string, fields: string, summary: () => string): void {
    if (!this.shows(level)) return
    const { clock, redactor, sinks } = this.#parts
    const time = stamp(clock.nowMs())
    const json = `{"time":"${time}","level":"${level}","event":"${event}",${fields}}`
    const human = (): string => redactor.text(`${time.slice(11, 19)} ${level.padEnd(5)} ${summary()}`)
    for (const sink of sinks) if (!isBelow(level, sink.from)) sink.write(json, human)
  }

  /** The text as JSON, free of secrets. */
  quoted(text: string): string {
    return this.#parts.redactor.quoted(text)
  }

  async flush(): Promise<void> {
    await Promise.all(this.#parts.sinks.map((sink) => sink.flush()))
  }
}

let stamped = { second: -1, text: '' }

/** ISO 8601. A second is written once, its milliseconds each time. */
function stamp(nowMs: number): string {
  const second = Math.floor(nowMs / 1000)
  if (second !== stamped.second)
    stamped = { second, text: new Date(second * 1000).toISOString().slice(0, 20) }
  return `${stamped.text}${String(nowMs - second * 1000).padStart(3, '0')}Z`
}

const isBelow = (level: LogLevel, limit: LogLevel | undefined): boolean =>
  limit !== undefined && levels.indexOf(level) < levels.indexOf(limit)

function listed({ time, level, event, ...fields }: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [event, ...parts].join(' ')
}

const batchMs = 100
const flushPatienceMs = 500
/** More than this waiting for a reader that does not read is thrown away. */
const maxWaitingChars = 4 * 1024 * 1024

export interface StreamSinkParts {
  /** Settles when the text is written or cannot be; never rejects. */
  readonly out: (text: string) => Promise<void>
  /** A terminal, where the short form is read. */
  readonly people: boolean
  readonly clock: Clock
  readonly from?: LogLevel
}

/**
 * Lines for a terminal or a pipe. One write at a time and never a synchronous one: whoever started us may not read
 * what we say, and must not bring us to a halt by that.
 */
export class StreamSink implements LogSink {
  readonly from: LogLevel | undefined
  readonly #parts: StreamSinkParts
  #waiting: string[] = []
  #waitingChars = 0
  #timer: (() => void) | undefined
  #writing: Promise<void> | undefined

  constructor(parts: StreamSinkParts) {
    this.#parts = parts
    this.from = parts.from
  }

  write(json: string, human: () => string): void {
    if (this.#waitingChars > maxWaitingChars) return
    const line = this.#parts.people ? human() : json
    this.#waiting.push(line)
    this.#waitingChars += line.length
    this.#timer ??= this.#parts.clock.after(batchMs, () => {
      this.#timer = undefined
      this.#writing ??= this.#writeAll()
    })
  }

  /** Gives up on a reader that does not read. */
  flush(): Promise<void> {
    this.#timer?.()
    this.#timer = undefined
    const written = this.#writing ?? this.#writeAll()
    this.#writing = written
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(flushPatienceMs, resolve)
      void written.then(() => {
        cancel()
        resolve()
      })
    })
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const text = `${this.#waiting.join('\n')}\n`
      this.#waiting = []
      this.#waitingChars = 0
      await this.#parts.out(text)
    }
    this.#writing = undefined
  }
}
