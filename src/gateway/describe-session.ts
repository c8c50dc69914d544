/** Where a session would stay, and why: told beside a plan. */
import type { Affinity } from '../routing/affinity.ts'
import type { Plan } from '../routing/plan.ts'
import { modelName, targetName } from '../routing/target.ts'
import type { Call } from './call.ts'
import type { CallReader } from './call-reader.ts'
import { homeKey, homesBegin } from './planning.ts'

export interface DescribedSession {
  readonly id: string
  /** The target that has its prompt cache. */
  readonly home?: string
  /** It goes there although the cascade begins with another. */
  readonly stays: boolean
  readonly because: string
}

/** Another session that asks for the same and has its cache elsewhere than where the cascade begins. */
export interface Elsewhere {
  readonly session: string
  readonly target: string
  /** How long ago it was served there. */
  readonly agoMs: number
}

/** A request that names no session and begins a conversation has none. */
export function describeSession(
  call: Call,
  reader: CallReader,
  plan: Plan,
  affinity: Affinity,
  nowMs: number,
): { readonly session?: DescribedSession; readonly elsewhere: readonly Elsewhere[] } {
  const key = homeKey(call, reader)
  const begin = homesBegin(call)
  const first = plan.stays ? plan.targets[1] : plan.targets[0]
  const elsewhere = affinity
    .list(nowMs)
    .filter(
      ([other, { target }]) =>
        other !== key && other.startsWith(begin) && first && target !== targetName(first),
    )
    .map(([other, { target, servedMs }]) => ({
      session: other.slice(begin.length).trim(),
      target,
      agoMs: nowMs - servedMs,
    }))
  if (reader.session.from === 'start' && affinity.home(key, nowMs) === undefined) return { elsewhere }
  return { session: ownSession(reader.session.session, plan, affinity.home(key, nowMs)), elsewhere }
}

function ownSession(id: string, plan: Plan, home: string | undefined): DescribedSession {
  const stays = plan.stays === true
  if (home === undefined)
    return { id, stays, because: 'it has no warm cache anywhere: the user’s order counts' }
  const told = { id, home, stays }
  const [first, second] = plan.targets
  if (stays && first && second)
    return { ...told, because: `its prompt cache is there; the cascade begins with ${modelName(second)}` }
  if (first && targetName(first) === home)
    return { ...told, because: 'its prompt cache is there, and it is the first choice' }
  const passed = plan.skipped.find(
    ({ name }) => home === name || home === name.replace(/ \(key (.+)\)$/, '#$1'),
  )
  if (passed) return { ...told, because: `its prompt cache is there, but ${passed.because}` }
  return { ...told, because: 'its prompt cache is there, but this request cannot go there' }
}
