/** How a provider or a model departs from its dialect, as data. Encoders read it; nobody writes `if (provider === …)`. */
export interface Quirks {
  /** Chat: the field that limits output. Default `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** Larger wishes are clamped to it (CONTRACT 14). */
  readonly maxOutputTokens?: number
  /** Chat: where thoughts stand in replies and are handed back in history. Default `reasoning_content`. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'reasoning_details'
  /** Chat: thoughts of earlier turns must (`required`), may (`accepted`) or must not (`refused`) be sent back. Default `accepted`. */
  readonly reasoningReplay?: 'required' | 'accepted' | 'refused'
  /** Chat: how effort or a thinking switch is asked for. Default `reasoning_effort`. */
  readonly thinkingRequest?: 'reasoning_effort' | 'reasoning' | 'thinking' | 'enable_thinking' | 'none'
  /** Efforts the target knows, weakest first; others are clamped to the nearest. */
  readonly efforts?: readonly ('minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max')[]
  /** The target refuses temperature, top_p and top_k (CONTRACT 15). */
  readonly refusesSampling?: boolean
  /** Chat: ask for the usage chunk with stream_options. Default true. */
  readonly streamUsage?: boolean
  /** The word for "must call some tool". Default: the dialect's own. */
  readonly requiredToolWord?: 'required' | 'any' | 'auto'
  /** A named tool cannot be forced; say `requiredToolWord`. */
  readonly noNamedToolChoice?: boolean
  readonly noParallelSwitch?: boolean
  /** Chat: guidance goes out under this role. Default `system`. */
  readonly systemRole?: 'system' | 'developer'
  /** Guidance is accepted only before the first turn. */
  readonly systemOnlyFirst?: boolean
  /** JSON Schema keywords the target refuses, removed everywhere in a tool's schema (CONTRACT 58). */
  readonly schemaRefuses?: readonly string[]
  /** The whole window in tokens, the answer included; larger requests are not sent. */
  readonly contextWindow?: number
  /** false: the model does not think, however it is asked; who wants thoughts is sent elsewhere if there is such a place. */
  readonly thinking?: boolean
  /** false: the target cannot call tools. */
  readonly tools?: boolean
  /** Costs nothing. Default: local servers, and models named `…:free`. */
  readonly free?: boolean
  /** Chat: the target takes a list of models (`models`) and tries them itself; at most so many. */
  readonly maxModels?: number
  readonly images?: boolean
  readonly documents?: boolean
  /** The target can search the web when asked in its dialect's way. */
  readonly webSearch?: boolean
  /** Structured output: a schema, JSON only, or nothing. Default `schema`. */
  readonly structuredOutput?: 'schema' | 'json' | 'none'
  /** Chat: the wish for shorter or longer answers (`verbosity`) is understood. */
  readonly verbosity?: boolean
  /** Chat: the end user's id (`user`) is accepted. Default true. */
  readonly user?: boolean
  readonly maxStopSequences?: number
  /** The model fills optional texts of tools with ''; they are taken out once a call is whole (CONTRACT 59). */
  readonly fillsOptionalTexts?: boolean
  /** Tool ids and names longer than this are mapped both ways (CONTRACT 49). Default 64. */
  readonly maxNameLength?: number
  /** Chat: ids of calls are letters and digits, exactly so many. */
  readonly callIdLength?: number
  /** Chat: behind a tool's result the model must speak before the user does. */
  readonly noUserAfterTool?: boolean
  /** Chat: which counter holds cached tokens. Default `prompt_tokens_details.cached_tokens`. */
  readonly cachedTokens?: 'details' | 'prompt_cache_hit_tokens' | 'cached_tokens'
  /** prompt_cache_key (or the like) is accepted. */
  readonly cacheKey?: boolean
  /** Cache marks are honoured. Default: true for Anthropic, false for Chat. */
  readonly cacheControl?: boolean
}
