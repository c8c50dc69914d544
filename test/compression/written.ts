/** One conversation as a request in each dialect: with markers that move, thoughts, and results where the dialect has them. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import { asList, asObject, asText, isObject, type Json, type JsonObject } from '../../src/wire/json.ts'
import { Words } from './session-steps.ts'

/** Its blocks as Anthropic's. */
export type Message = {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Json[]
  readonly step: number
}

export interface Written {
  readonly messages: readonly Message[]
  /** `off`, or so much as the word is long. */
  readonly thinking: string
  readonly tools: number
}

const system = new Words(1).text(6_000)
const mark = { cache_control: { type: 'ephemeral' } }

export function requestIn(dialect: DialectId, { messages, thinking, tools }: Written): string {
  const named = Array.from({ length: tools }, (_, at) => ({
    name: `tool_${at}`,
    description: new Words(at).text(300),
  }))
  const isThinking = thinking !== 'off'
  const schema = { type: 'object' }
  switch (dialect) {
    case 'anthropic':
      return JSON.stringify({
        model: 'm1',
        max_tokens: 8000,
        stream: true,
        system: [{ type: 'text', text: system, ...mark }],
        ...(isThinking && { thinking: { type: 'enabled', budget_tokens: thinking.length * 1000 } }),
        messages: messages.map(({ role, content }, at) => ({
          role,
          content: at === messages.length - 1 ? markedLast(content) : content,
        })),
        tools: named.map((tool) => ({ ...tool, input_schema: schema })),
      })
    case 'openai-chat':
      return JSON.stringify({
        model: 'm1',
        stream: true,
        ...(isThinking && { reasoning_effort: thinking }),
        messages: [
          { role: 'system', content: system },
          ...markedUser(messages.flatMap(({ role, content }) => chatMessages(role, content))),
        ],
        tools: named.map((tool) => ({ type: 'function', function: { ...tool, parameters: schema } })),
      })
    case 'openai-responses':
      return JSON.stringify({
        model: 'm1',
        stream: true,
        store: false,
        instructions: system,
        ...(isThinking && { reasoning: { effort: thinking } }),
        input: messages.flatMap(({ role, content }) =>
          content.flatMap((block) => items(role, asObject(block))),
        ),
        tools: named.map((tool) => ({ type: 'function', ...tool, parameters: schema })),
      })
    case 'gemini': {
      const names = toolNames(messages)
      return JSON.stringify({
        systemInstruction: { parts: [{ text: system }] },
        ...(isThinking && { generationConfig: { thinkingConfig: { thinkingLevel: thinking } } }),
        contents: messages.map(({ role, content }) => ({
          role: role === 'user' ? 'user' : 'model',
          parts: content.map((block) => part(asObject(block), names)),
        })),
        tools: [{ functionDeclarations: named }],
      })
    }
  }
}

const markedLast = (content: readonly Json[]): readonly Json[] =>
  content.map((block, at) => (at === content.length - 1 && isObject(block) ? { ...block, ...mark } : block))

/** As clients of OpenRouter do: on the last user message's last part. */
function markedUser(messages: readonly JsonObject[]): readonly JsonObject[] {
  const last = messages.findLastIndex((message) => message['role'] === 'user')
  return messages.map((message, at) =>
    at === last ? { ...message, content: [...markedLast(asList(message['content']))] } : message,
  )
}

const typeOf = (block: JsonObject): string => asText(block['type']) ?? ''
const resultText = (block: JsonObject): string => asText(asObject(asList(block['content'])[0])['text']) ?? ''

function chatMessages(role: Message['role'], content: readonly Json[]): readonly JsonObject[] {
  const blocks = content.map(asObject)
  const texts = blocks.filter((block) => typeOf(block) === 'text')
  if (role === 'user')
    return [
      ...blocks
        .filter((block) => typeOf(block) === 'tool_result')
        .map((block) => ({
          role: 'tool',
          tool_call_id: block['tool_use_id'] ?? '',
          content: resultText(block),
        })),
      ...(texts.length === 0 ? [] : [{ role: 'user', content: texts }]),
    ]
  const calls = blocks.filter((block) => typeOf(block) === 'tool_use')
  const thought = blocks.find((block) => typeOf(block) === 'thinking')
  const toolCalls = calls.map(({ id, name, input }) => ({
    id: id ?? '',
    type: 'function',
    function: { name: name ?? '', arguments: JSON.stringify(input) },
  }))
  return [
    {
      role: 'assistant',
      content: asText(texts[0]?.['text']) ?? null,
      ...(thought && { reasoning_content: thought['thinking'] ?? '' }),
      ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
    },
  ]
}

