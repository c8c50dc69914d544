/** The ledger of a running gateway. Without one the gateway serves all the same, and says so once. */
import type { Settings } from '../config/settings.ts'
import type { CallRecord } from '../gateway/call.ts'
import { Ledger } from '../store/ledger.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import { SqliteError } from '../world/sqlite.ts'
import type { CallCost } from './call-cost.ts'
import { ledgerEntry } from './ledger-call.ts'

export interface CallBook {
  record(record: CallRecord, cost: CallCost, nowMs: number): void
  /** Writes what waits. */
  close(): void
}

const none: CallBook = { record: () => undefined, close: () => undefined }

export function openLedger({ ledger: wanted }: Pick<Settings, 'ledger'>, clock: Clock, log: Log): CallBook {
  if (!wanted) return none
  const complain = (because: string): void => log.warn('no-ledger', { file: wanted.file, because })
  try {
    const ledger = new Ledger({ ...wanted, clock, complain })
    return {
      record: (record, cost, nowMs) => ledger.record(ledgerEntry(record, cost, nowMs)),
      close: () => ledger.close(),
    }
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error
    complain(error.message)
    return none
  }
}
