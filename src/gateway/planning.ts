/** Asks routing where a call may go: hands it what is known of the call, and looks into the body only when asked to. */
import type { Profile, Settings } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import { type Admission, welcome } from '../policy/admission.ts'
import type { Affinity } from '../routing/affinity.ts'
import { headerText } from '../routing/agent.ts'
import { needsLook } from '../routing/candidates.ts'
import type { HealthBook } from '../routing/health.ts'
import type { Obstacle } from '../routing/obstacle.ts'
import { mayBeSide, type Outline, outline, sideOfHeaders } from '../routing/outline.ts'
import { type DialectChoice, type Locate, type Plan, planCall, type Target } from '../routing/plan.ts'
import { isFree } from '../routing/sieves.ts'
import type { Call } from './call.ts'
import type { CallReader } from './call-reader.ts'
import { detourNote } from './detour.ts'

export interface PlanningParts {
  readonly settings: Settings
  readonly chooseDialect: DialectChoice
  readonly health: HealthBook
  readonly affinity: Affinity
  /** Names behind every cascade: local models that are there. */
  readonly lastResort?: () => readonly string[]
  /** What a local model holds, when its server says so. */
  readonly localWindow?: (provider: string, model: string) => number | undefined
  /** One that remembers, for these settings. */
  readonly locate?: Locate
}

/** Side requests stand in small bodies, or give themselves away in their last words. */
const smallBodyBytes = 8 * 1024
const tailBytes = 2 * 1024

export function planFor(
  call: Call,
  reader: CallReader,
  nowMs: number,
  { settings, chooseDialect, health, affinity, lastResort, localWindow, locate }: PlanningParts,
  admission: Admission = welcome,
): Plan {
  if (admission.kind === 'refused')
    return { asked: call.model, rule: 'refused by budget', targets: [], skipped: [] }
  const { model, profile, ...narrowed } = narrowedTo(admission, call)
  const { dialect, headers, body } = call
  let seen: Outline | undefined
  const look = (): Outline | undefined => {
    seen ??= outlineOf(call, reader)
    return seen
  }
  const question = {
    model: headerText(headers, 'anthropic-beta')?.includes('context-1m') ? `${model}[1m]` : model,
    dialect: dialect.id,
    nowMs,
    atMostTokens: Math.ceil(body.length / bytesPerToken),
    look,
    mayBeSide: needsLook(profile) || mayBeAside(call),
    gate: (target: Target) => costs(target, admission, settings) ?? health.sieve(target, nowMs),
    ...(lastResort && { lastResort: lastResort() }),
    ...(localWindow && { localWindow }),
    ...(locate && { locate }),
    resetAtMs: (target: Plan['targets'][number]) => health.resetAtMs(target),
    home: () => (isUnderWay(call, reader) ? affinity.home(homeKey(call, reader), nowMs) : undefined),
  }
  const plan = planCall(question, profile, settings, chooseDialect)
  const notes = [detourNote(call), narrowed.skipped].filter((note) => note !== undefined)
  const [instead] = notes
  if (!instead) return { ...plan, asked: call.model }
  return { ...plan, skipped: [...notes, ...plan.skipped], insteadOf: instead, asked: call.model }
}

type Narrowed = Pick<Call, 'model' | 'profile'> & { readonly skipped?: Plan['skipped'][number] }

/** When only the smallest role is left, that is what is asked for, whatever the request named; the plan says why. */
function narrowedTo(admission: Admission, { model, profile }: Call): Narrowed {
  if (admission.kind !== 'narrowed' || admission.to !== 'smallest-role') return { model, profile }
  const { small = [] } = profile.roles
  const { bypass: _, ...rest } = profile
  const smallest: Profile = { ...rest, roles: { small }, ignoreAskedModel: true }
  return { model: 'small', profile: smallest, skipped: { name: model, because: admission.because } }
}

/** Why a target must not be asked while only those are allowed that cost nothing. */
function costs(target: Target, admission: Admission, settings: Settings): Obstacle | undefined {
  if (admission.kind !== 'narrowed' || admission.to !== 'free-targets') return undefined
  if (isFree(target, settings)) return undefined
  return { kind: 'quota', because: admission.because, untilMs: admission.untilMs }
}

const bytesPerToken = 4

/** A session asks several models for several purposes; each has a cache of its own. */
export const homeKey = (call: Call, reader: CallReader): string => {
  const { session, subagent = '' } = reader.session
  return `${homesBegin(call)}${session} ${subagent}`
}

/** How the keys of all sessions begin that ask there for that. */
export const homesBegin = ({ model, profile }: Call): string => `${profile.name} ${model} `

/** A first question that names no session has no warm cache anywhere: it begins with the user's first choice. */
function isUnderWay({ body, dialect }: Call, reader: CallReader): boolean {
  if (reader.session.from !== 'start') return true
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  // From the end: the latest answer stands there.
  return answers[dialect.id].some((word) => bytes.lastIndexOf(word) >= 0)
}

/** Who speaks in an answer. */
const answers: Readonly<Record<DialectId, readonly string[]>> = {
  anthropic: ['"assistant"'],
  'openai-chat': ['"assistant"'],
  'openai-responses': ['"assistant"', 'function_call"'],
  gemini: ['"role":"model"', '"role": "model"'],
}

function mayBeAside({ headers, body, profile }: Call): boolean {
  if ((profile.roles.small?.length ?? 0) === 0 && (profile.roles.background?.length ?? 0) === 0) return false
  if (body.length <= smallBodyBytes || sideOfHeaders(headers) !== undefined) return true
  const tail = body.subarray(body.length - tailBytes)
  return mayBeSide(Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).toString('latin1'))
}

export function outlineOf({ dialect, headers, stream, body }: Call, reader: CallReader): Outline | undefined {
  const json = reader.json
  return json === undefined
    ? undefined
    : outline({ dialect: dialect.id, headers, stream, body: json, bodyBytes: body.length })
}
