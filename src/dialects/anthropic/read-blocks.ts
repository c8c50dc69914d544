/** Content blocks of a Messages request to parts. */
import type {
  AssistantPart,
  MediaPart,
  MediaSource,
  SearchPart,
  SearchResult,
  TextPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { readProof, readUnsigned } from '../../conversation/proof-tag.ts'
import { asList, asObject, asText, isObject, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { attributionMark, readCacheMark } from './wire.ts'

/** What was met and cannot be said, in order of appearance. */
export type Unsaid = Set<Loss>

/** Content as blocks, whether it was written as a string, as blocks, or not at all (CONTRACT 8). */
export function blocksOf(content: Json | undefined): readonly JsonObject[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return asList(content).map((block) =>
    typeof block === 'string' ? { type: 'text', text: block } : asObject(block),
  )
}

/** Guidance; the attribution line is for Anthropic alone. */
export function readSystem(content: Json | undefined): readonly TextPart[] {
  return blocksOf(content).flatMap((block) => {
    const text = withoutAttribution(asText(block['text']) ?? '')
    return text === '' ? [] : [{ type: 'text' as const, text, ...readCacheMark(block) }]
  })
}

/** Only the line itself: a client may have joined its blocks into one text. */
function withoutAttribution(text: string): string {
  if (!text.startsWith(attributionMark)) return text
  const end = text.indexOf('\n')
  return end < 0 ? '' : text.slice(end + 1).trimStart()
}

/** Results stand before everything else of their turn (CONTRACT 54). */
export function readUserParts(content: Json | undefined, unsaid: Unsaid): readonly UserPart[] {
  const results: UserPart[] = []
  const others: UserPart[] = []
  for (const block of blocksOf(content)) {
    if (block['type'] === 'tool_result') results.push(readToolResult(block, unsaid))
    else others.push(...readUserBlock(block, unsaid))
  }
  return results.length > 0 ? [...results, ...others] : others
}

function readUserBlock(block: JsonObject, unsaid: Unsaid): readonly UserPart[] {
  const plain = readPlainBlock(block, unsaid)
  if (plain) return plain
  const loss = block['type'] === 'container_upload' ? 'file-reference' : 'unknown-part'
  return [{ type: 'foreign', dialect: 'anthropic', value: block, loss, ...readCacheMark(block) }]
}

/** Blocks that may stand in a user's turn and in a tool's result alike; undefined: none of them. */
function readPlainBlock(block: JsonObject, unsaid: Unsaid): readonly (TextPart | MediaPart)[] | undefined {
  switch (block['type']) {
    case 'text':
      return readText(block, unsaid)
    case 'image':
      return [{ type: 'media', ...readImage(asObject(block['source'])), ...readCacheMark(block) }]
    case 'document':
      return readDocument(block, unsaid)
    case 'search_result':
      return [readSearchResult(block)]
    default:
      return undefined
  }
}

function readText(block: JsonObject, unsaid: Unsaid): readonly TextPart[] {
  if (asList(block['citations']).length > 0) unsaid.add('citations')
  const text = asText(block['text']) ?? ''
  return text === '' ? [] : [{ type: 'text', text, ...readCacheMark(block) }]
}

function readImage(source: JsonObject): Pick<MediaPart, 'mediaType' | 'source'> {
  const mediaType = asText(source['media_type']) ?? 'image/*'
  return { mediaType, source: readSource(source) }
}

function readSource(source: JsonObject): MediaSource {
  switch (source['type']) {
    case 'url':
      return { kind: 'url', url: asText(source['url']) ?? '' }
    case 'file':
      return { kind: 'file', dialect: 'anthropic', id: asText(source['file_id']) ?? '' }
    case 'text':
      return { kind: 'text', text: asText(source['data']) ?? '' }
    default:
      return { kind: 'base64', data: asText(source['data']) ?? '' }
  }
}

/** A document of blocks becomes its text followed by its images; its `context` is said before it. */
function readDocument(block: JsonObject, unsaid: Unsaid): readonly (TextPart | MediaPart)[] {
  if (asObject(block['citations'])['enabled'] === true) unsaid.add('citations')
  const source = asObject(block['source'])
  const title = asText(block['title'])
  const named = { ...(title !== undefined && { title }), ...readCacheMark(block) }
  const context = asText(block['context'])
  const before: readonly TextPart[] = context ? [{ type: 'text', text: context }] : []
  if (source['type'] !== 'content') {
    const mediaType =
      asText(source['media_type']) ?? (source['type'] === 'text' ? 'text/plain' : 'application/pdf')
    return [...before, { type: 'media', mediaType, source: readSource(source), ...named }]
  }
  const pieces = blocksOf(source['content'])
  const text = pieces.flatMap((piece) => asText(piece['text']) ?? []).join('\n')
  const images = pieces.filter((piece) => piece['type'] === 'image')
  const document: MediaPart = {
    type: 'media',
    mediaType: 'text/plain',
    source: { kind: 'text', text },
    ...named,
  }
  return [
    ...before,
    document,
    ...images.map((piece): MediaPart => ({ type: 'media', ...readImage(asObject(piece['source'])) })),
  ]
}

function readSearchResult(block: JsonObject): TextPart {
  const heading = [asText(block['title']), asText(block['source'])].filter(Boolean).join(' — ')
  const lines = blocksOf(block['content']).flatMap((piece) => asText(piece['text']) ?? [])
  return { type: 'text', text: [heading, ...lines].join('\n'), ...readCacheMark(block) }
}

function readToolResult(block: JsonObject, unsaid: Unsaid): ToolResultPart {
  return {
    type: 'tool-result',
    callId: asText(block['tool_use_id']) ?? '',
    content: blocksOf(block['content']).flatMap((piece) => readResultPiece(piece, unsaid)),
    isError: block['is_error'] === true,
    ...readCacheMark(block),
  }
}

function readResultPiece(block: JsonObject, unsaid: Unsaid): ToolResultPart['content'] {
  if (block['type'] === 'tool_reference')
    return [{ type: 'tool-reference', name: asText(block['tool_name']) ?? '' }]
  const plain = readPlainBlock(block, unsaid)
  if (plain) return plain
  unsaid.add('unknown-part')
  return [{ type: 'text', text: `[${asText(block['type']) ?? 'part'} omitted]` }]
}

export function readAssistantParts(content: Json | undefined, unsaid: Unsaid): readonly AssistantPart[] {
  const blocks = blocksOf(content)
  const parts: AssistantPart[] = []
  for (const block of blocks) {
    const part = readAssistantBlock(block, blocks, unsaid)
    if (part?.type === 'tool-call') pushCall(parts, part)
    else if (part) parts.push(part)
  }
  return parts
}

/** A proof that was made for a call comes back in a thinking block of its own before it: see `reply-encoder.ts`. */
function pushCall(parts: AssistantPart[], call: ToolCallPart): void {
  const before = parts.at(-1)
  if (before?.type !== 'thinking' || before.text !== '' || before.proof?.itemId !== call.id) {
    parts.push(call)
    return
  }
  const { itemId: _, ...proof } = before.proof
  parts[parts.length - 1] = { ...call, proof }
}

function readAssistantBlock(
  block: JsonObject,
  siblings: readonly JsonObject[],
  unsaid: Unsaid,
): AssistantPart | undefined {
  switch (block['type']) {
    case 'text':
      return readText(block, unsaid)[0]
    case 'thinking':
      return readThinking(block)
    case 'redacted_thinking':
      return {
        type: 'thinking',
        text: '',
        proof: readProof(asText(block['data']) ?? '', 'anthropic', 'redacted'),
      }
    case 'tool_use':
      if (block['toolset_name']) unsaid.add('server-tool')
      return {
        type: 'tool-call',
        id: asText(block['id']) ?? '',
        name: asText(block['name']) ?? '',
        arguments: writeJson(block['input'] ?? {}),
        ...readCacheMark(block),
      }
    case 'server_tool_use':
      return block['name'] === 'web_search' ? readSearch(block, siblings) : serverTool(block)
    case 'web_search_tool_result':
      return undefined // told together with its call
    case 'image':
      return { type: 'media', ...readImage(asObject(block['source'])) }
    default:
      return serverTool(block)
  }
}

function serverTool(block: JsonObject): AssistantPart {
  return { type: 'foreign', dialect: 'anthropic', value: block, loss: foreignLoss(block) }
}

/** What others lose with a block that only this dialect knows. */
export function foreignLoss(block: JsonObject): Loss {
  const type = asText(block['type']) ?? ''
  return type === 'server_tool_use' || type.endsWith('_tool_result') ? 'server-tool' : 'unknown-part'
}

function readThinking(block: JsonObject): ThinkingPart | undefined {
  const text = asText(block['thinking']) ?? ''
  const signature = asText(block['signature']) ?? ''
  const hidden = readUnsigned(signature)
  if (hidden !== undefined || signature === '') {
    const whole = text || hidden || ''
    return whole === '' ? undefined : { type: 'thinking', text: whole }
  }
  return { type: 'thinking', text, proof: readProof(signature, 'anthropic', 'signature') }
}

function readSearch(block: JsonObject, siblings: readonly JsonObject[]): SearchPart {
  const id = asText(block['id']) ?? ''
  const answer = siblings.find(
    (sibling) => sibling['type'] === 'web_search_tool_result' && sibling['tool_use_id'] === id,
  )
  return {
    type: 'search',
    id,
    query: asText(asObject(block['input'])['query']) ?? '',
    results: readSearchResults(answer?.['content']),
  }
}

/** An error instead of results is no results. */
export function readSearchResults(content: Json | undefined): readonly SearchResult[] {
  return asList(content).flatMap((entry) => {
    if (!isObject(entry) || entry['type'] !== 'web_search_result') return []
    const url = asText(entry['url']) ?? ''
    const title = asText(entry['title']) ?? ''
    const sealed = asText(entry['encrypted_content'])
    return [{ url, title, ...(sealed && { proof: readProof(sealed, 'anthropic', 'encrypted') }) }]
  })
}
