/**
 * Thinking signatures that an Anthropic upstream refuses (made elsewhere, or damaged by an earlier proxy) block a
 * conversation for ever. Nothing was streamed yet, so the thoughts are taken out and the turn asked again once
 * (CONTRACT 66).
 */

import type { Failure } from '../conversation/failure.ts'
import type { Target } from '../routing/plan.ts'
import type { RequestBody } from '../wire/exchange.ts'
import { asList, asObject, asText, type Json, parseJson, writeJson } from '../wire/json.ts'
import { textOf } from '../world/text.ts'
import type { Shaped } from './shape.ts'

const refusedSignature = /signature[^.]{0,60}thinking|thinking[^.]{0,60}signature/i

export const isHealable = ({ dialect }: Target, { kind, message }: Failure): boolean =>
  dialect === 'anthropic' && kind === 'bad-request' && refusedSignature.test(message)

export function withoutThoughts(shaped: Shaped): Shaped {
  const body = asObject(parseJson(textIn(shaped.body)))
  const messages = asList(body['messages']).map(strip)
  return { ...shaped, body: writeJson({ ...body, messages }), lost: [...shaped.lost, 'thinking-proof'] }
}

const textIn = (body: RequestBody): string => {
  if (typeof body === 'string') return body
  return textOf(body instanceof Uint8Array ? body : Buffer.concat(body))
}

function strip(message: Json): Json {
  const { content } = asObject(message)
  if (!Array.isArray(content)) return message
  const kept = content.filter(
    (block) => !/^(redacted_)?thinking$/.test(asText(asObject(block)['type']) ?? ''),
  )
  return { ...asObject(message), content: kept.length > 0 ? kept : [{ type: 'text', text: '…' }] }
}
