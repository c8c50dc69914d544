/** Frames that would complete a call which is not whole, dialect by dialect. */
import { describe, expect, it } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'

type Fields = Readonly<Record<string, unknown>>

function verdicts(dialect: keyof typeof dialects, frames: readonly (Fields | string)[]) {
  const listener = dialects[dialect].overhear.listen()
  return frames.map((frame) => {
    const data = typeof frame === 'string' ? frame : JSON.stringify(frame)
    return listener.needles.some((needle) => data.includes(needle))
      ? listener.read({ data }).cutCall
      : 'unread'
  })
}

describe('listening to calls of a Messages stream', () => {
  const open = (index: number, type = 'tool_use') => ({
    type: 'content_block_start',
    index,
    content_block: { type, id: 'a', name: 'look', input: {} },
  })
  const grow = (index: number, partial_json: string) => ({
    type: 'content_block_delta',
    index,
    delta: { type: 'input_json_delta', partial_json },
  })
  const close = (index: number) => ({ type: 'content_block_stop', index })
  const end = (stop_reason: string) => ({ type: 'message_delta', delta: { stop_reason }, usage: {} })

  it('[C47] nothing follows a call that was closed too early, be it another block or the end', () => {
    const cut = [open(0), grow(0, '{"a'), close(0)]
    expect(verdicts('anthropic', [...cut, open(1)]).at(-1)).toBe('stop')
    expect(verdicts('anthropic', [...cut, open(1, 'text')]).at(-1)).toBe('stop')
    expect(verdicts('anthropic', [...cut, end('end_turn')]).at(-1)).toBe('stop')
    expect(verdicts('anthropic', [...cut, { type: 'message_stop' }]).at(-1)).toBe('stop')
    expect(verdicts('anthropic', cut)).toEqual([undefined, undefined, 'withhold'])
  })

  it('[C39] [C47] a call that was never closed is told of by the reason alone', () => {
    const open0 = [open(0), grow(0, '{"a')]
    expect(verdicts('anthropic', [...open0, end('tool_use')]).at(-1)).toBe('stop')
    expect(verdicts('anthropic', [...open0, end('max_tokens'), { type: 'message_stop' }]).slice(2)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('[C45] no arguments are whole, and tools of the server are its own', () => {
    expect(verdicts('anthropic', [open(0), grow(0, ''), close(0), end('tool_use')]).slice(2)).toEqual([
      undefined,
      undefined,
    ])
    const server = [open(0, 'server_tool_use'), grow(0, '{"q'), close(0), end('end_turn')]
    expect(verdicts('anthropic', server).at(-1)).toBeUndefined()
  })
})

describe('listening to calls of a Chat stream', () => {
  const call = (fields: Fields, more: Fields = {}) => ({
    choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...fields }] }, ...more }],
  })
  const half = call({ id: 'a', type: 'function', function: { name: 'look', arguments: '{"a' } })

  it('[C47] [DONE] completes a call as well', () => {
    expect(verdicts('openai-chat', [half, '[DONE]'])).toEqual([undefined, 'stop'])
    const length = { choices: [{ index: 0, delta: {}, finish_reason: 'length' }] }
    expect(verdicts('openai-chat', [half, length, '[DONE]'])).toEqual([undefined, undefined, undefined])
  })

  it('[C124] what is written freely need not be JSON', () => {
    const free = call({ id: 'a', type: 'custom', custom: { name: 'edit', input: '*** Begin' } })
    const finish = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }
    expect(verdicts('openai-chat', [free, finish])).toEqual([undefined, undefined])
  })
})

describe('listening to calls of a Responses stream', () => {
  const item = (text: string, type = 'function_call') => ({ id: 'fc', type, name: 'look', arguments: text })
  const added = { type: 'response.output_item.added', output_index: 1, item: item('') }
  const done = (text: string) => ({ type: 'response.output_item.done', output_index: 0, item: item(text) })
  const completed = (...output: readonly Fields[]) => ({
    type: 'response.completed',
    response: { status: 'completed', output },
  })

  it('[C47] nothing follows a call that was closed too early', () => {
    expect(verdicts('openai-responses', [done('{"a'), added])).toEqual(['withhold', 'stop'])
    expect(verdicts('openai-responses', [done('{"a'), completed()])).toEqual(['withhold', 'stop'])
  })

  it('[C47] a call that only the last event tells is looked at there', () => {
    expect(verdicts('openai-responses', [completed(item('{"a'))])).toEqual(['stop'])
    expect(verdicts('openai-responses', [completed(item('{}'), item('{"a', 'mcp_call'))])).toEqual([
      undefined,
    ])
  })

  it('a call that is whole after all is whole', () => {
    const early = { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"a' }
    expect(verdicts('openai-responses', [early, done('{"a":1}'), completed(item('{"a":1}'))])).toEqual([
      'withhold',
      undefined,
      undefined,
    ])
  })
})
