/** Which quotas a target is under: the user's per model and per provider, and the free tiers everybody knows. */
import type { ModelQuota, Settings } from '../config/settings.ts'
import type { Quota } from '../conversation/quota.ts'
import type { HealthRules } from './health.ts'
import { accountName, modelName, type Target, targetName } from './target.ts'

type QuotaSettings = Pick<Settings, 'providers' | 'quotas' | 'breaker'>

export function healthRules(settings: QuotaSettings): HealthRules {
  const { failures = 3, openMs = 60_000, longestCooldownMs = 3_600_000 } = settings.breaker ?? {}
  const known = new WeakMap<Target, readonly Quota[]>()
  return {
    breaker: { failures, openMs },
    cooldownCapMs: longestCooldownMs,
    quotasFor: (target) => {
      const before = known.get(target)
      if (before) return before
      const quotas = quotasOf(target, settings)
      known.set(target, quotas)
      return quotas
    },
  }
}

function quotasOf(target: Target, { providers, quotas = {} }: QuotaSettings): readonly Quota[] {
  const configured = providers[target.provider]
  const own = quotas[modelName(target)] ?? quotas[target.model]
  const free = configured?.provider.freeTier?.filter(({ match }) => match.test(target.model)) ?? []
  const account = accountName(target)
  return [
    ...(own ? modelQuota(targetName(target), own) : []),
    ...free.flatMap(({ match, allowances }) =>
      allowances.map((allowance) => ({ ...allowance, scope: `${account} ${match.source}` })),
    ),
    ...(configured?.allowances ?? []).map((allowance) => ({ ...allowance, scope: account })),
  ]
}

/** Those of the configuration whose target is known without a call: of accounts, and of `provider/model`. */
export function configuredQuotas({ providers, quotas = {} }: QuotaSettings): readonly Quota[] {
  const ofProviders = Object.values(providers).flatMap(({ provider: { id }, accounts, allowances = [] }) =>
    (accounts ?? [{ id: '1' }]).flatMap((account) =>
      allowances.map((allowance) => ({ ...allowance, scope: `${id}#${account.id}` })),
    ),
  )
  const ofModels = Object.entries(quotas).flatMap(([name, own]) => {
    const provider = providers[name.slice(0, Math.max(0, name.indexOf('/')))]
    return provider && (provider.accounts?.length ?? 0) < 2 ? modelQuota(name, own) : []
  })
  return [...ofProviders, ...ofModels]
}

/** Without a limit of its own a model may still say how long it rests after a throttle. */
const modelQuota = (scope: string, { maxRequestsPerMinute, cooldownMs }: ModelQuota): readonly Quota[] => [
  {
    scope,
    unit: 'requests',
    per: 'minute',
    limit: maxRequestsPerMinute ?? Number.MAX_SAFE_INTEGER,
    ...(cooldownMs !== undefined && { cooldownMs }),
  },
]
