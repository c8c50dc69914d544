/** What the running gateway knows of its targets, so that a plan made here is the plan it would make. */
import type { Settings } from '../config/settings.ts'
import type { KnownToPlanning } from '../gateway/describe.ts'
import { type SessionProfile, SessionProfiles } from '../policy/session-profiles.ts'
import { Affinity, type Home } from '../routing/affinity.ts'
import { HealthBook } from '../routing/health.ts'
import { healthRules } from '../routing/quotas.ts'
import { asList, asNumber, asObject, asText, type Json } from '../wire/json.ts'
import { askRunning } from './admin-client.ts'

/** `live`, or why it is not. */
export type HealthSource = string

export interface AskedHealth {
  readonly from: HealthSource
  readonly known: KnownToPlanning
}

export async function askHealth(settings: Settings): Promise<AskedHealth> {
  const heard = await askRunning(settings, { ask: 'health' })
  if (!('body' in heard)) return { from: heard.because, known: {} }
  const { health, last_resort, local_models, homes, sessions } = asObject(heard.body)
  const lastResort = asList(last_resort).flatMap((name) => asText(name) ?? [])
  const windows = windowsIn(local_models)
  return {
    from: 'live',
    known: {
      health: HealthBook.from(health, healthRules(settings)),
      affinity: Affinity.of(homesIn(homes)),
      placeOf: placesIn(sessions),
      lastResort: () => lastResort,
      localWindow: (provider, model) =>
        windows.get(`${provider}/${model}`) ?? windows.get(`${provider}/${model}:latest`),
    },
  }
}

const homesIn = (homes: Json | undefined): readonly (readonly [string, Home])[] =>
  asList(homes).flatMap((one) => {
    const [session, home] = asList(one)
    const { target, servedMs, askedMs } = asObject(home)
    const name = asText(session)
    const where = asText(target)
    if (name === undefined || where === undefined) return []
    return [
      [name, { target: where, servedMs: asNumber(servedMs) ?? 0, askedMs: asNumber(askedMs) ?? 0 }] as const,
    ]
  })

function placesIn(sessions: Json | undefined): (session: string) => SessionProfile | undefined {
  const book = new SessionProfiles()
  book.restore(sessions, Date.now())
  return (session) => book.find(session, Date.now())
}

/** By `provider/model`. */
const windowsIn = (servers: Json | undefined): ReadonlyMap<string, number> =>
  new Map(
    asList(servers).flatMap((server) => {
      const { provider, models } = asObject(server)
      return asList(models).flatMap((model) => {
        const { id, windowTokens } = asObject(model)
        const tokens = asNumber(windowTokens)
        return tokens === undefined ? [] : [[`${asText(provider)}/${asText(id)}`, tokens] as const]
      })
    }),
  )
