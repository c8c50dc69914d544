/** Why a call can go nowhere, in words that end with what to type next. */
import type { Settings } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Plan } from '../routing/plan.ts'
import type { Call } from './call.ts'

export function explainNoTarget(call: Call, plan: Plan, settings: Settings): Failure {
  if (plan.skipped.length > 0) {
    const reasons = plan.skipped.map(({ name, because }) => `${name}: ${because}`).join('; ')
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

/** The models a profile names, by role. */
function validModels({ profile }: Call): string[] {
  return [...new Set(Object.values(profile.roles).flatMap((cascade) => cascade ?? []))]
}
