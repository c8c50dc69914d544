/** Where the ledger is and for how long it remembers. */
import { join } from 'node:path'
import { kept } from './numbers.ts'
import type { LedgerSettings } from './settings.ts'
import { byDefault, type Sources } from './sources.ts'

/** `"ledger": false` keeps none. */
export function resolveLedger(sources: Sources, stateFolder: string): { readonly ledger?: LedgerSettings } {
  const said = sources.inFile(sources.file.value.ledger, ['ledger'])
  if (said?.value === false) {
    sources.note('ledger', said.source)
    return {}
  }
  const named = said?.value ? sources.inFile(said.value.keep_days, ['ledger', 'keep_days']) : undefined
  const file = kept(sources, 'ledger.file', byDefault(join(stateFolder, 'ledger.db')))
  return { ledger: { file, keepDays: kept(sources, 'ledger.keepDays', named ?? byDefault(90)) } }
}
