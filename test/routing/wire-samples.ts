/** The shortest replies and errors of each dialect, in the wire's own shape. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import type { Played } from '../gateway/rig.ts'

const data = (value: unknown, event?: string): string =>
  `${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(value)}\n\n`
const typed = (type: string, more: object): string => data({ type, ...more }, type)

const usage = { input_tokens: 5, output_tokens: 1 }
const item = {
  type: 'message',
  id: 'i',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'hello', annotations: [] }],
}
const chunk = (delta: object, finish: string | null): string =>
  data({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm1',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
const candidate = (finish?: string) => ({
  candidates: [
    {
      index: 0,
      content: { role: 'model', parts: [{ text: 'hello' }] },
      ...(finish && { finishReason: finish }),
    },
  ],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1, totalTokenCount: 6 },
})

/** A stream up to and with its first word. */
export function firstWords(dialect: DialectId): string {
  switch (dialect) {
    case 'anthropic':
      return (
        typed('message_start', {
          message: { id: 'm', type: 'message', role: 'assistant', model: 'm1', content: [], usage },
        }) +
        typed('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
        typed('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'hello' } })
      )
    case 'openai-chat':
      return chunk({ role: 'assistant', content: 'hello' }, null)
    case 'openai-responses':
      return (
        typed('response.created', { response: { id: 'r', status: 'in_progress', output: [] } }) +
        typed('response.output_item.added', {
          output_index: 0,
          item: { ...item, status: 'in_progress', content: [] },
        }) +
        typed('response.content_part.added', {
          output_index: 0,
          item_id: 'i',
          content_index: 0,
          part: { type: 'output_text', text: '' },
        }) +
        typed('response.output_text.delta', {
          output_index: 0,
          item_id: 'i',
          content_index: 0,
          delta: 'hello',
        })
      )
    case 'gemini':
      return data(candidate())
  }
}

function lastWords(dialect: DialectId): string {
  switch (dialect) {
    case 'anthropic':
      return (
        typed('content_block_stop', { index: 0 }) +
        typed('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 1 },
        }) +
        typed('message_stop', {})
      )
    case 'openai-chat':
      return `${chunk({}, 'stop')}data: [DONE]\n\n`
    case 'openai-responses':
      return (
        typed('response.output_text.done', {
          output_index: 0,
          item_id: 'i',
          content_index: 0,
          text: 'hello',
        }) +
        typed('response.output_item.done', { output_index: 0, item }) +
        typed('response.completed', { response: { id: 'r', status: 'completed', output: [item], usage } })
      )
    case 'gemini':
      return data({
        candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '!' }] }, finishReason: 'STOP' }],
      })
  }
}

function whole(dialect: DialectId): object {
  switch (dialect) {
    case 'anthropic':
      return {
        id: 'm',
        type: 'message',
        role: 'assistant',
        model: 'm1',
        content: [{ type: 'text', text: 'hello' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage,
      }
    case 'openai-chat':
      return {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm1',
        choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
      }
    case 'openai-responses':
      return { id: 'r', object: 'response', status: 'completed', model: 'm1', output: [item], usage }
    case 'gemini':
      return candidate('STOP')
  }
}

export function saysHello(played: Played, dialect: DialectId, stream: boolean): void {
  if (stream) played.stream(firstWords(dialect), lastWords(dialect)).end()
  else played.json(200, whole(dialect))
}

export function errorBody(dialect: DialectId, status: number, message: string): object {
  if (dialect === 'anthropic') return { type: 'error', error: { type: 'error_of_the_upstream', message } }
  if (dialect === 'gemini') return { error: { code: status, message, status: 'UPSTREAM' } }
  return { error: { message, type: 'upstream', code: null } }
}

/** Overloaded, told inside a stream that began with 200. */
export function errorFrame(dialect: DialectId): string {
  switch (dialect) {
    case 'anthropic':
      return typed('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })
    case 'openai-chat':
      return data({ error: { message: 'Overloaded', code: 503 } })
    case 'openai-responses':
      return typed('response.failed', {
        response: {
          id: 'r',
          status: 'failed',
          error: { code: 'server_is_overloaded', message: 'Overloaded' },
        },
      })
    case 'gemini':
      return data({ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } })
  }
}
