/** What a call used counts against the quotas of everybody who was asked for it, heard or not. */
import type { CallRecord } from '../gateway/call.ts'
import type { HealthBook } from '../routing/health.ts'
import type { CallCost } from './call-cost.ts'

/** The tokens of a reply that was heard have been counted when it ended. */
export function chargeQuotas(
  book: HealthBook,
  { attempts }: CallRecord,
  { attempts: costs }: CallCost,
  nowMs: number,
): void {
  for (const [index, { target, firstWordMs }] of attempts.entries()) {
    const { usage, cost } = costs[index] ?? {}
    const unheard = firstWordMs === undefined ? usage : undefined
    const tokens = unheard ? unheard.input + unheard.cacheRead + unheard.cacheWrite + unheard.output : 0
    const dollars = (cost?.micros ?? 0) / 1e6
    if (tokens > 0 || dollars > 0) book.spent(target, { tokens, dollars }, nowMs)
  }
}
