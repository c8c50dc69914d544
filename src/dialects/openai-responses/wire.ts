/** What both directions of the Responses API share: usage, why a response stopped, searches, items nobody else knows. */
import type { SearchResult } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { PartOpening, StopReason, Usage } from '../../conversation/reply.ts'
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'

export const self = 'openai-responses'

/** `input_tokens` includes what was read from and written to the cache; our counters are disjoint (CONTRACT 34). */
export function readUsage(value: Json | undefined): Usage | undefined {
  if (!isObject(value)) return undefined
  const { input_tokens, input_tokens_details, output_tokens, output_tokens_details } = value
  const { cached_tokens, cache_write_tokens } = asObject(input_tokens_details)
  const cacheRead = asNumber(cached_tokens) ?? 0
  const cacheWrite = asNumber(cache_write_tokens) ?? 0
  const thinking = asNumber(asObject(output_tokens_details)['reasoning_tokens'])
  return {
    input: Math.max(0, (asNumber(input_tokens) ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: asNumber(output_tokens) ?? 0,
    ...(thinking !== undefined && { thinking }),
  }
}

export function wireUsage({ input, cacheRead, cacheWrite, output, thinking }: Usage): JsonObject {
  const inputTokens = input + cacheRead + cacheWrite
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: thinking ?? 0 },
    total_tokens: inputTokens + output,
  }
}

/** Why a finished response stopped; a client's call makes it `tool-calls` whatever else was said (CONTRACT 51). */
export function stopOf(response: JsonObject, called: boolean, refused: boolean): StopReason {
  const { status, incomplete_details } = response
  const { reason } = asObject(incomplete_details)
  if (status === 'incomplete' || typeof reason === 'string') {
    if (reason === 'content_filter') return 'refusal'
    return reason === 'max_output_tokens' || reason === 'max_tokens' || reason === undefined
      ? 'length'
      : 'other'
  }
  if (called) return 'tool-calls'
  return refused ? 'refusal' : 'done'
}

/** Items that the client itself carries out. */
export const isCall = (type: string | undefined): boolean =>
  type === 'function_call' || type === 'custom_tool_call'

/** A `web_search_call` that searched; opening or scanning a page is something else. */
export function readSearch(
  item: JsonObject,
): { readonly id: string; readonly query: string; readonly results: readonly SearchResult[] } | undefined {
  const { id, action } = item
  const { type, query, queries, sources } = asObject(action)
  if (type !== undefined && type !== 'search') return undefined
  return {
    id: asText(id) ?? '',
    query: asText(query) ?? asText(asList(queries)[0]) ?? '',
    results: asList(sources).flatMap((source) => {
      const { url, title } = asObject(source)
      return typeof url === 'string' ? [{ url, title: asText(title) ?? '' }] : []
    }),
  }
}

const hosted =
  /^(?:file_search|computer|code_interpreter|image_generation|mcp|shell|apply_patch|tool_search|program)/

/** What is lost when another dialect is told of an item of this type. */
export function lossOf(type: string): Loss {
  if (type === 'web_search_call') return 'search-results'
  if (/compaction/.test(type)) return 'context-management'
  return hosted.test(type) ? 'server-tool' : 'unknown-part'
}

/** A finished output item that stands for itself: a search, or something only this dialect can say. */
export function openingOf(item: JsonObject): PartOpening {
  const { type } = item
  const search = type === 'web_search_call' ? readSearch(item) : undefined
  if (search) return { type: 'search', ...search }
  return { type: 'foreign', dialect: self, value: item, loss: lossOf(asText(type) ?? '') }
}
