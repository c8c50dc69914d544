/**
 * Profiles: named sets of answers. `default` is what the configuration says outside of `profiles`; each agent has it under
 * its own name until the configuration says otherwise; `bypass` is the same with the agents' own models, for the
 * launcher's route of that name.
 */
import { agents } from '../agents/index.ts'
import type { ModelNames } from './model-names.ts'
import { globalRoles, type NamedRoles, profileRoles } from './roles.ts'
import type { FileProfile } from './schema.ts'
import type { Cascade, Profile, Role } from './settings.ts'
import type { Sources } from './sources.ts'

export function resolveProfiles(sources: Sources, names: ModelNames): Readonly<Record<string, Profile>> {
  const clerk = new Clerk(sources, names)
  const basis = clerk.basis()
  sources.note('profiles.bypass', 'built in')
  const profiles: Record<string, Profile> = {
    default: basis,
    bypass: { ...basis, name: 'bypass', bypass: true },
  }
  for (const [name, value] of Object.entries(sources.file.value.profiles ?? {})) {
    profiles[name] = clerk.profile(name, typeof value === 'string' ? { model: value } : value, basis)
  }
  for (const { id } of agents) {
    if (!profiles[id]) sources.note(`profiles.${id}`, 'built in')
    profiles[id] ??= { ...(profiles['default'] ?? basis), name: id, like: 'default' }
  }
  return profiles
}

class Clerk {
  readonly #sources: Sources
  readonly #names: ModelNames

  constructor(sources: Sources, names: ModelNames) {
    this.#sources = sources
    this.#names = names
  }

  basis(): Profile {
    this.#sources.note('profiles.default', 'default')
    return { name: 'default', roles: this.#whole('default', globalRoles(this.#sources)) }
  }

  /**
   * A profile that names models or a provider stands by itself: nothing of `default` shines through, so that
   * "Kimi only" means that. One that names none shares the roles of `default`.
   */
  profile(name: string, value: FileProfile, basis: Profile): Profile {
    const path = ['profiles', name]
    const at = this.#sources.inFile(value, path)
    if (at) this.#sources.note(`profiles.${name}`, at.source)
    if (at && !/^\w[\w.-]*$/.test(name)) {
      this.#sources.refuse(
        at,
        'a profile is named with letters, digits, dots and dashes: it becomes part of a URL',
      )
    }
    const home = this.#names.provider(
      this.#sources.inFile(value.default_provider, [...path, 'default_provider']),
    )
    if (home) this.#sources.note(`profiles.${name}.defaultProvider`, home.source)
    const own = profileRoles(this.#sources, value, path)
    const standsAlone = home !== undefined || Object.keys(own).length > 0
    return {
      name,
      roles: standsAlone ? this.#whole(name, own, home?.value) : basis.roles,
      ...(home && { defaultProvider: home.value }),
      ...(value.bypass === true && { bypass: true }),
      ...(value.lane !== undefined && { lane: value.lane }),
      ...(value.expires_at !== undefined && { expiresAtMs: Date.parse(value.expires_at) }),
      ...(value.compression !== undefined && { compression: value.compression }),
      ...((value.ignore_asked_model ?? value.model !== undefined) && { ignoreAskedModel: true }),
    }
  }

  #whole(profile: string, roles: NamedRoles, home?: string): Readonly<Partial<Record<Role, Cascade>>> {
    return Object.fromEntries(
      Object.entries(roles).map(([role, names]) => {
        this.#sources.note(`profiles.${profile}.roles.${role}`, names.source)
        return [role, this.#names.whole(names, home)]
      }),
    )
  }
}
