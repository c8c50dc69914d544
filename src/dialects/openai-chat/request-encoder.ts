/** A conversation to a Chat Completions request, in the words its target understands. */
import type { Conversation, Tool } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { callNames } from '../../conversation/tool-names.ts'
import { type JsonObject, writeFields } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { writtenMessages } from './messages-encoder.ts'
import { outputFields, schemaGuidance } from './output-encoder.ts'
import { type Speaking, speakingTo, usualNameLength } from './parts-encoder.ts'
import { samplingFields } from './settings-encoder.ts'
import { thinkingFields } from './thinking-encoder.ts'
import { toolFields } from './tools-encoder.ts'

/** `messages` come last: a later turn only appends to the body (CONTRACT 75). */
export function encodeRequest(conversation: Conversation, order: EncodeOrder): Encoded {
  const { quirks, model, stream } = order
  const speaking = speakingTo(quirks, new Set(conversation.unsaid))
  const body = {
    model,
    ...(stream && streaming(quirks.streamUsage)),
    ...toolFields(conversation, speaking),
    ...samplingFields(conversation.sampling, speaking),
    ...thinkingFields(conversation.thinking, speaking),
    ...outputFields(conversation.output, speaking),
    ...sessionFields(conversation, speaking),
    messages: writtenMessages(conversation, schemaGuidance(conversation.output, quirks), speaking),
  }
  return { body: writeFields(body), lost: [...speaking.lost], names: namesFor(conversation.tools, quirks) }
}

const namesFor = remembered((tools: readonly Tool[], { maxNameLength = usualNameLength }: Quirks) =>
  callNames(tools, maxNameLength),
)

const streaming = (usage = true): JsonObject =>
  usage ? { stream: true, stream_options: { include_usage: true } } : { stream: true }

function sessionFields({ cacheKey, userId }: Conversation, { quirks, lost }: Speaking): JsonObject {
  const userFits = userId !== undefined && quirks.user !== false && userId.length <= usualNameLength
  if (userId !== undefined && !userFits) lost.add('user-id')
  return {
    ...(userFits && { user: userId }),
    ...(quirks.cacheKey &&
      cacheKey !== undefined && { prompt_cache_key: cacheKey.slice(0, usualNameLength) }),
  }
}
