/** One call, read back from the ledger: what was planned, what was tried, how it ended. Reads while a gateway writes. */
import { openSqlite } from '../world/sqlite.ts'
import { isLedger } from './ledger.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { callOf } from './ledger-reader.ts'

/** undefined: the ledger has no call of that id (or has it no more). Throws SqliteError, and what SQLite throws. */
export function storyOf(file: string, id: string): LedgerEntry | undefined {
  const database = openSqlite(file)
  try {
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma query_only = 1')
    return isLedger(database) ? callOf(database, id) : undefined
  } finally {
    database.close()
  }
}
