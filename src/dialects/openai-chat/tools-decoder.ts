/** Tools and the choice among them, in today's words (`tools`) and the older ones (`functions`). */
import type { Tool, ToolChoice, WebSearchTool } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { asFlag, asList, asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { cacheMark } from './parts-decoder.ts'

export function readTools(body: JsonObject, unsaid: Set<Loss>): readonly Tool[] {
  const { tools, functions, web_search_options } = body
  const listed = toolsOf(asList(tools))
  for (const loss of listed.unsaid) unsaid.add(loss)
  const others = [
    ...asList(functions).map((fn) => functionTool(asObject(fn), {})),
    ...(isObject(web_search_options) ? [webSearch(web_search_options)] : []),
  ]
  return others.length > 0 ? [...listed.tools, ...others] : listed.tools
}

const toolsOf = remembered((list: readonly Json[]) => {
  const unsaid = new Set<Loss>()
  return { tools: list.flatMap((tool) => readTool(tool, unsaid)), unsaid }
})

function readTool(tool: Json, unsaid: Set<Loss>): readonly Tool[] {
  if (!isObject(tool)) {
    unsaid.add('unknown-field')
    return []
  }
  const { type, function: fn, custom } = tool
  const word = asText(type) ?? 'function'
  if (word === 'function' && isObject(fn)) return [functionTool(fn, tool)]
  if (word === 'custom' && isObject(custom)) return [freeformTool(custom, tool)]
  return [{ kind: 'foreign', dialect: 'openai-chat', type: word, value: tool }]
}

function functionTool({ name, description, parameters, strict }: JsonObject, holder: JsonObject): Tool {
  const strictly = asFlag(strict)
  return {
    kind: 'function',
    name: asText(name) ?? '',
    description: asText(description) ?? '',
    schema: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    ...(strictly !== undefined && { strict: strictly }),
    ...cacheMark(holder),
  }
}

function freeformTool({ name, description, format }: JsonObject, holder: JsonObject): Tool {
  return {
    kind: 'freeform',
    name: asText(name) ?? '',
    description: asText(description) ?? '',
    ...(isObject(format) && { format }),
    ...cacheMark(holder),
  }
}

function webSearch({ search_context_size, user_location }: JsonObject): WebSearchTool {
  const contextSize = asText(search_context_size)
  const { approximate } = asObject(user_location)
  const location = isObject(approximate) ? { type: 'approximate', ...approximate } : undefined
  return {
    kind: 'web-search',
    ...(contextSize !== undefined && { contextSize }),
    ...(location && { location }),
  }
}

export function readToolChoice(body: JsonObject, unsaid: Set<Loss>): ToolChoice | undefined {
  const { tool_choice, function_call } = body
  const choice = tool_choice ?? function_call
  if (typeof choice === 'string') return choiceWord(choice)
  if (!isObject(choice)) return undefined
  const { type, function: fn, custom, allowed_tools } = choice
  if (type === 'allowed_tools') {
    unsaid.add('tool-choice')
    const { mode } = asObject(allowed_tools)
    return choiceWord(asText(mode) ?? 'auto')
  }
  const { name } = asObject(fn ?? custom ?? choice)
  const named = asText(name)
  return named === undefined ? choiceWord(asText(type) ?? '') : { kind: 'tool', name: named }
}

function choiceWord(word: string): ToolChoice | undefined {
  if (word === 'auto' || word === 'none') return { kind: word }
  return word === 'required' || word === 'any' ? { kind: 'required' } : undefined
}
