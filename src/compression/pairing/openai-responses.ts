/** Responses: items of type `…_call` and the `…_call_output` items that answer them. */
import type { Span } from '../../wire/span.ts'
import { readContent } from './anthropic.ts'
import { callFromObject, callFromText, type FoundCall, type ItemReader } from './found.ts'
import { eachField, objectStart, passOver, stringValue } from './walk.ts'

export const readItem: ItemReader = (bytes, at, finds) => {
  if (bytes[at] !== objectStart) return passOver(bytes, at)
  let type: string | undefined
  let callId: string | undefined
  let tool: string | undefined
  let args: string | undefined
  let actionAt = -1
  const texts: Span[] = []
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('type')) type = stringValue(bytes, valueAt, 64)
    else if (name.is('call_id')) callId = stringValue(bytes, valueAt, 512)
    else if (name.is('name')) tool = stringValue(bytes, valueAt, 512)
    else if (name.is('arguments')) args = stringValue(bytes, valueAt)
    else if (name.is('action')) actionAt = valueAt
    else if (name.is('output')) return readContent(bytes, valueAt, texts)
    return -1
  })
  if (type === undefined || callId === undefined) return end
  const kind = /^(\w+?)_call(_output)?$/.exec(type)
  if (kind?.[2]) for (const [part, span] of texts.entries()) finds.text({ callId, part, span, failed: false })
  else if (kind) finds.call(callId, callOf(kind[1] ?? '', tool, args, bytes, actionAt))
  return end
}

/** A local shell has no name and says what it ran in `action`. */
function callOf(
  kind: string,
  tool: string | undefined,
  args: string | undefined,
  bytes: Uint8Array,
  actionAt: number,
): FoundCall {
  if (actionAt >= 0) return callFromObject(tool ?? kind, bytes, actionAt)
  return callFromText(tool ?? kind, args)
}
