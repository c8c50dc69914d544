/** Tool results: text in the tool message, everything else in the user's message behind it (CONTRACT 53, 70, 72). */
import type { MediaPart, TextPart, ToolResultPart } from '../../conversation/conversation.ts'
import { flatName } from '../../conversation/tool-names.ts'
import { canSee, placeholder, type Speaking } from './parts-encoder.ts'

const errorMark = '[tool error] '

export function resultText({ content, isError }: ToolResultPart, speaking: Speaking): string {
  const text = content.map((piece) => pieceText(piece, speaking)).join('\n')
  return isError && !text.startsWith(errorMark) ? errorMark + text : text
}

function pieceText(piece: ToolResultPart['content'][number], speaking: Speaking): string {
  if (piece.type === 'text') return piece.text
  if (piece.type === 'tool-reference')
    return `[tool available: ${flatName(piece.name, undefined, speaking.nameLength)}]`
  if (piece.source.kind === 'text') return piece.source.text
  return canSee(piece, speaking) ? `[${piece.mediaType}: see the next message]` : placeholder(piece, speaking)
}

export function resultMedia(result: ToolResultPart, speaking: Speaking): readonly (TextPart | MediaPart)[] {
  const media = result.content.filter((piece) => piece.type === 'media')
  const seen = media.filter((piece) => piece.source.kind !== 'text' && canSee(piece, speaking))
  if (seen.length === 0) return []
  speaking.lost.add('image-in-tool-result')
  return [{ type: 'text', text: `[from the tool result of ${result.callId}]` }, ...seen]
}
