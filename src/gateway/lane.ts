/** A lane turns what an upstream says into what the client hears. One per attempt, chosen when the head arrives. */
import type { Failure } from '../conversation/failure.ts'
import type { StopReason, Usage } from '../conversation/reply.ts'
import type { Weight } from './first-word.ts'

export interface Lane {
  /** Upstream bytes in; what may go to the client out. */
  push(bytes: Uint8Array): Utterance
  /** The upstream has ended. */
  end(): Utterance
  /** The last words of a stream that failed after its first word; '' for a whole reply. */
  fail(failure: Failure): string
  /** From now on the client hears everything at once (a held thought was released). */
  release(): void
  readonly account: Account
}

export interface Utterance {
  readonly out: Uint8Array | string
  /** How much has been said so far. */
  readonly weight: Weight
  readonly failure?: Failure
  /** The reply is complete; whatever else the upstream says is of no interest. */
  readonly over?: boolean
}

/** What a lane knows of the reply; may be incomplete, never stops the reply. */
export interface Account {
  usage: Usage
  reason?: StopReason
  /** Told to the client in the upstream's own words. */
  failure?: Failure
}
