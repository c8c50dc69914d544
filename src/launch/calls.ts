/**
 * Agents that call agents: who called whom stands in the environment, and the whole tree of calls shares one allowance
 * of depth, number and time. Pure.
 */
import type { AgentId } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where in the tree somebody is. */
export interface Caller {
  /** From the first one on; empty: a person. */
  readonly path: readonly AgentId[]
  /** The caller's session, as the gateway knows it. */
  readonly session?: string
  /** The first one's: names the tree. */
  readonly root?: string
  /** Until when the tree may take; absent: nothing was called yet. */
  readonly untilMs?: number
}

export interface Allowance {
  /** How many may stand below the first one. */
  readonly depth: number
  /** How many calls the whole tree may make. */
  readonly count: number
  readonly minutes: number
}

/** A call that may be made. */
export interface Call extends Caller {
  readonly root: string
  readonly untilMs: number
}

const variables = {
  path: 'CLUTCH_CALL_PATH',
  session: 'CLUTCH_CALL_SESSION',
  root: 'CLUTCH_CALL_ROOT',
  until: 'CLUTCH_CALL_UNTIL',
} as const

export function callerIn(env: Env): Caller {
  const known = (env[variables.path] ?? '')
    .split('>')
    .flatMap((name) => agents.find(({ id }) => id === name)?.id ?? [])
  const session = env[variables.session]
  const root = env[variables.root]
  const until = Number(env[variables.until] ?? Number.NaN)
  return {
    path: known,
    ...(session && { session }),
    ...(root && { root }),
    ...(Number.isFinite(until) && { untilMs: until }),
  }
}

/** What an agent is told, so that what it calls can be told whose child it is. */
export function callEnvironment(
  agent: AgentId,
  session: string,
  call: Call | undefined,
): Readonly<Record<string, string>> {
  return {
    [variables.path]: [...(call?.path ?? []), agent].join('>'),
    [variables.session]: session,
    ...(call && { [variables.root]: call.root, [variables.until]: String(call.untilMs) }),
  }
}

/** Of an earlier launch that this one is no part of. */
export const staleCallVariables = ({
  call,
  env,
}: {
  readonly call?: Call
  readonly env: Env
}): readonly string[] => (call ? [] : [variables.root, variables.until].filter((name) => env[name]))

/** Why a call is not made; undefined: it may be. `made`: calls of this tree so far. */
export function whyNoCall(
  callee: AgentId,
  { path, untilMs }: Caller,
  made: number,
  { depth, count, minutes }: Allowance,
  nowMs: number,
): string | undefined {
  const told = [...path, callee].join(' > ')
  if (path.includes(callee)) return `${told} would be a circle: ${callee} waits for this answer already`
  if (path.length > depth) return `${told} is deeper than launch.call_depth (${depth}) allows`
  if (made >= count) return `all ${count} calls of this tree have been made (launch.call_count)`
  if (untilMs !== undefined && nowMs >= untilMs)
    return `the ${minutes} minutes of this tree are over (launch.call_minutes)`
  return undefined
}
