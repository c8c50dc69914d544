/** Tools and the choice among them: functionDeclarations, googleSearch, functionCallingConfig. */
import type {
  Conversation,
  FreeformTool,
  FunctionTool,
  Tool,
  ToolChoice,
  WebSearchTool,
} from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatName, freeformSchema } from '../../conversation/tool-names.ts'
import { asList, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import type { Notes } from './notes.ts'
import { completeSchema, fromGeminiSchema, trimSchema } from './schema.ts'
import { enumWord, isBeforeThree, pick, pickObject } from './wire.ts'

const nameLimit = 64
export const nameLimitOf = (quirks: Quirks): number => quirks.maxNameLength ?? nameLimit

export function decodeTools(tools: Json | undefined, notes: Notes): Tool[] {
  return asList(tools).flatMap((tool) => (isObject(tool) ? decodeTool(tool, notes) : []))
}

/** One entry may declare many functions and several of Google's own tools. */
function decodeTool(tool: JsonObject, notes: Notes): Tool[] {
  return Object.entries(tool).flatMap(([key, value]): Tool[] => {
    if (value === undefined || value === null) return []
    switch (key) {
      case 'functionDeclarations':
      case 'function_declarations':
        return asList(value).flatMap((one) => decodeFunction(one, notes))
      case 'googleSearch':
      case 'google_search':
      case 'googleSearchRetrieval':
      case 'google_search_retrieval':
        return [decodeSearch(value, notes)]
      default:
        return [{ kind: 'foreign', dialect: 'gemini', type: key, value: { [key]: value } }]
    }
  })
}

function decodeFunction(declaration: Json, notes: Notes): FunctionTool[] {
  if (!isObject(declaration)) return []
  const name = asText(declaration['name'])
  if (!name) {
    notes.wrong('tools.functionDeclarations.name', 'field required')
    return []
  }
  const own = declaration['parameters']
  const schema =
    pick(declaration, 'parametersJsonSchema', 'parameters_json_schema') ??
    (isObject(own) ? fromGeminiSchema(own) : { type: 'object', properties: {} })
  if (declaration['response'] ?? pick(declaration, 'responseJsonSchema', 'response_json_schema'))
    notes.lose('tool-examples')
  return [{ kind: 'function', name, description: asText(declaration['description']) ?? '', schema }]
}

function decodeSearch(value: Json, notes: Notes): WebSearchTool {
  const settings = isObject(value) ? value : {}
  const excluded = asList(pick(settings, 'excludeDomains', 'exclude_domains'))
  const blockedDomains = excluded.filter((one) => typeof one === 'string')
  const other = Object.keys(settings).some((key) => key !== 'excludeDomains' && key !== 'exclude_domains')
  if (other) notes.lose('web-search-filters')
  return { kind: 'web-search', ...(blockedDomains.length > 0 && { blockedDomains }) }
}

export function decodeToolChoice(config: JsonObject | undefined, notes: Notes): ToolChoice | undefined {
  const calling = config && pickObject(config, 'functionCallingConfig', 'function_calling_config')
  if (!calling) return undefined
  const allowed = asList(pick(calling, 'allowedFunctionNames', 'allowed_function_names'))
  const names = allowed.filter((one) => typeof one === 'string')
  const mode = enumWord(calling['mode'])
  if (mode === 'NONE') return { kind: 'none' }
  if (mode === 'ANY') {
    const [only] = names
    if (only !== undefined && names.length === 1) return { kind: 'tool', name: only }
    if (names.length > 1) notes.lose('tool-choice')
    return { kind: 'required' }
  }
  if (names.length > 0) notes.lose('tool-choice')
  if (mode === 'VALIDATED') notes.lose('tool-strict')
  return mode === 'AUTO' || mode === 'VALIDATED' ? { kind: 'auto' } : undefined
}

/** The request's `tools`; empty when none is left to offer. */
export function encodeTools(tools: readonly Tool[], quirks: Quirks, notes: Notes): readonly JsonObject[] {
  const functions: JsonObject[] = []
  const others: JsonObject[] = []
  let search = false
  for (const tool of tools) {
    if (tool.cache) notes.lose('cache-control')
    switch (tool.kind) {
      case 'function':
        functions.push(encodeFunction(tool, quirks, notes))
        break
      case 'freeform':
        functions.push(encodeFreeform(tool, quirks, notes))
        break
      case 'web-search':
        search = true
        noteFilters(tool, notes)
        break
      case 'foreign':
        if (tool.dialect === 'gemini' && isObject(tool.value)) others.push(tool.value)
        else notes.lose('server-tool')
    }
  }
  // Beside functions, search needs a mode whose extra turns other dialects cannot carry; old models refuse the mix.
  const searchFits = search && functions.length === 0 && quirks.webSearch !== false
  if (search && !searchFits) notes.lose('web-search')
  return [
    ...(functions.length > 0 ? [{ functionDeclarations: functions }] : []),
    ...(searchFits ? [{ googleSearch: {} }] : []),
    ...others,
  ]
}

/** `parametersJsonSchema` takes JSON Schema as it is; the older `parameters` fails a whole request for one unknown keyword. */
function encodeFunction(tool: FunctionTool, quirks: Quirks, notes: Notes): JsonObject {
  if (tool.strict === true) notes.lose('tool-strict')
  const { schema, lossy } = trimSchema(completeSchema(tool.schema), quirks.schemaRefuses ?? [])
  if (lossy) notes.lose('tool-schema')
  return {
    name: flatName(tool.name, tool.namespace, nameLimitOf(quirks)),
    ...(tool.description !== '' && { description: tool.description }),
    parametersJsonSchema: schema,
  }
}

function encodeFreeform(tool: FreeformTool, quirks: Quirks, notes: Notes): JsonObject {
  if (tool.format !== undefined) notes.lose('tool-grammar')
  const { schema } = trimSchema(freeformSchema(), quirks.schemaRefuses ?? [])
  return {
    name: flatName(tool.name, tool.namespace, nameLimitOf(quirks)),
    ...(tool.description !== '' && { description: tool.description }),
    parametersJsonSchema: schema,
  }
}

function noteFilters(tool: WebSearchTool, notes: Notes): void {
  const { maxUses, allowedDomains, blockedDomains, location, contextSize } = tool
  if ([maxUses, allowedDomains, blockedDomains, location, contextSize].some((one) => one !== undefined))
    notes.lose('web-search-filters')
}

/** undefined when there is nothing to choose from or nothing was asked. */
export function encodeToolChoice(
  conversation: Conversation,
  offersFunctions: boolean,
  quirks: Quirks,
  notes: Notes,
): JsonObject | undefined {
  if (conversation.parallelToolCalls === false && offersFunctions) notes.lose('parallel-tool-calls')
  const choice = conversation.toolChoice
  if (!choice || !offersFunctions) return undefined
  switch (choice.kind) {
    case 'auto':
      return callingConfig('AUTO')
    case 'none':
      return callingConfig('NONE')
    case 'required':
      return callingConfig('ANY')
    case 'tool': {
      if (quirks.noNamedToolChoice !== true)
        return callingConfig('ANY', flatName(choice.name, choice.namespace, nameLimitOf(quirks)))
      notes.lose('tool-choice')
      return callingConfig('ANY')
    }
  }
}

const callingConfig = (mode: string, only?: string): JsonObject => ({
  functionCallingConfig: { mode, ...(only !== undefined && { allowedFunctionNames: [only] }) },
})

/** Models before Gemini 3 refuse JSON output beside functions. */
export const refusesJsonBesideTools = (model: string, offersFunctions: boolean): boolean =>
  offersFunctions && isBeforeThree(model)
