/** Where the agent's requests go, and under which names: what its row makes of this gateway. */
import type { Agent, Earlier, Pointing } from '../agents/agent.ts'
import type { Destination } from './destination.ts'
import type { LaunchRequest } from './request.ts'
import type { ServedModel, Surroundings } from './surroundings.ts'

export interface Pointed extends Pointing {
  readonly url: string
  readonly model: string | undefined
}

export function pointAt(
  asked: LaunchRequest,
  destination: Destination,
  around: Surroundings,
  earlier: Earlier | undefined,
): Pointed {
  const { agent, route } = asked
  const { settings, served, cwd } = around
  const model = destination.model ?? usualModel(agent, route, served)
  const known =
    served?.find(({ id }) => id === model) ??
    (model === undefined || model === 'big' ? first(served) : undefined)
  const ownModels = route === 'bypass'
  const small = ownModels ? undefined : served?.find(({ id }) => id === 'claude-haiku')
  const launch = launchPart(agent, around)
  const profile = destination.profile === undefined ? '' : `/p/${encodeURIComponent(destination.profile)}`
  const url = `${settings.baseUrl}${profile}${launch}`
  const point = earlier?.point ?? agent.point
  const pointing = point({
    url,
    key: settings.clientKey ?? 'local',
    model,
    smallModel: small && (agent.dialect === 'anthropic' ? small.id : 'small'),
    contextTokens: known?.contextTokens,
    outputTokens: known?.outputTokens,
    project: projectOf(cwd),
    ownModels,
    offered: served ?? [],
    ownCatalogue: around.ownCatalogue,
    fileAt: fileAt(around),
  })
  return { ...pointing, url, model: withMillion(agent, model, known) }
}

/** Names the launch where the agent's requests name no session, and the caller where there is one. */
function launchPart({ namesItsSession }: Agent, { launchId, call }: Surroundings): string {
  if (call?.session === undefined) return namesItsSession ? '' : `/s/${encodeURIComponent(launchId)}`
  return `/s/${encodeURIComponent(`${launchId}~${call.session}`)}`
}

/** The model behind the usual name. */
const first = (served: readonly ServedModel[] | undefined): ServedModel | undefined =>
  served?.find(({ id }) => id === 'claude-opus')

/**
 * A role's name where the gateway has roles, else something that it does have. The bypass has no roles: there it is the
 * agent's own model, or for agents that bring none the first one the gateway lists in full.
 */
function usualModel(
  { usualModel: usual, bringsModel }: Agent,
  route: LaunchRequest['route'],
  served: readonly ServedModel[] | undefined,
): string | undefined {
  if (usual !== 'big') return usual
  if (route === 'bypass')
    return bringsModel ? undefined : (served?.find(({ id }) => id.includes('/'))?.id ?? usual)
  return served === undefined || first(served) ? usual : (served[0]?.id ?? usual)
}

/** Claude Code counts a million tokens only for names that say so. */
function withMillion(
  agent: Agent,
  model: string | undefined,
  known: ServedModel | undefined,
): string | undefined {
  const says = agent.id === 'claude' && model?.startsWith('claude') && !model.endsWith(']')
  return says && (known?.contextTokens ?? 0) >= 1_000_000 ? `${model}[1m]` : model
}

/** For the gateway's accounts; a name that does not fit into a header is not sent. */
function projectOf(cwd: string): string | undefined {
  const name = cwd.split(/[/\\]/).findLast((part) => part !== '')
  return name !== undefined && /^[\w.@+-]{1,80}$/.test(name) ? name : undefined
}

export const fileAt =
  ({ settings }: Pick<Surroundings, 'settings'>) =>
  (name: string): string =>
    `${settings.folder}/${name}`
