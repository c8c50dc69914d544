/** What a script decides: a play. Pure data; `beats.ts` turns it into bytes and `performer.ts` into time. */
import type { SearchResult } from '../conversation/conversation.ts'
import type { StopReason, Usage } from '../conversation/reply.ts'

export type Play =
  | Speech
  /** Refuses with an HTTP status and the error body of the dialect. */
  | { readonly type: 'refuse'; readonly trouble: Trouble }
  /** Answers with bytes that are no reply in any dialect. */
  | { readonly type: 'body'; readonly status: number; readonly contentType: string; readonly body: string }
  /** Never a byte: the caller’s patience ends it. */
  | { readonly type: 'silent' }

export interface Speech {
  readonly type: 'speak'
  readonly steps: readonly Step[]
  /** Pause after every event. */
  readonly paceMs?: number
  /** The stream ends cleanly, but too early, after so many events. */
  readonly cutAfter?: number
}

export type Step =
  /** A list is said piece by piece as it stands; a string is split into pieces of a few words. */
  | { readonly type: 'text'; readonly text: string | readonly string[] }
  | { readonly type: 'thinking'; readonly text: string }
  /** Several calls in one step are said interleaved, as some upstreams do. */
  | { readonly type: 'calls'; readonly calls: readonly Call[] }
  | { readonly type: 'search'; readonly query: string; readonly results: readonly SearchResult[] }
  | { readonly type: 'wait'; readonly ms: number }
  /** Laid over the estimated numbers. */
  | { readonly type: 'usage'; readonly usage: Partial<Usage> }
  /** Why the reply ends; without it `tool-calls` or `done`. */
  | { readonly type: 'stop'; readonly reason: StopReason; readonly stopSequence?: string }
  /** As the very first step it is an HTTP error (unless `afterHead`), later the dialect's error frame. */
  | { readonly type: 'error'; readonly trouble: Trouble; readonly afterHead?: boolean }
  /** Says nothing any more and does not hang up. */
  | { readonly type: 'silence' }
  /** The stream ends cleanly, but too early. */
  | { readonly type: 'cut' }
  /** The connection breaks. */
  | { readonly type: 'reset' }

export interface Call {
  readonly name: string
  readonly namespace?: string
  readonly freeform?: boolean
  /** JSON text, or raw input when freeform. */
  readonly arguments: string
  /** Only the first half of the arguments is said and the call is never closed. */
  readonly unfinished?: boolean
}

/** What an upstream complains about. */
export interface Trouble {
  readonly status: number
  /** Absent: the sandbox's own words for the status. */
  readonly message?: string
  /** What the status alone does not say. */
  readonly about?: 'context' | 'credits' | 'model'
  readonly retryAfterSeconds?: number
}

export const text = (said: string | readonly string[]): Step => ({ type: 'text', text: said })
export const thinking = (thought: string): Step => ({ type: 'thinking', text: thought })
export const calls = (...made: readonly Call[]): Step => ({ type: 'calls', calls: made })
export const speak = (...steps: readonly Step[]): Speech => ({ type: 'speak', steps })
