/** Tools and the choice among them, as a Messages request names them. */
import type { Tool, ToolChoice } from '../../conversation/conversation.ts'
import { asFlag, asList, asNumber, asObject, asText, type Json, type JsonObject } from '../../wire/json.ts'
import type { Unsaid } from './read-blocks.ts'
import { placeholderTool, readCacheMark } from './wire.ts'

export function readTools(value: Json | undefined, unsaid: Unsaid): readonly Tool[] {
  return asList(value)
    .map(asObject)
    .filter((tool) => tool['name'] !== placeholderTool)
    .map((tool) => readTool(tool, unsaid))
}

function readTool(tool: JsonObject, unsaid: Unsaid): Tool {
  const type = asText(tool['type']) ?? 'custom'
  if (type === 'custom') return readFunction(tool, unsaid)
  if (type.startsWith('web_search_')) return readWebSearch(tool)
  return { kind: 'foreign', dialect: 'anthropic', type, value: tool, ...readCacheMark(tool) }
}

function readFunction(tool: JsonObject, unsaid: Unsaid): Tool {
  const callers = asList(tool['allowed_callers'])
  if (asList(tool['input_examples']).length > 0 || callers.some((caller) => caller !== 'direct'))
    unsaid.add('tool-examples')
  const strict = asFlag(tool['strict'])
  return {
    kind: 'function',
    name: asText(tool['name']) ?? '',
    description: asText(tool['description']) ?? '',
    schema: tool['input_schema'] ?? {},
    ...(strict !== undefined && { strict }),
    ...(tool['defer_loading'] === true && { deferred: true }),
    ...readCacheMark(tool),
  }
}

function readWebSearch(tool: JsonObject): Tool {
  const maxUses = asNumber(tool['max_uses'])
  const allowedDomains = texts(tool['allowed_domains'])
  const blockedDomains = texts(tool['blocked_domains'])
  const location = tool['user_location']
  return {
    kind: 'web-search',
    ...(maxUses !== undefined && { maxUses }),
    ...(allowedDomains.length > 0 && { allowedDomains }),
    ...(blockedDomains.length > 0 && { blockedDomains }),
    ...(location !== undefined && location !== null && { location }),
    ...readCacheMark(tool),
  }
}

/** The strings in a list. */
export const texts = (value: Json | undefined): readonly string[] =>
  asList(value).filter((entry) => typeof entry === 'string')

export function readToolChoice(value: Json | undefined): {
  toolChoice?: ToolChoice
  parallelToolCalls?: boolean
} {
  const choice = asObject(value)
  const toolChoice = choiceOf(choice)
  return {
    ...(toolChoice && { toolChoice }),
    ...(choice['disable_parallel_tool_use'] === true && { parallelToolCalls: false }),
  }
}

function choiceOf(choice: JsonObject): ToolChoice | undefined {
  switch (choice['type']) {
    case 'auto':
      return { kind: 'auto' }
    case 'none':
      return { kind: 'none' }
    case 'any':
      return { kind: 'required' }
    case 'tool':
      return { kind: 'tool', name: asText(choice['name']) ?? '' }
    default:
      return undefined
  }
}
