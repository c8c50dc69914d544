/** The header by which a gateway knows its own requests again, for providers whose address may lead back to one. */
import type { ConfiguredProvider } from '../config/settings.ts'
import { shelf } from '../providers/index.ts'
import type { ClientHeaders } from './headers.ts'

const name = 'x-clutch-hop'

/** A provider at its maker's own address is no gateway of ours: it hears nothing of this. */
export function mayLeadBack({ provider, baseUrl }: ConfiguredProvider): boolean {
  if (provider.id === 'sandbox') return false
  return provider.local === true || shelf[provider.id]?.baseUrl !== baseUrl
}

/** To the names of the gateways that a call has passed, ours. */
export function addHop(headers: Record<string, string>, client: ClientHeaders, own: string): void {
  const before = client[name]
  headers[name] = typeof before === 'string' && before !== '' ? `${before}, ${own}` : own
}
