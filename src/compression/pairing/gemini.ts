/** Gemini: `functionCall` parts of a model, and the `functionResponse` parts that answer them, by id or in their order. */
import { quote } from '../../wire/scan.ts'
import type { Span } from '../../wire/span.ts'
import { callFromObject, type Finds, type ItemReader } from './found.ts'
import { eachField, eachItem, listStart, objectStart, passOver, passString, stringValue } from './walk.ts'

export const readContentItem: ItemReader = (bytes, at, finds) =>
  eachField(bytes, at, (name, valueAt) => {
    if (!name.is('parts') || bytes[valueAt] !== listStart) return -1
    return eachItem(bytes, valueAt, (partAt) => readPart(bytes, partAt, finds))
  })

function readPart(bytes: Uint8Array, at: number, finds: Finds): number {
  if (bytes[at] !== objectStart) return passOver(bytes, at)
  return eachField(bytes, at, (name, valueAt) => {
    if (bytes[valueAt] !== objectStart) return -1
    if (name.is('functionCall')) return readCall(bytes, valueAt, finds)
    return name.is('functionResponse') ? readResponse(bytes, valueAt, finds) : -1
  })
}

function readCall(bytes: Uint8Array, at: number, finds: Finds): number {
  let id: string | undefined
  let tool: string | undefined
  let argsAt = -1
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('id')) id = stringValue(bytes, valueAt, 512)
    else if (name.is('name')) tool = stringValue(bytes, valueAt, 512)
    else if (name.is('args')) argsAt = valueAt
    return -1
  })
  if (tool === undefined) return end
  const call = argsAt < 0 ? { tool } : callFromObject(tool, bytes, argsAt)
  if (id === undefined) finds.nameless(call)
  else finds.call(id, call)
  return end
}

/** Where agents put what a tool said. */
const outputNames = ['output', 'result', 'content', 'stdout', 'text'] as const

function readResponse(bytes: Uint8Array, at: number, finds: Finds): number {
  let id: string | undefined
  let tool: string | undefined
  let failed = false
  const texts: Span[] = []
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('id')) id = stringValue(bytes, valueAt, 512)
    else if (name.is('name')) tool = stringValue(bytes, valueAt, 512)
    if (!name.is('response') || bytes[valueAt] !== objectStart) return -1
    return eachField(bytes, valueAt, (inner, innerAt) => {
      if (inner.is('error')) failed = true
      if (bytes[innerAt] !== quote || !outputNames.some((known) => inner.is(known))) return -1
      texts.push({ start: innerAt, end: passString(bytes, innerAt) })
      return texts.at(-1)?.end ?? -1
    })
  })
  const callId = id ?? (tool === undefined ? undefined : finds.takeNameless(tool))
  if (callId !== undefined)
    for (const [part, span] of texts.entries()) finds.text({ callId, part, span, failed })
  return end
}
