/** Tools and the choice among them. */
import type {
  Conversation,
  FreeformTool,
  FunctionTool,
  Tool,
  ToolChoice,
  WebSearchTool,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatName } from '../../conversation/tool-names.ts'
import { asFlag, asList, asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import { self } from './wire.ts'

const texts = (value: Json | undefined): readonly string[] =>
  asList(value).filter((entry) => typeof entry === 'string')

/** Every tool of a list; those of a namespace come out one by one, each with its namespace (CONTRACT 124). */
export function readTools(list: Json | undefined, unsaid: Set<Loss>): Tool[] {
  return asList(list).flatMap((value): readonly Tool[] => {
    const tool = asObject(value)
    const { type, name, tools, description } = tool
    if (type !== 'namespace') return [readTool(tool, undefined, unsaid)]
    if (description !== undefined && description !== '' && description !== namespaceText(asText(name) ?? ''))
      unsaid.add('tool-examples')
    return asList(tools).map((inner) => readTool(asObject(inner), asText(name), unsaid))
  })
}

function readTool(tool: JsonObject, namespace: string | undefined, unsaid: Set<Loss>): Tool {
  const { type, name, description, format, function: nested } = tool
  const belonging = namespace === undefined ? {} : { namespace }
  switch (type) {
    case 'function':
      return readFunction(isObject(nested) ? nested : tool, namespace)
    case 'custom':
      return {
        kind: 'freeform',
        name: asText(name) ?? '',
        ...belonging,
        description: asText(description) ?? '',
        ...(format !== undefined && format !== null && { format }),
      }
    default:
      if (typeof type === 'string' && type.startsWith('web_search')) return readWebSearch(tool, unsaid)
      return { kind: 'foreign', dialect: self, type: asText(type) ?? '', value: tool }
  }
}

function readFunction(tool: JsonObject, namespace: string | undefined): FunctionTool {
  const { name, description, parameters, strict, defer_loading } = tool
  return {
    kind: 'function',
    name: asText(name) ?? '',
    ...(namespace !== undefined && { namespace }),
    description: asText(description) ?? '',
    schema: isObject(parameters) ? parameters : { type: 'object', properties: {} },
    ...(typeof strict === 'boolean' && { strict }),
    ...(asFlag(defer_loading) && { deferred: true }),
  }
}

function readWebSearch(tool: JsonObject, unsaid: Set<Loss>): WebSearchTool {
  const { filters, user_location, search_context_size, external_web_access } = tool
  const { allowed_domains, blocked_domains } = asObject(filters)
  if (external_web_access === false) unsaid.add('web-search-filters')
  return {
    kind: 'web-search',
    ...(Array.isArray(allowed_domains) && { allowedDomains: texts(allowed_domains) }),
    ...(Array.isArray(blocked_domains) && { blockedDomains: texts(blocked_domains) }),
    ...(isObject(user_location) && { location: user_location }),
    ...(typeof search_context_size === 'string' && { contextSize: search_context_size }),
  }
}

export function readToolChoice(value: Json | undefined, unsaid: Set<Loss>): ToolChoice | undefined {
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value }
  if (value === 'any') return { kind: 'required' }
  if (!isObject(value)) return undefined
  const { type, name, namespace, mode, function: nested } = value
  if (type === 'function' || type === 'custom') {
    const named = asText(name) ?? asText(asObject(nested)['name']) ?? ''
    return { kind: 'tool', name: named, ...(typeof namespace === 'string' && { namespace }) }
  }
  if (typeof type === 'string' && type.startsWith('web_search')) return { kind: 'tool', name: 'web_search' }
  unsaid.add('tool-choice')
  return { kind: type === 'allowed_tools' && mode !== 'required' ? 'auto' : 'required' }
}

/** What a tool is called on the wire: namespaces stay, only what the API refuses is changed. */
export const wireName = (name: string, quirks: Quirks): string =>
  flatName(name, undefined, quirks.maxNameLength ?? 64)

const namespaceText = (name: string): string => `Tools of ${name}.`

