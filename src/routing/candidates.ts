/** Which names may answer a request, in the user's order, and by which rule. */
import type { Cascade, Profile, Role, Settings } from '../config/settings.ts'
import { classify, lookedFor } from './classify.ts'
import { explicitDestination, homeOf, roleOf } from './names.ts'
import type { Outline } from './outline.ts'

export interface Candidates {
  readonly rule: string
  readonly names: Cascade
  readonly role?: Role
}

export type RoutingSettings = Pick<
  Settings,
  'providers' | 'unusable' | 'aliases' | 'defaultProvider' | 'longContextTokens'
>

/** Does the profile name a role that only a look at the request can find? */
export const needsLook = ({ roles, bypass }: Profile): boolean =>
  !bypass && lookedFor.some((role) => has(roles, role))

const has = (roles: Profile['roles'], role: Role): boolean => (roles[role]?.length ?? 0) > 0

/**
 * An explicit `provider/model` beats everything; then what the request is for, where the profile has a cascade for
 * it; then Claude's family names, homes, the default provider, roles. `look` is called only when it can matter.
 */
export function candidates(
  asked: string,
  profile: Profile,
  settings: RoutingSettings,
  look: () => Outline | undefined,
): Candidates {
  if (!profile.ignoreAskedModel && explicitDestination(asked, settings))
    return { rule: 'explicit', names: [asked] }
  const plain = byName(asked, profile, settings)
  const seen = look()
  const purpose = seen && classify(seen, (role) => has(profile.roles, role), settings.longContextTokens)
  if (profile.bypass || !purpose || purpose === plain.role) return plain
  if (purpose === 'small' && plain.role === undefined) return plain
  const why = seen.side === undefined ? '' : ` (${seen.side})`
  const behind = plain.names.length > 0 ? `, then ${plain.rule}` : ''
  return {
    rule: `role ${purpose}${why}${behind}`,
    role: purpose,
    names: [...(profile.roles[purpose] ?? []), ...plain.names],
  }
}

/** By the name alone. A name of a provider nobody knows is never taken for another. */
function byName(asked: string, profile: Profile, settings: RoutingSettings): Candidates {
  const family = profile.bypass ? undefined : roleOf(asked)
  const role = family && has(profile.roles, family) ? family : undefined
  const found = profile.ignoreAskedModel
    ? undefined
    : (byRole(role, profile) ?? byHome(asked, profile, settings))
  if (found) return found
  const strange = asked.includes('/') && !profile.ignoreAskedModel
  const last = profile.bypass || strange ? undefined : byRole(role ?? 'big', profile)
  if (last) return last
  if (onlySandbox(settings)) return { rule: 'no provider configured', names: [`sandbox/${asked}`] }
  return { rule: 'unknown model', names: [] }
}

function byRole(role: Role | undefined, { roles }: Profile): Candidates | undefined {
  const names = (role && roles[role]) ?? []
  return role && names.length > 0 ? { rule: `role ${role}`, role, names } : undefined
}

function byHome(asked: string, profile: Profile, settings: RoutingSettings): Candidates | undefined {
  const rule = profile.bypass ? 'bypass: ' : ''
  const home = homeOf(asked, settings.providers)
  if (home) return { rule: `${rule}home ${home}`, names: [`${home}/${asked}`] }
  const provider = profile.defaultProvider ?? settings.defaultProvider
  return provider
    ? { rule: `${rule}default provider ${provider}`, names: [`${provider}/${asked}`] }
    : undefined
}

/** Nothing but the sandbox can answer: it does, and says so. */
const onlySandbox = ({ providers }: RoutingSettings): boolean =>
  Object.keys(providers).every((id) => id === 'sandbox')
