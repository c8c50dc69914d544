/** Tools and the choice among them, in Chat's words. */
import type {
  Conversation,
  FreeformTool,
  FunctionTool,
  Tool,
  ToolChoice,
  WebSearchTool,
} from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatName, freeformSchema, offeredTools } from '../../conversation/tool-names.ts'
import { asObject, asText, isObject, type Json, type JsonObject, type Written } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { listOf, wordingOf } from '../wording.ts'
import { type Speaking, speakingTo, withMark } from './parts-encoder.ts'
import { fitSchema } from './schema.ts'

export function toolFields(
  conversation: Conversation,
  speaking: Speaking,
): Readonly<Record<string, Json | Written | undefined>> {
  const offered = offeredTools(conversation)
  const wording = toolsWording(offered, speaking.quirks)
  const tools = listOf([wording], speaking.lost)
  const search = offered.find((tool) => tool.kind === 'web-search')
  return {
    ...(wording.text !== '' && { tools, ...choiceFields(conversation, speaking) }),
    ...(search && searchFields(search, speaking)),
  }
}

/** A session offers the same tools in each of its requests. */
const toolsWording = remembered((offered: readonly Tool[], quirks: Quirks) => {
  const speaking = speakingTo(quirks)
  return wordingOf(
    offered.flatMap((tool) => encodeTool(tool, speaking)),
    speaking.lost,
  )
})

function encodeTool(tool: Tool, speaking: Speaking): readonly JsonObject[] {
  switch (tool.kind) {
    case 'function':
      return [withMark(functionTool(tool, speaking), tool, speaking)]
    case 'freeform':
      return [withMark(freeformTool(tool, speaking), tool, speaking)]
    case 'web-search':
      return []
    case 'foreign':
      if (tool.dialect === 'openai-chat' && isObject(tool.value)) return [tool.value]
      speaking.lost.add('server-tool')
      return []
  }
}

function functionTool(tool: FunctionTool, speaking: Speaking): JsonObject {
  const { quirks, nameLength, lost } = speaking
  const { schema, removed } = fitSchema(tool.schema, quirks.schemaRefuses ?? [])
  if (removed) lost.add('tool-schema')
  const strict = tool.strict === true && (quirks.structuredOutput ?? 'schema') === 'schema'
  if (tool.strict && !strict) lost.add('tool-strict')
  return {
    type: 'function',
    function: {
      name: flatName(tool.name, tool.namespace, nameLength),
      ...(tool.description !== '' && { description: tool.description }),
      parameters: schema,
      ...(strict && { strict }),
    },
  }
}

/** Chat models call functions: a freeform tool is one with a single text, its grammar told in words (CONTRACT 124). */
function freeformTool(
  { name, namespace, description, format }: FreeformTool,
  speaking: Speaking,
): JsonObject {
  const { syntax, definition } = grammarOf(format)
  if (definition !== undefined) speaking.lost.add('tool-grammar')
  const grammar = definition === undefined ? [] : [`It follows this ${syntax} grammar:\n${definition}`]
  const words = [
    description,
    'Put the whole text, unquoted and unescaped otherwise, into `input`.',
    ...grammar,
  ]
  return {
    type: 'function',
    function: {
      name: flatName(name, namespace, speaking.nameLength),
      description: words.filter((text) => text !== '').join('\n\n'),
      parameters: freeformSchema(),
    },
  }
}

function grammarOf(format: Json | undefined): { readonly syntax: string; readonly definition?: string } {
  const { grammar, ...flat } = asObject(format)
  const { syntax, definition } = isObject(grammar) ? grammar : flat
  const text = asText(definition)
  return { syntax: asText(syntax) ?? '', ...(text !== undefined && { definition: text }) }
}

function choiceFields(conversation: Conversation, speaking: Speaking): JsonObject {
  const { toolChoice, parallelToolCalls } = conversation
  const { quirks, lost } = speaking
  const oneAtATime = parallelToolCalls === false
  if (oneAtATime && quirks.noParallelSwitch) lost.add('parallel-tool-calls')
  return {
    ...(toolChoice && { tool_choice: encodeChoice(toolChoice, speaking) }),
    ...(oneAtATime && !quirks.noParallelSwitch && { parallel_tool_calls: false }),
  }
}

function encodeChoice(choice: ToolChoice, { quirks, nameLength, lost }: Speaking): Json {
  const must = quirks.requiredToolWord ?? 'required'
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return choice.kind
    case 'required':
      if (must === 'auto') lost.add('tool-choice')
      return must
    case 'tool': {
      const name = flatName(choice.name, choice.namespace, nameLength)
      if (!quirks.noNamedToolChoice) return { type: 'function', function: { name } }
      lost.add('tool-choice')
      return must
    }
  }
}

function searchFields(tool: WebSearchTool, { quirks, lost }: Speaking): JsonObject {
  if (!quirks.webSearch) {
    lost.add('web-search')
    return {}
  }
  const { maxUses, allowedDomains = [], blockedDomains = [], contextSize, location } = tool
  if (maxUses !== undefined || allowedDomains.length + blockedDomains.length > 0)
    lost.add('web-search-filters')
  const { type, ...place } = asObject(location)
  return {
    web_search_options: {
      ...(contextSize !== undefined && { search_context_size: contextSize }),
      ...(type !== undefined && { user_location: { type: 'approximate', approximate: place } }),
    },
  }
}
