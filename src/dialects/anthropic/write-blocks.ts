/** Parts to content blocks of a Messages request. */
import type {
  AssistantPart,
  CacheMark,
  Conversation,
  SearchPart,
  TextPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatId, flatName, freeformProperty } from '../../conversation/tool-names.ts'
import { isObject, type Json, type JsonObject, tryParseJson } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { writeCacheMark } from './wire.ts'
import { omitted, writeMedia } from './write-media.ts'

/** A block being written. Once it is, it is not changed: it may be remembered. */
export type Block = { [field: string]: Json | undefined }
export interface Message {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: readonly Block[]
}

export interface Writing {
  readonly quirks: Quirks
  readonly lost: Set<Loss>
  /** Blocks that carry a cache mark, in order. */
  readonly marked: Block[]
}

export const writingTo = (quirks: Quirks, lost: readonly Loss[] = []): Writing => ({
  quirks,
  lost: new Set(lost),
  marked: [],
})

/** What was written before, and is so again. */
export function include({ lost, marked }: Writing, writing: Writing): void {
  for (const loss of lost) writing.lost.add(loss)
  writing.marked.push(...marked)
}

export const nameLength = (quirks: Quirks): number => quirks.maxNameLength ?? 64

export function mark(block: Block, cache: CacheMark | undefined, { quirks, lost, marked }: Writing): Block {
  if (cache === undefined) return block
  if (quirks.cacheControl === false) {
    lost.add('cache-control')
    return block
  }
  block['cache_control'] = writeCacheMark(cache)
  marked.push(block)
  return block
}

/** Guidance before the first turn, wherever the conversation keeps it. */
export function writeSystem({ system, turns }: Conversation, writing: Writing): readonly Block[] {
  const leading = turns
    .slice(0, leadingGuidance(turns))
    .flatMap((turn) => (turn.role === 'system' ? [turn.parts] : []))
  return [system, ...leading].flatMap((parts) => {
    const written = writtenTexts(parts, writing.quirks)
    include(written.writing, writing)
    return written.blocks
  })
}

const writtenTexts = remembered((parts: readonly TextPart[], quirks: Quirks) => {
  const writing = writingTo(quirks)
  return { blocks: parts.flatMap((part) => writeText(part, writing)), writing }
})

function leadingGuidance(turns: readonly Turn[]): number {
  const first = turns.findIndex(({ role }) => role !== 'system')
  return first < 0 ? turns.length : first
}

/** Messages alternate, begin with the user, and are never empty; results stand first (CONTRACT 54). */
export function writeMessages({ turns }: Conversation, writing: Writing): readonly Message[] {
  const messages: { readonly role: Message['role']; readonly content: Block[] }[] = []
  for (const turn of turns.slice(leadingGuidance(turns))) {
    const { message, writing: written } = writtenTurn(turn, writing.quirks)
    include(written, writing)
    if (message.content.length === 0) continue
    const last = messages.at(-1)
    if (last?.role === message.role) last.content.push(...message.content)
    else messages.push({ role: message.role, content: [...message.content] })
  }
  for (const message of messages) if (message.role === 'user') resultsFirst(message.content)
  if (messages[0]?.role !== 'user')
    messages.unshift({ role: 'user', content: [{ type: 'text', text: 'Proceed.' }] })
  return messages
}

function resultsFirst(content: Block[]): void {
  const firstOther = content.findIndex(({ type }) => type !== 'tool_result')
  if (firstOther < 0 || !content.slice(firstOther).some(({ type }) => type === 'tool_result')) return
  const results = content.filter(({ type }) => type === 'tool_result')
  const others = content.filter(({ type }) => type !== 'tool_result')
  content.splice(0, content.length, ...results, ...others)
}

/** A turn is told in the same words as often as it is sent. */
const writtenTurn = remembered((turn: Turn, quirks: Quirks) => {
  const writing = writingTo(quirks)
  return { message: writeTurn(turn, writing), writing }
})

function writeTurn(turn: Turn, writing: Writing): Message {
  switch (turn.role) {
    case 'system':
      return writeGuidance(turn.parts, writing)
    case 'user':
      return { role: 'user', content: turn.parts.flatMap((part) => writeUserPart(part, writing)) }
    case 'assistant':
      return { role: 'assistant', content: turn.parts.flatMap((part) => writeAssistantPart(part, writing)) }
  }
}

/** Guidance between turns stays in its place, never as the assistant's words (CONTRACT 7). */
function writeGuidance(parts: readonly TextPart[], writing: Writing): Message {
  const content = parts.flatMap((part) => writeText(part, writing))
  if (!writing.quirks.systemOnlyFirst || content.length === 0) return { role: 'system', content }
  writing.lost.add('system-position')
  for (const block of content) block['text'] = `<system>\n${String(block['text'])}\n</system>`
  return { role: 'user', content }
}

/** Blank text is refused by the API. */
const writeText = (part: TextPart, writing: Writing): Block[] =>
  part.text.trim() === '' ? [] : [mark({ type: 'text', text: part.text }, part.cache, writing)]

function writeUserPart(part: Extract<Turn, { role: 'user' }>['parts'][number], writing: Writing): Block[] {
  switch (part.type) {
    case 'text':
      return writeText(part, writing)
    case 'media':
      return [mark({ ...writeMedia(part, writing.quirks, writing.lost) }, part.cache, writing)]
    case 'tool-result':
      return [mark(writeResult(part, writing), part.cache, writing)]
    case 'foreign':
      return writeForeign(part, writing)
  }
}

function writeForeign(part: Extract<AssistantPart, { type: 'foreign' }>, writing: Writing): Block[] {
  if (part.dialect === 'anthropic' && isObject(part.value)) {
    const { cache_control: _, ...block } = part.value
    return [mark(block, part.cache, writing)]
  }
  writing.lost.add(part.loss)
  return []
}

function writeResult(part: ToolResultPart, writing: Writing): Block {
  const content = part.content.flatMap((piece) => writeResultPiece(piece, writing))
  const only = content.length === 1 ? content[0] : undefined
  const text = only?.['type'] === 'text' && only['cache_control'] === undefined ? only['text'] : undefined
  return {
    type: 'tool_result',
    tool_use_id: flatId(part.callId, nameLength(writing.quirks)),
    content: content.length === 0 ? '' : (text ?? content),
    ...(part.isError && { is_error: true }),
  }
}

/** A reference to a tool is told in words: the tool itself stands among the tools (CONTRACT 60, 136). */
function writeResultPiece(piece: ToolResultPart['content'][number], writing: Writing): Block[] {
  switch (piece.type) {
    case 'text':
      return writeText(piece, writing)
    case 'media':
      return [mark({ ...writeMedia(piece, writing.quirks, writing.lost) }, piece.cache, writing)]
    case 'tool-reference':
      return [{ type: 'text', text: `The tool ${piece.name} is available now.` }]
  }
}

function writeAssistantPart(part: AssistantPart, writing: Writing): Block[] {
  switch (part.type) {
    case 'text':
      return writeText(part, writing)
    case 'thinking':
      return writeThinking(part, writing)
    case 'tool-call':
      return [mark(writeCall(part, writing), part.cache, writing)]
    case 'search':
      return writeSearch(part, writing)
    case 'media':
      return [{ ...omitted(part, part.mediaType.startsWith('image/') ? 'image' : 'document', writing.lost) }]
    case 'foreign':
      return writeForeign(part, writing)
  }
}

/** Only what Anthropic signed goes back to it (CONTRACT 65); targets that say so take unsigned thoughts too. */
function writeThinking({ text, proof }: ThinkingPart, { quirks, lost }: Writing): Block[] {
  if (proof?.dialect === 'anthropic')
    return proof.kind === 'redacted'
      ? [{ type: 'redacted_thinking', data: proof.value }]
      : [{ type: 'thinking', thinking: text, signature: proof.value }]
  if (proof) lost.add('thinking-proof')
  if (text === '') return []
  if (quirks.reasoningReplay === 'required' || quirks.reasoningReplay === 'accepted')
    return [{ type: 'thinking', thinking: text, signature: '' }]
  lost.add('thinking-text')
  return []
}

function writeCall(part: ToolCallPart, { quirks, lost }: Writing): Block {
  if (part.proof) lost.add('thinking-proof')
  return {
    type: 'tool_use',
    id: flatId(part.id, nameLength(quirks)),
    name: flatName(part.name, part.namespace, nameLength(quirks)),
    input: part.freeform ? { [freeformProperty]: part.arguments } : argumentsOf(part.arguments),
  }
}

/** Arguments that are no object, which only a broken history holds, are kept as text. */
function argumentsOf(text: string): JsonObject {
  if (text.trim() === '') return {}
  const value = tryParseJson(text)
  return isObject(value) ? value : { unparsed_arguments: text }
}

/** Results without Anthropic's own seal would be refused; they are told as text. */
function writeSearch(part: SearchPart, { lost }: Writing): Block[] {
  const sealed = part.results.every(({ proof }) => proof?.dialect === 'anthropic')
  if (!sealed || part.results.length === 0) {
    lost.add('search-results')
    const lines = part.results.map(({ title, url }) => `- ${title} ${url}`)
    return [{ type: 'text', text: [`Searched the web for: ${part.query}`, ...lines].join('\n') }]
  }
  const content = part.results.map(({ url, title, proof }) => ({
    type: 'web_search_result',
    url,
    title,
    encrypted_content: proof?.value ?? '',
  }))
  return [
    { type: 'server_tool_use', id: part.id, name: 'web_search', input: { query: part.query } },
    { type: 'web_search_tool_result', tool_use_id: part.id, content },
  ]
}
