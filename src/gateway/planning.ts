/** Asks routing where a call may go: hands it what is known of the call, and looks into the body only when asked to. */
import type { Settings } from '../config/settings.ts'
import type { Affinity } from '../routing/affinity.ts'
import { headerText } from '../routing/agent.ts'
import type { HealthBook } from '../routing/health.ts'
import { mayBeSide, type Outline, outline, sideOfHeaders } from '../routing/outline.ts'
import { type DialectChoice, type Plan, planCall } from '../routing/plan.ts'
import type { Call } from './call.ts'
import type { CallReader } from './call-reader.ts'

export interface PlanningParts {
  readonly settings: Settings
  readonly chooseDialect: DialectChoice
  readonly health: HealthBook
  readonly affinity: Affinity
}

/** Side requests stand in small bodies, or give themselves away in their last words. */
const smallBodyBytes = 8 * 1024
const tailBytes = 2 * 1024

export function planFor(
  call: Call,
  reader: CallReader,
  nowMs: number,
  { settings, chooseDialect, health, affinity }: PlanningParts,
): Plan {
  const { model, dialect, profile, headers, body } = call
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
    mayBeSide: mayBeAside(call),
    gate: (target: Plan['targets'][number]) => health.sieve(target, nowMs),
    resetAtMs: (target: Plan['targets'][number]) => health.resetAtMs(target),
    home: () => affinity.home(homeKey(call, reader), nowMs),
  }
  return { ...planCall(question, profile, settings, chooseDialect), asked: model }
}

const bytesPerToken = 4

/** A session asks several models for several purposes; each has a cache of its own. */
export const homeKey = ({ model, profile }: Call, reader: CallReader): string => {
  const { session, subagent = '' } = reader.session
  return `${profile.name} ${model} ${session} ${subagent}`
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
