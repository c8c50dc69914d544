/** Which profile of the gateway a launch reaches, and which model it asks for. */

import type { LaunchSettings } from '../config/launch.ts'
import { nearest } from '../config/nearest.ts'
import { type LaunchRequest, type Setback, without } from './request.ts'
import { type Tier, tierOf } from './tiers.ts'

export interface Destination {
  /** Absent: the listener's own. */
  readonly profile?: string
  readonly model?: string
  /** Where the model's name was found when the command line does not say it. */
  readonly modelSource?: string
}

type Known = Pick<LaunchSettings, 'tiers' | 'selectors' | 'profiles' | 'ownProfiles'>

export function chooseDestination(asked: LaunchRequest, settings: Known): Destination | Setback {
  const clash = clashOf(asked)
  if (clash) return clash
  const tier = asked.tier === undefined ? undefined : tierOf(asked.tier, settings)
  if (tier?.kind === 'none') return { problem: tier.because, instead: without(asked, 'tier') }
  const model = modelOf(asked, tier)
  if (typeof model === 'object') return model
  const profile = asked.route === 'direct' ? undefined : profileOf(asked, tier, settings)
  if (typeof profile === 'object') return profile
  return {
    ...(profile !== undefined && { profile }),
    ...(model !== undefined && { model }),
    ...(tier?.kind === 'model' && { modelSource: tier.source }),
  }
}

/** Two words for one thing, or a word for something this route does not have. */
function clashOf(asked: LaunchRequest): Setback | undefined {
  const { agent, route, tier, model, profile, provider } = asked
  if (tier !== undefined && model !== undefined)
    return { problem: `tier ${tier} and -m both name a model`, instead: without(asked, 'tier') }
  if (tier !== undefined && /\d/.test(tier) && profile !== undefined)
    return {
      problem: `tier ${tier} and --profile both name a profile`,
      instead: without(asked, 'tier'),
    }
  if (route === 'bypass' && profile !== undefined)
    return {
      problem: 'route b is a profile of its own: --profile would be another',
      instead: { ...asked, route: 'proxy' },
    }
  if (route !== 'direct') {
    return provider !== undefined && tier === undefined && model === undefined
      ? {
          problem: '-P says where, and -m must say which model there',
          instead: { ...asked, model: 'NAME' },
        }
      : undefined
  }
  const past = `route d goes past the gateway, straight to ${agent.title}’s own provider`
  if (tier !== undefined)
    return { problem: `${past}: it has no tiers`, instead: { ...asked, route: 'proxy' } }
  if (profile !== undefined)
    return { problem: `${past}: it has no profiles`, instead: { ...asked, route: 'proxy' } }
  if (provider !== undefined)
    return {
      problem: `${past}; its own option comes after --`,
      instead: {
        ...without(asked, 'provider'),
        native: [...asked.native, '--provider', provider],
      },
    }
  return undefined
}

function modelOf(
  { model, provider, ...asked }: LaunchRequest,
  tier: Tier | undefined,
): string | undefined | Setback {
  const name = model ?? (tier?.kind === 'model' ? tier.model : undefined)
  if (provider === undefined || name === undefined || name.startsWith(`${provider}/`)) return name
  if (model !== undefined) return `${provider}/${name}`
  return {
    problem: `tier ${asked.tier} is ${name}, which already says where`,
    instead: without(asked, 'provider'),
  }
}

/** A profile for this agent counts only where there is one: most people have none. */
function profileOf(
  asked: LaunchRequest,
  tier: Tier | undefined,
  { profiles, ownProfiles }: Known,
): string | undefined | Setback {
  const { agent, route, profile } = asked
  const exists = (name: string) => profiles?.includes(name) ?? false
  if (tier?.kind === 'profile') return tier.profile
  const isOwn = (name: string) => ownProfiles.includes(name)
  if (route === 'bypass') return isOwn(`${agent.id}-bypass`) ? `${agent.id}-bypass` : 'bypass'
  if (profile === undefined) return isOwn(agent.id) ? agent.id : undefined
  if (profiles === undefined || exists(profile)) return profile
  const near = nearest(profile, profiles)
  return {
    problem: `no profile is named ${profile}; there are: ${profiles.join(', ')}`,
    instead: near === undefined ? without(asked, 'profile') : { ...asked, profile: near },
  }
}
