/** Where a call will be tried, in order, and where it will not, and why. A value: printed, logged, never changed. */
import type { Cascade, ConfiguredProvider, Profile } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import { type Candidates, candidates, needsLook, type RoutingSettings } from './candidates.ts'
import { type DialectChoice, type Locate, locator, type Skipped } from './locate.ts'
import { endsAsItPleases, readName } from './names.ts'
import type { Obstacle } from './obstacle.ts'
import type { Outline } from './outline.ts'
import { capabilitySieve, laneSieve, smallRequestTokens, windowSieve } from './sieves.ts'
import { modelName, type Target, targetName } from './target.ts'

export { type DialectChoice, type Locate, locator } from './locate.ts'
export type { Target } from './target.ts'

export interface Plan {
  readonly asked: string
  /** Which rule chose the targets: `explicit`, `role big`, `default provider openrouter`, … */
  readonly rule: string
  readonly targets: readonly Target[]
  readonly skipped: readonly Skipped[]
  /** The session's own target stands first although the cascade begins with another. */
  readonly stays?: boolean
  /** The cascade's own first choice, when the first target is another model; and why. */
  readonly insteadOf?: Skipped
  /** Every target is behind a breaker or cooling down: the first is asked all the same. */
  readonly lastChance?: boolean
  /** The request fits none of the targets that could be asked: the largest window among them. */
  readonly tooLargeFor?: number
}

export interface Question {
  /** As the client said it. */
  readonly model: string
  readonly dialect: DialectId
  readonly nowMs?: number
  /** An upper bound from the size of the body; 0 when nothing is known. */
  readonly atMostTokens?: number
  /** What the request is for; costs a parse, so it is asked for only when the answer matters. */
  readonly look?: () => Outline | undefined
  /** It may be a side request by its headers or its last words, whatever the profile says. */
  readonly mayBeSide?: boolean
  /** Breaker, cooldown, quota, policy: why the target must not be asked now. */
  readonly gate?: (target: Target) => Obstacle | undefined
  /** Among a provider's accounts, the one whose limit is filled again soonest is used first. */
  readonly resetAtMs?: (target: Target) => number | undefined
  /** The target that has this session's prompt cache (see `targetName`); undefined: none, or not known. */
  readonly home?: () => string | undefined
  /** `provider/model` names behind every cascade. */
  readonly lastResort?: Cascade
  /** What a model of a local server holds, when that is known. */
  readonly localWindow?: (provider: string, model: string) => number | undefined
  /** One that remembers, for these settings. */
  readonly locate?: Locate
}

export function planCall(
  question: Question,
  profile: Profile,
  settings: RoutingSettings,
  choose: DialectChoice,
): Plan {
  const shut = closure(profile, question.nowMs ?? 0)
  if (shut) return { asked: question.model, rule: 'closed profile', targets: [], skipped: [shut] }
  const asked = readName(question.model, endsAsItPleases(settings))
  const look = question.look ?? (() => undefined)
  const wanted = needsLook(profile) || question.mayBeSide ? look : () => undefined
  const { rule, names, role } = closed(
    candidates(asked.name, profile, settings, wanted),
    asked.name,
    question.lastResort,
  )
  const locate = question.locate ?? locator(settings, choose)
  const order: (Target | Skipped)[] = []
  for (const name of names) {
    const found = locate(name, asked, profile, question.dialect)
    if ('because' in found) order.push(found)
    else for (const target of drained(found, question.resetAtMs)) order.push(sized(target, question))
  }
  const skipped = order.filter(isSkipped)
  const located = distinct(order.filter(isTarget))
  const kept = sift(located, skipped, question, profile, settings, role !== undefined)
  const instead = kept.stays ? leftFor(kept.targets) : passedBefore(kept.targets, order, skipped)
  return { asked: question.model, rule, skipped, ...kept, ...(instead && { insteadOf: instead }) }
}

const isSkipped = (one: Target | Skipped): one is Skipped => 'because' in one
const isTarget = (one: Target | Skipped): one is Target => !isSkipped(one)

/** The first in the order that was passed over before the first target, unless it is the same model with another key. */
function passedBefore(
  [first]: readonly Target[],
  order: readonly (Target | Skipped)[],
  skipped: readonly Skipped[],
): Skipped | undefined {
  if (!first || skipped.length === 0) return undefined
  for (const one of order.slice(0, order.indexOf(first))) {
    const name = isSkipped(one) ? one.name : nameFor(one)
    const passed = skipped.find((past) => past.name === name)
    if (passed && (isSkipped(one) || modelName(one) !== modelName(first))) return passed
  }
  return undefined
}

/** A session that stays leaves the cascade's first choice aside. */
function leftFor([own, next]: readonly Target[]): Skipped | undefined {
  if (!own || !next || modelName(own) === modelName(next)) return undefined
  return { name: modelName(next), because: `the session stays with ${modelName(own)}` }
}

/** A cascade ends with the last resort; so does a plain name that nothing else can answer. A named target stands alone. */
function closed(found: Candidates, asked: string, lastResort: Cascade = []): Candidates {
  if (lastResort.length === 0) return found
  if (found.role !== undefined) return { ...found, names: [...found.names, ...lastResort] }
  return found.names.length === 0 && !asked.includes('/') ? { rule: 'last resort', names: lastResort } : found
}

function sized(target: Target, { localWindow }: Question): Target {
  if (target.windowTokens !== undefined || !localWindow) return target
  const windowTokens = localWindow(target.provider, target.model)
  return windowTokens === undefined ? target : { ...target, windowTokens }
}

