/** Reasoning items that another dialect's model made: a Responses upstream cannot decrypt them (CONTRACT 65). */
import { isTagged } from '../../conversation/proof-tag.ts'
import { asObject, asText, type Json } from '../../wire/json.ts'

/** The same request without them; everything else is as it was. */
export function dropForeignProofs(body: Json): Json {
  const { input } = asObject(body)
  return Array.isArray(input)
    ? { ...asObject(body), input: input.filter((item: Json) => !isForeign(item)) }
    : body
}

function isForeign(item: Json): boolean {
  const { type, encrypted_content } = asObject(item)
  return type === 'reasoning' && isTagged(asText(encrypted_content) ?? '')
}
