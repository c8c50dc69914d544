/** Images, PDFs, audio and files: Gemini's inlineData and fileData parts. */
import type { MediaPart } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { asText, type JsonObject } from '../../wire/json.ts'
import { pick, pickObject } from './wire.ts'

/** undefined when the part is no media. */
export function decodeMedia(part: JsonObject): MediaPart | undefined {
  const inline = pickObject(part, 'inlineData', 'inline_data')
  if (inline) {
    const mediaType = asText(pick(inline, 'mimeType', 'mime_type')) ?? 'application/octet-stream'
    return { type: 'media', mediaType, source: { kind: 'base64', data: asText(inline['data']) ?? '' } }
  }
  const file = pickObject(part, 'fileData', 'file_data')
  if (!file) return undefined
  const uri = asText(pick(file, 'fileUri', 'file_uri')) ?? ''
  const mediaType = asText(pick(file, 'mimeType', 'mime_type')) ?? guessedType(uri)
  return isKept(uri)
    ? { type: 'media', mediaType, source: { kind: 'file', dialect: 'gemini', id: uri } }
    : { type: 'media', mediaType, source: { kind: 'url', url: uri } }
}

/** A file that Google keeps, as opposed to one on the open web. */
const isKept = (uri: string): boolean =>
  !/^https?:/i.test(uri) || uri.startsWith('https://generativelanguage.googleapis.com/')

export interface EncodedMedia {
  readonly part: JsonObject
  readonly loss?: Loss
}

export function encodeMedia(media: MediaPart, quirks: Quirks): EncodedMedia {
  const { source, mediaType } = media
  if (source.kind === 'text') return { part: { text: source.text } }
  const refused = refusal(mediaType, quirks)
  if (refused) return { part: placeholder(media), loss: refused }
  switch (source.kind) {
    case 'base64':
      return { part: { inlineData: { mimeType: mediaType, data: source.data } } }
    case 'url':
      return { part: { fileData: fileData(source.url, mediaType) } }
    case 'file':
      if (source.dialect !== 'gemini') return { part: placeholder(media), loss: 'file-reference' }
      return { part: { fileData: fileData(source.id, mediaType) } }
  }
}

const placeholder = (media: MediaPart): JsonObject => ({
  text: `[${media.mediaType.startsWith('image/') ? 'image' : 'file'} omitted: ${media.title ?? media.mediaType}]`,
})

function refusal(mediaType: string, quirks: Quirks): Loss | undefined {
  if (mediaType.startsWith('image/')) return quirks.images === false ? 'image' : undefined
  if (mediaType.startsWith('audio/') || mediaType.startsWith('video/')) return undefined
  return quirks.documents === false ? 'document' : undefined
}

function fileData(fileUri: string, mediaType: string): JsonObject {
  const mimeType = mediaType.endsWith('/*') ? guessedType(fileUri) : mediaType
  return mimeType.endsWith('/*') ? { fileUri } : { mimeType, fileUri }
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
}

/** By the ending of the path; `image/*` when it tells nothing. */
function guessedType(uri: string): string {
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(uri)?.[1]
  return (ending !== undefined && types[ending.toLowerCase()]) || 'image/*'
}