/** Tools of one namespace are gathered where its first one stood. */
export function writeTools(tools: readonly Tool[], quirks: Quirks, lost: Set<Loss>): readonly Json[] {
  const written: Json[] = []
  const spaces = new Map<string, Json[]>()
  for (const tool of tools) {
    const wire = writeTool(tool, quirks, lost)
    if (wire === undefined) continue
    const namespace = tool.kind === 'function' || tool.kind === 'freeform' ? tool.namespace : undefined
    if (namespace === undefined) {
      written.push(wire)
      continue
    }
    const known = spaces.get(namespace)
    if (known) known.push(wire)
    else {
      const inner = [wire]
      spaces.set(namespace, inner)
      written.push({
        type: 'namespace',
        name: namespace,
        description: namespaceText(namespace),
        tools: inner,
      })
    }
  }
  return written
}

function writeTool(tool: Tool, quirks: Quirks, lost: Set<Loss>): Json | undefined {
  if (tool.cache) lost.add('cache-control')
  switch (tool.kind) {
    case 'function':
      return {
        type: 'function',
        name: wireName(tool.name, quirks),
        description: tool.description,
        parameters: fitSchema(tool.schema, quirks, lost),
        strict: tool.strict ?? false,
      }
    case 'freeform':
      return writeFreeform(tool, quirks)
    case 'web-search':
      if (quirks.webSearch) return writeWebSearch(tool)
      lost.add('web-search')
      return undefined
    case 'foreign':
      if (tool.dialect === self) return tool.value
      lost.add('server-tool')
      return undefined
  }
}

const writeFreeform = ({ name, description, format }: FreeformTool, quirks: Quirks): Json => ({
  type: 'custom',
  name: wireName(name, quirks),
  description,
  ...(format !== undefined && { format }),
})

function writeWebSearch({ allowedDomains, blockedDomains, location, contextSize }: WebSearchTool): Json {
  const filters = {
    ...(allowedDomains && { allowed_domains: allowedDomains }),
    ...(blockedDomains && { blocked_domains: blockedDomains }),
  }
  return {
    type: 'web_search',
    ...((allowedDomains || blockedDomains) && { filters }),
    ...(location !== undefined && { user_location: location }),
    ...(contextSize !== undefined && { search_context_size: contextSize }),
  }
}

/** Schemas without a type or properties are completed; refused keywords are removed (CONTRACT 58). */
function fitSchema(schema: Json, quirks: Quirks, lost: Set<Loss>): Json {
  const fitted = quirks.schemaRefuses?.length ? without(schema, new Set(quirks.schemaRefuses), lost) : schema
  if (!isObject(fitted)) return { type: 'object', properties: {} }
  const { type, properties } = fitted
  if (type !== undefined && (type !== 'object' || properties !== undefined)) return fitted
  return { ...fitted, type: 'object', properties: properties ?? {} }
}

function without(value: Json, refused: ReadonlySet<string>, lost: Set<Loss>): Json {
  if (Array.isArray(value)) return value.map((entry: Json) => without(entry, refused, lost))
  if (!isObject(value)) return value
  const kept: Record<string, Json> = {}
  for (const [key, entry] of Object.entries(value)) {
    if (refused.has(key)) lost.add('tool-schema')
    // Under `properties` the keys are names, not keywords.
    else if (key === 'properties' && isObject(entry)) kept[key] = withoutEach(entry, refused, lost)
    else if (entry !== undefined) kept[key] = without(entry, refused, lost)
  }
  return kept
}

function withoutEach(properties: JsonObject, refused: ReadonlySet<string>, lost: Set<Loss>): Json {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, without(schema ?? null, refused, lost)]),
  )
}

export function writeToolChoice(
  { toolChoice, tools }: Pick<Conversation, 'toolChoice' | 'tools'>,
  quirks: Quirks,
  lost: Set<Loss>,
): Json | undefined {
  if (!toolChoice) return undefined
  const mustWord = quirks.requiredToolWord ?? 'required'
  const must = (): Json => {
    if (mustWord === 'auto') lost.add('tool-choice')
    return mustWord
  }
  if (toolChoice.kind === 'required') return must()
  if (toolChoice.kind !== 'tool') return toolChoice.kind
  const named = tools.find((tool) => 'name' in tool && tool.name === toolChoice.name)
  if (!named && quirks.webSearch && tools.some((tool) => tool.kind === 'web-search'))
    return { type: 'web_search' }
  if (!named || quirks.noNamedToolChoice) {
    lost.add('tool-choice')
    return named ? must() : undefined
  }
  return {
    type: named.kind === 'freeform' ? 'custom' : 'function',
    name: wireName(toolChoice.name, quirks),
    ...(toolChoice.namespace !== undefined && { namespace: toolChoice.namespace }),
  }
}