/** Why the profile answers nobody; undefined: it does. */
function closure({ name, expiresAtMs, closed }: Profile, nowMs: number): Skipped | undefined {
  if (closed !== undefined) return { name: `profile ${name}`, because: closed }
  if (expiresAtMs === undefined || nowMs < expiresAtMs) return undefined
  return { name: `profile ${name}`, because: `it expired on ${new Date(expiresAtMs).toISOString()}` }
}

/** Cascades are short: looking back costs less than a set of names. */
const distinct = (targets: readonly Target[]): readonly Target[] =>
  targets.filter(
    (target, at) => targets.findIndex((other) => targetName(other) === targetName(target)) === at,
  )

/** What a running window still allows is lost when it ends: soonest first, those we know nothing of in their order. */
function drained(accounts: readonly Target[], resetAtMs: Question['resetAtMs']): readonly Target[] {
  if (accounts.length < 2 || !resetAtMs) return accounts
  const reset = (target: Target): number => resetAtMs(target) ?? Number.POSITIVE_INFINITY
  return accounts.toSorted((a, b) => {
    const first = reset(a)
    const second = reset(b)
    return first === second ? 0 : first - second
  })
}

type Sifted = Pick<Plan, 'targets' | 'stays' | 'lastChance' | 'tooLargeFor'>

function sift(
  targets: readonly Target[],
  skipped: Skipped[],
  question: Question,
  profile: Profile,
  settings: RoutingSettings,
  cascades: boolean,
): Sifted {
  const open = targets.filter((target) =>
    passes(target, laneSieve(target, profile, settings) ?? question.gate?.(target), skipped),
  )
  const only = open.length === 0 ? lastChance(targets, skipped) : undefined
  if (only) return { targets: [only], lastChance: true }
  const fitting = open.filter((target) => passes(target, tooSmall(target, question), skipped))
  const largest = Math.max(0, ...open.map(({ windowTokens = 0 }) => windowTokens))
  if (open.length > 0 && fitting.length === 0) return { targets: [], tooLargeFor: largest }
  const able = cascades ? capable(fitting, skipped, question, settings) : fitting
  return able.length > 1 ? athome(able, question.home?.()) : { targets: able }
}

/**
 * A breaker or a cooldown is a doubt, and doubts choose between targets; they never leave a client without any. A spent
 * quota is a rule, and stands.
 */
function lastChance(targets: readonly Target[], skipped: Skipped[]): Target | undefined {
  const only = targets.find((target) => {
    const kind = skipped.find(({ name }) => name === nameFor(target))?.obstacle?.kind
    return kind === 'breaker' || kind === 'cooldown'
  })
  if (!only) return undefined
  const at = skipped.findIndex(({ name }) => name === nameFor(only))
  skipped.splice(at, 1)
  return only
}

function passes(target: Target, reason: string | Obstacle | undefined, skipped: Skipped[]): boolean {
  if (reason === undefined) return true
  const why = typeof reason === 'string' ? { because: reason } : { because: reason.because, obstacle: reason }
  skipped.push({ name: nameFor(target), ...why })
  return false
}

const nameFor = (target: Target): string =>
  target.account === undefined ? modelName(target) : `${modelName(target)} (key ${target.account})`

function tooSmall(target: Target, { atMostTokens = 0, look }: Question): string | undefined {
  if (atMostTokens < smallRequestTokens || windowSieve(target, atMostTokens) === undefined) return undefined
  const seen = look?.()
  return seen && windowSieve(target, seen.sizeTokens)
}

/** Better an answer that had to leave something out, and says so, than none: the last ones stay. */
function capable(
  targets: readonly Target[],
  skipped: Skipped[],
  { look }: Question,
  settings: RoutingSettings,
): readonly Target[] {
  if (targets.length < 2 || !targets.some((target) => mayLack(target, settings))) return targets
  const seen = look?.()
  const lacking = targets.map((target) => capabilitySieve(target, seen, settings))
  if (lacking.every((because) => because !== undefined)) return targets
  return targets.filter((target, index) => passes(target, lacking[index], skipped))
}

const lacksNothing: Outline = {
  subagent: false,
  tools: 1,
  toolResultsLast: false,
  thinking: true,
  images: true,
  imagesLast: true,
  webSearchOnly: true,
  sizeTokens: 0,
}

/** Could any request be too much for it? Most targets are known to lack nothing, and then nobody has to look. */
const mayLack = (target: Target, settings: RoutingSettings): boolean =>
  capabilitySieve(target, lacksNothing, settings) !== undefined

/** A session stays where its prompt cache is, while that target can be asked. */
function athome(targets: readonly Target[], home: string | undefined): Sifted {
  const at = home === undefined ? -1 : targets.findIndex((target) => targetName(target) === home)
  const own = at > 0 ? targets[at] : undefined
  return own ? { targets: [own, ...targets.filter((target) => target !== own)], stays: true } : { targets }
}

/** The client's own dialect when the provider speaks it (nothing is lost then), else the provider's best. */
export function preferClientDialect(
  configured: ConfiguredProvider,
  client: DialectId,
): DialectId | undefined {
  const { speaks } = configured.provider
  if (configured.dialect && speaks[configured.dialect] !== undefined) return configured.dialect
  if (speaks[client] !== undefined) return client
  return dialectsOf(speaks)[0]
}

function dialectsOf(speaks: Partial<Readonly<Record<DialectId, string>>>): DialectId[] {
  const order: readonly DialectId[] = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']
  const listed = Object.keys(speaks)
  return order.filter((id) => speaks[id] !== undefined).sort((a, b) => listed.indexOf(a) - listed.indexOf(b))
}