function items(role: Message['role'], block: JsonObject): readonly Json[] {
  switch (typeOf(block)) {
    case 'text': {
      const type = role === 'user' ? 'input_text' : 'output_text'
      return [{ type: 'message', role, content: [{ type, text: block['text'] ?? '' }] }]
    }
    case 'thinking':
      return [{ type: 'reasoning', summary: [], encrypted_content: block['thinking'] ?? '' }]
    case 'tool_use': {
      const { id, name, input } = block
      return [
        { type: 'function_call', call_id: id ?? '', name: name ?? '', arguments: JSON.stringify(input) },
      ]
    }
    default:
      return [
        { type: 'function_call_output', call_id: block['tool_use_id'] ?? '', output: resultText(block) },
      ]
  }
}

const toolNames = (messages: readonly Message[]): ReadonlyMap<Json | undefined, Json> =>
  new Map(
    messages.flatMap(({ content }) =>
      content.map(asObject).map((block) => [block['id'], block['name'] ?? ''] as const),
    ),
  )

/** Some clients give calls an id, some do not: here those of a read have one. */
function part(block: JsonObject, names: ReadonlyMap<Json | undefined, Json>): Json {
  const idOf = (id: Json | undefined) => (names.get(id) === 'read' && id !== undefined ? { id } : {})
  switch (typeOf(block)) {
    case 'text':
      return { text: block['text'] ?? '' }
    case 'thinking':
      return { text: block['thinking'] ?? '', thought: true, thoughtSignature: 'c2ln' }
    case 'tool_use':
      return {
        functionCall: { ...idOf(block['id']), name: block['name'] ?? '', args: block['input'] ?? {} },
      }
    default: {
      const id = block['tool_use_id']
      const output = resultText(block)
      const response = block['is_error'] === true ? { error: 'failed', output } : { output }
      return { functionResponse: { ...idOf(id), name: names.get(id) ?? 'bash', response } }
    }
  }
}

export interface WrittenBlock {
  readonly isResult: boolean
  readonly text: string
}

/** The blocks of a request in the order of the provider's cache, without their markers. */
export function blocksIn(dialect: DialectId, body: string): readonly WrittenBlock[] {
  const request = asObject(JSON.parse(body))
  const plain = (value: Json): string =>
    JSON.stringify(value, (key, inner) => (key === 'cache_control' ? undefined : inner))
  const block = (value: Json, isResult = false, salt = ''): WrittenBlock => ({
    isResult,
    text: `${salt}${plain(value)}`,
  })
  const head = [
    block(request['tools'] ?? null),
    block(request['system'] ?? request['instructions'] ?? request['systemInstruction'] ?? null),
  ]
  switch (dialect) {
    case 'anthropic':
      return [
        ...head,
        ...asList(request['messages']).flatMap((message) => {
          const { role, content } = asObject(message)
          return asList(content).map((each) =>
            block(each, role === 'user' && typeOf(asObject(each)) === 'tool_result', `${asText(role)} `),
          )
        }),
      ]
    case 'openai-chat':
      return [
        ...head,
        ...asList(request['messages']).map((each) => block(each, asObject(each)['role'] === 'tool')),
      ]
    case 'openai-responses':
      return [
        ...head,
        ...asList(request['input']).map((each) =>
          block(each, typeOf(asObject(each)) === 'function_call_output'),
        ),
      ]
    case 'gemini':
      return [
        ...head,
        ...asList(request['contents']).flatMap((content) => {
          const { role, parts } = asObject(content)
          return asList(parts).map((each) =>
            block(each, asObject(each)['functionResponse'] !== undefined, `${asText(role)} `),
          )
        }),
      ]
  }
}
