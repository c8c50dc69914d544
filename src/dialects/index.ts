/** The four dialects. To add one: a folder beside this file and a line here. */
import type { DialectId } from '../conversation/conversation.ts'
import { anthropic } from './anthropic/index.ts'
import type { Dialect } from './dialect.ts'
import { gemini } from './gemini/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

export const dialects: Readonly<Record<DialectId, Dialect>> = {
  anthropic,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  gemini,
}
