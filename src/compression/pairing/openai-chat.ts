/** Chat: `tool_calls` of an assistant, and the messages of role `tool` that answer them. */
import type { Span } from '../../wire/span.ts'
import { readContent } from './anthropic.ts'
import { callFromText, type Finds, type ItemReader } from './found.ts'
import { eachField, eachItem, listStart, objectStart, passOver, stringValue } from './walk.ts'

export const readMessage: ItemReader = (bytes, at, finds) => {
  let role: string | undefined
  let callId: string | undefined
  const texts: Span[] = []
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('role')) role = stringValue(bytes, valueAt, 64)
    else if (name.is('tool_call_id')) callId = stringValue(bytes, valueAt, 512)
    else if (name.is('content')) return readContent(bytes, valueAt, texts)
    else if (name.is('tool_calls') && bytes[valueAt] === listStart)
      return eachItem(bytes, valueAt, (callAt) => readCall(bytes, callAt, finds))
    return -1
  })
  if (role === 'tool' && callId !== undefined)
    for (const [part, span] of texts.entries()) finds.text({ callId, part, span, failed: false })
  return end
}

function readCall(bytes: Uint8Array, at: number, finds: Finds): number {
  if (bytes[at] !== objectStart) return passOver(bytes, at)
  let id: string | undefined
  let tool: string | undefined
  let args: string | undefined
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('id')) id = stringValue(bytes, valueAt, 512)
    if (!name.is('function') || bytes[valueAt] !== objectStart) return -1
    return eachField(bytes, valueAt, (inner, innerAt) => {
      if (inner.is('name')) tool = stringValue(bytes, innerAt, 512)
      else if (inner.is('arguments')) args = stringValue(bytes, innerAt)
      return -1
    })
  })
  if (id !== undefined && tool !== undefined) finds.call(id, callFromText(tool, args))
  return end
}
