/** The `response` object: the frame around the output items, in a stream's first and last events and as a whole reply. */
import { noUsage, type StopReason, type Usage } from '../../conversation/reply.ts'
import type { Json, JsonObject } from '../../wire/json.ts'
import type { ReplyContext } from '../dialect.ts'
import { wireUsage } from './wire.ts'

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

/**
 * Tools and instructions are not echoed: no client reads them there, and Codex' would make 40 KB of every reply.
 * `usage` only when the response is over.
 */
export function responseObject(
  { replyId, model, createdMs, conversation }: ReplyContext,
  status: ResponseStatus,
  output: readonly Json[],
  usage?: Usage,
): JsonObject {
  const { sampling, thinking, parallelToolCalls, cacheKey, toolChoice } = conversation
  return {
    id: `resp_${replyId}`,
    object: 'response',
    created_at: Math.floor(createdMs / 1000),
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: sampling.maxOutputTokens ?? null,
    max_tool_calls: null,
    model,
    output,
    parallel_tool_calls: parallelToolCalls ?? true,
    previous_response_id: null,
    prompt_cache_key: cacheKey ?? null,
    reasoning: { effort: thinking.kind === 'off' ? 'none' : (thinking.effort ?? null), summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: false,
    temperature: sampling.temperature ?? null,
    text: { format: { type: 'text' } },
    tool_choice: toolChoice && toolChoice.kind !== 'tool' ? toolChoice.kind : 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: sampling.topP ?? null,
    truncation: 'disabled',
    usage: usage ? wireUsage(usage) : null,
    metadata: {},
  }
}

export function finished(
  context: ReplyContext,
  reason: StopReason,
  output: readonly Json[],
  usage: Usage = noUsage,
): JsonObject {
  const why = incompleteReason(reason)
  const response = responseObject(context, why ? 'incomplete' : 'completed', output, usage)
  return why ? { ...response, incomplete_details: { reason: why } } : response
}

function incompleteReason(reason: StopReason): string | undefined {
  switch (reason) {
    case 'length':
    case 'context-full':
      return 'max_output_tokens'
    case 'refusal':
      return 'content_filter'
    case 'done':
    case 'tool-calls':
    case 'stop-sequence':
    case 'pause':
    case 'other':
      return undefined
  }
}
