/** A request in no provider's words. Made only when client and upstream speak different dialects. */
import type { Json } from '../wire/json.ts'
import type { Loss } from './loss.ts'

export type DialectId = 'anthropic' | 'openai-chat' | 'openai-responses' | 'gemini'
export const dialectIds = [
  'anthropic',
  'openai-chat',
  'openai-responses',
  'gemini',
] as const satisfies readonly DialectId[]

export interface Conversation {
  /** Guidance before the first turn, in order. */
  readonly system: readonly TextPart[]
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /** false: the model may call one tool at a time. */
  readonly parallelToolCalls?: boolean
  readonly sampling: Sampling
  readonly thinking: Thinking
  readonly output: OutputFormat
  /** Keeps a session on one warm prompt cache (`prompt_cache_key`). */
  readonly cacheKey?: string
  readonly userId?: string
  /** Chat only: the client wants a last chunk with usage (`stream_options.include_usage`). */
  readonly wantsUsageChunk?: boolean
  /** What the decoder met and this vocabulary cannot hold. */
  readonly unsaid: readonly Loss[]
}

/**
 * Tool results are part of the user's turn, as in the Messages API, directly after their calls; other dialects
 * regroup on encode. A `system` turn is guidance that appeared between turns (CONTRACT 6, 7): it keeps its place.
 */
export type Turn =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly parts: readonly AssistantPart[] }
  | { readonly role: 'system'; readonly parts: readonly TextPart[] }

export type UserPart = TextPart | MediaPart | ToolResultPart | ForeignPart
export type AssistantPart = TextPart | MediaPart | ThinkingPart | ToolCallPart | SearchPart | ForeignPart

export interface TextPart extends PartBase {
  readonly type: 'text'
  readonly text: string
}
/** An image, a PDF, audio or another file. */
export interface MediaPart extends PartBase {
  readonly type: 'media'
  /** `image/png`, `application/pdf`, …; `image/*` when only a URL is known. */
  readonly mediaType: string
  readonly source: MediaSource
  readonly title?: string
  /** OpenAI's `detail` of an image. */
  readonly detail?: string
}
export type MediaSource =
  | { readonly kind: 'base64'; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string }
  /** A file the provider of `dialect` keeps; nobody else can read it. */
  | { readonly kind: 'file'; readonly dialect: DialectId; readonly id: string }

/** `proof` is the provider's signature or encrypted reasoning: opaque, valid only where it was made. */
export interface ThinkingPart extends PartBase {
  readonly type: 'thinking'
  /** Empty when the provider keeps it to itself (redacted or encrypted). */
  readonly text: string
  readonly proof?: Proof
}
export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call'
  readonly id: string
  readonly name: string
  readonly namespace?: string
  /** The raw JSON text of the arguments as the model wrote it, or the raw input of a freeform call. */
  readonly arguments: string
  readonly freeform?: boolean
  readonly proof?: Proof
}
export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result'
  readonly callId: string
  readonly content: readonly (TextPart | MediaPart | ToolReferencePart)[]
  readonly isError: boolean
}
/** The result of a tool search: this deferred tool may be used from now on. */
export interface ToolReferencePart extends PartBase {
  readonly type: 'tool-reference'
  readonly name: string
}
/** A web search the provider itself carried out. */
export interface SearchPart extends PartBase {
  readonly type: 'search'
  readonly id: string
  readonly query: string
  readonly results: readonly SearchResult[]
}
export interface SearchResult {
  readonly url: string
  readonly title: string
  /** Opaque content that only the provider reads (`encrypted_content`). */
  readonly proof?: Proof
}
/** What only one dialect can say: restored for that dialect, named in `lost` for the others. */
export interface ForeignPart extends PartBase {
  readonly type: 'foreign'
  readonly dialect: DialectId
  readonly value: Json
  readonly loss: Loss
}

interface PartBase {
  /** The prompt up to and including this part may be cached. */
  readonly cache?: CacheMark
}
export type CacheMark = '5m' | '1h'

export type ProofKind = 'signature' | 'redacted' | 'encrypted' | 'thought'
export interface Proof {
  readonly dialect: DialectId
  readonly kind: ProofKind
  readonly value: string
  /** The provider's id of the item the proof belongs to (Responses: `rs_…`). */
  readonly itemId?: string
}

export type Tool = FunctionTool | FreeformTool | WebSearchTool | ForeignTool
export interface FunctionTool extends PartBase {
  readonly kind: 'function'
  readonly name: string
  readonly namespace?: string
  readonly description: string
  /** JSON Schema as the client wrote it, read with `parseJson`. */
  readonly schema: Json
  readonly strict?: boolean
  /** Known to the client but not to be shown to the model until a tool-reference names it. */
  readonly deferred?: boolean
}
/** A tool whose input is text in a grammar of its own (Codex' `apply_patch`). */
export interface FreeformTool extends PartBase {
  readonly kind: 'freeform'
  readonly name: string
  readonly namespace?: string
  readonly description: string
  readonly format?: Json
}
/** The provider searches the web itself. */
export interface WebSearchTool extends PartBase {
  readonly kind: 'web-search'
  readonly maxUses?: number
  readonly allowedDomains?: readonly string[]
  readonly blockedDomains?: readonly string[]
  readonly location?: Json
  readonly contextSize?: string
}
export interface ForeignTool extends PartBase {
  readonly kind: 'foreign'
  readonly dialect: DialectId
  readonly type: string
  readonly value: Json
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string; readonly namespace?: string }

export interface Sampling {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly presencePenalty?: number
  readonly frequencyPenalty?: number
}

/**
 * `default`: the client said nothing. `adaptive`: the model decides. `visible: false`: the client does not want to
 * see the thoughts. `effort` may accompany a budget or adaptive.
 */
export interface Thinking {
  readonly kind: 'default' | 'off' | 'adaptive' | 'budget'
  readonly budgetTokens?: number
  readonly effort?: EffortLevel
  readonly visible?: boolean
}
export type EffortLevel = 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

export type OutputFormat =
  | { readonly kind: 'text'; readonly verbosity?: string }
  | { readonly kind: 'json' }
  | { readonly kind: 'json-schema'; readonly name: string; readonly schema: Json; readonly strict?: boolean }
