/** What routing is told: breaker, quotas, OpenRouter's own fallback list, how long is long. */
import { readAllowance } from './allowance.ts'
import { asWholeNumber, kept } from './numbers.ts'
import { nativeFallbackNames } from './roles.ts'
import type { OwnProvider } from './schema.ts'
import type { BreakerSettings, ConfiguredProvider, ModelQuota, Settings } from './settings.ts'
import { byDefault, type Found, type Sources } from './sources.ts'

type Routing = Pick<Settings, 'breaker' | 'quotas' | 'nativeFallbacks' | 'longContextTokens'>

const second = 1000

export function resolveRouting(sources: Sources): Routing {
  const native = nativeFallbackNames(sources)
  const threshold = sources.variable('ROUTER_LONG_CONTEXT_THRESHOLD')
  const long =
    (threshold && asWholeNumber(sources, threshold, 1)) ??
    sources.inFile(sources.file.value.long_context_tokens, ['long_context_tokens'])
  return {
    breaker: resolveBreaker(sources),
    quotas: resolveQuotas(sources),
    ...(native && { nativeFallbacks: kept(sources, 'nativeFallbacks', native) }),
    ...(long && { longContextTokens: kept(sources, 'longContextTokens', long) }),
  }
}

function resolveBreaker(sources: Sources): BreakerSettings {
  const file = sources.file.value.breaker ?? {}
  const said = (key: keyof typeof file) => sources.inFile(file[key], ['breaker', key])
  const threshold = sources.variable('CB_FAILURE_THRESHOLD')
  const timeout = sources.variable('CB_TIMEOUT_SECONDS')
  const inMs = (found: Found<number> | undefined) => found && { ...found, value: found.value * second }
  return {
    failures: kept(
      sources,
      'breaker.failures',
      (threshold && asWholeNumber(sources, threshold, 1)) ?? said('failures') ?? byDefault(3),
    ),
    openMs: kept(
      sources,
      'breaker.openMs',
      inMs((timeout && asWholeNumber(sources, timeout, 1)) ?? said('open_seconds')) ?? byDefault(60 * second),
    ),
    longestCooldownMs: kept(
      sources,
      'breaker.longestCooldownMs',
      inMs(said('longest_cooldown_seconds')) ?? byDefault(3600 * second),
    ),
  }
}

function resolveQuotas(sources: Sources): Readonly<Record<string, ModelQuota>> {
  const entries = Object.entries(sources.file.value.quotas ?? {})
  return Object.fromEntries(
    entries.map(([model, { max_requests_per_minute, cooldown_seconds }]) => {
      const at = sources.inFile(model, ['quotas', model])
      if (at) sources.note(`quotas.${model}`, at.source)
      const quota: ModelQuota = {
        ...(max_requests_per_minute !== undefined && { maxRequestsPerMinute: max_requests_per_minute }),
        ...(cooldown_seconds !== undefined && { cooldownMs: cooldown_seconds * second }),
      }
      return [model, quota]
    }),
  )
}

/** A provider's `quotas`: `"200 requests/day"`, `"2M tokens/month"`, `"$5/day"`. */
export function resolveAllowances(
  sources: Sources,
  id: string,
  entry: OwnProvider | undefined,
): Pick<ConfiguredProvider, 'allowances'> {
  const allowances = (entry?.quotas ?? []).flatMap((text, index) => {
    const at = sources.inFile(text, ['providers', id, 'quotas', index])
    const unit = /token/i.test(text) ? 'tokens' : /request/i.test(text) ? 'requests' : 'dollars'
    const read = readAllowance(unit, text.replace(/\s*(?:tokens?|requests?|dollars?)\s*/i, ''))
    if (typeof read !== 'string') return [read]
    if (at) sources.refuse(at, read)
    return []
  })
  return allowances.length === 0 ? {} : { allowances }
}
