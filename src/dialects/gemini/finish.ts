/** Why a reply ended and what it cost: finishReason, blockReason and usageMetadata, both ways. */
import { noUsage, type StopReason, type Usage } from '../../conversation/reply.ts'
import { asList, asNumber, asText, isObject, type JsonObject } from '../../wire/json.ts'
import { enumWord, looseNumber, pick, pickObject } from './wire.ts'

const refusals = new Set([
  ...['SAFETY', 'RECITATION', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'MODEL_ARMOR', 'JAILBREAK'],
  ...['IMAGE_SAFETY', 'IMAGE_PROHIBITED_CONTENT', 'IMAGE_RECITATION'],
])
/** The model wrote a call that nobody can carry out. */
const brokenCalls = new Set(['MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL', 'TOO_MANY_TOOL_CALLS'])

/** `broken-call` is no way to stop but a failure. */
export function readFinish(word: string): StopReason | 'broken-call' {
  if (word === 'STOP') return 'done'
  if (word === 'MAX_TOKENS' || word === 'CONTINUATION') return 'length'
  if (refusals.has(word)) return 'refusal'
  return brokenCalls.has(word) ? 'broken-call' : 'other'
}

const finishWords: Readonly<Record<StopReason, string>> = {
  done: 'STOP',
  'tool-calls': 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  'context-full': 'MAX_TOKENS',
  refusal: 'SAFETY',
  pause: 'OTHER',
  other: 'OTHER',
}
export const writeFinish = (reason: StopReason): string => finishWords[reason]

export function candidateOf(chunk: JsonObject): JsonObject | undefined {
  const first = asList(chunk['candidates'])[0]
  return isObject(first) ? first : undefined
}

/** The finishReason in capitals, '' while there is none. */
export const finishWordOf = (candidate: JsonObject | undefined): string =>
  candidate ? enumWord(pick(candidate, 'finishReason', 'finish_reason')) : ''

/** The prompt itself was refused; '' when it was not. */
export function blockWordOf(chunk: JsonObject): string {
  const feedback = pickObject(chunk, 'promptFeedback', 'prompt_feedback')
  return feedback ? enumWord(pick(feedback, 'blockReason', 'block_reason')) : ''
}

/** The prompt counts its cached part, the candidates do not count the thoughts: made disjoint here. */
export function readUsage(chunk: JsonObject): Usage | undefined {
  const meta = pickObject(chunk, 'usageMetadata', 'usage_metadata')
  if (!meta) return undefined
  const count = (camel: string, snake: string): number =>
    Math.max(0, asNumber(looseNumber(pick(meta, camel, snake))) ?? 0)
  const prompt = count('promptTokenCount', 'prompt_token_count')
  const cacheRead = Math.min(prompt, count('cachedContentTokenCount', 'cached_content_token_count'))
  const thinking = count('thoughtsTokenCount', 'thoughts_token_count')
  const usage = {
    input: prompt - cacheRead + count('toolUsePromptTokenCount', 'tool_use_prompt_token_count'),
    cacheRead,
    cacheWrite: 0,
    output: count('candidatesTokenCount', 'candidates_token_count') + thinking,
  }
  return thinking > 0 ? { ...usage, thinking } : usage
}

export function writeUsage(usage: Usage | undefined, estimatedInputTokens: number): JsonObject {
  const { input, cacheRead, cacheWrite, output, thinking } = usage ?? {
    ...noUsage,
    input: estimatedInputTokens,
  }
  const thoughts = Math.min(thinking ?? 0, output)
  return {
    promptTokenCount: input + cacheRead + cacheWrite,
    candidatesTokenCount: output - thoughts,
    totalTokenCount: input + cacheRead + cacheWrite + output,
    ...(cacheRead > 0 && { cachedContentTokenCount: cacheRead }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  }
}

/** The candidate's own words on why it stopped. */
export const finishMessageOf = (candidate: JsonObject): string =>
  asText(pick(candidate, 'finishMessage', 'finish_message')) ?? ''
