/** A call explained without being made: the plan, and what each target would be sent. */
import type { Settings } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import type { Loss } from '../conversation/loss.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { SessionProfile } from '../policy/session-profiles.ts'
import { Affinity } from '../routing/affinity.ts'
import { HealthBook } from '../routing/health.ts'
import type { Outline } from '../routing/outline.ts'
import type { DialectChoice, Plan } from '../routing/plan.ts'
import { healthRules } from '../routing/quotas.ts'
import { type Target, targetName } from '../routing/target.ts'
import { lengthOf } from '../wire/exchange.ts'
import { withAccount } from './account.ts'
import { type Call, isFailure } from './call.ts'
import { CallReader } from './call-reader.ts'
import { type DescribedSession, describeSession, type Elsewhere } from './describe-session.ts'
import { detoured } from './detour.ts'
import { explainNoTarget } from './explain-no-target.ts'
import { outlineOf, type PlanningParts, planFor } from './planning.ts'
import { shapeRequest } from './shape.ts'
import { Vault } from './vault.ts'

export interface Explanation extends Pick<Plan, 'asked' | 'rule' | 'skipped'> {
  readonly outline?: Outline
  readonly targets: readonly DescribedTarget[]
  /** Where the session has its prompt cache, and what that means for this request. */
  readonly session?: DescribedSession
  /** Other sessions that ask for this and stay with another target than the first. */
  readonly elsewhere: readonly Elsewhere[]
  /** What the client would be told, when there is no target. */
  readonly refusal?: string
}

interface DescribedTarget {
  readonly name: string
  readonly dialect: DialectId
  readonly url?: string
  /** Credentials masked. */
  readonly headers: Readonly<Record<string, string>>
  readonly bodyBytes: number
  readonly lost: readonly Loss[]
  /** Why it would fail before anything is sent. */
  readonly because?: string
}

/** What a running gateway knows; absent: what one that has just started does. */
export interface KnownToPlanning
  extends Partial<Pick<PlanningParts, 'health' | 'affinity' | 'lastResort' | 'localWindow'>> {
  /** The profile that a session was put on for a while. */
  readonly placeOf?: (session: string) => SessionProfile | undefined
}

export function describeCall(
  asked: Call,
  settings: Settings,
  dialects: Readonly<Record<DialectId, Dialect>>,
  chooseDialect: DialectChoice,
  nowMs: number,
  known: KnownToPlanning = {},
): Explanation {
  const { health = new HealthBook(healthRules(settings)), affinity = new Affinity(), placeOf } = known
  const reader = new CallReader(asked, new Vault())
  const place = placeOf?.(reader.session.session)
  const call = place ? detoured(asked, place, settings) : asked
  const plan = planFor(call, reader, nowMs, { settings, chooseDialect, ...known, health, affinity })
  const seen = outlineOf(call, reader)
  const describe = (target: Target): DescribedTarget =>
    describeTarget(target, call, reader, settings, dialects)
  return {
    asked: plan.asked,
    rule: plan.rule,
    skipped: plan.skipped.map(({ name, because }) => ({ name, because })),
    ...(seen && { outline: seen }),
    targets: plan.targets.map(describe),
    ...describeSession(call, reader, plan, affinity, nowMs),
    ...(plan.targets.length === 0 && { refusal: explainNoTarget(call, plan, settings, nowMs).message }),
  }
}

function describeTarget(
  target: Target,
  call: Call,
  reader: CallReader,
  settings: Settings,
  dialects: Readonly<Record<DialectId, Dialect>>,
): DescribedTarget {
  const base = { name: targetName(target), dialect: target.dialect, headers: {}, bodyBytes: 0, lost: [] }
  const configured = settings.providers[target.provider]
  if (!configured) return { ...base, because: 'the provider is not configured' }
  const keyed = withAccount(configured, target)
  const shaped = shapeRequest(
    call,
    reader,
    target,
    keyed,
    dialects,
    settings.limits,
    settings.nativeFallbacks,
  )
  if (isFailure(shaped)) return { ...base, because: shaped.message }
  const headers = Object.entries(shaped.headers).map(([name, value]) => [name, masked(name, value)])
  return {
    ...base,
    url: shaped.url.replace(/([?&](?:key|api[_-]?key|token)=)[^&]+/gi, '$1…'),
    headers: Object.fromEntries(headers),
    bodyBytes: lengthOf(shaped.body),
    lost: shaped.lost,
  }
}

const masked = (name: string, value: string): string =>
  /auth|key|token|cookie|secret/i.test(name) ? `… (${value.length} characters)` : value
