/**
 * A reply is a sentence of events:
 *
 *     start (part-start part-delta* part-end | usage)* (end | failed)
 *
 * Parts may interleave; `index` tells them apart (0, 1, 2 … in order of their start). A part without `part-end` before
 * `end` did not arrive whole: only a tool call cut by a limit or a refusal may end so, and no
 * encoder presents it as complete. A whole (non-streamed) reply is the same sentence, all at once.
 */
import type { Json } from '../wire/json.ts'
import type { DialectId, Proof, SearchResult } from './conversation.ts'
import type { Failure } from './failure.ts'
import type { Loss } from './loss.ts'

export type ReplyEvent =
  | { readonly type: 'start'; readonly id: string; readonly model: string; readonly usage?: Usage }
  | PartEvent
  /** Cumulative: the latest wins. */
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'end'; readonly reason: StopReason; readonly stopSequence?: string }
  | { readonly type: 'failed'; readonly failure: Failure }

export type PartEvent =
  | { readonly type: 'part-start'; readonly index: number; readonly part: PartOpening }
  /** Text, thought, or the next piece of a tool call's arguments (raw JSON text, or raw input when freeform). */
  | { readonly type: 'part-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'part-end'; readonly index: number; readonly proof?: Proof }

export type PartOpening =
  | { readonly type: 'text' }
  | { readonly type: 'thinking' }
  | {
      readonly type: 'tool-call'
      readonly id: string
      readonly name: string
      readonly namespace?: string
      readonly freeform?: boolean
    }
  /** Atomic: started and ended without deltas. */
  | {
      readonly type: 'search'
      readonly id: string
      readonly query: string
      readonly results: readonly SearchResult[]
    }
  /** Atomic: something only one dialect can say. */
  | { readonly type: 'foreign'; readonly dialect: DialectId; readonly value: Json; readonly loss: Loss }

export type StopReason =
  | 'done'
  | 'tool-calls'
  | 'length'
  | 'stop-sequence'
  | 'refusal'
  | 'pause' // a server tool paused the turn: send it back to go on
  | 'context-full'
  | 'other'

/**
 * Tokens. The four counters are disjoint, so they add up; dialects that nest them subtract on decode and add on
 * encode. `thinking` is the part of `output` spent on thoughts, when the provider says so.
 */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly thinking?: number
  readonly searches?: number
}

export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }
