/** A Responses request to a conversation. */
import type { Conversation, OutputFormat, Sampling, Thinking, Tool } from '../../conversation/conversation.ts'
import { readEffort } from '../../conversation/effort.ts'
import type { Failure } from '../../conversation/failure.ts'
import type { Loss } from '../../conversation/loss.ts'
import {
  asFlag,
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
} from '../../wire/json.ts'
import { type OneOrMore, remembered, rememberedTogether } from '../../wire/remembered.ts'
import { readInput } from './input.ts'
import { readToolChoice, readTools } from './tools.ts'

const bad = (message: string): Failure => ({ kind: 'bad-request', message })

export function decodeRequest(body: Json): Conversation | Failure {
  const wrong = objection(body)
  if (wrong) return wrong
  const request = asObject(body)
  const unsaid = new Set<Loss>()
  const said = request['input']
  const items = typeof said === 'string' ? [{ type: 'message', role: 'user', content: said }] : asList(said)
  const input = readInput(items, asText(request['instructions']), unsaid)
  const toolChoice = readToolChoice(request['tool_choice'], unsaid)
  const parallel = asFlag(request['parallel_tool_calls'])
  const cacheKey = asText(request['prompt_cache_key'])
  const userId = asText(request['user']) ?? asText(request['safety_identifier'])
  const offered = toolsOf(asList(request['tools']))
  for (const loss of offered.unsaid) unsaid.add(loss)
  const tools = withLimit(merged([offered.tools, ...input.tools]), request)
  noticeRest(request, unsaid)
  return {
    system: input.system,
    turns: input.turns,
    tools,
    ...(toolChoice && { toolChoice }),
    ...(parallel !== undefined && { parallelToolCalls: parallel }),
    sampling: readSampling(request),
    thinking: readThinking(request['reasoning']),
    output: readOutput(asObject(request['text']), unsaid),
    ...(cacheKey !== undefined && { cacheKey }),
    ...(userId !== undefined && { userId }),
    unsaid: [...unsaid],
  }
}

function objection(body: Json): Failure | undefined {
  if (!isObject(body)) return bad('the request body must be a JSON object')
  const { model, tools, max_output_tokens, instructions } = body
  if (typeof model !== 'string' || model === '') return bad('model: field required')
  if (given(instructions) && typeof instructions !== 'string') return bad('instructions: must be a string')
  if (given(tools) && !Array.isArray(tools)) return bad('tools: must be a list')
  if (given(max_output_tokens) && asNumber(max_output_tokens) === undefined)
    return bad('max_output_tokens: must be a number')
  return storedElsewhere(body) ?? inputObjection(body)
}

function storedElsewhere({ previous_response_id, conversation, prompt }: JsonObject): Failure | undefined {
  if (given(previous_response_id))
    return bad(
      'previous_response_id: this gateway keeps no responses; send the whole conversation in `input`',
    )
  if (given(conversation))
    return bad('conversation: this gateway keeps no conversations; send the whole conversation in `input`')
  return given(prompt)
    ? bad('prompt: stored prompts exist only at OpenAI; send `instructions` and `input`')
    : undefined
}

function inputObjection({ input }: JsonObject): Failure | undefined {
  if (!given(input)) return bad('input: field required')
  if (typeof input === 'string') return undefined
  if (!Array.isArray(input)) return bad('input: must be a string or a list')
  const at = input.findIndex((item) => !isObject(item))
  return at < 0 ? undefined : bad(`input[${at}]: must be an object`)
}

const given = (value: Json | undefined): boolean => value !== undefined && value !== null

/** A session offers the same tools in each of its requests. */
const toolsOf = remembered((list: readonly Json[]) => {
  const unsaid = new Set<Loss>()
  return { tools: readTools(list, unsaid), unsaid }
})

