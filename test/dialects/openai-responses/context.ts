/** A call to answer, for tests. */
import type { Conversation } from '../../../src/conversation/conversation.ts'
import type { ReplyContext } from '../../../src/dialects/dialect.ts'

export const blank: Conversation = {
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
}

export const context: ReplyContext = {
  replyId: 'abcdefghijklmnopqrstuvwx',
  model: 'asked-for',
  createdMs: 1_790_000_000_123,
  estimatedInputTokens: 321,
  conversation: blank,
}
