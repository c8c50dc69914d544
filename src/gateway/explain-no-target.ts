/** Why a call can go nowhere, in words that end with what to type next. */
import type { Settings } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import { type Admission, welcome } from '../policy/admission.ts'
import type { Plan } from '../routing/plan.ts'
import type { Call } from './call.ts'

export function explainNoTarget(
  call: Call,
  plan: Plan,
  settings: Settings,
  nowMs: number,
  admission: Admission = welcome,
): Failure {
  if (admission.kind !== 'welcome' && plan.targets.length === 0) return admission.failure
  if (plan.tooLargeFor !== undefined) return tooLarge(call, plan.tooLargeFor)
  if (plan.targets.length > 0) return justClosed
  if (plan.skipped.length > 0) {
    const reasons = plan.skipped.map(({ name, because }) => `${name}: ${because}`).join('; ')
    const later = soonest(plan)
    if (later) {
      const message = `Nothing can serve ${call.model} now (${reasons}).`
      return { kind: later.kind, message, retryAfterMs: Math.max(1000, later.untilMs - nowMs) }
    }
    return {
      kind: 'no-route',
      message: `Nothing can serve ${call.model} (${reasons}). See: clutch config show`,
    }
  }
  const valid = validModels(call)
  const providers = Object.keys(settings.providers).map((id) => `${id}/<model>`)
  const list = [...valid, ...providers].join(', ')
  return {
    kind: 'unknown-model',
    message: `Unknown model "${call.model}". Valid here: ${list}. See: clutch config show`,
  }
}

/** Between the plan and the first attempt other calls failed, or took the one trial there is. */
const justClosed: Failure = {
  kind: 'overloaded',
  message: 'Every target was closed by the failures of other calls a moment ago.',
  retryAfterMs: 2000,
}

/** Said like an upstream would say it, so that agents compact instead of trying again (CONTRACT 96). */
const tooLarge = ({ model }: Call, limitTokens: number): Failure => ({
  kind: 'context-too-long',
  message: `prompt is too long: it does not fit ${model}, whose largest target holds ${limitTokens} tokens`,
  limitTokens,
})

/** The target that may be asked again first. */
function soonest({
  skipped,
}: Plan): { readonly kind: Failure['kind']; readonly untilMs: number } | undefined {
  const [first] = skipped
    .flatMap(({ obstacle }) => (obstacle ? [obstacle] : []))
    .toSorted((a, b) => a.untilMs - b.untilMs)
  return first && { kind: first.kind === 'breaker' ? 'overloaded' : 'rate-limited', untilMs: first.untilMs }
}

/** The models a profile names, by role. */
function validModels({ profile }: Call): string[] {
  return [...new Set(Object.values(profile.roles).flatMap((cascade) => cascade ?? []))]
}
