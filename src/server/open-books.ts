/** What a running gateway keeps of its calls: what outlives the process, and what is forgotten with it. */
import type { Settings } from '../config/settings.ts'
import type { CallRecord } from '../gateway/call.ts'
import { Affinity } from '../routing/affinity.ts'
import { HeardLimitsBook } from '../routing/heard-limits.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import { priced } from './call-cost.ts'
import { logCall } from './call-log.ts'
import { chargeQuotas } from './charge-quotas.ts'
import { type OpenBudgets, openBudgets } from './open-budgets.ts'
import { type OpenCompression, openCompression } from './open-compression.ts'
import { type OpenHealth, openHealth } from './open-health.ts'
import { openLedger } from './open-ledger.ts'
import { type OpenSessionProfiles, openSessionProfiles } from './open-session-profiles.ts'
import { type OpenTokens, openTokens } from './open-tokens.ts'

export interface OpenBooks {
  readonly health: OpenHealth
  readonly budgets: OpenBudgets
  readonly tokens: OpenTokens
  readonly sessions: OpenSessionProfiles
  readonly compression: OpenCompression
  readonly affinity: Affinity
  readonly heardLimits: HeardLimitsBook
  /** A call is over. */
  settle(record: CallRecord): void
  /** After a change of the configuration. */
  obey(settings: Settings): void
  /** Writes what another process has to know to go on from here. */
  save(): void
  /** The same, and nothing of it after that: another process goes on with it. */
  handOver(): void
  /** Writes everything and lets go of it. */
  close(): void
}

export function openBooks(settings: Settings, clock: Clock, log: Log): OpenBooks {
  const ledger = openLedger(settings, clock, log)
  const health = openHealth(settings, clock, log)
  const budgets = openBudgets(settings, clock, log)
  const tokens = openTokens(settings, clock, log)
  const sessions = openSessionProfiles(settings, clock, log)
  const compression = openCompression(settings, clock, log)
  const kept = [budgets, tokens, health, sessions, compression]
  const handOver = (): void => {
    for (const book of kept) book.close()
  }
  const costOf = priced()
  return {
    health,
    budgets,
    tokens,
    sessions,
    compression,
    affinity: new Affinity(),
    heardLimits: new HeardLimitsBook(),
    settle: (record) => {
      const nowMs = clock.nowMs()
      logCall(log, record, nowMs)
      const cost = costOf(record)
      ledger.record(record, cost, nowMs)
      tokens.heard(record)
      budgets.settle(record, cost, nowMs)
      chargeQuotas(health.book, record, cost, nowMs)
      health.changed()
    },
    obey: (next) => {
      budgets.obey(next)
      compression.obey(next)
    },
    save: () => {
      for (const book of kept) book.save()
    },
    handOver,
    close: () => {
      ledger.close()
      handOver()
    },
  }
}
