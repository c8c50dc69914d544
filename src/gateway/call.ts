/** A client's request as it came in, and what becomes of it. */
import type { CacheNote } from '../compression/cache-note.ts'
import type { Profile } from '../config/settings.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Loss } from '../conversation/loss.ts'
import type { StopReason, Usage } from '../conversation/reply.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Skipped } from '../routing/locate.ts'
import type { Plan, Target } from '../routing/plan.ts'
import type { SessionIdentity } from '../routing/session.ts'
import type { Span } from '../wire/span.ts'
import type { Client } from './client.ts'
import type { ClientHeaders } from './headers.ts'

export interface Call {
  /** Ours: `x-clutch-request`, and the root of reply ids. */
  readonly id: string
  readonly dialect: Dialect
  readonly client: Client
  readonly profile: Profile
  /** Its session is on that profile for a while, whichever the call came to. */
  readonly detour?: { readonly insteadOf: string; readonly untilMs: number }
  /** The name of the client's key, when it has one of its own. */
  readonly key?: string
  readonly headers: ClientHeaders
  /** With its question mark; '' when there is none. */
  readonly query: string
  readonly startedMs: number
  /** The client's own bytes; never re-serialised for an upstream of the same dialect. */
  readonly body: Uint8Array
  /** As asked for; its place in the body, unless the path named it. */
  readonly model: string
  readonly modelSpan?: Span
  readonly stream: boolean
  /** Does the body hold numbers or keys that JSON.parse would change? undefined: not known. */
  readonly fragile?: boolean
}

/** How a delivery ended. */
export interface Ending {
  readonly usage: Usage
  readonly reason?: StopReason
  readonly failure?: Failure
}

/** One try of one target, for the log. */
export interface AttemptRecord {
  readonly target: Target
  readonly startedMs: number
  readonly firstWordMs?: number
  readonly failure?: Failure
  /** When it failed unheard; one that was heard ends with the call. */
  readonly failedMs?: number
  /** What a failed one had reported as used before it failed. */
  readonly usage?: Usage
}

/** What is left of a call when it is over: no prompts, no secrets. */
export interface CallRecord {
  readonly call: Call
  readonly session?: SessionIdentity
  readonly plan?: Plan
  /** The cascade's first choice, when another model answered; and why. */
  readonly instead?: Skipped
  readonly attempts: readonly AttemptRecord[]
  readonly lost: readonly Loss[]
  readonly ending: Ending
  /** Absent: tool results are left alone, and nobody watches the provider's cache. */
  readonly cache?: CacheNote
}

/** MIN_TOKENS_LIMIT and MAX_TOKENS_LIMIT. */
export interface OutputBounds {
  readonly minOutputTokens?: number
  readonly maxOutputTokens?: number
}

/** A body that is a request of its dialect, or why it is none. */
export type Decoded = Conversation | Failure

export const isFailure = (value: object): value is Failure => 'kind' in value && 'message' in value
