/** What a call cost, attempt by attempt: also those that nobody heard, where their upstream said what they used. */
import type { Miss } from '../compression/cache-note.ts'
import type { Failure } from '../conversation/failure.ts'
import { noUsage, type Usage } from '../conversation/reply.ts'
import type { AttemptRecord, CallRecord } from '../gateway/call.ts'
import snapshot from '../store/prices/snapshot.json' with { type: 'json' }
import { type Cost, PriceBook } from '../store/prices.ts'

export interface AttemptCost {
  /** undefined: it used something, and nobody said how much. */
  readonly usage?: Usage | undefined
  /** undefined: nobody knows. */
  readonly cost?: Cost | undefined
}

export interface CallCost {
  /** In the order of the call's attempts. */
  readonly attempts: readonly AttemptCost[]
  /** Of all attempts whose cost is known; undefined: of none that used something. */
  readonly total: Cost | undefined
  /** How many used an amount that nobody knows. */
  readonly unpriced: number
  /** What a missed cache cost beyond reading it. */
  readonly missMicros?: number | undefined
}

const nothing: Cost = { micros: 0, prices: 'none' }
const unused: AttemptCost = { usage: noUsage, cost: nothing }

/** By the prices that come with this version. */
export function priced(): (record: CallRecord) => CallCost {
  const book = new PriceBook(snapshot)
  return (record) => {
    const cost = callCost(record, book)
    return record.cache?.miss ? { ...cost, missMicros: missCost(record, record.cache.miss, book) } : cost
  }
}

/** undefined: nobody knows. */
function missCost({ attempts }: CallRecord, { tokens }: Miss, prices: PriceBook): number | undefined {
  const target = attempts.at(-1)?.target
  if (!target) return undefined
  const { provider, model } = target
  const wrote = prices.costOf(provider, model, { ...noUsage, cacheWrite: tokens })
  const read = prices.costOf(provider, model, { ...noUsage, cacheRead: tokens })
  return wrote && read && wrote.micros - read.micros
}

export function callCost({ attempts, ending }: CallRecord, prices: PriceBook): CallCost {
  const [only] = attempts
  if (only && attempts.length === 1) {
    const cost = attemptCost(only, ending.usage, prices)
    return { attempts: [cost], unpriced: cost.cost ? 0 : 1, total: cost.cost }
  }
  const costs = attempts.map((attempt) => attemptCost(attempt, ending.usage, prices))
  const known = costs.flatMap(({ cost }) => cost ?? [])
  const unpriced = costs.length - known.length
  return { attempts: costs, unpriced, total: totalOf(known, unpriced) }
}

/** The snapshot that is named is the one of the last attempt that had a price. */
function totalOf(known: readonly Cost[], unpriced: number): Cost | undefined {
  const priced = known.findLast(({ prices }) => prices !== nothing.prices)
  if (!priced) return unpriced > 0 ? undefined : nothing
  return { micros: known.reduce((sum, { micros }) => sum + micros, 0), prices: priced.prices }
}

function attemptCost(
  { target, firstWordMs, failure, usage }: AttemptRecord,
  heard: Usage,
  prices: PriceBook,
): AttemptCost {
  const said = firstWordMs === undefined ? usage : heard
  const used = said && said.input + said.cacheRead + said.cacheWrite + said.output > 0 ? said : undefined
  if (!used && firstWordMs === undefined && isFree(failure)) return unused
  return { usage: used, cost: prices.costOf(target.provider, target.model, used ?? noUsage) }
}

/** Refusals are not charged. What answered, or may have, and was not heard to its end may have been. */
function isFree(failure: Failure | undefined): boolean {
  switch (failure?.kind) {
    case 'timeout':
    case 'garbled':
    case 'cut':
    case 'client-left':
    case 'internal':
      return false
    default:
      return true
  }
}
