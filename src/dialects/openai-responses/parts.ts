/** The pieces a message or a tool result is made of: texts, images, files, sound. */
import type { MediaPart, MediaSource, TextPart } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { asList, asObject, asText, type Json, type JsonObject } from '../../wire/json.ts'
import { self } from './wire.ts'

export type Piece = TextPart | MediaPart

/** Pieces of a content list; `unknown` is given each piece this version does not know. */
export function readPieces(content: Json | undefined, unknown: (piece: Json) => void): Piece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  const pieces: Piece[] = []
  for (const value of asList(content)) {
    const piece = readPiece(value)
    if (piece) pieces.push(piece)
    else unknown(value)
  }
  return pieces
}

function readPiece(value: Json): Piece | undefined {
  if (typeof value === 'string') return { type: 'text', text: value }
  const { type, text, refusal, image_url, detail, file_id, input_audio } = asObject(value)
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
    case 'reasoning_text':
      return { type: 'text', text: asText(text) ?? '' }
    case 'refusal':
      return { type: 'text', text: asText(refusal) ?? '' }
    case 'input_image':
    case 'image_url':
      return readImage(
        asText(image_url) ?? asText(asObject(image_url)['url']),
        asText(file_id),
        asText(detail),
      )
    case 'input_file':
      return readFile(asObject(value))
    case 'input_audio': {
      const { data, format } = asObject(input_audio)
      const source: MediaSource = { kind: 'base64', data: asText(data) ?? '' }
      return { type: 'media', mediaType: `audio/${asText(format) ?? 'wav'}`, source }
    }
    default:
      return undefined
  }
}

function readImage(
  url: string | undefined,
  fileId: string | undefined,
  detail: string | undefined,
): MediaPart | undefined {
  const wish = detail === undefined ? {} : { detail }
  if (url !== undefined) return { type: 'media', ...readUrl(url, 'image/*'), ...wish }
  if (fileId === undefined) return undefined
  const source: MediaSource = { kind: 'file', dialect: self, id: fileId }
  return { type: 'media', mediaType: 'image/*', source, ...wish }
}

function readFile(file: JsonObject): MediaPart | undefined {
  const filename = asText(file['filename'])
  const title = filename === undefined ? {} : { title: filename }
  const data = asText(file['file_data'])
  const url = asText(file['file_url'])
  const id = asText(file['file_id'])
  if (data !== undefined) {
    const mediaType = mediaTypeOf(filename ?? '')
    const media = data.startsWith('data:')
      ? readUrl(data, mediaType)
      : { mediaType, source: { kind: 'base64', data } as const }
    return { type: 'media', ...media, ...title }
  }
  if (url !== undefined)
    return { type: 'media', mediaType: mediaTypeOf(url), source: { kind: 'url', url }, ...title }
  if (id === undefined) return undefined
  return {
    type: 'media',
    mediaType: mediaTypeOf(filename ?? ''),
    source: { kind: 'file', dialect: self, id },
    ...title,
  }
}

function readUrl(url: string, otherwise: string): { mediaType: string; source: MediaSource } {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1
  const head = comma < 0 ? '' : url.slice(5, comma)
  if (!head.endsWith(';base64')) return { mediaType: otherwise, source: { kind: 'url', url } }
  const mediaType = head.slice(0, head.indexOf(';')) || otherwise
  return { mediaType, source: { kind: 'base64', data: url.slice(comma + 1) } }
}

const extensions: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
}
const mediaTypeOf = (name: string): string =>
  extensions[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/pdf'

/** A piece as the client's side says it (`input_…`); what the target cannot see becomes a placeholder (CONTRACT 70). */
export function writePiece(piece: Piece, quirks: Quirks, lost: Set<Loss>): JsonObject {
  if (piece.type === 'text') return inputText(piece.text)
  const { mediaType, source } = piece
  if (source.kind === 'file' && source.dialect !== self) return omitted(piece, 'file-reference', lost)
  if (mediaType.startsWith('image/'))
    return quirks.images === false ? omitted(piece, 'image', lost) : writeImage(piece)
  if (mediaType.startsWith('audio/') && source.kind === 'base64')
    return { type: 'input_audio', input_audio: { data: source.data, format: mediaType.slice(6) } }
  if (source.kind === 'text') return inputText(piece.title ? `${piece.title}\n\n${source.text}` : source.text)
  return quirks.documents === false ? omitted(piece, 'document', lost) : writeFile(piece)
}

export const inputText = (text: string): JsonObject => ({ type: 'input_text', text })

/** The words that stand where a piece could not. */
function omitted(piece: MediaPart, loss: Loss, lost: Set<Loss>): JsonObject {
  lost.add(loss)
  return inputText(placeholder(piece))
}

export const placeholder = ({ mediaType, title }: MediaPart): string =>
  `[${mediaType.startsWith('image/') ? 'image' : 'file'} omitted: ${title ? `${title}, ` : ''}${mediaType}]`

function writeImage({ mediaType, source, detail }: MediaPart): JsonObject {
  const wish = detail === undefined ? {} : { detail }
  switch (source.kind) {
    case 'base64':
      return { type: 'input_image', image_url: `data:${mediaType};base64,${source.data}`, ...wish }
    case 'url':
      return { type: 'input_image', image_url: source.url, ...wish }
    case 'file':
      return { type: 'input_image', file_id: source.id, ...wish }
    case 'text':
      return inputText(source.text)
  }
}

function writeFile({ mediaType, source, title }: MediaPart): JsonObject {
  switch (source.kind) {
    case 'base64':
      return {
        type: 'input_file',
        filename: title ?? 'document.pdf',
        file_data: `data:${mediaType};base64,${source.data}`,
      }
    case 'url':
      return { type: 'input_file', file_url: source.url }
    case 'file':
      return { type: 'input_file', file_id: source.id }
    case 'text':
      return inputText(source.text)
  }
}
