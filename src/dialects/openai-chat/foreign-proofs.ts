/** `reasoning_details` that carry another dialect's proofs: no Chat upstream can read them (CONTRACT 65). */
import { isTagged } from '../../conversation/proof-tag.ts'
import { asList, asObject, asText, type Json } from '../../wire/json.ts'

/** The same request without them; everything else is as it was. */
export function dropForeignProofs(body: Json): Json {
  return { ...asObject(body), messages: asList(asObject(body)['messages']).map(dropFromMessage) }
}

function dropFromMessage(message: Json): Json {
  const { reasoning_details, ...rest } = asObject(message)
  if (!Array.isArray(reasoning_details)) return message
  const kept = reasoning_details.filter((entry: Json) => !isForeign(entry))
  return kept.length > 0 ? { ...rest, reasoning_details: kept } : rest
}

function isForeign(entry: Json): boolean {
  const { signature, data } = asObject(entry)
  return isTagged(asText(signature) ?? '') || isTagged(asText(data) ?? '')
}
