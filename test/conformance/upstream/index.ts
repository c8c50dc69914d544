/** The four scripted upstreams. */
import type { DialectId } from '../../../src/conversation/conversation.ts'
import type { Teller } from '../told.ts'
import { anthropicUpstream } from './anthropic.ts'
import { geminiUpstream } from './gemini.ts'
import { chatUpstream } from './openai-chat.ts'
import { responsesUpstream } from './openai-responses.ts'

export const tellers: Readonly<Record<DialectId, Teller>> = {
  anthropic: anthropicUpstream,
  'openai-chat': chatUpstream,
  'openai-responses': responsesUpstream,
  gemini: geminiUpstream,
}
