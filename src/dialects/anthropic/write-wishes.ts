/** How the answer is wanted: limits, sampling, thinking and form, within what the Messages API allows together. */
import type { Conversation, EffortLevel, Sampling, Thinking } from '../../conversation/conversation.ts'
import { nearestEffort } from '../../conversation/effort.ts'
import type { JsonObject } from '../../wire/json.ts'
import { fitSchema } from './schema.ts'
import type { Message, Writing } from './write-blocks.ts'

/** `max_tokens` is required; this is said for clients that named no limit. */
const defaultMaxTokens = 32_000
/** The API refuses smaller budgets. */
const leastBudget = 1024

export function writeMaxTokens({ sampling }: Conversation, { quirks, lost }: Writing): number {
  const wanted = sampling.maxOutputTokens ?? quirks.maxOutputTokens ?? defaultMaxTokens
  const limit = quirks.maxOutputTokens ?? wanted
  if (wanted > limit) lost.add('max-output-tokens')
  return Math.min(wanted, limit)
}

/** Thinking excludes a forced tool, and the API wants the thoughts that led to the calls now being answered. */
export function writeThinking(
  { thinking }: Conversation,
  maxTokens: number,
  choice: JsonObject | undefined,
  messages: readonly Message[],
  { quirks, lost }: Writing,
): JsonObject | undefined {
  if (thinking.kind === 'default') return undefined
  if (thinking.kind === 'off') return { type: 'disabled' }
  const forced = choice?.['type'] === 'any' || choice?.['type'] === 'tool'
  if (forced || quirks.thinkingRequest === 'none') {
    lost.add('thinking-budget')
    return undefined
  }
  const display =
    thinking.visible === undefined ? {} : { display: thinking.visible ? 'summarized' : 'omitted' }
  if (thinking.kind === 'adaptive') return { type: 'adaptive', ...display }
  const budget = Math.min(Math.max(thinking.budgetTokens ?? leastBudget, leastBudget), maxTokens - 1)
  if (budget !== thinking.budgetTokens) lost.add('thinking-budget')
  if (budget >= leastBudget && !answersUnthought(messages))
    return { type: 'enabled', budget_tokens: budget, ...display }
  lost.add('thinking-budget')
  return undefined
}

/** Whether the last step is results of calls that no signed thought led to: another model made them. */
function answersUnthought(messages: readonly Message[]): boolean {
  const last = messages.at(-1)
  if (last?.role !== 'user' || last.content[0]?.['type'] !== 'tool_result') return false
  const first = messages.at(-2)?.content[0]?.['type']
  return first !== 'thinking' && first !== 'redacted_thinking'
}

export function writeSampling(sampling: Sampling, thinks: boolean, writing: Writing): JsonObject {
  const { quirks, lost } = writing
  const free = !quirks.refusesSampling && !thinks
  const topK = free ? sampling.topK : undefined
  if (topK !== sampling.topK) lost.add('top-k')
  if (sampling.seed !== undefined) lost.add('seed')
  if (sampling.presencePenalty || sampling.frequencyPenalty) lost.add('penalties')
  return {
    ...writeWarmth(sampling, free, writing),
    ...(topK !== undefined && { top_k: topK }),
    ...writeStop(sampling.stop ?? [], writing),
  }
}

/** With thinking on, the API takes no temperature but 1; newer models take temperature or top_p, not both. */
function writeWarmth({ temperature, topP }: Sampling, free: boolean, { lost }: Writing): JsonObject {
  if (!free) {
    if ((temperature ?? 1) !== 1 || (topP ?? 1) !== 1) lost.add('temperature')
    return {}
  }
  if (temperature === undefined) return topP === undefined ? {} : { top_p: topP }
  if (temperature > 1 || (topP ?? 1) !== 1) lost.add('temperature')
  return { temperature: Math.min(1, temperature) }
}

/** Blank sequences are refused. */
function writeStop(wanted: readonly string[], { quirks, lost }: Writing): JsonObject {
  const stops = wanted.filter((text) => text.trim() !== '').slice(0, quirks.maxStopSequences)
  if (stops.length < wanted.length) lost.add('stop-sequences')
  return stops.length > 0 ? { stop_sequences: stops } : {}
}

/** Effort and the form of the answer. */
export function writeOutputConfig(conversation: Conversation, writing: Writing): JsonObject | undefined {
  const effort = writeEffort(conversation.thinking, writing)
  const format = writeFormat(conversation, writing)
  if (!effort && !format) return undefined
  return { ...(effort && { effort }), ...(format && { format }) }
}

const ownEfforts: readonly EffortLevel[] = ['low', 'medium', 'high', 'xhigh', 'max']

/** The nearest effort the target knows (CONTRACT 12). */
function writeEffort({ effort, kind }: Thinking, { quirks, lost }: Writing): EffortLevel | undefined {
  if (effort === undefined || kind === 'off') return undefined
  const known = quirks.efforts ?? ownEfforts
  if (known.includes(effort)) return effort
  lost.add('effort')
  return nearestEffort(effort, known)
}

function writeFormat({ output }: Conversation, { quirks, lost }: Writing): JsonObject | undefined {
  switch (output.kind) {
    case 'text':
      if (output.verbosity !== undefined) lost.add('verbosity')
      return undefined
    case 'json':
      lost.add('output-json')
      return undefined
    case 'json-schema': {
      if ((quirks.structuredOutput ?? 'schema') !== 'schema') {
        lost.add('output-schema')
        return undefined
      }
      const { schema, reduced } = fitSchema(output.schema, quirks.schemaRefuses)
      if (reduced) lost.add('output-schema')
      return { type: 'json_schema', schema }
    }
  }
}
