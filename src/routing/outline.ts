/** A cheap look at a request: what it is for, read from its headers and its parsed body without decoding it. */
import type { DialectId } from '../conversation/conversation.ts'
import { asList, asObject, asText, type Json, tryParseJson } from '../wire/json.ts'
import { type AgentId, agentOf, type Headers, headerText } from './agent.ts'
import { type Sketch, sketch } from './sketch.ts'

export interface Outline {
  readonly agent?: AgentId
  /** Asked beside the conversation: its answer is no turn of it. */
  readonly side?: SideErrand
  readonly subagent: boolean
  readonly tools: number
  /** The last thing said is what tools returned. */
  readonly toolResultsLast: boolean
  readonly thinking: boolean
  /** Anywhere in the conversation. */
  readonly images: boolean
  /** In the last message. */
  readonly imagesLast: boolean
  /** The only tools are a provider's own web search. */
  readonly webSearchOnly: boolean
  /** Never more than the request really has, as far as four characters make a token. */
  readonly sizeTokens: number
}

export type SideErrand =
  | 'title'
  | 'compaction'
  | 'quota-probe'
  | 'topic'
  | 'suggestion'
  | 'memory'
  | 'classifier'

export interface OutlineOrder {
  readonly dialect: DialectId
  readonly headers: Headers
  readonly stream: boolean
  readonly body: Json
  readonly bodyBytes: number
}

const charsPerToken = 4
const imageTokens = 1000

export function outline({ dialect, headers, stream, body, bodyBytes }: OutlineOrder): Outline {
  const seen = sketch(dialect, asObject(body))
  const agent = agentOf(headers)
  const side = sideOfHeaders(headers) ?? sideOf(seen, dialect, stream, agent)
  const media = { images: 0, chars: 0 }
  for (const message of seen.messages) countMedia(message, media)
  const inLast = { images: 0, chars: 0 }
  countMedia(seen.last, inLast)
  return {
    ...(agent && { agent }),
    ...(side && { side }),
    subagent: headerText(headers, 'x-claude-code-agent-id') !== undefined,
    tools: seen.tools.length,
    toolResultsLast: seen.toolResultsLast,
    thinking: seen.thinking,
    images: media.images > 0,
    imagesLast: inLast.images > 0,
    webSearchOnly: seen.tools.length > 0 && seen.tools.every(isWebSearch),
    sizeTokens: Math.round(Math.max(0, bodyBytes - media.chars) / charsPerToken) + media.images * imageTokens,
  }
}

/** Codex says in a header what a request is for; nothing needs to be read then. */
export function sideOfHeaders(headers: Headers): SideErrand | undefined {
  const metadata = headerText(headers, 'x-codex-turn-metadata')
  if (metadata === undefined) return undefined
  const { thread_source, request_kind } = asObject(tryParseJson(metadata))
  if (thread_source === 'thread_title') return 'title'
  return request_kind === 'compaction' ? 'compaction' : undefined
}

/** How the last words of side requests begin; their tail gives them away without a parse. */
const lastWords: readonly (readonly [string, SideErrand])[] = [
  ['CRITICAL: Respond with TEXT ONLY', 'compaction'],
  ['[SUGGESTION MODE:', 'suggestion'],
]

/** May the tail of a body end in a side request? Cheap and generous; `outline` decides. */
export const mayBeSide = (tail: string): boolean => lastWords.some(([words]) => tail.includes(words))

function sideOf(
  { system, last, tools, format, maxTokens, thinking }: Sketch,
  dialect: DialectId,
  stream: boolean,
  agent: AgentId | undefined,
): SideErrand | undefined {
  const said = lastText(last)
  const words = lastWords.find(([start]) => said.startsWith(start))
  if (words) return words[1]
  if (system.some((text) => text.includes('managed memory extraction subagent'))) return 'memory'
  if (tools.length > 0) return undefined
  if (maxTokens === 1) return 'quota-probe'
  if (system.some((text) => text.includes('isNewTopic'))) return 'topic'
  if (system[0]?.startsWith('You are a title generator')) return 'title'
  if (format && !thinking && 'title' in asObject(format['properties'])) return 'title'
  return dialect === 'gemini' && agent === 'gemini' && !stream && format ? 'classifier' : undefined
}

function lastText(last: readonly Json[]): string {
  for (let at = last.length - 1; at >= 0; at--) {
    const text = asText(asObject(last[at])['text'])
    if (text !== undefined) return text.trimStart()
  }
  return ''
}

const isWebSearch = (tool: Json): boolean => {
  const { type, googleSearch, google_search } = asObject(tool)
  return /^web_search/.test(asText(type) ?? '') || googleSearch !== undefined || google_search !== undefined
}

interface Media {
  images: number
  /** Of encoded data, which is no text. */
  chars: number
}

function countMedia(parts: readonly Json[], media: Media): void {
  for (const part of parts) {
    const piece = asObject(part)
    const type = asText(piece['type'])
    if (type === 'tool_result') countMedia(asList(piece['content']), media)
    else if (type === 'image' || type === 'image_url' || type === 'input_image') count(piece, true, media)
    else if (type === 'document' || type === 'file' || type === 'input_file') count(piece, false, media)
    else if (piece['inlineData'] !== undefined || piece['fileData'] !== undefined) {
      const { mimeType } = asObject(piece['inlineData'] ?? piece['fileData'])
      count(piece, (asText(mimeType) ?? '').startsWith('image/'), media)
    }
  }
}

function count(piece: { readonly [key: string]: Json | undefined }, image: boolean, media: Media): void {
  if (image) media.images++
  const { source, image_url, file, inlineData, file_data } = piece
  const data = [
    asObject(source)['data'],
    typeof image_url === 'string' ? image_url : asObject(image_url)['url'],
    asObject(file)['file_data'],
    asObject(inlineData)['data'],
    file_data,
  ]
  for (const text of data) if (typeof text === 'string') media.chars += text.length
}
