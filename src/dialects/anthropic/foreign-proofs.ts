/** Thoughts in a history that another dialect's model had: an Anthropic upstream refuses their signatures (CONTRACT 65). */
import { isTagged } from '../../conversation/proof-tag.ts'
import { asList, asObject, asText, type Json } from '../../wire/json.ts'

/** The same request without them; everything else is as it was. */
export function dropForeignProofs(body: Json): Json {
  return { ...asObject(body), messages: asList(asObject(body)['messages']).map(dropFromMessage) }
}

function dropFromMessage(message: Json): Json {
  const { content } = asObject(message)
  if (!Array.isArray(content)) return message
  const kept = content.filter((block: Json) => !isForeign(block))
  if (kept.length === content.length) return message
  return { ...asObject(message), content: kept.length > 0 ? kept : [{ type: 'text', text: '…' }] }
}

function isForeign(block: Json): boolean {
  const { type, signature, data } = asObject(block)
  if (type === 'thinking') return isTagged(asText(signature) ?? '')
  return type === 'redacted_thinking' && isTagged(asText(data) ?? '')
}
