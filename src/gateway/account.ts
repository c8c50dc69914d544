/** A provider with the key of one of its accounts. */
import type { ConfiguredProvider } from '../config/settings.ts'
import type { Target } from '../routing/target.ts'

export function withAccount(configured: ConfiguredProvider, { account }: Target): ConfiguredProvider {
  const found = configured.accounts?.find(({ id }) => id === account)
  return found ? { ...configured, key: found.key } : configured
}
