/** How a client of each dialect writes a growing history down: move by move, nothing rewritten. */
import type { DialectId } from '../../src/conversation/conversation.ts'

export type Move =
  | { readonly kind: 'user'; readonly text: string }
  | { readonly kind: 'assistant'; readonly text: string; readonly calls: readonly MadeCall[] }
  /** Answers to the calls of the move before, in their order, and words beside them. */
  | { readonly kind: 'results'; readonly texts: readonly string[]; readonly beside: string }

export interface MadeCall {
  readonly id: string
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

type Body = Readonly<Record<string, unknown>>

const callsBefore = (moves: readonly Move[], at: number): readonly MadeCall[] => {
  const before = moves[at - 1]
  return before?.kind === 'assistant' ? before.calls : []
}

const schema = { type: 'object', properties: { path: { type: 'string' } } }

type Say = (move: Move, calls: readonly MadeCall[]) => readonly Body[]

/** Each move in a dialect's own shape; `calls` are those of the move before. */
const says: Readonly<Record<DialectId, Say>> = {
  anthropic: (move, calls) => {
    switch (move.kind) {
      case 'user':
        return [{ role: 'user', content: move.text }]
      case 'assistant': {
        const uses = move.calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args }))
        return [{ role: 'assistant', content: [{ type: 'text', text: move.text }, ...uses] }]
      }
      case 'results': {
        const results = calls.map(({ id }, n) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: move.texts[n] ?? '',
        }))
        return [{ role: 'user', content: [...results, { type: 'text', text: move.beside }] }]
      }
    }
  },
  'openai-chat': (move, calls) => {
    switch (move.kind) {
      case 'user':
        return [{ role: 'user', content: move.text }]
      case 'assistant': {
        const made = move.calls.map(({ id, name, args }) => ({
          id,
          type: 'function',
          function: { name, arguments: JSON.stringify(args) },
        }))
        return [{ role: 'assistant', content: move.text, ...(made.length > 0 && { tool_calls: made }) }]
      }
      case 'results': {
        const results = calls.map(({ id }, n) => ({
          role: 'tool',
          tool_call_id: id,
          content: move.texts[n] ?? '',
        }))
        return [...results, { role: 'user', content: move.beside }]
      }
    }
  },
  'openai-responses': (move, calls) => {
    const message = (role: string, type: string, text: string): Body => ({
      type: 'message',
      role,
      content: [{ type, text }],
    })
    switch (move.kind) {
      case 'user':
        return [message('user', 'input_text', move.text)]
      case 'assistant': {
        const made = move.calls.map(({ id, name, args }) => ({
          type: 'function_call',
          call_id: id,
          name,
          arguments: JSON.stringify(args),
        }))
        return [message('assistant', 'output_text', move.text), ...made]
      }
      case 'results': {
        const results = calls.map(({ id }, n) => ({
          type: 'function_call_output',
          call_id: id,
          output: move.texts[n] ?? '',
        }))
        return [...results, message('user', 'input_text', move.beside)]
      }
    }
  },
  gemini: (move, calls) => {
    switch (move.kind) {
      case 'user':
        return [{ role: 'user', parts: [{ text: move.text }] }]
      case 'assistant': {
        const made = move.calls.map(({ name, args }) => ({ functionCall: { name, args } }))
        return [{ role: 'model', parts: [{ text: move.text }, ...made] }]
      }
      case 'results': {
        const results = calls.map(({ name }, n) => ({
          functionResponse: { name, response: { output: move.texts[n] ?? '' } },
        }))
        return [{ role: 'user', parts: [...results, { text: move.beside }] }]
      }
    }
  },
}

const history = (dialect: DialectId, moves: readonly Move[]): readonly Body[] =>
  moves.flatMap((move, at) => says[dialect](move, callsBefore(moves, at)))

export const writers: Readonly<Record<DialectId, (moves: readonly Move[]) => Body>> = {
  anthropic: (moves) => ({
    model: 'opus',
    max_tokens: 900,
    stream: true,
    system: [{ type: 'text', text: 'Guide.', cache_control: { type: 'ephemeral' } }],
    tools: [{ name: 'look', description: 'Looks.', input_schema: schema }],
    messages: history('anthropic', moves),
  }),
  'openai-chat': (moves) => ({
    model: 'opus',
    stream: true,
    tools: [{ type: 'function', function: { name: 'look', description: 'Looks.', parameters: schema } }],
    messages: [{ role: 'system', content: 'Guide.' }, ...history('openai-chat', moves)],
  }),
  'openai-responses': (moves) => ({
    model: 'opus',
    stream: true,
    instructions: 'Guide.',
    tools: [{ type: 'function', name: 'look', description: 'Looks.', parameters: schema, strict: false }],
    input: history('openai-responses', moves),
  }),
  gemini: (moves) => ({
    systemInstruction: { parts: [{ text: 'Guide.' }] },
    tools: [
      { functionDeclarations: [{ name: 'look', description: 'Looks.', parametersJsonSchema: schema }] },
    ],
    contents: history('gemini', moves),
  }),
}
