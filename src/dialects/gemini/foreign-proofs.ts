/** Thought signatures that another dialect's model made: a Gemini upstream refuses them (CONTRACT 65). */
import { asList, asObject, asText, type Json } from '../../wire/json.ts'
import { taggedStart, unsignedCall } from './signature.ts'

/** The same request with the documented stand-in where a call had one, and without the others. */
export function dropForeignProofs(body: Json): Json {
  return { ...asObject(body), contents: asList(asObject(body)['contents']).map(dropFromTurn) }
}

function dropFromTurn(turn: Json): Json {
  const { parts } = asObject(turn)
  return Array.isArray(parts) ? { ...asObject(turn), parts: parts.map(dropFromPart) } : turn
}

function dropFromPart(part: Json): Json {
  const { thoughtSignature, ...rest } = asObject(part)
  if (!asText(thoughtSignature)?.startsWith(taggedStart)) return part
  return rest['functionCall'] === undefined ? rest : { ...rest, thoughtSignature: unsignedCall }
}
