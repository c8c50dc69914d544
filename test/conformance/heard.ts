/** What a client of each dialect makes of a reply, in words that can be compared across dialects. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import {
  asList,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
  writeJson,
} from '../../src/wire/json.ts'
import * as anthropic from '../dialects/anthropic/grammar.ts'
import * as gemini from '../dialects/gemini/grammar.ts'
import * as chat from '../dialects/openai-chat/grammar.ts'
import * as responses from '../dialects/openai-responses/grammar.ts'

export interface Heard {
  readonly text: string
  readonly thinking: string
  readonly calls: readonly HeardCall[]
  /** done, tool-calls, length, stop-sequence, refusal; anything else is the dialect's own word. */
  readonly stop: string
  readonly usage: HeardUsage
  /** Every model name in the reply. */
  readonly models: readonly string[]
  readonly id: string
  /** Pages the reply names as its sources, each once. */
  readonly sources: readonly string[]
}
export interface HeardCall {
  readonly id: string
  readonly name: string
  readonly namespace?: string
  /** As JSON text in one spelling, or the raw input of a freeform call. */
  readonly args: string
}
/** Prompt tokens in all, those of them that were cached, and output tokens with thoughts. */
export interface HeardUsage {
  readonly prompt: number
  readonly cached: number
  readonly output: number
}

/** Violations of the dialect's grammar by a stream. */
export const faultsOf: Readonly<Record<DialectId, (stream: string) => string[]>> = {
  anthropic: anthropic.checkStream,
  'openai-chat': chat.checkStream,
  'openai-responses': responses.checkStream,
  gemini: gemini.checkStream,
}

export function hear(dialect: DialectId, text: string, streamed: boolean): Heard {
  switch (dialect) {
    case 'anthropic':
      return ofAnthropic(text, streamed)
    case 'openai-chat':
      return ofChat(text, streamed)
    case 'openai-responses':
      return ofResponses(text, streamed)
    case 'gemini':
      return ofGemini(text, streamed)
  }
}

const urls = (pages: readonly Json[]): string[] => [
  ...new Set(pages.map((page) => asText(asObject(page)['url']) ?? asText(asObject(page)['uri']) ?? '')),
]

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
/** One spelling for equal arguments; numbers keep theirs. */
export const spelled = (json: string): string => {
  const value = tryParseJson(json.trim() === '' ? '{}' : json)
  return value === undefined ? `not JSON: ${json}` : writeJson(value)
}

function ofAnthropic(text: string, streamed: boolean): Heard {
  const reply = streamed ? anthropic.readReply(text) : anthropic.readWholeReply(text)
  const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = reply.usage
  const message = streamed ? asObject(objectsOf(text)[0]?.['message']) : asObject(tryParseJson(text))
  const blocks = streamed
    ? objectsOf(text).map((event) => asObject(event['content_block']))
    : asList(message['content']).map(asObject)
  const found = blocks.filter((block) => block['type'] === 'web_search_tool_result')
  return {
    text: reply.text,
    thinking: reply.thinking,
    calls: streamed ? anthropicCalls(objectsOf(text)) : blocksCalls(asList(message['content'])),
    stop: anthropicStops[reply.stop ?? ''] ?? reply.stop ?? '',
    usage: {
      prompt: count(input_tokens) + count(cache_read_input_tokens) + count(cache_creation_input_tokens),
      cached: count(cache_read_input_tokens),
      output: count(output_tokens),
    },
    models: modelsIn(text, 'model'),
    id: asText(message['id']) ?? '',
    sources: urls(found.flatMap((block) => asList(block['content']))),
  }
}
const anthropicStops: Readonly<Record<string, string>> = {
  end_turn: 'done',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  stop_sequence: 'stop-sequence',
}

function anthropicCalls(events: readonly JsonObject[]): HeardCall[] {
  const calls: HeardCall[] = []
  let open: { id: string; name: string; args: string } | undefined
  for (const event of events) {
    const block = asObject(event['content_block'])
    if (event['type'] === 'content_block_start')
      open =
        block['type'] === 'tool_use'
          ? { id: asText(block['id']) ?? '', name: asText(block['name']) ?? '', args: '' }
          : undefined
    const piece = asText(asObject(event['delta'])['partial_json'])
    if (open && piece !== undefined) open.args += piece
    if (event['type'] === 'content_block_stop' && open) calls.push({ ...open, args: spelled(open.args) })
  }
  return calls
}

const blocksCalls = (blocks: readonly Json[]): HeardCall[] =>
  blocks
    .map(asObject)
    .filter((block) => block['type'] === 'tool_use')
    .map((block) => ({
      id: asText(block['id']) ?? '',
      name: asText(block['name']) ?? '',
      args: writeJson(block['input'] ?? {}),
    }))

