/** What stands where in a request of each dialect, as far as routing looks: no decoding, no copies. */
import type { DialectId } from '../conversation/conversation.ts'
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject } from '../wire/json.ts'

export interface Sketch {
  /** Guidance, piece by piece. */
  readonly system: readonly string[]
  /** The last message that is the client's own. */
  readonly last: readonly Json[]
  /** Everything that was said, message by message. */
  readonly messages: readonly (readonly Json[])[]
  readonly toolResultsLast: boolean
  readonly tools: readonly Json[]
  readonly thinking: boolean
  readonly maxTokens?: number
  /** The schema that the answer must follow. */
  readonly format?: JsonObject
}

export function sketch(dialect: DialectId, body: JsonObject): Sketch {
  return sketches[dialect](body)
}

const sketches: Readonly<Record<DialectId, (body: JsonObject) => Sketch>> = {
  anthropic: sketchMessages,
  'openai-chat': sketchChat,
  'openai-responses': sketchResponses,
  gemini: sketchGemini,
}

const pieces = (content: Json | undefined): readonly Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : asList(content)

const textsOf = (content: Json | undefined): readonly string[] =>
  typeof content === 'string'
    ? [content]
    : asList(content).flatMap((piece) => asText(asObject(piece)['text']) ?? [])

const typeOf = (piece: Json | undefined): string => asText(asObject(piece)['type']) ?? ''
const limit = (...values: readonly (Json | undefined)[]) => {
  const found = values.map(asNumber).find((value) => value !== undefined)
  return found === undefined ? {} : { maxTokens: found }
}
const formatOf = (...values: readonly (Json | undefined)[]) => {
  const found = values.find((value): value is JsonObject => isObject(value))
  return found ? { format: found } : {}
}
const isOn = (value: Json | undefined): boolean =>
  isObject(value) && !/^(disabled|none|off)$/.test(asText(value['type']) ?? asText(value['effort']) ?? '')

function sketchMessages(body: JsonObject): Sketch {
  const all = asList(body['messages'])
  const spoken = all.filter((message) => asObject(message)['role'] !== 'system')
  const last = asObject(spoken.at(-1))
  const lastPieces = last['role'] === 'user' ? pieces(last['content']) : []
  const { thinking, system, tools, max_tokens, output_config } = body
  return {
    system: textsOf(system),
    last: lastPieces,
    messages: all.map((message) => pieces(asObject(message)['content'])),
    toolResultsLast: lastPieces.some((piece) => typeOf(piece) === 'tool_result'),
    tools: asList(tools),
    thinking: isOn(thinking),
    ...limit(max_tokens),
    ...formatOf(asObject(asObject(output_config)['format'])['schema'], body['output_format']),
  }
}

function sketchChat(body: JsonObject): Sketch {
  const all = asList(body['messages']).map(asObject)
  const guidance = all.filter(({ role }) => role === 'system' || role === 'developer')
  const spoken = all.filter(({ role }) => role !== 'system' && role !== 'developer')
  const last = spoken.at(-1)
  const schema = asObject(asObject(body['response_format'])['json_schema'])['schema']
  return {
    system: guidance.flatMap(({ content }) => textsOf(content)),
    last: last?.['role'] === 'user' || last?.['role'] === 'tool' ? pieces(last['content']) : [],
    messages: all.map(({ content }) => pieces(content)),
    toolResultsLast: last?.['role'] === 'tool' || last?.['role'] === 'function',
    tools: [...asList(body['tools']), ...asList(body['functions'])],
    thinking: wordOn(body['reasoning_effort']) || isOn(body['reasoning']) || isOn(body['thinking']),
    ...limit(body['max_completion_tokens'], body['max_tokens']),
    ...formatOf(schema),
  }
}

const wordOn = (value: Json | undefined): boolean =>
  typeof value === 'string' && !/^(none|off|minimal)$/.test(value)

function sketchResponses(body: JsonObject): Sketch {
  const { input, instructions, tools, reasoning, text } = body
  const items =
    typeof input === 'string'
      ? [{ role: 'user', content: input }]
      : asList(input).map((item) => asObject(item))
  const guidance = items.filter(({ role }) => role === 'system' || role === 'developer')
  const rest = items.filter((item) => !guidance.includes(item) && typeOf(item) !== 'additional_tools')
  const last = rest.at(-1)
  const late = items.filter((item) => typeOf(item) === 'additional_tools')
  return {
    system: [...textsOf(instructions), ...guidance.flatMap(({ content }) => textsOf(content))],
    last: last?.['role'] === 'user' ? pieces(last['content']) : pieces(last?.['output']),
    messages: items.map((item) => [...pieces(item['content']), ...asList(item['output'])]),
    toolResultsLast: last !== undefined && typeOf(last).endsWith('_output'),
    tools: [...asList(tools), ...late.flatMap((item) => asList(item['tools']))],
    thinking: wordOn(asObject(reasoning)['effort']),
    ...limit(body['max_output_tokens']),
    ...formatOf(asObject(asObject(text)['format'])['schema']),
  }
}

function sketchGemini(body: JsonObject): Sketch {
  const all = asList(body['contents']).map(asObject)
  const last = all.at(-1)
  const parts = last && last['role'] !== 'model' ? asList(last['parts']) : []
  const settings = asObject(body['generationConfig'])
  const thinking = asObject(settings['thinkingConfig'])
  const budget = asNumber(thinking['thinkingBudget'])
  return {
    system: textsOf(asObject(body['systemInstruction'] ?? body['system_instruction'])['parts']),
    last: parts,
    messages: all.map(({ parts: said }) => asList(said)),
    toolResultsLast: parts.some((part) => asObject(part)['functionResponse'] !== undefined),
    tools: asList(body['tools']).flatMap(geminiTools),
    thinking: budget === undefined ? thinking['thinkingLevel'] !== undefined : budget !== 0,
    ...limit(settings['maxOutputTokens']),
    ...formatOf(settings['responseSchema'], settings['responseJsonSchema']),
  }
}

function geminiTools(tool: Json): readonly Json[] {
  const declared = asObject(tool)['functionDeclarations']
  return declared === undefined ? [tool] : asList(declared)
}
