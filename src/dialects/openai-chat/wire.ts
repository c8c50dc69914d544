/** What a chat.completion and its chunks say about stopping and spending, read leniently, written in OpenAI's words. */
import type { FailureKind } from '../../conversation/failure.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import type { StopReason, Usage } from '../../conversation/reply.ts'
import {
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
} from '../../wire/json.ts'

/** A frame's data as JSON; undefined when it is none. Arguments given as an object keep their `1.0` and big integers. */
export function readChunk(data: string): Json | undefined {
  if (data.includes('"arguments":{') || data.includes('"arguments": {')) return tryParseJson(data)
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

/** The answer we follow: the first one, when a client or a server thought of several. */
export function firstChoice(choices: Json | undefined): JsonObject | undefined {
  if (!Array.isArray(choices)) return undefined
  for (const choice of choices) {
    if (isObject(choice) && isFirst(choice)) return choice
  }
  return undefined
}

const isFirst = ({ index }: JsonObject): boolean => typeof index !== 'number' || index === 0

const reasons: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'done'],
  ['end_turn', 'done'],
  ['eos', 'done'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_calls', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['model_context_window_exceeded', 'context-full'],
  ['content_filter', 'refusal'],
  ['sensitive', 'refusal'],
  ['safety', 'refusal'],
  ['refusal', 'refusal'],
  ['recitation', 'refusal'],
  ['prohibited_content', 'refusal'],
])

/** Reasons that are no end but an accident. */
const accidents: ReadonlyMap<string, FailureKind> = new Map([
  ['error', 'overloaded'],
  ['network_error', 'overloaded'],
  ['insufficient_system_resource', 'overloaded'],
  ['abort', 'cut'],
  ['aborted', 'cut'],
])

export type Finish =
  | { readonly kind: 'stopped'; readonly reason: StopReason }
  | { readonly kind: 'accident'; readonly failure: FailureKind; readonly word: string }

/** undefined: the answer goes on. */
export function readFinish(value: Json | undefined): Finish | undefined {
  const word = asText(value)?.trim().toLowerCase()
  if (!word || word === 'null') return undefined
  const failure = accidents.get(word)
  if (failure) return { kind: 'accident', failure, word }
  return { kind: 'stopped', reason: reasons.get(word) ?? 'other' }
}

const finishWords: Readonly<Record<StopReason, string>> = {
  done: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'stop-sequence': 'stop',
  refusal: 'content_filter',
  pause: 'stop',
  'context-full': 'length',
  other: 'stop',
}

/** CONTRACT 51: a turn that completed with calls in it stopped for the sake of the calls. */
export function finishWord(reason: StopReason, calls: boolean): string {
  const word = finishWords[reason]
  if (word === 'stop' && calls) return 'tool_calls'
  return word === 'tool_calls' && !calls ? 'stop' : word
}

const count = (value: unknown): number => Math.max(0, asNumber(value) ?? 0)

/** Chat counts cached tokens inside the prompt; ours are disjoint (CONTRACT 34). */
export function readUsage(value: Json | undefined, quirks: Quirks): Usage | undefined {
  if (!isObject(value)) return undefined
  const { prompt_tokens, completion_tokens, total_tokens } = value
  const { prompt_tokens_details, completion_tokens_details, server_tool_use } = value
  if (asNumber(prompt_tokens) === undefined && asNumber(completion_tokens) === undefined) return undefined
  const prompt = count(prompt_tokens)
  const cacheRead = Math.min(prompt, cachedTokens(value, quirks))
  const { cache_write_tokens } = asObject(prompt_tokens_details)
  const cacheWrite = Math.min(prompt - cacheRead, count(cache_write_tokens))
  const { reasoning_tokens } = asObject(completion_tokens_details)
  const thinking = asNumber(reasoning_tokens)
  const completion = count(completion_tokens)
  const apart = thinking !== undefined && asNumber(total_tokens) === prompt + completion + thinking
  const { web_search_requests } = asObject(server_tool_use)
  const searches = asNumber(web_search_requests)
  return {
    input: prompt - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: apart ? completion + thinking : completion,
    ...(thinking !== undefined && { thinking }),
    ...(searches !== undefined && { searches }),
  }
}

function cachedTokens(usage: JsonObject, { cachedTokens: place = 'details' }: Quirks): number {
  const { prompt_tokens_details, prompt_cache_hit_tokens, cached_tokens } = usage
  const { cached_tokens: details } = asObject(prompt_tokens_details)
  const named = { details, prompt_cache_hit_tokens, cached_tokens }[place]
  return count(named ?? details ?? prompt_cache_hit_tokens ?? cached_tokens)
}

/** What nobody counted is estimated: an agent that knows nothing of its context never compacts it. */
export function writeUsage(usage: Usage, estimatedInputTokens: number): JsonObject {
  const counted = usage.input + usage.cacheRead + usage.cacheWrite
  const prompt = counted + usage.output === 0 ? estimatedInputTokens : counted
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    ...(usage.thinking !== undefined && {
      completion_tokens_details: { reasoning_tokens: usage.thinking },
    }),
    ...(usage.searches !== undefined && { server_tool_use: { web_search_requests: usage.searches } }),
  }
}
