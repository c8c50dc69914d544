/** A conversation to a Responses request. The growing part, `input`, comes last: everything before it stays the same. */
import type {
  Conversation,
  EffortLevel,
  OutputFormat,
  Sampling,
  TextPart,
  Thinking,
  Tool,
} from '../../conversation/conversation.ts'
import { effortForBudget, nearestEffort } from '../../conversation/effort.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { type CallNames, type ClientName, offeredTools, shortHash } from '../../conversation/tool-names.ts'
import { type Json, type JsonObject, Written, writeFields, writeJson } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { listOf, wordingOf } from '../wording.ts'
import { writeInput } from './history.ts'
import { wireName, writeToolChoice, writeTools } from './tools.ts'

export function encodeRequest(conversation: Conversation, { model, stream, quirks }: EncodeOrder): Encoded {
  const lost = new Set<Loss>(conversation.unsaid)
  const instructions = instructionsOf(conversation.system)
  if (conversation.system.some(({ cache }) => cache)) lost.add('cache-control')
  const input = writeInput(conversation, quirks, lost)
  const reasons = quirks.efforts?.length !== 0
  const body = {
    model,
    ...(instructions && { instructions }),
    ...toolFields(conversation, quirks, lost),
    ...(reasons && reasoningField(conversation.thinking, quirks, lost)),
    ...textField(conversation.output, quirks, lost),
    ...samplingFields(conversation.sampling, quirks, lost),
    ...identityFields(conversation, quirks, lost),
    store: false,
    stream,
    include: includes(conversation, quirks, reasons),
    input,
  }
  return { body: writeFields(body), lost: [...lost], names: namesFor(conversation.tools, quirks) }
}

/** undefined: none. */
const instructionsOf = remembered((system: readonly TextPart[]) => {
  const texts = system.map(({ text }) => text).filter(Boolean)
  return texts.length === 0 ? undefined : new Written(writeJson(texts.join('\n\n')))
})

/** A session offers the same tools in each of its requests. */
const toolsWording = remembered((offered: readonly Tool[], quirks: Quirks) => {
  const lost = new Set<Loss>()
  return wordingOf(writeTools(offered, quirks, lost), lost)
})

function toolFields(
  conversation: Conversation,
  quirks: Quirks,
  lost: Set<Loss>,
): Readonly<Record<string, Json | Written | undefined>> {
  const wording = toolsWording(offeredTools(conversation), quirks)
  const tools = listOf([wording], lost)
  const { parallelToolCalls } = conversation
  if (wording.text === '') {
    if (conversation.toolChoice && conversation.toolChoice.kind !== 'none' && conversation.tools.length > 0)
      lost.add('tool-choice')
    return {}
  }
  const choice = writeToolChoice(conversation, quirks, lost)
  if (parallelToolCalls === false && quirks.noParallelSwitch) lost.add('parallel-tool-calls')
  const searches = conversation.tools.find((tool) => tool.kind === 'web-search')
  return {
    tools,
    ...(choice !== undefined && { tool_choice: choice }),
    ...(parallelToolCalls !== undefined &&
      !quirks.noParallelSwitch && { parallel_tool_calls: parallelToolCalls }),
    ...(quirks.webSearch && searches?.maxUses !== undefined && { max_tool_calls: searches.maxUses }),
  }
}

/** What every reasoning model of this API takes; providers that know better say so in their quirks. */
const commonEfforts: readonly EffortLevel[] = ['low', 'medium', 'high']

function reasoningField(thinking: Thinking, quirks: Quirks, lost: Set<Loss>): JsonObject {
  const effort = effortWord(thinking, quirks, lost)
  const thinks = thinking.kind === 'adaptive' || thinking.kind === 'budget'
  const shown = thinking.visible ?? thinks
  if (effort === undefined && !shown) return {}
  return { reasoning: { ...(effort !== undefined && { effort }), ...(shown && { summary: 'auto' }) } }
}

function effortWord(
  { kind, effort, budgetTokens }: Thinking,
  quirks: Quirks,
  lost: Set<Loss>,
): string | undefined {
  const known = quirks.efforts ?? commonEfforts
  if (kind === 'off') {
    if (!quirks.efforts) return 'none'
    lost.add('effort')
    return known[0]
  }
  if (budgetTokens !== undefined) lost.add('thinking-budget')
  const wished = effort ?? (budgetTokens === undefined ? undefined : effortForBudget(budgetTokens))
  return wished === undefined ? undefined : clamped(wished, known, lost)
}

