/** A conversation to a Messages request. The messages come last, so that a longer history only appends. */
import type { Conversation, Tool } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { callNames } from '../../conversation/tool-names.ts'
import { Written, writeFields, writeJson } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { joined } from '../wording.ts'
import {
  type Block,
  type Message,
  nameLength,
  writeMessages,
  writeSystem,
  writingTo,
} from './write-blocks.ts'
import { fitMarks } from './write-marks.ts'
import { writeToolChoice, writeTools } from './write-tools.ts'
import { writeMaxTokens, writeOutputConfig, writeSampling, writeThinking } from './write-wishes.ts'

export function encodeRequest(conversation: Conversation, order: EncodeOrder): Encoded {
  const writing = writingTo(order.quirks, conversation.unsaid)
  const said = {
    tools: writeTools(conversation, writing),
    system: writeSystem(conversation, writing),
    messages: writeMessages(conversation, writing),
  }
  const choice = writeToolChoice(conversation, said.tools, writing)
  const maxTokens = writeMaxTokens(conversation, writing)
  const thinking = writeThinking(conversation, maxTokens, choice, said.messages, writing)
  const thinks = thinking !== undefined && thinking['type'] !== 'disabled'
  const outputConfig = writeOutputConfig(conversation, writing)
  const sampling = writeSampling(conversation.sampling, thinks, writing)
  const { tools, system, messages } = fitMarks(said, writing)
  const body = writeFields({
    model: order.model,
    max_tokens: maxTokens,
    stream: order.stream,
    ...sampling,
    ...(thinking && { thinking }),
    ...(outputConfig && { output_config: outputConfig }),
    ...(conversation.userId !== undefined && { metadata: { user_id: conversation.userId } }),
    ...(choice && { tool_choice: choice }),
    ...(tools.length > 0 && { tools: new Written(listed(tools)) }),
    ...(system.length > 0 && { system: new Written(listed(system)) }),
    messages: new Written(`[${joined(messages.map(messageText))}]`),
  })
  return { body, lost: [...writing.lost], names: namesFor(conversation.tools, order.quirks) }
}

const namesFor = remembered((tools: readonly Tool[], quirks: Quirks) => callNames(tools, nameLength(quirks)))

const messageText = ({ role, content }: Message): string => `{"role":"${role}","content":${listed(content)}}`

const listed = (blocks: readonly Block[]): string => `[${joined(blocks.map((block) => blockText(block)))}]`

const blockText = remembered((block: Block) => writeJson(block))
