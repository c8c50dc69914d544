/** An entry of the ledger, from the list as which it was written. Older versions wrote fewer fields. */
import type { Usage } from '../conversation/reply.ts'
import { asList, asObject, asText, type Json } from '../wire/json.ts'
import type { LedgerAttempt, LedgerCache, LedgerCost, LedgerEntry, LedgerPlan } from './ledger-entry.ts'
import { attemptFields, attemptPlace, cachePlace, place, usePlace } from './ledger-row.ts'

export type Cells = readonly Json[]
type Cell = Json | undefined

export function entryOf(row: Cells): LedgerEntry {
  const usage = usageIn(row)
  const call = { startedMs: count(row[place.started_ms]), totalMs: count(row[place.total_ms]) }
  const cost = costIn(row[place.cost_micros], row[place.prices])
  const lost = asText(row[place.lost])
  return {
    id: asText(row[place.id]) ?? '',
    ...call,
    firstWordMs: known(row[place.first_word_ms]),
    agent: asText(row[place.agent]) ?? '',
    session: asText(row[place.session]),
    subagent: asText(row[place.subagent]),
    parent: asText(row[place.parent]),
    project: asText(row[place.project]),
    profile: asText(row[place.profile]) ?? '',
    role: asText(row[place.role]),
    rule: asText(row[place.rule]),
    asked: asText(row[place.asked]) ?? '',
    dialect: asText(row[place.dialect]) ?? '',
    stream: row[place.stream] === 1,
    status: known(row[place.status]),
    failure: asText(row[place.failure]),
    usage,
    cost,
    unpricedAttempts: count(row[place.unpriced_attempts]),
    savedTokens: count(row[place.saved_tokens]),
    lost: lost === undefined ? nothing : lost.split(','),
    plan: planIn(row[place.plan]),
    instead: asText(row[place.instead]),
    cache: cacheIn(row[place.cache]),
    attempts: asList(row[place.attempts]).map((attempt) =>
      attemptIn(asList(attempt), { ...call, usage, cost }),
    ),
  }
}

const nothing: readonly string[] = []

function usageIn(row: Cells): Usage {
  const thinking = known(row[place.thinking])
  const usage = {
    input: count(row[place.input]),
    cacheRead: count(row[place.cache_read]),
    cacheWrite: count(row[place.cache_write]),
    output: count(row[place.output]),
  }
  return thinking === undefined ? usage : { ...usage, thinking }
}

function costIn(micros: Cell, prices: Cell): LedgerCost | undefined {
  return typeof prices === 'string' ? { micros: count(micros), prices } : undefined
}

function planIn(cell: Cell): LedgerPlan | undefined {
  const { targets, skipped, stays } = asObject(cell)
  if (targets === undefined) return undefined
  return {
    targets: asList(targets).flatMap((name) => asText(name) ?? []),
    skipped: asList(skipped).map((pair) => {
      const [name, because] = asList(pair)
      return { name: asText(name) ?? '', because: asText(because) ?? '' }
    }),
    ...(stays === true && { stays: true }),
  }
}

function cacheIn(cell: Cell): LedgerCache | undefined {
  const cells = asList(cell)
  const level = asText(cells[cachePlace.cache_level])
  if (level === undefined) return undefined
  const causes = asText(cells[cachePlace.miss])?.split(',')
  return {
    level,
    bodyBytes: count(cells[cachePlace.body_bytes]),
    sameBytes: count(cells[cachePlace.same_bytes]),
    keptBytes: count(cells[cachePlace.kept_bytes]),
    savedBytes: count(cells[cachePlace.saved_bytes]),
    miss: causes && {
      causes,
      detail: asText(cells[cachePlace.miss_detail]),
      tokens: count(cells[cachePlace.miss_tokens]),
      micros: known(cells[cachePlace.miss_micros]),
    },
  }
}

type CallOfAttempt = Pick<LedgerEntry, 'startedMs' | 'totalMs' | 'usage' | 'cost'>

function attemptIn(cells: Cells, call: CallOfAttempt): LedgerAttempt {
  const afterMs = count(cells[attemptPlace.after_ms])
  const isTheCall = cells.length <= attemptFields.length
  return {
    provider: asText(cells[attemptPlace.provider]) ?? '',
    model: asText(cells[attemptPlace.model]) ?? '',
    dialect: asText(cells[attemptPlace.dialect]) ?? '',
    startedMs: call.startedMs + afterMs,
    firstWordMs: known(cells[attemptPlace.first_word_ms]),
    failure: asText(cells[attemptPlace.failure]),
    status: known(cells[attemptPlace.status]),
    totalMs: isTheCall ? call.totalMs - afterMs : known(cells[usePlace.total_ms]),
    usage: isTheCall ? call.usage : usedIn(cells),
    cost: isTheCall ? call.cost : costIn(cells[usePlace.cost_micros], cells[usePlace.prices]),
  }
}

/** undefined: nobody said how much. */
function usedIn(cells: Cells): Usage | undefined {
  const input = known(cells[usePlace.input])
  if (input === undefined) return undefined
  return {
    input,
    cacheRead: count(cells[usePlace.cache_read]),
    cacheWrite: count(cells[usePlace.cache_write]),
    output: count(cells[usePlace.output]),
  }
}

const known = (cell: Cell): number | undefined => (typeof cell === 'number' ? cell : undefined)

/** 0 where there is none: sums of nothing. */
const count = (cell: Cell): number => (typeof cell === 'number' ? cell : 0)