function clamped(wish: EffortLevel, known: readonly EffortLevel[], lost: Set<Loss>): EffortLevel | undefined {
  if (!known.includes(wish)) lost.add('effort')
  return nearestEffort(wish, known)
}

function textField(output: OutputFormat, quirks: Quirks, lost: Set<Loss>): JsonObject {
  if (output.kind === 'text')
    return output.verbosity === undefined ? {} : { text: { verbosity: output.verbosity } }
  const able = quirks.structuredOutput ?? 'schema'
  if (able === 'none' || (able === 'json' && output.kind === 'json-schema'))
    lost.add(output.kind === 'json' ? 'output-json' : 'output-schema')
  if (able === 'none') return {}
  if (able === 'json' || output.kind === 'json') return { text: { format: { type: 'json_object' } } }
  const { schema, strict } = output
  const name = wireName(output.name || 'response', {})
  return { text: { format: { type: 'json_schema', name, schema, strict: strict ?? false } } }
}

/** The API refuses smaller limits. */
const leastOutputTokens = 16

function samplingFields(sampling: Sampling, quirks: Quirks, lost: Set<Loss>): JsonObject {
  const { maxOutputTokens, temperature, topP, topK, stop, seed } = sampling
  const heated = temperature !== undefined || topP !== undefined
  if (heated && quirks.refusesSampling) lost.add('temperature')
  if (topK !== undefined) lost.add('top-k')
  if (stop && stop.length > 0) lost.add('stop-sequences')
  if (seed !== undefined) lost.add('seed')
  if (sampling.presencePenalty !== undefined || sampling.frequencyPenalty !== undefined) lost.add('penalties')
  return {
    ...(maxOutputTokens !== undefined && { max_output_tokens: limit(maxOutputTokens, quirks, lost) }),
    ...(temperature !== undefined && !quirks.refusesSampling && { temperature }),
    ...(topP !== undefined && !quirks.refusesSampling && { top_p: topP }),
  }
}

function limit(wished: number, quirks: Quirks, lost: Set<Loss>): number {
  const most = quirks.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const allowed = Math.min(Math.max(wished, leastOutputTokens), most)
  if (allowed !== wished) lost.add('max-output-tokens')
  return allowed
}

/** The API refuses longer keys and ids. */
const longestKey = 64

function identityFields({ cacheKey, userId }: Conversation, quirks: Quirks, lost: Set<Loss>): JsonObject {
  const tooLong = userId !== undefined && userId.length > longestKey
  if (tooLong) lost.add('user-id')
  const keyed = cacheKey !== undefined && cacheKey !== '' && quirks.cacheKey !== false
  return {
    ...(keyed && { prompt_cache_key: shortened(cacheKey) }),
    ...(userId !== undefined && !tooLong && { user: userId }),
  }
}

const shortened = (key: string): string =>
  key.length <= longestKey ? key : `${key.slice(0, longestKey - 9)}_${shortHash(key)}`

/** Thoughts come back encrypted, so that they can be handed in again (CONTRACT 68). */
function includes({ tools }: Conversation, quirks: Quirks, reasons: boolean): readonly Json[] {
  const sources = quirks.webSearch && tools.some(({ kind }) => kind === 'web-search')
  return [
    ...(reasons ? ['reasoning.encrypted_content'] : []),
    ...(sources ? ['web_search_call.action.sources'] : []),
  ]
}

/** The way back from changed names. Freeform tools and namespaces as such need none: the API knows both. */
const namesFor = remembered((tools: readonly Tool[], quirks: Quirks): CallNames => {
  const names = new Map<string, ClientName>()
  for (const tool of tools) {
    if (tool.kind !== 'function' && tool.kind !== 'freeform') continue
    const wire = wireName(tool.name, quirks)
    if (wire === tool.name) continue
    const space = tool.namespace === undefined ? {} : { namespace: tool.namespace }
    names.set(wire, { name: tool.name, ...space, freeform: tool.kind === 'freeform' })
  }
  return names
})
