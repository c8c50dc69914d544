/** Words of the Messages API that requests and replies share: cache marks, counters, reasons to stop. */
import type { CacheMark } from '../../conversation/conversation.ts'
import { noUsage, type StopReason, type Usage } from '../../conversation/reply.ts'
import { asNumber, asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'

/** The name under which Claude Code announces tools it will load later; it is no tool. */
export const placeholderTool = 'DeferredToolPlaceholder'
/** The first line of a system prompt that tells Anthropic who pays; it means nothing to others (CONTRACT 10). */
export const attributionMark = 'x-anthropic-billing-header:'

export function readCacheMark(block: JsonObject): { cache?: CacheMark } {
  const mark = block['cache_control']
  if (!isObject(mark)) return {}
  return { cache: mark['ttl'] === '1h' ? '1h' : '5m' }
}

export const writeCacheMark = (mark: CacheMark): JsonObject =>
  mark === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' }

const counters = [
  ['input', 'input_tokens'],
  ['cacheRead', 'cache_read_input_tokens'],
  ['cacheWrite', 'cache_creation_input_tokens'],
  ['output', 'output_tokens'],
] as const satisfies readonly (readonly [keyof Usage, string])[]

/** What a usage object says; a counter it does not name, or names as 0, is left out, so that later ones lay over. */
export function readUsage(value: Json | undefined): Partial<Usage> {
  const wire = asObject(value)
  const usage: Partial<Record<keyof Usage, number>> = {}
  for (const [ours, theirs] of counters) {
    const count = asNumber(wire[theirs])
    if (count) usage[ours] = count
  }
  const thinking = asNumber(asObject(wire['output_tokens_details'])['thinking_tokens'])
  if (thinking) usage.thinking = thinking
  const searches = asNumber(asObject(wire['server_tool_use'])['web_search_requests'])
  if (searches) usage.searches = searches
  return usage
}

export const layUsage = (under: Usage | undefined, over: Partial<Usage>): Usage => ({
  ...noUsage,
  ...under,
  ...over,
})

export function writeUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    ...(usage.thinking !== undefined && { output_tokens_details: { thinking_tokens: usage.thinking } }),
    ...(usage.searches && { server_tool_use: { web_search_requests: usage.searches } }),
  }
}

const reasons: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'done'],
  ['max_tokens', 'length'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_use', 'tool-calls'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
  ['model_context_window_exceeded', 'context-full'],
])

/** undefined: nothing was said about stopping. */
export function readStopReason(value: Json | undefined): StopReason | undefined {
  const word = asText(value)
  return word === undefined || word === '' ? undefined : (reasons.get(word) ?? 'other')
}

export const stopWords = {
  done: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'stop-sequence': 'stop_sequence',
  refusal: 'refusal',
  pause: 'pause_turn',
  'context-full': 'model_context_window_exceeded',
  other: 'end_turn',
} as const satisfies Record<StopReason, string>

/** A turn that completed with calls wants their results, whatever else was said (CONTRACT 51); one without wants none. */
export function settledReason(reason: StopReason, calls: boolean): StopReason {
  if (calls && (reason === 'done' || reason === 'stop-sequence' || reason === 'other')) return 'tool-calls'
  return reason === 'tool-calls' && !calls ? 'done' : reason
}