/** Tools from among the items join the others; one that was deferred until now is no longer. */
const merged = rememberedTogether(([tools, ...lists]: OneOrMore<readonly Tool[]>): readonly Tool[] => {
  const more = lists.flat()
  if (more.length === 0) return tools
  const byName = new Map(tools.map((tool, at) => [keyOf(tool, at), tool]))
  for (const [at, tool] of more.entries()) byName.set(keyOf(tool, tools.length + at), tool)
  return [...byName.values()]
})

const keyOf = (tool: Tool, at: number): string =>
  tool.kind === 'function' || tool.kind === 'freeform'
    ? `${tool.namespace ?? ''} ${tool.name}`
    : `${tool.kind} ${at}`

/** `max_tool_calls` limits what the provider runs itself: web search, among what others know. */
function withLimit(tools: readonly Tool[], { max_tool_calls }: JsonObject): readonly Tool[] {
  const maxUses = asNumber(max_tool_calls)
  if (maxUses === undefined) return tools
  return tools.map((tool) => (tool.kind === 'web-search' ? { ...tool, maxUses } : tool))
}

function readSampling({ max_output_tokens, temperature, top_p }: JsonObject): Sampling {
  const maxOutputTokens = asNumber(max_output_tokens)
  const heat = asNumber(temperature)
  const topP = asNumber(top_p)
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(heat !== undefined && { temperature: heat }),
    ...(topP !== undefined && { topP }),
  }
}

function readThinking(value: Json | undefined): Thinking {
  if (!isObject(value)) return { kind: 'default' }
  const { effort, summary, generate_summary } = value
  const wish = summary ?? generate_summary
  const shown = typeof wish === 'string' ? { visible: wish !== 'none' } : {}
  if (effort === 'none') return { kind: 'off', ...shown }
  const level = readEffort(effort)
  return level ? { kind: 'adaptive', effort: level, ...shown } : { kind: 'default', ...shown }
}

function readOutput({ format, verbosity }: JsonObject, unsaid: Set<Loss>): OutputFormat {
  const { type, name, schema, strict } = asObject(format)
  if (type !== 'json_object' && type !== 'json_schema')
    return { kind: 'text', ...(typeof verbosity === 'string' && { verbosity }) }
  if (typeof verbosity === 'string' && verbosity !== 'medium') unsaid.add('verbosity')
  if (type === 'json_object') return { kind: 'json' }
  return {
    kind: 'json-schema',
    name: asText(name) ?? 'response',
    schema: schema ?? {},
    ...(typeof strict === 'boolean' && { strict }),
  }
}

/** Fields that are read above, or mean nothing to whoever answers. */
const understood = new Set(
  [
    'model input instructions tools tool_choice parallel_tool_calls max_output_tokens max_tool_calls temperature',
    'top_p reasoning text prompt_cache_key user safety_identifier stream stream_options client_metadata generate',
    'previous_response_id conversation prompt type store background include metadata service_tier truncation',
    'context_management top_logprobs prompt_cache_retention prompt_cache_options',
  ].flatMap((line) => line.split(' ')),
)

function noticeRest(request: JsonObject, unsaid: Set<Loss>): void {
  const { store, background, include, metadata, service_tier, truncation } = request
  const { context_management, top_logprobs, prompt_cache_retention, prompt_cache_options } = request
  if (store === true || background === true) unsaid.add('stored-response')
  if (asList(include).includes('message.output_text.logprobs') || (asNumber(top_logprobs) ?? 0) > 0)
    unsaid.add('logprobs')
  if (Object.keys(asObject(metadata)).length > 0) unsaid.add('metadata')
  if (given(service_tier) && service_tier !== 'auto' && service_tier !== 'default') unsaid.add('service-tier')
  if (truncation === 'auto' || asList(context_management).length > 0) unsaid.add('context-management')
  if (given(prompt_cache_retention) || given(prompt_cache_options)) unsaid.add('cache-control')
  if (Object.keys(request).some((field) => !understood.has(field) && given(request[field])))
    unsaid.add('unknown-field')
}
