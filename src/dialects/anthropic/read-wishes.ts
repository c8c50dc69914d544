/** How a Messages request wants its answer: sampling, thinking, form, and what else stands beside the messages. */
import type { EffortLevel, OutputFormat, Sampling, Thinking } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { asNumber, asObject, asText, type Json, type JsonObject } from '../../wire/json.ts'
import type { Unsaid } from './read-blocks.ts'
import { texts } from './read-tools.ts'

export function readSampling(body: JsonObject): Sampling {
  const sampling: { -readonly [name in keyof Sampling]: Sampling[name] } = {}
  const maxOutputTokens = asNumber(body['max_tokens'])
  if (maxOutputTokens !== undefined) sampling.maxOutputTokens = maxOutputTokens
  const temperature = asNumber(body['temperature'])
  if (temperature !== undefined) sampling.temperature = temperature
  const topP = asNumber(body['top_p'])
  if (topP !== undefined) sampling.topP = topP
  const topK = asNumber(body['top_k'])
  if (topK !== undefined) sampling.topK = topK
  const stop = texts(body['stop_sequences'])
  if (stop.length > 0) sampling.stop = stop
  return sampling
}

const levels: ReadonlyMap<string, EffortLevel> = new Map(
  (['low', 'medium', 'high', 'xhigh', 'max'] as const).map((level) => [level, level]),
)

/** Kinds of thinking this version does not know are taken for `adaptive`, as is `between_tools` (CONTRACT 11). */
export function readThinking(body: JsonObject, unsaid: Unsaid): Thinking {
  const wire = asObject(body['thinking'])
  const word = asText(asObject(body['output_config'])['effort'])
  const effort = word === undefined ? undefined : levels.get(word)
  if (word !== undefined && !effort) unsaid.add('effort')
  const display = asText(wire['display'])
  return {
    ...kindOf(wire),
    ...(effort && { effort }),
    ...(display !== undefined && { visible: display !== 'omitted' }),
  }
}

function kindOf(wire: JsonObject): Pick<Thinking, 'kind' | 'budgetTokens'> {
  switch (wire['type']) {
    case undefined:
    case null:
      return { kind: 'default' }
    case 'disabled':
      return { kind: 'off' }
    case 'enabled': {
      const budgetTokens = asNumber(wire['budget_tokens'])
      return budgetTokens === undefined ? { kind: 'adaptive' } : { kind: 'budget', budgetTokens }
    }
    default:
      return { kind: 'adaptive' }
  }
}

/** Messages has no name for a schema; other dialects demand one. */
const schemaName = 'answer'

export function readOutput(body: JsonObject): OutputFormat {
  const format = asObject(asObject(body['output_config'])['format'] ?? body['output_format'])
  if (format['type'] !== 'json_schema') return { kind: 'text' }
  return { kind: 'json-schema', name: schemaName, schema: format['schema'] ?? {} }
}

/** Fields that are read elsewhere, and fields that change nothing for anybody but Anthropic's own records. */
const understood: ReadonlySet<string> = new Set([
  ...['model', 'messages', 'system', 'tools', 'tool_choice', 'stream', 'max_tokens', 'temperature', 'top_p'],
  ...['top_k', 'stop_sequences', 'thinking', 'output_config', 'output_format', 'metadata', 'betas'],
  ...['diagnostics', 'workspace_id', 'user_profile_id', 'anthropic_version', 'anthropic_beta'],
])

const named: ReadonlyMap<string, Loss> = new Map<string, Loss>([
  ['cache_control', 'cache-control'],
  ['container', 'server-tool'],
  ['context_management', 'context-management'],
  ['inference_geo', 'safety-settings'],
  ['mcp_servers', 'server-tool'],
  ['service_tier', 'service-tier'],
  ['speed', 'service-tier'],
  ['thread', 'stored-response'],
])

/** Every other field that says something is named (CONTRACT 4). */
export function readRest(body: JsonObject, unsaid: Unsaid): void {
  for (const [field, value] of Object.entries(body)) {
    if (understood.has(field) || saysNothing(field, value)) continue
    unsaid.add(named.get(field) ?? 'unknown-field')
  }
}

function saysNothing(field: string, value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return (field === 'service_tier' && value === 'auto') || (field === 'speed' && value === 'standard')
}
