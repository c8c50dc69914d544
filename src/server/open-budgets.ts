/** The budgets of a running gateway: asked before each call, told after it, remembered over a restart. */
import type { Settings } from '../config/settings.ts'
import { noUsage } from '../conversation/reply.ts'
import type { Call, CallRecord } from '../gateway/call.ts'
import type { Admission } from '../policy/admission.ts'
import { BudgetBook, type RuleReport, type Used } from '../policy/budget-book.ts'
import type { Subject } from '../policy/rules.ts'
import { modelName } from '../routing/target.ts'
import { StateFolder } from '../store/state-folder.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import type { CallCost } from './call-cost.ts'
import { agentOf } from './call-log.ts'

export interface OpenBudgets {
  admit(call: Call): Admission
  /** What a call used is counted, its failed attempts included. */
  settle(record: CallRecord, cost: CallCost, nowMs: number): void
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
    settle: (record, cost, nowMs) => {
      if (book.isIdle) return
      if (cost.unpriced > 0 && book.countsDollars) unpriced.tell(record, cost)
      book.charge(subjectOf(record.call), usedBy(cost), nowMs)
      changed()
    },
    obey: (changedSettings) => book.obey(changedSettings),
    report: (nowMs) => book.report(nowMs),
    save: () => state?.flush(),
    close: () => state?.close(),
  }
}

/** What came out of a cache had not to be computed. */
function usedBy({ attempts, total }: CallCost): Used {
  const tokens = attempts.reduce(
    (sum, { usage = noUsage }) => sum + usage.input + usage.cacheWrite + usage.output,
    0,
  )
  return { tokens, ...(total && { dollars: total.micros / 1e6 }) }
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

  tell({ attempts }: CallRecord, { attempts: costs }: CallCost): void {
    for (const [index, { target }] of attempts.entries())
      if (!costs[index]?.cost) this.#tell(modelName(target))
  }

  #tell(model: string): void {
    if (this.#told.has(model) || this.#told.size > 500) return
    this.#told.add(model)
    this.#log.warn('budget-blind', {
      model,
      because:
        'nobody knows its price (or its upstream reports no usage), so budgets of money do not count it',
    })
  }
}
