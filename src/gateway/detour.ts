/** A session that was put on another profile for a while: its calls go there, and say so. */
import type { Settings } from '../config/settings.ts'
import type { SessionProfile } from '../policy/session-profiles.ts'
import type { Skipped } from '../routing/locate.ts'
import type { Call } from './call.ts'

/** A key that is bound to a profile stays there. */
export function detoured(
  call: Call,
  place: SessionProfile,
  { profiles, namedKeys = [] }: Pick<Settings, 'profiles' | 'namedKeys'>,
): Call {
  const { profile: name, untilMs } = place
  const isBound = namedKeys.some((key) => key.name === call.key && key.profile !== undefined)
  if (isBound || name === call.profile.name) return call
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  const closed = `it is in the configuration no more; the session is on it until ${timeOf(untilMs)}`
  return {
    ...call,
    profile: found ?? { name, roles: {}, closed },
    detour: { insteadOf: call.profile.name, untilMs },
  }
}

/** Why another profile than the one it named serves the call. */
export function detourNote({ detour, profile }: Pick<Call, 'detour' | 'profile'>): Skipped | undefined {
  if (!detour) return undefined
  const because = `the session is on profile ${profile.name} until ${timeOf(detour.untilMs)}`
  return { name: `profile ${detour.insteadOf}`, because }
}

const timeOf = (ms: number): string => new Date(ms).toISOString()
