/** Content parts of Chat messages: text, images, audio, files. */
import type {
  CacheMark,
  ForeignPart,
  MediaPart,
  MediaSource,
  TextPart,
} from '../../conversation/conversation.ts'
import { asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'

export type ContentPart = TextPart | MediaPart | ForeignPart

/** A string, a list of parts, or nothing; empty texts are nothing. */
export function readContent(content: Json | undefined): readonly ContentPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  return content.flatMap(readPart)
}

function readPart(value: Json): readonly ContentPart[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  if (!isObject(value)) return []
  const { type, text, refusal, image_url, input_audio, file } = value
  const mark = cacheMark(value)
  const said = asText(text) ?? asText(refusal)
  if (said !== undefined) return said === '' ? [] : [{ type: 'text', text: said, ...mark }]
  if (type === 'image_url') return [{ ...readImage(image_url), ...mark }]
  if (type === 'input_audio') return [{ ...readAudio(asObject(input_audio)), ...mark }]
  if (type === 'file') return [{ ...readFile(asObject(file)), ...mark }]
  return [{ type: 'foreign', dialect: 'openai-chat', value, loss: 'unknown-part' }]
}

/** OpenRouter's `cache_control`, on whatever carries it. */
export function cacheMark({ cache_control }: JsonObject): { readonly cache?: CacheMark } {
  if (!isObject(cache_control)) return {}
  const { ttl } = cache_control
  return { cache: ttl === '1h' ? '1h' : '5m' }
}

function readImage(value: Json | undefined): MediaPart {
  const { url, detail } = asObject(value)
  const { mediaType, source } = readUrl(asText(value) ?? asText(url) ?? '', 'image/*')
  const grain = asText(detail)
  return { type: 'media', mediaType, source, ...(grain !== undefined && { detail: grain }) }
}

function readAudio({ data, format }: JsonObject): MediaPart {
  const mediaType = `audio/${asText(format) ?? 'wav'}`
  return { type: 'media', mediaType, source: { kind: 'base64', data: asText(data) ?? '' } }
}

function readFile({ file_data, file_id, filename }: JsonObject): MediaPart {
  const title = asText(filename)
  const named = title === undefined ? {} : { title }
  const id = asText(file_id)
  if (id !== undefined) {
    const source = { kind: 'file', dialect: 'openai-chat', id } as const
    return { type: 'media', mediaType: 'application/pdf', source, ...named }
  }
  const data = asText(file_data) ?? ''
  if (/^(?:data:|https?:)/.test(data)) return { type: 'media', ...readUrl(data, 'application/pdf'), ...named }
  return { type: 'media', mediaType: 'application/pdf', source: { kind: 'base64', data }, ...named }
}

interface Located {
  readonly mediaType: string
  readonly source: MediaSource
}

/** A `data:` URL is its data; any other stays an address. */
function readUrl(url: string, otherwise: string): Located {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1
  if (comma < 0) return { mediaType: otherwise, source: { kind: 'url', url } }
  const head = url.slice(5, comma)
  const mediaType = head.split(';')[0] || otherwise
  if (!head.endsWith(';base64')) return { mediaType, source: { kind: 'url', url } }
  return { mediaType, source: { kind: 'base64', data: url.slice(comma + 1) } }
}
