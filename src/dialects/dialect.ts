/** One wire language, both as heard from clients and as spoken to upstreams. */
import type { Conversation, DialectId } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Loss } from '../conversation/loss.ts'
import type { Quirks } from '../conversation/quirks.ts'
import type { ReplyEvent, StopReason, Usage } from '../conversation/reply.ts'
import type { CallNames } from '../conversation/tool-names.ts'
import type { Json } from '../wire/json.ts'
import type { SseFrame } from '../wire/sse.ts'
import type { Stage } from '../wire/stage.ts'

export interface Dialect {
  readonly id: DialectId
  /** Which requests are in this dialect; undefined: not mine. `path` has no query and no profile prefix. */
  readonly hear: (path: string) => Heard | undefined
  readonly request: {
    /** Body (already parsed, see `parseJson`) to conversation. Never throws; a body that is no request is a Failure. */
    readonly decode: (body: Json) => Conversation | Failure
    /** Pure and stable: equal histories give equal bytes, so that prompt caches keep hitting (CONTRACT 75). */
    readonly encode: (conversation: Conversation, order: EncodeOrder) => Encoded
  }
  /** For bodies that pass through unread: proofs of other makers in the history, as the client was given them. */
  readonly foreignProofs?: {
    /** Stands in every body that holds one. */
    readonly mark: string
    readonly drop: (body: Json) => Json
  }
  readonly reply: {
    /** A decoder ends in exactly one `end` or `failed`; its `end()` says `failed` when the stream stopped early. */
    readonly decodeStream: (order: DecodeOrder) => Stage<SseFrame, ReplyEvent>
    readonly decodeWhole: (body: string, order: DecodeOrder) => readonly ReplyEvent[]
    readonly encodeStream: (context: ReplyContext) => ReplyEncoder
    /** The same sentence, collected. A sentence that failed is never given to it. */
    readonly encodeWhole: (events: readonly ReplyEvent[], context: ReplyContext) => string
  }
  readonly failure: {
    /** What an upstream's refusal means. `headers` are lower-cased. */
    readonly decode: (status: number, headers: WireHeaders, body: string) => Failure
    /** For the client, before anything was said. */
    readonly encode: (failure: Failure, requestId: string) => Refusal
    /** For the client, as the last words of a stream that had begun. */
    readonly frame: (failure: Failure, requestId: string, context: ReplyContext) => string
  }
  /** How to follow a stream that passes through unread (client and upstream speak this dialect). */
  readonly overhear: Overhearing
  /** A frame that keeps the client waiting without meaning anything (CONTRACT 99, 122). */
  readonly keepAlive: string
  readonly countTokens: {
    readonly encode: (tokens: number) => string
  }
}

export type Heard =
  | { readonly kind: 'generate'; readonly model?: string; readonly stream?: boolean } // Gemini says both in the path
  | { readonly kind: 'count-tokens'; readonly model?: string }
  | { readonly kind: 'list-models' }
  | { readonly kind: 'get-model'; readonly model: string }

export interface EncodeOrder {
  /** The target's own model name. */
  readonly model: string
  readonly stream: boolean
  readonly quirks: Quirks
}

export interface Encoded {
  /** The JSON text of the request body. */
  readonly body: string
  readonly lost: readonly Loss[]
  /** How names of tools were changed for the target; replies are named back by it. */
  readonly names: CallNames
}

export interface DecodeOrder {
  readonly quirks: Quirks
  /** Nothing of it is told again: numbers need not survive, and letters may be bytes. */
  readonly overheard?: boolean
}

/** What a reply needs to know of the call it answers. */
export interface ReplyContext {
  /** Our id for the reply, valid in every dialect's own form after its prefix: 24 letters and digits. */
  readonly replyId: string
  /** What the client asked for; replies carry it back (CONTRACT 18). */
  readonly model: string
  readonly createdMs: number
  /** Shown until the upstream says better (CONTRACT 33). */
  readonly estimatedInputTokens: number
  /** The client's request, for what a reply echoes (tools, stream_options …). */
  readonly conversation: Conversation
}

/** Whole frames of wire text, '' when there is nothing to say. Cannot emit an ill-formed sequence. */
export interface ReplyEncoder {
  push(event: ReplyEvent): string
}

export interface Refusal {
  readonly status: number
  readonly body: string
  readonly headers?: WireHeaders
}

export type WireHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Listening in on frames that are forwarded as they are. Cheap: only frames that hold a needle are read. */
export interface Overhearing {
  /** One per stream; it is given the stream's frames in their order. */
  readonly listen: () => Listener
  /** Only the first frame names the model; else any may. */
  readonly namesModelOnce: boolean
  /** Sent when a stream said why it stopped but not that it is over (CONTRACT 42); '' when nothing is missing. */
  readonly closing: string
}

export interface Listener {
  /** Texts, at least one of which stands in every frame worth reading. Others after some frames. */
  readonly needles: readonly string[]
  read(frame: SseFrame): Overheard
  /**
   * Whole frames, one of which begins at `from`: takes those that hold nothing but a piece of a call's arguments, in the
   * form that is usual, and says where the first other one begins.
   */
  skim?(frames: string, from: number): number
}

export interface Overheard {
  readonly usage?: Partial<Usage>
  readonly reason?: StopReason
  /** The stream is complete with this frame. */
  readonly over?: boolean
  readonly failure?: Failure
  /**
   * The frame says that a call is complete whose arguments are not whole, so it must not be told (CONTRACT 47).
   * `withhold`: what follows may say that the call was cut. `stop`: nothing that follows can heal it.
   */
  readonly cutCall?: 'withhold' | 'stop'
}
