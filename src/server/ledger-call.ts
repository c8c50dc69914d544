/** A finished call as the ledger keeps it. */
import type { AttemptRecord, Call, CallRecord } from '../gateway/call.ts'
import type { Skipped } from '../routing/locate.ts'
import type { Target } from '../routing/target.ts'
import type { LedgerAttempt, LedgerEntry } from '../store/ledger-entry.ts'
import type { Cost, PriceBook } from '../store/prices.ts'
import { attributionOf } from './attribution.ts'

export function ledgerEntry(record: CallRecord, nowMs: number, prices: PriceBook): LedgerEntry {
  const { call, plan, attempts, lost, ending } = record
  const role = /^role (.+)$/.exec(plan?.rule ?? '')?.[1]
  const status = statusOf(call)
  const firstWordMs = attempts.at(-1)?.firstWordMs
  const cost = costOf(record, prices)
  return {
    id: call.id,
    startedMs: call.startedMs,
    totalMs: nowMs - call.startedMs,
    ...attributionOf(record),
    profile: call.profile.name,
    ...(role !== undefined && { role }),
    ...(plan && { rule: plan.rule }),
    asked: call.model,
    dialect: call.dialect.id,
    stream: call.stream,
    ...(status !== undefined && { status }),
    ...(ending.failure && { failure: ending.failure.kind }),
    ...(firstWordMs !== undefined && { firstWordMs: firstWordMs - call.startedMs }),
    usage: ending.usage,
    ...(cost && { cost }),
    savedTokens: 0,
    lost,
    ...planOf(record),
    attempts: attempts.map((attempt) => ledgerAttempt(attempt, record)),
  }
}

/** Nothing where the attempts say it all: one target, and it was asked. */
function planOf({ plan, attempts }: CallRecord): Pick<LedgerEntry, 'plan'> {
  if (!plan || (plan.skipped.length === 0 && plan.targets.length <= Math.min(1, attempts.length))) return {}
  const targets = plan.targets.map(nameOf)
  const skipped = plan.skipped.map((one) => ({ name: one.name, because: reasonOf(one) }))
  return { plan: { targets, skipped, ...(plan.stays && { stays: true }) } }
}

const nameOf = ({ provider, model, account }: Target): string =>
  account === undefined ? `${provider}/${model}` : `${provider}/${model} (key ${account})`

/** What an upstream said may quote a prompt, so its words behind a breaker or a cooldown are left out. */
function reasonOf({ because, obstacle }: Skipped): string {
  if (obstacle?.kind === 'breaker') return because.replace(/ \(.*$/s, '')
  return obstacle?.kind === 'cooldown' ? because.replace(/:.*$/s, '') : because
}

/** The reply of an attempt that spoke may still have failed: the call's ending says so. */
function ledgerAttempt(attempt: AttemptRecord, { ending }: CallRecord): LedgerAttempt {
  const { target, startedMs, firstWordMs } = attempt
  const failure = attempt.failure ?? (firstWordMs === undefined ? undefined : ending.failure)
  return {
    provider: target.provider,
    model: target.model,
    dialect: target.dialect,
    startedMs,
    ...(firstWordMs !== undefined && { firstWordMs: firstWordMs - startedMs }),
    ...(failure && { failure: failure.kind }),
    ...(attempt.failure?.status !== undefined && { status: attempt.failure.status }),
  }
}

/** A call that nobody answered used nothing. */
const nothing: Cost = { micros: 0, prices: 'none' }

export function costOf({ attempts, ending }: CallRecord, prices: PriceBook): Cost | undefined {
  const last = attempts.at(-1)
  if (last?.firstWordMs === undefined) return nothing
  return prices.costOf(last.target.provider, last.target.model, ending.usage)
}

const statusOf = ({ client }: Call): number | undefined =>
  'status' in client && typeof client.status === 'number' ? client.status : undefined
