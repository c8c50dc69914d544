/** What a call needs of the rest of the house, station by station. */
import type { CacheNote } from '../compression/cache-note.ts'
import type { Settings } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Usage } from '../conversation/reply.ts'
import type { Admission } from '../policy/admission.ts'
import type { Plan, Target } from '../routing/plan.ts'
import type { Clock } from '../world/clock.ts'
import type { Attempt } from './attempt.ts'
import type { Call, CallRecord } from './call.ts'
import type { CallReader } from './call-reader.ts'
import type { Heartbeat } from './patience.ts'
import type { Shaped } from './shape.ts'
import type { TurnMemory } from './turn-memory.ts'
import type { Witness } from './witness.ts'

/** One call as its conversation's next turn. */
export interface Turn {
  /** `x-clutch-cache` */
  readonly headline: string
  /** Told at the end: who answered, and what it used. */
  readonly note: (target: Target | undefined, usage: Usage) => CacheNote
}

/** The stations of a call, in order. Each takes what the one before it gave. */
export interface Stations {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: () => number
  readonly heartbeat: Heartbeat
  /** May refuse or narrow, never rewrites. */
  readonly admit: (call: Call) => Admission
  readonly plan: (call: Call, reader: CallReader, admission: Admission) => Plan
  /** What tools returned goes out shortened, as `reader` then says; undefined: as the client sent it. */
  readonly compress: (call: Call, reader: CallReader, plan: Plan) => Turn | undefined
  readonly witness: Witness
  readonly memory: TurnMemory
  /** Why nothing can be tried. */
  readonly explain: (call: Call, plan: Plan, admission: Admission) => Failure
  readonly shape: (call: Call, reader: CallReader, target: Target) => Shaped | Failure
  /** Asks the target. */
  readonly attempt: (call: Call, reader: CallReader, target: Target, shaped: Shaped) => Attempt
  /** Was the target's refusal about something that `heal` takes out of a request? */
  readonly isHealable: (target: Target, failure: Failure) => boolean
  readonly heal: (shaped: Shaped) => Shaped
  readonly finalWord: (call: Call, failure: Failure) => Failure
  readonly settle: (record: CallRecord) => void
}