function ofChat(text: string, streamed: boolean): Heard {
  const reply = streamed ? chat.readReply(text) : chat.readWhole(text)
  const usage = reply.usage ?? {}
  const first = streamed ? objectsOf(text)[0] : asObject(tryParseJson(text))
  return {
    text: reply.text,
    thinking: reply.thinking,
    calls: reply.toolCalls
      .filter(({ arguments: args, freeform }) => runs(reply.stop, args, freeform))
      .map(({ id, name, arguments: args, freeform }) => ({
        id,
        name,
        args: freeform ? args : spelled(args),
      })),
    stop: chatStops[reply.stop] ?? reply.stop,
    usage: {
      prompt: count(usage['prompt_tokens']),
      cached: count(asObject(usage['prompt_tokens_details'])['cached_tokens']),
      output: count(usage['completion_tokens']),
    },
    models: modelsIn(text, 'model'),
    id: asText(first?.['id']) ?? '',
    sources: [...new Set(reply.citations)],
  }
}
/** A Chat client runs calls when it has read why the reply ended, and with `length` only those that are whole. */
const runs = (stop: string, args: string, freeform: boolean): boolean =>
  stop === 'length' ? freeform || isObject(tryParseJson(args)) : stop !== ''
const chatStops: Readonly<Record<string, string>> = {
  stop: 'done',
  tool_calls: 'tool-calls',
  content_filter: 'refusal',
}

function ofResponses(text: string, streamed: boolean): Heard {
  const reply = streamed ? responses.readReply(text) : responses.readWhole(text)
  const { usage } = reply
  const first = streamed ? asObject(objectsOf(text)[0]?.['response']) : asObject(tryParseJson(text))
  const items = streamed
    ? objectsOf(text)
        .filter((event) => event['type'] === 'response.output_item.done')
        .map((event) => asObject(event['item']))
    : asList(first['output']).map(asObject)
  const searches = items.filter((item) => item['type'] === 'web_search_call')
  return {
    text: reply.text,
    thinking: reply.thinking,
    calls: reply.toolCalls.map(({ id, name, namespace, arguments: args, freeform }) => ({
      id,
      name,
      ...(namespace !== undefined && { namespace }),
      args: freeform ? args : spelled(args),
    })),
    stop: reply.stop,
    usage: { prompt: usage?.input ?? 0, cached: usage?.cached ?? 0, output: usage?.output ?? 0 },
    models: modelsIn(text, 'model'),
    id: asText(first['id']) ?? '',
    sources: urls(searches.flatMap((item) => asList(asObject(item['action'])['sources']))),
  }
}

function ofGemini(text: string, streamed: boolean): Heard {
  const unix = text.replaceAll('\r\n', '\n')
  const reply = streamed ? gemini.readReply(unix) : gemini.readWhole(text)
  const usage = reply.usage ?? {}
  const chunks = streamed ? objectsOf(unix) : [asObject(tryParseJson(text))]
  const calls = geminiCalls(chunks)
  const candidates = chunks.map((chunk) => asObject(asList(chunk['candidates'])[0]))
  const pages = candidates.flatMap((one) => asList(asObject(one['groundingMetadata'])['groundingChunks']))
  return {
    text: reply.text,
    thinking: reply.thinking,
    calls,
    stop: reply.stop === 'STOP' && calls.length > 0 ? 'tool-calls' : (geminiStops[reply.stop] ?? reply.stop),
    usage: {
      prompt: count(usage['promptTokenCount']),
      cached: count(usage['cachedContentTokenCount']),
      output: count(usage['candidatesTokenCount']) + count(usage['thoughtsTokenCount']),
    },
    models: modelsIn(text, 'modelVersion'),
    id: '',
    sources: urls(pages.map((page) => asObject(asObject(page)['web']))),
  }
}
const geminiStops: Readonly<Record<string, string>> = {
  STOP: 'done',
  MAX_TOKENS: 'length',
  SAFETY: 'refusal',
}

function geminiCalls(chunks: readonly JsonObject[]): HeardCall[] {
  return chunks
    .flatMap((chunk) => asList(asObject(asObject(asList(chunk['candidates'])[0])['content'])['parts']))
    .map((part) => asObject(part)['functionCall'])
    .filter(isObject)
    .map((call) => ({
      id: asText(call['id']) ?? '',
      name: asText(call['name']) ?? '',
      args: writeJson(call['args'] ?? {}),
    }))
}

/** The objects in the data lines of a stream. */
export function objectsOf(stream: string): JsonObject[] {
  return stream
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: {'))
    .map((line) => asObject(tryParseJson(line.slice(6))))
}

/** Values of a field that stands outside of any text a model wrote. */
function modelsIn(text: string, field: string): string[] {
  const found = text.matchAll(new RegExp(`[{,]\\s*"${field}":\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'g'))
  return [...new Set([...found].map((match) => match[1] ?? ''))]
}
