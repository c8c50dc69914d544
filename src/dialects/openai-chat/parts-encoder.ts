/** Content parts for a target: what it can see, and placeholders for what it cannot. */
import type { CacheMark, ForeignPart, MediaPart, TextPart } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { isObject, type Json, type JsonObject } from '../../wire/json.ts'

/** To whom we speak, and what was lost on the way. */
export interface Speaking {
  readonly quirks: Quirks
  readonly nameLength: number
  readonly lost: Set<Loss>
}

/** Where OpenAI ends names, ids and keys. */
export const usualNameLength = 64

export const speakingTo = (quirks: Quirks, lost = new Set<Loss>()): Speaking => ({
  quirks,
  nameLength: quirks.maxNameLength ?? usualNameLength,
  lost,
})

type SpokenPart = TextPart | MediaPart | ForeignPart
type Markable = Pick<TextPart, 'cache'>

/** A string where one will do; servers that know lists know strings, but not the other way round. */
export function partContent(parts: readonly SpokenPart[], speaking: Speaking): Json {
  const content = parts.flatMap((part) => encodePart(part, speaking))
  const [only] = content
  if (!only) return ''
  const { type, text, cache_control } = only
  return content.length === 1 && type === 'text' && cache_control === undefined && text !== undefined
    ? text
    : content
}

/** Texts as one string, or as a list when the target heeds the cache marks in it. */
export function textContent(parts: readonly TextPart[], speaking: Speaking): Json {
  const content = parts.flatMap((part) => encodePart(part, speaking))
  const heeded = content.some(({ cache_control }) => cache_control !== undefined)
  return heeded ? content : parts.map(({ text }) => text).join('\n\n')
}

/** A text, as a list when the target heeds its mark. */
export function marked(text: string, cache: CacheMark | undefined, speaking: Speaking): Json {
  const { cache_control } = cache ? markOf({ cache }, speaking) : {}
  return cache_control === undefined ? text : [{ type: 'text', text, cache_control }]
}

/** `cache_control`, where the target heeds it. */
function markOf({ cache }: Markable, speaking: Speaking): JsonObject {
  if (!cache) return {}
  if (speaking.quirks.cacheControl === true)
    return { cache_control: cache === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } }
  speaking.lost.add('cache-control')
  return {}
}

/** With its mark, when it has one. */
export const withMark = (said: JsonObject, part: Markable, speaking: Speaking): JsonObject =>
  part.cache ? { ...said, ...markOf(part, speaking) } : said

function encodePart(part: SpokenPart, speaking: Speaking): readonly JsonObject[] {
  const said = spoken(part, speaking)
  return said ? [withMark(said, part, speaking)] : []
}

function spoken(part: SpokenPart, speaking: Speaking): JsonObject | undefined {
  if (part.type === 'media') return encodeMedia(part, speaking)
  if (part.type === 'text') return part.text === '' ? undefined : { type: 'text', text: part.text }
  const { value } = part
  if (part.dialect === 'openai-chat' && isObject(value)) return value
  speaking.lost.add(part.loss)
  return undefined
}

function encodeMedia(part: MediaPart, speaking: Speaking): JsonObject {
  const { source, mediaType, title, detail } = part
  if (source.kind === 'text') return { type: 'text', text: source.text }
  if (!canSee(part, speaking)) return { type: 'text', text: placeholder(part, speaking) }
  if (source.kind === 'file')
    return { type: 'file', file: { file_id: source.id, ...(title !== undefined && { filename: title }) } }
  const url = source.kind === 'url' ? source.url : `data:${mediaType};base64,${source.data}`
  if (mediaType.startsWith('image/'))
    return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) } }
  const format = audioFormat(mediaType)
  if (format && source.kind === 'base64')
    return { type: 'input_audio', input_audio: { data: source.data, format } }
  return { type: 'file', file: { filename: title ?? 'document.pdf', file_data: url } }
}

const audioFormats: ReadonlyMap<string, string> = new Map([
  ['audio/wav', 'wav'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/mp3', 'mp3'],
  ['audio/mpeg', 'mp3'],
])

const audioFormat = (mediaType: string): string | undefined => audioFormats.get(mediaType)

/** Files that other providers keep, documents by address and formats nobody listed cannot be seen. */
export function canSee({ mediaType, source }: MediaPart, { quirks }: Speaking): boolean {
  if (source.kind === 'file') return source.dialect === 'openai-chat' && quirks.documents !== false
  if (mediaType.startsWith('image/')) return quirks.images !== false
  if (source.kind !== 'base64') return false
  if (mediaType.startsWith('audio/')) return audioFormat(mediaType) !== undefined
  return mediaType === 'application/pdf' && quirks.documents !== false
}

/** Never silence, never base64 as text (CONTRACT 70). */
export function placeholder({ mediaType, source, title }: MediaPart, { lost }: Speaking): string {
  const kind = mediaKind(mediaType)
  lost.add(source.kind === 'file' ? 'file-reference' : kind)
  const name = title === undefined ? '' : ` ${title}`
  const place = source.kind === 'url' && !source.url.startsWith('data:') ? ` ${source.url}` : ''
  return `[${kind} omitted: ${mediaType}${name}${place}]`
}

function mediaKind(mediaType: string): 'image' | 'audio' | 'document' {
  if (mediaType.startsWith('image/')) return 'image'
  return mediaType.startsWith('audio/') ? 'audio' : 'document'
}
