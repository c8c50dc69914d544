/** Everything that can go wrong with a call, as data: the cascade, the breaker, the log and the client all read it. */
import type { DialectId } from './conversation.ts'

export interface Failure {
  readonly kind: FailureKind
  /** One readable sentence; the upstream's own words where it had any. */
  readonly message: string
  /** HTTP status the upstream answered with. */
  readonly status?: number
  /** How long the upstream asks to wait. */
  readonly retryAfterMs?: number
  /** context-too-long: the window the upstream named. */
  readonly limitTokens?: number
  /** A word for the cause that the client's own library acts on. */
  readonly code?: string
  /** The provider that failed; absent when the failure is ours or the client's. */
  readonly provider?: string
  /** The upstream's own answer, relayed verbatim to a client of the same dialect (CONTRACT 92). */
  readonly verbatim?: Verbatim
}

export interface Verbatim {
  readonly dialect: DialectId
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export type FailureKind =
  | 'bad-request' // 400, 413, 422: the client's own mistake
  | 'too-large' // the body exceeds our limit or theirs
  | 'context-too-long'
  | 'unknown-model' // no such model here: the list of valid ones is in the message
  | 'not-found' // no such path
  | 'wrong-method'
  | 'client-unauthorized' // the client did not present our key
  | 'refused' // by policy
  | 'budget-spent' // a budget set here; the message says when it resets
  | 'circle' // the call came back to a gateway that it had already passed
  | 'no-route' // nothing that is configured can serve it: a key, a capability is missing
  | 'auth' // the provider refuses our key: 401, 403
  | 'payment' // 402, credits
  | 'incapable' // the target cannot do what the request is for (web search, say)
  | 'target-not-found' // 404 for the model, the endpoint, or by a privacy setting
  | 'rate-limited'
  | 'overloaded' // 408, 5xx, 529
  | 'unreachable' // connect, TLS, DNS
  | 'timeout' // silence
  | 'garbled' // HTML, bad JSON, or nothing at all where a reply should be
  | 'cut' // the stream ended early
  | 'client-left'
  | 'internal' // our own mistake

/** Whom the breaker blames. */
export type Blame = 'nobody' | 'account' | 'model' | 'provider'

export interface Traits {
  /** May the next target be tried, when nothing was said yet? */
  readonly tryNext: boolean
  /** How often the same target may be asked again, when nothing was said yet. */
  readonly retrySame: number
  readonly blames: Blame
}

/** What a failure means for the next step. One row per kind: a new kind does not compile until it has its row. */
export const failureTraits: Readonly<Record<FailureKind, Traits>> = {
  'bad-request': { tryNext: false, retrySame: 0, blames: 'nobody' },
  'too-large': { tryNext: false, retrySame: 0, blames: 'nobody' },
  'context-too-long': { tryNext: true, retrySame: 0, blames: 'nobody' },
  'unknown-model': { tryNext: false, retrySame: 0, blames: 'nobody' },
  'not-found': { tryNext: false, retrySame: 0, blames: 'nobody' },
  'wrong-method': { tryNext: false, retrySame: 0, blames: 'nobody' },
  'client-unauthorized': { tryNext: false, retrySame: 0, blames: 'nobody' },
  refused: { tryNext: false, retrySame: 0, blames: 'nobody' },
  'budget-spent': { tryNext: false, retrySame: 0, blames: 'nobody' },
  circle: { tryNext: true, retrySame: 0, blames: 'provider' },
  'no-route': { tryNext: false, retrySame: 0, blames: 'nobody' },
  auth: { tryNext: true, retrySame: 0, blames: 'account' },
  payment: { tryNext: true, retrySame: 0, blames: 'account' },
  incapable: { tryNext: true, retrySame: 0, blames: 'nobody' },
  'target-not-found': { tryNext: true, retrySame: 0, blames: 'model' },
  'rate-limited': { tryNext: true, retrySame: 0, blames: 'nobody' },
  overloaded: { tryNext: true, retrySame: 1, blames: 'model' },
  unreachable: { tryNext: true, retrySame: 1, blames: 'provider' },
  timeout: { tryNext: true, retrySame: 0, blames: 'model' },
  garbled: { tryNext: true, retrySame: 0, blames: 'model' },
  cut: { tryNext: true, retrySame: 0, blames: 'model' },
  'client-left': { tryNext: false, retrySame: 0, blames: 'nobody' },
  internal: { tryNext: false, retrySame: 0, blames: 'nobody' },
}
