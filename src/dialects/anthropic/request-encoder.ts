/** A conversation to a Messages request. The messages come last, so that a longer history only appends. */
import type { Conversation } from '../../conversation/conversation.ts'
import { callNames } from '../../conversation/tool-names.ts'
import { writeJson } from '../../wire/json.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { writeCacheMark } from './wire.ts'
import {
  type Block,
  type Message,
  nameLength,
  type Writing,
  writeMessages,
  writeSystem,
} from './write-blocks.ts'
import { writeToolChoice, writeTools } from './write-tools.ts'
import { writeMaxTokens, writeOutputConfig, writeSampling, writeThinking } from './write-wishes.ts'

export function encodeRequest(conversation: Conversation, order: EncodeOrder): Encoded {
  const writing: Writing = { quirks: order.quirks, lost: new Set(conversation.unsaid), marked: [] }
  const tools = writeTools(conversation, writing)
  const system = writeSystem(conversation, writing)
  const messages = writeMessages(conversation, writing)
  const choice = writeToolChoice(conversation, tools, writing)
  const maxTokens = writeMaxTokens(conversation, writing)
  const thinking = writeThinking(conversation, maxTokens, choice, messages, writing)
  const thinks = thinking !== undefined && thinking['type'] !== 'disabled'
  const outputConfig = writeOutputConfig(conversation, writing)
  const sampling = writeSampling(conversation.sampling, thinks, writing)
  if (writing.marked.length === 0) markWherePromptsRepeat(tools, system, messages, writing)
  else keepFourMarks(writing)
  const body = writeJson({
    model: order.model,
    max_tokens: maxTokens,
    stream: order.stream,
    ...sampling,
    ...(thinking && { thinking }),
    ...(outputConfig && { output_config: outputConfig }),
    ...(conversation.userId !== undefined && { metadata: { user_id: conversation.userId } }),
    ...(choice && { tool_choice: choice }),
    ...(tools.length > 0 && { tools }),
    ...(system.length > 0 && { system }),
    messages,
  })
  return { body, lost: [...writing.lost], names: callNames(conversation.tools, nameLength(order.quirks)) }
}

const mostMarks = 4

/** The API refuses a fifth mark (CONTRACT 74): the first stays, and the last three. */
function keepFourMarks({ marked, lost }: Writing): void {
  if (marked.length <= mostMarks) return
  lost.add('cache-control')
  for (const block of marked.slice(1, marked.length - mostMarks + 1)) delete block['cache_control']
}

/**
 * For clients whose own dialect caches without marks: after the tools, after the guidance, and after the last two turns
 * of the user, so that the next request finds what this one wrote.
 */
function markWherePromptsRepeat(
  tools: readonly Block[],
  system: readonly Block[],
  messages: readonly Message[],
  { quirks }: Writing,
): void {
  if (quirks.cacheControl === false) return
  const turns = messages.filter(({ role }) => role === 'user').slice(-2)
  const ends = [tools.at(-1), system.at(-1), ...turns.map(({ content }) => content.at(-1))]
  for (const block of ends) if (block) block['cache_control'] = writeCacheMark('5m')
}
