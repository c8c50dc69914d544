/** Messages: `tool_use` blocks and the `tool_result` blocks that answer them. */

import { quote } from '../../wire/scan.ts'
import { literalAt } from '../../wire/skim.ts'
import type { Span } from '../../wire/span.ts'
import { callFromObject, type Finds, type ItemReader } from './found.ts'
import { eachField, eachItem, listStart, objectStart, passOver, passString, stringValue } from './walk.ts'

export const readMessage: ItemReader = (bytes, at, finds) =>
  eachField(bytes, at, (name, valueAt) => {
    if (!name.is('content') || bytes[valueAt] !== listStart) return -1
    return eachItem(bytes, valueAt, (blockAt) =>
      bytes[blockAt] === objectStart ? readBlock(bytes, blockAt, finds) : passOver(bytes, blockAt),
    )
  })

interface Block {
  type?: string | undefined
  id?: string | undefined
  name?: string | undefined
  inputAt: number
  failed: boolean
  texts: Span[]
}

function readBlock(bytes: Uint8Array, at: number, finds: Finds): number {
  const block: Block = { inputAt: -1, failed: false, texts: [] }
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('type')) block.type = stringValue(bytes, valueAt, 64)
    else if (name.is('id') || name.is('tool_use_id')) block.id = stringValue(bytes, valueAt, 512)
    else if (name.is('name')) block.name = stringValue(bytes, valueAt, 512)
    else if (name.is('input')) block.inputAt = valueAt
    else if (name.is('content')) return readContent(bytes, valueAt, block.texts)
    else if (name.is('is_error')) {
      const valueEnd = passOver(bytes, valueAt)
      block.failed = literalAt(bytes, { start: valueAt, end: valueEnd }, 'true')
      return valueEnd
    }
    return -1
  })
  const { type, id, name, inputAt, failed, texts } = block
  if (id === undefined) return end
  if (type === 'tool_use' && name !== undefined)
    finds.call(id, inputAt < 0 ? { tool: name } : callFromObject(name, bytes, inputAt))
  if (type === 'tool_result')
    for (const [part, span] of texts.entries()) finds.text({ callId: id, part, span, failed })
  return end
}

/** A text, or a list of parts of which some are texts. */
export function readContent(bytes: Uint8Array, at: number, texts: Span[]): number {
  if (bytes[at] === quote) {
    const end = passString(bytes, at)
    texts.push({ start: at, end })
    return end
  }
  if (bytes[at] !== listStart) return passOver(bytes, at)
  return eachItem(bytes, at, (partAt) =>
    bytes[partAt] === objectStart ? readPart(bytes, partAt, texts) : passOver(bytes, partAt),
  )
}

function readPart(bytes: Uint8Array, at: number, texts: Span[]): number {
  let type: string | undefined
  let found: Span | undefined
  const end = eachField(bytes, at, (name, valueAt) => {
    if (name.is('type')) type = stringValue(bytes, valueAt, 64)
    if (!name.is('text') || bytes[valueAt] !== quote) return -1
    found = { start: valueAt, end: passString(bytes, valueAt) }
    return found.end
  })
  if (found && (type === 'text' || type === 'input_text' || type === 'output_text')) texts.push(found)
  return end
}
