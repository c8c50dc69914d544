/** A generateContent or countTokens body to a conversation. */
import type { Conversation, TextPart, Tool } from '../../conversation/conversation.ts'
import type { Failure } from '../../conversation/failure.ts'
import { asList, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { decodeContents } from './content-decoder.ts'
import { decodeOutput, decodeSampling, noteUnsaid } from './generation.ts'
import { Notes } from './notes.ts'
import { decodeThinking } from './thinking.ts'
import { decodeToolChoice, decodeTools } from './tools.ts'
import { pick, pickObject } from './wire.ts'

/** Top-level fields that are read elsewhere or ask for nothing. */
const known = new Set([
  ...['contents', 'systemInstruction', 'system_instruction', 'tools', 'toolConfig', 'tool_config'],
  ...['generationConfig', 'generation_config', 'safetySettings', 'safety_settings', 'model', 'labels'],
  ...['cachedContent', 'cached_content', 'serviceTier', 'service_tier', 'store'],
])

export function decodeRequest(body: Json): Conversation | Failure {
  if (!isObject(body)) return badRequest('the body: must be a JSON object')
  // countTokens may wrap the whole request
  const request = pickObject(body, 'generateContentRequest', 'generate_content_request') ?? body
  const contents = request['contents']
  if (contents === undefined || contents === null) return badRequest('contents: field required')
  if (!Array.isArray(contents)) return badRequest('contents: must be a list')
  if (contents.length === 0) return badRequest('contents: must not be empty')
  const notes = new Notes()
  const config = pickObject(request, 'generationConfig', 'generation_config') ?? {}
  const toolConfig = pickObject(request, 'toolConfig', 'tool_config')
  const toolChoice = decodeToolChoice(toolConfig, notes)
  const conversation = {
    system: decodeSystem(pick(request, 'systemInstruction', 'system_instruction')),
    turns: decodeContents(contents, notes),
    tools: toolsOf(request['tools'], notes),
    ...(toolChoice && { toolChoice }),
    sampling: decodeSampling(config, notes),
    thinking: decodeThinking(config),
    output: decodeOutput(config, notes),
  }
  noteUnsaid(config, notes)
  noteOthers(request, notes)
  return notes.problem === undefined ? { ...conversation, unsaid: notes.losses } : badRequest(notes.problem)
}

const badRequest = (message: string): Failure => ({ kind: 'bad-request', message })

/** A session offers the same tools in each of its requests. */
function toolsOf(list: Json | undefined, notes: Notes): readonly Tool[] {
  const { tools, noted } = listedTools(asList(list))
  notes.include(noted)
  return tools
}

const listedTools = remembered((list: readonly Json[]) => {
  const noted = new Notes()
  return { tools: decodeTools(list, noted), noted }
})

/** A content, or, as some clients send it, a bare string. */
function decodeSystem(value: Json | undefined): readonly TextPart[] {
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }]
  return isObject(value) ? systemOf(value) : []
}

const systemOf = remembered(({ parts }: JsonObject) =>
  asList(parts).flatMap((part): TextPart[] => {
    const text = isObject(part) ? asText(part['text']) : asText(part)
    return text ? [{ type: 'text', text }] : []
  }),
)

function noteOthers(request: JsonObject, notes: Notes): void {
  if (asList(pick(request, 'safetySettings', 'safety_settings')).length > 0) notes.lose('safety-settings')
  if (pick(request, 'cachedContent', 'cached_content') !== undefined) notes.lose('stored-response')
  if (pick(request, 'serviceTier', 'service_tier') !== undefined) notes.lose('service-tier')
  if (isObject(request['labels'])) notes.lose('metadata')
  if (Object.keys(request).some((field) => !known.has(field) && request[field] !== null))
    notes.lose('unknown-field')
}
