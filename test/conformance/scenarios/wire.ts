/** Pieces of request bodies in each dialect's own shape. */
import type { DialectId } from '../../../src/conversation/conversation.ts'

type Body = Readonly<Record<string, unknown>>
type Schema = Body

export const pathSchema: Schema = {
  type: 'object',
  properties: { path: { type: 'string' }, lines: { type: 'number' } },
  required: ['path'],
}
export const pathSchemaText =
  '{"type":"object","properties":{"path":{"type":"string"},"lines":{"type":"number"}},"required":["path"]}'

/** The `tools` field with one function per name. */
export const toolsIn: Readonly<Record<DialectId, (names: readonly string[], schema?: Schema) => Body>> = {
  anthropic: (names, schema = pathSchema) => ({
    tools: names.map((name) => ({ name, description: `Does ${name}.`, input_schema: schema })),
  }),
  'openai-chat': (names, schema = pathSchema) => ({
    tools: names.map((name) => ({
      type: 'function',
      function: { name, description: `Does ${name}.`, parameters: schema },
    })),
  }),
  'openai-responses': (names, schema = pathSchema) => ({
    tools: names.map((name) => ({
      type: 'function',
      name,
      description: `Does ${name}.`,
      parameters: schema,
      strict: false,
    })),
  }),
  gemini: (names, schema = pathSchema) => ({
    tools: [
      {
        functionDeclarations: names.map((name) => ({
          name,
          description: `Does ${name}.`,
          parametersJsonSchema: schema,
        })),
      },
    ],
  }),
}

/** A single question. */
export const question: Readonly<Record<DialectId, (text: string) => Body>> = {
  anthropic: (text) => ({ max_tokens: 800, messages: [{ role: 'user', content: text }] }),
  'openai-chat': (text) => ({
    stream_options: { include_usage: true },
    messages: [{ role: 'user', content: text }],
  }),
  'openai-responses': (text) => ({
    store: false,
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }],
  }),
  gemini: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
}

/** A question with tools. */
export const questionWith = (
  text: string,
  names: readonly string[],
  schema?: Schema,
): Readonly<Record<DialectId, Body>> => ({
  anthropic: { ...question.anthropic(text), ...toolsIn.anthropic(names, schema) },
  'openai-chat': { ...question['openai-chat'](text), ...toolsIn['openai-chat'](names, schema) },
  'openai-responses': {
    ...question['openai-responses'](text),
    ...toolsIn['openai-responses'](names, schema),
  },
  gemini: { ...question.gemini(text), ...toolsIn.gemini(names, schema) },
})

/** The same question in every dialect, with more in each. */
export const asked = (
  text: string,
  more: Partial<Readonly<Record<DialectId, Body>>> = {},
): Readonly<Record<DialectId, Body>> => ({
  anthropic: { ...question.anthropic(text), ...more.anthropic },
  'openai-chat': { ...question['openai-chat'](text), ...more['openai-chat'] },
  'openai-responses': { ...question['openai-responses'](text), ...more['openai-responses'] },
  gemini: { ...question.gemini(text), ...more.gemini },
})
