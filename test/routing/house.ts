/** Settings and targets for routing's tests: a few providers that need nothing. */
import type { ConfiguredProvider, Profile, Settings } from '../../src/config/settings.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { Target } from '../../src/routing/target.ts'

export function configured(id: string, more: Partial<Provider> = {}): ConfiguredProvider {
  const provider: Provider = {
    id,
    title: id,
    baseUrl: `https://${id}.test`,
    speaks: { anthropic: '/v1/messages' },
    authorize: 'bearer',
    keyVariables: [],
    ...more,
  }
  return { provider, baseUrl: provider.baseUrl, key: `key-of-${id}`, headers: {} }
}

export const house = (...providers: readonly ConfiguredProvider[]) =>
  ({
    providers: Object.fromEntries(providers.map((one) => [one.provider.id, one])),
    unusable: [{ id: 'keyless', because: 'KEYLESS_API_KEY is not set' }],
    aliases: { al: 'alpha' },
  }) satisfies Pick<Settings, 'providers' | 'unusable' | 'aliases'>

export const profile = (roles: Profile['roles'], more: Partial<Profile> = {}): Profile => ({
  name: 'default',
  roles,
  ...more,
})

export const target = (provider: string, model = 'm', more: Partial<Target> = {}): Target => ({
  provider,
  model,
  dialect: 'anthropic',
  ...more,
})
