/** The ledger: calls with their attempts, gathered in memory and written a batch to a row, off a call's path. */
import type { Clock } from '../world/clock.ts'
import { makePrivateFile } from '../world/private-files.ts'
import { openSqlite, type Sqlite, SqliteError, type SqlStatement } from '../world/sqlite.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { rowText } from './ledger-row.ts'
import {
  callsEndedFrom,
  insertBatch,
  ledgerTable,
  ledgerVersion,
  ledgerViews,
  mostCallsInBatch,
} from './ledger-tables.ts'
import { takeOver } from './ledger-takeover.ts'

export interface LedgerOrder {
  readonly file: string
  /** Calls that ended longer ago go. */
  readonly keepDays: number
  readonly clock: Clock
  /** Told once when the file cannot be written; the gateway goes on without it. */
  readonly complain: (because: string) => void
  readonly open?: (file: string) => Sqlite
}

const batchMs = 200
/** After the disk refused: it is asked again this much later. */
const refusedMs = 2_000
/** What waits for a disk that refuses is bounded; beyond it the oldest go. */
const maxWaiting = 20_000
/** Old batches go until so many calls are gone, then the rest waits, so that no call waits for the cleaning. */
const sliceCalls = 500
const sliceMs = 100
const cleanEveryMs = 6 * 60 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000
/** For another gateway that writes the same file; this one waits on the event loop rather than in here. */
const busyMs = 50

export class Ledger {
  readonly #order: LedgerOrder
  readonly #database: Sqlite
  readonly #insertBatch: SqlStatement
  /** As text: what waits outlives the young memory, and one text is cheaper to keep there than an entry's parts. */
  #waiting: string[] = []
  #endedMs = 0
  #timer: (() => void) | undefined
  #cleaning: (() => void) | undefined
  #complained = false
  #closed = false

  /** Throws SqliteError when there is no driver or the file cannot be used. */
  constructor(order: LedgerOrder) {
    this.#order = order
    this.#database = openLedger(order)
    this.#insertBatch = this.#database.prepare(insertBatch)
    this.#clean()
  }

  /** Never throws, never waits for the disk. */
  record(entry: LedgerEntry): void {
    if (this.#closed) return
    this.#waiting.push(rowText(entry))
    this.#endedMs = Math.max(this.#endedMs, entry.startedMs + entry.totalMs)
    this.#timer ??= this.#order.clock.after(batchMs, () => this.flush())
  }

  /** Writes what waits, each batch whole or not at all. What the disk refuses waits on. */
  flush(): void {
    this.#timer?.()
    this.#timer = undefined
    while (this.#waiting.length > 0) {
      const because = this.#write(this.#waiting.slice(0, mostCallsInBatch))
      if (because !== undefined) {
        this.#waitOn(because)
        return
      }
      this.#waiting = this.#waiting.slice(mostCallsInBatch)
    }
  }

  #waitOn(because: string): void {
    this.#complain(because)
    this.#waiting.splice(0, this.#waiting.length - maxWaiting)
    if (!this.#closed) this.#timer = this.#order.clock.after(refusedMs, () => this.flush())
  }

  /** Writes what waits and lets the file go; afterwards nothing is recorded. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#cleaning?.()
    this.flush()
    this.#database.close()
  }

  /** Why the disk refused; nothing of the batch is written then. */
  #write(rows: readonly string[]): string | undefined {
    try {
      this.#insertBatch.run([rows.length, `[${rows.join(',')}]`, callsEndedFrom(this.#endedMs)])
      return undefined
    } catch (error) {
      return wordsOf(error)
    }
  }

  /** Removes what is too old, a slice at a time, and comes back for more. */
  #clean(): void {
    const { clock, keepDays } = this.#order
    const isMore = this.#removeSlice(clock.nowMs() - keepDays * dayMs)
    this.#cleaning = clock.after(isMore ? sliceMs : cleanEveryMs, () => this.#clean())
  }

  /** Says whether there may be more. A batch goes when the last of its calls may. */
  #removeSlice(beforeMs: number): boolean {
    const before = callsEndedFrom(beforeMs)
    const slice = `select first, sum(last - first + 1) over (order by first) - (last - first + 1) as calls_before
      from call_batches where first < ${before} and last < ${before} order by first limit ${sliceCalls}`
    try {
      this.#database.exec(
        `delete from call_batches where first in (select first from (${slice}) where calls_before < ${sliceCalls})`,
      )
      const [removed] = this.#database.prepare('select changes() as batches').all()
      return removed?.['batches'] !== 0
    } catch (error) {
      this.#complain(wordsOf(error))
      return false
    }
  }

  #complain(because: string): void {
    if (!this.#complained) this.#order.complain(because)
    this.#complained = true
  }
}

function openLedger({ file, open = openSqlite }: LedgerOrder): Sqlite {
  try {
    makePrivateFile(file)
  } catch (error) {
    throw new SqliteError(wordsOf(error), { cause: error })
  }
  const database = open(file)
  try {
    database.exec(`pragma busy_timeout = ${busyMs * 20}`)
    if (versionOf(database) > ledgerVersion)
      throw new SqliteError(`${file} was written by a newer version of Clutch`)
    database.exec('pragma journal_mode = wal')
    database.exec('pragma synchronous = normal')
    makeTables(database)
    database.exec(`pragma busy_timeout = ${busyMs}`)
    return database
  } catch (error) {
    database.close()
    throw error instanceof SqliteError
      ? error
      : new SqliteError(`${file}: ${wordsOf(error)}`, { cause: error })
  }
}

/** In one transaction: another gateway may be opening the same file. */
function makeTables(database: Sqlite): void {
  database.exec('begin immediate')
  const version = versionOf(database)
  if (version > 0 && version < ledgerVersion) database.exec(takeOver(version))
  if (version < ledgerVersion)
    database.exec(`${ledgerTable}${ledgerViews}pragma user_version = ${ledgerVersion}`)
  database.exec('commit')
}

/** Nothing was ever written to it: false. Throws SqliteError when another version has to take it over first. */
export function isLedger(database: Sqlite): boolean {
  const version = versionOf(database)
  if (version === 0) return false
  if (version < ledgerVersion)
    throw new SqliteError('an older version wrote the ledger; clutch serve takes it over')
  if (version > ledgerVersion) throw new SqliteError('a newer version of Clutch wrote the ledger')
  return true
}

function versionOf(database: Sqlite): number {
  const version = database.prepare('pragma user_version').all()[0]?.['user_version']
  return typeof version === 'number' ? version : 0
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
