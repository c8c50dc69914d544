/** Images, documents and other files as content blocks; a placeholder where the target cannot take them. */
import type { MediaPart } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import type { JsonObject } from '../../wire/json.ts'

const imageTypes: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/*',
])

export function writeMedia(part: MediaPart, quirks: Quirks, lost: Set<Loss>): JsonObject {
  const { mediaType, source } = part
  if (source.kind === 'text') return writeTextFile(part, source.text, quirks, lost)
  if (source.kind === 'file' && source.dialect !== 'anthropic') return omitted(part, 'file-reference', lost)
  if (mediaType.startsWith('image/')) return writeImage(part, quirks, lost)
  if (mediaType.startsWith('audio/')) return omitted(part, 'audio', lost)
  if (mediaType.startsWith('text/') && source.kind === 'base64')
    return writeTextFile(part, textOf(source.data), quirks, lost)
  if (mediaType !== 'application/pdf' || quirks.documents === false) return omitted(part, 'document', lost)
  return { type: 'document', source: writeSource(part), ...titleOf(part) }
}

function writeImage(part: MediaPart, quirks: Quirks, lost: Set<Loss>): JsonObject {
  const readable = imageTypes.has(part.mediaType) || part.source.kind === 'url'
  if (quirks.images === false || !readable) return omitted(part, 'image', lost)
  return { type: 'image', source: writeSource(part) }
}

/** A target without documents still reads text. */
function writeTextFile(part: MediaPart, text: string, quirks: Quirks, lost: Set<Loss>): JsonObject {
  if (text.trim() === '') return omitted(part, 'document', lost)
  if (quirks.documents === false)
    return { type: 'text', text: part.title === undefined ? text : `${part.title}\n${text}` }
  return {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: text },
    ...titleOf(part),
  }
}

function writeSource({ mediaType, source }: MediaPart): JsonObject {
  switch (source.kind) {
    case 'base64':
      return {
        type: 'base64',
        media_type: mediaType === 'image/*' ? 'image/png' : mediaType,
        data: source.data,
      }
    case 'url':
      return { type: 'url', url: source.url }
    case 'file':
      return { type: 'file', file_id: source.id }
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text }
  }
}

const titleOf = ({ title }: MediaPart): JsonObject => (title === undefined ? {} : { title })

/** Never silence, never base64 as text (CONTRACT 70). */
export function omitted(part: MediaPart, loss: Loss, lost: Set<Loss>): JsonObject {
  lost.add(loss)
  const kind = part.mediaType.startsWith('image/')
    ? 'image'
    : part.mediaType.startsWith('audio/')
      ? 'audio'
      : 'file'
  const name = part.title === undefined ? part.mediaType : `${part.title}, ${part.mediaType}`
  return { type: 'text', text: `[${kind} omitted: ${name}]` }
}

/** Base64 of UTF-8 to text; '' when it is none. */
function textOf(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)))
  } catch {
    return ''
  }
}
