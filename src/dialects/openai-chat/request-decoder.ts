/** A Chat Completions request to a conversation. */
import type { Conversation, Thinking } from '../../conversation/conversation.ts'
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
import { decodeMessages } from './messages-decoder.ts'
import { readOutput, readSampling } from './settings-decoder.ts'
import { readToolChoice, readTools } from './tools-decoder.ts'

export function decodeRequest(body: Json): Conversation | Failure {
  if (!isObject(body)) return badRequest('the body must be a JSON object')
  const mistake = mistakeIn(body)
  if (mistake !== undefined) return badRequest(mistake)
  const unsaid = new Set<Loss>()
  const { messages, parallel_tool_calls, stream_options } = body
  const { prompt_cache_key, user, safety_identifier } = body
  const said = decodeMessages(asList(messages), unsaid)
  const tools = readTools(body, unsaid)
  const toolChoice = readToolChoice(body, unsaid)
  const parallel = asFlag(parallel_tool_calls)
  const userId = asText(user) ?? asText(safety_identifier)
  const cacheKey = asText(prompt_cache_key)
  const { include_usage } = asObject(stream_options)
  const rest = {
    sampling: readSampling(body),
    thinking: readThinking(body, unsaid),
    output: readOutput(body, unsaid),
  }
  noteUnsaid(body, unsaid)
  return {
    ...said,
    tools,
    ...(toolChoice && { toolChoice }),
    ...(parallel !== undefined && { parallelToolCalls: parallel }),
    ...rest,
    ...(cacheKey !== undefined && { cacheKey }),
    ...(userId !== undefined && { userId }),
    ...(include_usage === true && { wantsUsageChunk: true }),
    unsaid: [...unsaid],
  }
}

const badRequest = (message: string): Failure => ({ kind: 'bad-request', message })

const roles = ['system', 'developer', 'user', 'assistant', 'tool', 'function']
const numbers = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'n',
  'seed',
  'presence_penalty',
  'frequency_penalty',
]

/** What makes a body no request at all; everything else is read leniently. */
function mistakeIn(body: JsonObject): string | undefined {
  const { model, messages, tools } = body
  if (model === undefined || model === null) return 'model: field required'
  if (typeof model !== 'string' || model === '') return 'model: must be a non-empty string'
  if (messages === undefined || messages === null) return 'messages: field required'
  if (!Array.isArray(messages)) return 'messages: must be a list'
  if (messages.length === 0) return 'messages: at least one message is required'
  if (tools !== undefined && tools !== null && !Array.isArray(tools)) return 'tools: must be a list'
  const wrong = numbers.find((field) => (body[field] ?? null) !== null && asNumber(body[field]) === undefined)
  if (wrong !== undefined) return `${wrong}: must be a number`
  return messages.map(messageMistake).find((mistake) => mistake !== undefined)
}

function messageMistake(message: unknown, at: number): string | undefined {
  if (!isObject(message)) return `messages.${at}: must be an object`
  const { role, content } = message
  if (role === undefined) return `messages.${at}.role: field required`
  if (typeof role !== 'string' || !roles.includes(role))
    return `messages.${at}.role: must be one of ${roles.join(', ')}`
  const readable = (content ?? null) === null || typeof content === 'string' || Array.isArray(content)
  return readable ? undefined : `messages.${at}.content: must be a string or a list of parts`
}

/** OpenAI's effort, OpenRouter's `reasoning`, DeepSeek's, GLM's and Kimi's `thinking`, Qwen's `enable_thinking`. */
function readThinking(body: JsonObject, unsaid: Set<Loss>): Thinking {
  const { reasoning_effort, thinking_budget, include_reasoning } = body
  const { effort: wished, max_tokens, enabled, exclude } = asObject(body['reasoning'])
  const { budget_tokens } = asObject(body['thinking'])
  const word = wished ?? reasoning_effort
  const effort = readEffort(word)
  if (typeof word === 'string' && word !== 'none' && !effort) unsaid.add('effort')
  const budgetTokens = asNumber(max_tokens) ?? asNumber(budget_tokens) ?? asNumber(thinking_budget)
  const on = asFlag(enabled) ?? thinkingSwitch(body)
  const hidden = exclude === true || include_reasoning === false
  return {
    kind: thinkingKind(word === 'none' ? false : on, budgetTokens, effort !== undefined),
    ...(budgetTokens !== undefined && { budgetTokens }),
    ...(effort && { effort }),
    ...(hidden && { visible: false }),
  }
}

function thinkingSwitch(body: JsonObject): boolean | undefined {
  const { enable_thinking, chat_template_kwargs } = body
  const { type } = asObject(body['thinking'])
  if (typeof type === 'string') return type !== 'disabled'
  const { enable_thinking: ofTemplate, thinking: ofOthers } = asObject(chat_template_kwargs)
  return asFlag(enable_thinking) ?? asFlag(ofTemplate) ?? asFlag(ofOthers)
}

function thinkingKind(
  on: boolean | undefined,
  budgetTokens: number | undefined,
  effort: boolean,
): Thinking['kind'] {
  if (on === false) return 'off'
  if (budgetTokens !== undefined) return 'budget'
  return on === true || effort ? 'adaptive' : 'default'
}

/** Fields that are read above, or whose absence changes nothing. */
const heard = new Set(
  `model messages stream stream_options tools functions tool_choice function_call parallel_tool_calls
  max_tokens max_completion_tokens temperature top_p top_k stop seed presence_penalty frequency_penalty
  reasoning_effort reasoning thinking enable_thinking thinking_budget include_reasoning chat_template_kwargs
  response_format verbosity web_search_options prompt_cache_key user safety_identifier usage n
  store metadata service_tier logprobs top_logprobs modalities prompt_cache_retention cache_control
  repetition_penalty logit_bias`.split(/\s+/),
)

function noteUnsaid(body: JsonObject, unsaid: Set<Loss>): void {
  const { n, logprobs, top_logprobs, store, metadata, service_tier, modalities } = body
  const { prompt_cache_retention, cache_control, repetition_penalty, logit_bias } = body
  const note = (loss: Loss, said: boolean): unknown => said && unsaid.add(loss)
  note('choices', (asNumber(n) ?? 1) > 1)
  note('logprobs', logprobs === true || (asNumber(top_logprobs) ?? 0) > 0)
  note('stored-response', store === true)
  note('metadata', Object.keys(asObject(metadata)).length > 0)
  note('service-tier', !['', 'auto', 'default'].includes(asText(service_tier) ?? ''))
  note('audio', asList(modalities).includes('audio'))
  note('cache-control', isSaid(prompt_cache_retention) || isSaid(cache_control))
  note('penalties', (asNumber(repetition_penalty) ?? 1) !== 1 || Object.keys(asObject(logit_bias)).length > 0)
  note(
    'unknown-field',
    Object.keys(body).some((field) => !heard.has(field) && isSaid(body[field])),
  )
}

const isSaid = (value: Json | undefined): boolean => value !== undefined && value !== null && value !== false
