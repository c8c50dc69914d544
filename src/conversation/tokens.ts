/** How many tokens a conversation is about: fast, local, never too low for text that is not exotic (CONTRACT 76). */
import { writeJson } from '../wire/json.ts'
import type { Conversation, MediaPart, Turn } from './conversation.ts'

const imageTokens = 1600
const documentBytesPerToken = 12
const perTurn = 4

/** At least 1; grows with every part: guidance, tools with their schemas, calls, results, images, thoughts. */
export function estimateTokens(conversation: Conversation): number {
  let tokens = 3
  for (const part of conversation.system) tokens += textTokens(part.text)
  for (const tool of conversation.tools) tokens += textTokens(writeJson(tool)) + 8
  for (const turn of conversation.turns) tokens += perTurn + turnTokens(turn)
  return Math.max(1, Math.ceil(tokens))
}

function turnTokens(turn: Turn): number {
  let tokens = 0
  for (const part of turn.parts) tokens += partTokens(part)
  return tokens
}

function partTokens(part: Turn['parts'][number]): number {
  switch (part.type) {
    case 'text':
      return textTokens(part.text)
    case 'thinking':
      return textTokens(part.text) + (part.proof ? part.proof.value.length / 16 : 0)
    case 'tool-call':
      return 8 + textTokens(part.name) + textTokens(part.arguments)
    case 'tool-result':
      return (
        8 +
        part.content.reduce(
          (sum, piece) => sum + (piece.type === 'tool-reference' ? 8 : partTokens(piece)),
          0,
        )
      )
    case 'media':
      return mediaTokens(part)
    case 'search':
      return 16 + part.results.length * 200
    case 'foreign':
      return textTokens(writeJson(part.value))
  }
}

function mediaTokens({ mediaType, source }: MediaPart): number {
  if (source.kind === 'text') return textTokens(source.text)
  if (mediaType.startsWith('image/')) return imageTokens
  return source.kind === 'base64' ? imageTokens + source.data.length / documentBytesPerToken : imageTokens
}

/** Latin text runs at about 3.6 characters a token, code and JSON at about 3, Chinese, Japanese and Korean at about 1. */
export function textTokens(text: string): number {
  const wide = text.match(/[\u1100-\u11ff\u2e80-\ud7af\uf900-\ufaff\uff00-\uffef]/g)?.length ?? 0
  const marks = text.match(/[^\w\s]/g)?.length ?? 0
  const plain = text.length - wide - marks
  return wide * 1.2 + Math.max(0, marks - wide) * 0.7 + plain / 3.8
}
