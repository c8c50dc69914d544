/** What the gateway consists of, by the names that people type. */
import type { Settings } from '../config/settings.ts'

export type Part =
  | { readonly kind: 'gateway' }
  | { readonly kind: 'config' }
  | { readonly kind: 'listener' }
  /** Somebody else's program. */
  | { readonly kind: 'provider'; readonly baseUrl: string }

/** The seed's names for the router, too. */
const gatewayNames = ['gateway', 'proxy', 'router', 'all', 'claude_code_proxy']

export function partNamed(name: string, { listeners, providers }: Settings): Part | undefined {
  if (gatewayNames.includes(name)) return { kind: 'gateway' }
  if (name === 'config') return { kind: 'config' }
  if (listeners.some(({ port, profile }) => name === String(port) || name === profile))
    return { kind: 'listener' }
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined
  return provider && { kind: 'provider', baseUrl: provider.baseUrl }
}

export const partNames = ({ listeners, providers }: Settings): readonly string[] => [
  ...new Set([
    'gateway',
    'config',
    ...listeners.flatMap(({ port, profile }) => [String(port), profile]),
    ...Object.keys(providers),
  ]),
]
