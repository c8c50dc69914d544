/** A finished call as the ledger keeps it. */
import type { CacheNote } from '../compression/cache-note.ts'
import type { AttemptRecord, Call, CallRecord } from '../gateway/call.ts'
import type { Skipped } from '../routing/locate.ts'
import type { Target } from '../routing/target.ts'
import type { LedgerAttempt, LedgerCache, LedgerEntry, LedgerPlan } from '../store/ledger-entry.ts'
import { attributionOf } from './attribution.ts'
import type { AttemptCost, CallCost } from './call-cost.ts'

export function ledgerEntry(record: CallRecord, cost: CallCost, nowMs: number): LedgerEntry {
  const { call, plan, instead, attempts, lost, ending } = record
  const firstWordMs = attempts.at(-1)?.firstWordMs
  const whose = attributionOf(record)
  return {
    id: call.id,
    startedMs: call.startedMs,
    totalMs: nowMs - call.startedMs,
    agent: whose.agent,
    session: whose.session,
    subagent: whose.subagent,
    parent: whose.parent,
    project: whose.project,
    profile: call.profile.name,
    role: plan && roleIn(plan.rule),
    rule: plan?.rule,
    asked: call.model,
    dialect: call.dialect.id,
    stream: call.stream,
    status: statusOf(call),
    failure: ending.failure?.kind,
    firstWordMs: firstWordMs === undefined ? undefined : firstWordMs - call.startedMs,
    usage: ending.usage,
    cost: cost.total,
    unpricedAttempts: cost.unpriced,
    savedTokens: record.cache?.savedTokens ?? 0,
    lost,
    plan: planOf(record),
    cache: record.cache && cacheOf(record.cache, cost.missMicros),
    instead: instead && `${instead.name}: ${reasonOf(instead)}`,
    attempts: attempts.map((attempt, index) => ledgerAttempt(attempt, record, cost.attempts[index], nowMs)),
  }
}

const cacheOf = ({ miss, ...cache }: CacheNote, micros: number | undefined): LedgerCache => ({
  miss: miss && { micros, ...miss },
  ...cache,
})

/** Nothing where the attempts say it all: one target, and it was asked. */
function planOf({ plan, attempts }: CallRecord): LedgerPlan | undefined {
  if (!plan || (plan.skipped.length === 0 && plan.targets.length <= Math.min(1, attempts.length)))
    return undefined
  const targets = plan.targets.map(nameOf)
  const skipped = plan.skipped.map((one) => ({ name: one.name, because: reasonOf(one) }))
  return { targets, skipped, ...(plan.stays && { stays: true }) }
}

const nameOf = ({ provider, model, account }: Target): string =>
  account === undefined ? `${provider}/${model}` : `${provider}/${model} (key ${account})`

/** What an upstream said may quote a prompt, so its words behind a breaker or a cooldown are left out. */
function reasonOf({ because, obstacle }: Skipped): string {
  if (obstacle?.kind === 'breaker') return because.replace(/ \(.*$/s, '')
  return obstacle?.kind === 'cooldown' ? because.replace(/:.*$/s, '') : because
}

/** The reply of an attempt that spoke may still have failed: the call's ending says so. */
function ledgerAttempt(
  attempt: AttemptRecord,
  { ending }: CallRecord,
  used: AttemptCost | undefined,
  nowMs: number,
): LedgerAttempt {
  const { target, startedMs, firstWordMs } = attempt
  const failure = attempt.failure ?? (firstWordMs === undefined ? undefined : ending.failure)
  return {
    provider: target.provider,
    model: target.model,
    dialect: target.dialect,
    startedMs,
    firstWordMs: firstWordMs === undefined ? undefined : firstWordMs - startedMs,
    failure: failure?.kind,
    status: attempt.failure?.status,
    totalMs: (attempt.failedMs ?? nowMs) - startedMs,
    usage: used?.usage,
    cost: used?.cost,
  }
}

/** A rule that is a role is named so: `role big`, `role small (title), then role big`. */
function roleIn(rule: string): string | undefined {
  if (!rule.startsWith('role ')) return undefined
  const end = rule.search(/ \(|, /)
  return rule.slice('role '.length, end < 0 ? undefined : end)
}

const statusOf = ({ client }: Call): number | undefined =>
  'status' in client && typeof client.status === 'number' ? client.status : undefined
