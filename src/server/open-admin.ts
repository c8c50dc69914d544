/** What the admin API tells and does, put together from the parts of a running gateway. */
import type { Listener, Profile, Settings } from '../config/settings.ts'
import { type Quota, windowEndsMs } from '../conversation/quota.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { Affinity } from '../routing/affinity.ts'
import type { HealthBook } from '../routing/health.ts'
import type { HeardLimitsBook } from '../routing/heard-limits.ts'
import { configuredQuotas } from '../routing/quotas.ts'
import type { Clock } from '../world/clock.ts'
import type { Admin, Reloaded } from './admin.ts'
import type { LocalShelf } from './local-shelf.ts'
import { createMouthDoor } from './mouth-door.ts'
import type { OpenBudgets } from './open-budgets.ts'
import type { OpenSessionProfiles } from './open-session-profiles.ts'
import type { ConfigStanding } from './reload.ts'
import { product } from './version.ts'

export interface AdminParts {
  readonly token: string | undefined
  /** As this process names itself to upstreams. */
  readonly hop: string
  readonly settings: () => Settings
  readonly listeners: () => readonly Listener[]
  readonly gateway: Pick<Gateway, 'open'>
  readonly health: { readonly book: HealthBook; changed(): void }
  readonly budgets: OpenBudgets
  readonly locals: LocalShelf
  readonly affinity: Affinity
  readonly heardLimits: HeardLimitsBook
  readonly sessions: OpenSessionProfiles
  readonly standing: () => ConfigStanding
  readonly reload: () => Promise<Reloaded>
  readonly clock: Clock
}

export function createAdmin(parts: AdminParts): Admin {
  const { token, health, clock, reload } = parts
  const startedMs = clock.nowMs()
  return {
    ...(token !== undefined && { token }),
    nowMs: () => clock.nowMs(),
    shorten: createMouthDoor(parts.settings),
    status: () => ({
      ...product,
      pid: process.pid,
      hop: parts.hop,
      uptime_seconds: Math.round((clock.nowMs() - startedMs) / 1000),
      open_calls: parts.gateway.open,
      listeners: parts.listeners(),
      config: configRow(parts.standing()),
      providers: providerRows(parts.settings()),
      breakers: breakerRows(parts),
      budgets: budgetRows(parts),
      local_models: parts.locals.report(),
    }),
    breakers: () => breakerRows(parts),
    resetBreakers: (target) => {
      const nowMs = clock.nowMs()
      const names = [...health.book.breakers(nowMs), ...health.book.cooldowns(nowMs)].map(({ name }) => name)
      const wanted = new Set(names.filter((name) => isOf(name, target)))
      const count = [...wanted].reduce((sum, name) => sum + health.book.reset(name), 0)
      health.changed()
      return count
    },
    health: () => ({
      health: health.book.snapshot(),
      last_resort: parts.locals.lastResort(),
      local_models: parts.locals.report(),
      homes: parts.affinity.list(clock.nowMs()),
      sessions: parts.sessions.list(),
    }),
    profiles: () => ({
      profiles: Object.values(parts.settings().profiles).map(profileRow),
      sessions: sessionRows(parts),
    }),
    useProfile: (place) => {
      const { profiles } = parts.settings()
      if (!Object.hasOwn(profiles, place.profile))
        return `No profile is named ${place.profile}. There are: ${Object.keys(profiles).join(', ')}.`
      parts.sessions.put(place)
      return { session: place.session, profile: place.profile, until: timeOf(place.untilMs) }
    },
    endProfile: (session) => parts.sessions.end(session),
    quota: () => ({ budgets: budgetRows(parts), providers: quotaRows(parts), heard: heardRows(parts) }),
    reload,
  }
}

/** A provider's name stands for its models and accounts too. */
const isOf = (name: string, target: string): boolean =>
  target === 'all' || name === target || name.startsWith(`${target}/`) || name.startsWith(`${target}#`)

const timeOf = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString()

const configRow = ({ generation, sinceMs, lastError, needsRestart }: ConfigStanding): object => ({
  generation,
  since: timeOf(sinceMs),
  needs_restart: needsRestart,
  last_error: lastError ? { at: timeOf(lastError.atMs), problems: lastError.problems } : null,
})

const profileRow = ({ name, like, roles, lane, bypass, expiresAtMs }: Profile): object => ({
  name,
  ...(like !== undefined && { like }),
  roles,
  lane: lane ?? 'interactive',
  ...(bypass && { bypass }),
  ...(expiresAtMs !== undefined && { expires: timeOf(expiresAtMs) }),
})

const sessionRows = ({ sessions, clock }: AdminParts): readonly object[] =>
  sessions.list().map(({ session, profile, untilMs }) => ({
    session,
    profile,
    until: timeOf(untilMs),
    seconds_left: Math.ceil((untilMs - clock.nowMs()) / 1000),
  }))

/** Where keys come from, never what they are. */
const providerRows = ({ providers, unusable }: Settings): readonly object[] => [
  ...Object.values(providers).map(({ provider, keySource }) => ({
    id: provider.id,
    usable: true,
    ...(keySource !== undefined && { key_from: keySource }),
  })),
  ...unusable.map(({ id, because }) => ({ id, usable: false, because })),
]

function breakerRows({ health, clock }: AdminParts): readonly object[] {
  const nowMs = clock.nowMs()
  const left = (untilMs: number | undefined): object =>
    untilMs === undefined || untilMs <= nowMs
      ? {}
      : { until: timeOf(untilMs), seconds_left: Math.ceil((untilMs - nowMs) / 1000) }
  return [
    ...health.book.breakers(nowMs).map(({ name, state, failures, openUntilMs, because }) => ({
      target: name,
      state,
      failures,
      ...left(openUntilMs),
      ...(because !== undefined && { because }),
    })),
    ...health.book.cooldowns(nowMs).map(({ name, untilMs, because }) => ({
      target: name,
      state: 'cooldown',
      ...left(untilMs),
      because,
    })),
  ]
}

/** A limit without an end is only there for its cooldown. */
function quotaRows({ health, clock, settings }: AdminParts): readonly object[] {
  return health.book
    .quotas(clock.nowMs(), configuredQuotas(settings()))
    .filter(({ quota }) => quota.limit < Number.MAX_SAFE_INTEGER)
    .map(({ quota, used, spentUntilMs }) => countRow(quota, used, spentUntilMs, clock))
}

function budgetRows({ budgets, clock }: AdminParts): readonly object[] {
  return budgets.report(clock.nowMs()).map(({ rule, used, spentUntilMs }) => ({
    ...countRow(rule, used, spentUntilMs, clock),
    when_spent: rule.whenSpent,
  }))
}

/** `resets`: when it is free again, or its window begins anew; null for one that slides and has room. */
const countRow = (quota: Quota, used: number, spentUntilMs: number | undefined, clock: Clock): object => ({
  of: quota.scope,
  unit: quota.unit,
  per: quota.per,
  limit: quota.limit,
  used,
  spent: spentUntilMs !== undefined,
  resets: timeOf(spentUntilMs ?? windowEndsMs(quota, clock.nowMs())) ?? null,
})

const heardRows = ({ heardLimits }: AdminParts): readonly object[] =>
  heardLimits.list().map(({ atMs, ...heard }) => ({ ...heard, seen: timeOf(atMs) }))
