/** Tools and the choice among them, for a Messages request. */
import type {
  Conversation,
  FreeformTool,
  FunctionTool,
  Tool,
  WebSearchTool,
} from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatName, freeformSchema, offeredTools } from '../../conversation/tool-names.ts'
import { asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { fitToolSchema } from './schema.ts'
import { type Block, include, mark, nameLength, type Writing, writingTo } from './write-blocks.ts'

export function writeTools(conversation: Conversation, writing: Writing): readonly Block[] {
  const written = writtenTools(offeredTools(conversation), writing.quirks)
  include(written.writing, writing)
  return written.blocks
}

/** A session offers the same tools in each of its requests. Names are unique: the first tool of a name stays. */
const writtenTools = remembered((offered: readonly Tool[], quirks: Quirks) => {
  const names = new Set<string>()
  const writing = writingTo(quirks)
  const blocks = offered.flatMap((tool) => {
    const block = writeTool(tool, writing)
    const name = asText(block?.['name']) ?? ''
    if (!block || names.has(name)) return []
    names.add(name)
    return [mark(block, tool.cache, writing)]
  })
  return { blocks, writing }
})

function writeTool(tool: Tool, writing: Writing): Block | undefined {
  switch (tool.kind) {
    case 'function':
      return writeFunction(tool, writing)
    case 'freeform':
      return writeFreeform(tool, writing)
    case 'web-search':
      return writeWebSearch(tool, writing)
    case 'foreign': {
      if (tool.dialect === 'anthropic' && isObject(tool.value)) {
        const { cache_control: _, ...value } = tool.value
        return value
      }
      writing.lost.add('server-tool')
      return undefined
    }
  }
}

function writeFunction(tool: FunctionTool, { quirks, lost }: Writing): Block {
  const { schema, reduced } = fitToolSchema(tool.schema, quirks.schemaRefuses)
  if (reduced) lost.add('tool-schema')
  const strict = tool.strict === true && (quirks.structuredOutput ?? 'schema') === 'schema'
  if (tool.strict && !strict) lost.add('tool-strict')
  return {
    name: flatName(tool.name, tool.namespace, nameLength(quirks)),
    ...(tool.description !== '' && { description: tool.description }),
    input_schema: schema,
    ...(strict && { strict }),
  }
}

/** The grammar becomes part of the description: asked for in words, no longer enforced. */
function writeFreeform(tool: FreeformTool, { quirks, lost }: Writing): Block {
  lost.add('tool-grammar')
  const grammar = grammarOf(tool.format)
  const description = [tool.description, grammar].filter((text) => text !== '').join('\n\n')
  return {
    name: flatName(tool.name, tool.namespace, nameLength(quirks)),
    ...(description !== '' && { description }),
    input_schema: freeformSchema(),
  }
}

function grammarOf(format: Json | undefined): string {
  const { syntax, definition } = asObject(format)
  if (!asText(definition)) return ''
  return `The input is text in this ${asText(syntax) ?? ''} grammar:\n${asText(definition)}`
}

function writeWebSearch(tool: WebSearchTool, { quirks, lost }: Writing): Block | undefined {
  if (!quirks.webSearch) {
    lost.add('web-search')
    return undefined
  }
  const { maxUses, allowedDomains, blockedDomains, location } = tool
  if (tool.contextSize !== undefined || (allowedDomains && blockedDomains)) lost.add('web-search-filters')
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    ...(maxUses !== undefined && { max_uses: maxUses }),
    ...(allowedDomains && { allowed_domains: allowedDomains }),
    ...(blockedDomains && !allowedDomains && { blocked_domains: blockedDomains }),
    ...(location !== undefined && { user_location: location }),
  }
}

/** undefined: nothing to choose, or nothing to say about it. */
export function writeToolChoice(
  conversation: Conversation,
  tools: readonly Block[],
  writing: Writing,
): JsonObject | undefined {
  if (tools.length === 0) return undefined
  const { parallelToolCalls, toolChoice } = conversation
  const chosen = toolChoice && choose(toolChoice, tools, writing)
  if (parallelToolCalls !== false) return chosen
  if (writing.quirks.noParallelSwitch) {
    writing.lost.add('parallel-tool-calls')
    return chosen
  }
  return chosen?.['type'] === 'none' ? chosen : { type: 'auto', ...chosen, disable_parallel_tool_use: true }
}

function choose(
  choice: NonNullable<Conversation['toolChoice']>,
  tools: readonly Block[],
  writing: Writing,
): JsonObject {
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return { type: choice.kind }
    case 'required':
      return someTool(writing)
    case 'tool': {
      const name = flatName(choice.name, choice.namespace, nameLength(writing.quirks))
      const known = tools.some((tool) => tool['name'] === name)
      if (known && !writing.quirks.noNamedToolChoice) return { type: 'tool', name }
      writing.lost.add('tool-choice')
      return someTool(writing)
    }
  }
}

function someTool({ quirks, lost }: Writing): JsonObject {
  if (quirks.requiredToolWord !== 'auto') return { type: 'any' }
  lost.add('tool-choice')
  return { type: 'auto' }
}
