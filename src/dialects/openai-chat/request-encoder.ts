/** A conversation to a Chat Completions request, in the words its target understands. */
import type { Conversation } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { callNames } from '../../conversation/tool-names.ts'
import { type JsonObject, writeJson } from '../../wire/json.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { encodeMessages } from './messages-encoder.ts'
import { outputFields, schemaGuidance } from './output-encoder.ts'
import type { Speaking } from './parts-encoder.ts'
import { samplingFields } from './settings-encoder.ts'
import { thinkingFields } from './thinking-encoder.ts'
import { toolFields } from './tools-encoder.ts'

/** Where OpenAI ends names, ids and keys. */
const usualNameLength = 64

/** `messages` come last: a later turn only appends to the body (CONTRACT 75). */
export function encodeRequest(conversation: Conversation, order: EncodeOrder): Encoded {
  const { quirks, model, stream } = order
  const { maxNameLength: nameLength = usualNameLength } = quirks
  const lost = new Set<Loss>(conversation.unsaid)
  const speaking: Speaking = { quirks, nameLength, lost }
  const body = {
    model,
    ...(stream && streaming(quirks.streamUsage)),
    ...toolFields(conversation, speaking),
    ...samplingFields(conversation.sampling, speaking),
    ...thinkingFields(conversation.thinking, speaking),
    ...outputFields(conversation.output, speaking),
    ...sessionFields(conversation, speaking),
    messages: encodeMessages(conversation, schemaGuidance(conversation.output, quirks), speaking),
  }
  return { body: writeJson(body), lost: [...lost], names: callNames(conversation.tools, nameLength) }
}

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
