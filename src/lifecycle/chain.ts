/** What stands between this gateway and the models: providers far away, servers here, and other people's proxies in the chain. */
import type { ConfiguredProvider, Settings } from '../config/settings.ts'
import { shelf } from '../providers/index.ts'

export type LinkKind =
  /** Where the provider itself is. */
  | 'remote'
  /** A model server on this machine. */
  | 'local'
  /** A provider of the user's own on this machine: CLIProxyAPI and the like. */
  | 'part'
  /** A provider of the shelf that is asked by way of somebody else: Headroom and the like. */
  | 'hop'

export interface Link {
  readonly id: string
  readonly kind: LinkKind
  readonly baseUrl: string
  /** Of a hop: where its provider itself is. */
  readonly insteadOf?: string
}

/** The sandbox is in here with us. */
export const linksOf = ({ providers }: Pick<Settings, 'providers'>): readonly Link[] =>
  Object.values(providers).flatMap((configured) =>
    configured.provider.id === 'sandbox' ? [] : [linkOf(configured)],
  )

function linkOf({ provider: { id }, baseUrl }: ConfiguredProvider): Link {
  const usual = Object.hasOwn(shelf, id) ? shelf[id] : undefined
  if (usual?.local) return { id, kind: 'local', baseUrl }
  if (!usual) return { id, kind: isOnThisMachine(baseUrl) ? 'part' : 'remote', baseUrl }
  const moved = usual.baseUrl !== '' && hostOf(usual.baseUrl) !== hostOf(baseUrl)
  return moved ? { id, kind: 'hop', baseUrl, insteadOf: usual.baseUrl } : { id, kind: 'remote', baseUrl }
}

const isOnThisMachine = (url: string): boolean =>
  /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(URL.canParse(url) ? new URL(url).hostname : '')

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)

/** What a listener is, in the words of the chain. */
export type ListenerPart = 'router' | 'compression' | 'subscriptions'

/** The seed's ports mean what they meant there; elsewhere the profile's name tells. */
export function partOf({ port, profile }: { readonly port: number; readonly profile: string }): ListenerPart {
  if (port === 8787 || /^(compress|headroom)/.test(profile)) return 'compression'
  if (port === 8317 || /^(subscription|cliproxy)/.test(profile)) return 'subscriptions'
  return 'router'
}
