/** The budgets of a running gateway: asked before each call, told after it, remembered over a restart. */
import type { Settings } from '../config/settings.ts'
import type { Call, CallRecord } from '../gateway/call.ts'
import type { Admission } from '../policy/admission.ts'
import { BudgetBook, type RuleReport } from '../policy/budget-book.ts'
import type { Subject } from '../policy/rules.ts'
import prices from '../store/prices/snapshot.json' with { type: 'json' }
import { PriceBook } from '../store/prices.ts'
import { StateFolder } from '../store/state-folder.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import { agentOf } from './call-log.ts'
import { costOf } from './ledger-call.ts'

export interface OpenBudgets {
  admit(call: Call): Admission
  /** What the call cost, in dollars; undefined: nobody knows. */
  settle(record: CallRecord, nowMs: number): number | undefined
  /** After a change of the configuration. */
  obey(settings: Settings): void
  report(nowMs: number): readonly RuleReport[]
  /** Writes what changed, now. */
  save(): void
  /** The same, and nothing after that. */
  close(): void
}

const name = 'budgets'

export function openBudgets(settings: Settings, clock: Clock, log: Log): OpenBudgets {
  const book = new BudgetBook(settings)
  const priceBook = new PriceBook(prices)
  const unpriced = new Unpriced(log)
  const folder = settings.stateFolder
  const complain = (because: string): void => log.warn('state-not-saved', { folder, because })
  const state = folder === undefined ? undefined : new StateFolder({ folder, clock, complain })
  book.restore(state?.load(name))
  const changed = (): void => {
    if (book.isIdle) return
    state?.save(name, () => book.snapshot())
  }
  return {
    admit: (call) => {
      if (book.isIdle) return book.welcome
      const admission = book.admit(subjectOf(call), clock.nowMs())
      changed()
      return admission
    },
    settle: (record, nowMs) => {
      const { input, cacheWrite, output } = record.ending.usage
      const cost = costOf(record, priceBook)
      const dollars = cost && cost.micros / 1e6
      if (book.isIdle) return dollars
      if (!cost && book.countsDollars) unpriced.tell(record)
      const used = { tokens: input + cacheWrite + output, ...(dollars !== undefined && { dollars }) }
      book.charge(subjectOf(record.call), used, nowMs)
      changed()
      return dollars
    },
    obey: (changedSettings) => book.obey(changedSettings),
    report: (nowMs) => book.report(nowMs),
    save: () => state?.flush(),
    close: () => state?.close(),
  }
}

const subjectOf = ({ profile, key, headers }: Call): Subject => ({
  profile: profile.name,
  agent: agentOf(headers['user-agent']),
  ...(key !== undefined && { key }),
})

/** A budget of money cannot count what has no price: said once for each model. */
class Unpriced {
  readonly #log: Log
  readonly #told = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  tell({ attempts }: CallRecord): void {
    const target = attempts.at(-1)?.target
    const model = target && `${target.provider}/${target.model}`
    if (model === undefined || this.#told.has(model) || this.#told.size > 500) return
    this.#told.add(model)
    this.#log.warn('budget-blind', {
      model,
      because:
        'nobody knows its price (or its upstream reports no usage), so budgets of money do not count it',
    })
  }
}
