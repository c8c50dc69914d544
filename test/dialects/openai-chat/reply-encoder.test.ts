import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../../src/conversation/failure.ts'
import type { PartOpening, ReplyEvent, StopReason, Usage } from '../../../src/conversation/reply.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { context, decode, encode, quiet } from './fixtures/context.ts'
import { recorded } from './fixtures/replies.ts'
import { checkStream, readReply, readWhole } from './grammar.ts'

const start: ReplyEvent = { type: 'start', id: 'u', model: 'm' }
const usage: Usage = { input: 100, cacheRead: 30, cacheWrite: 20, output: 7, thinking: 3 }
const call = (index: number, id: string, name: string, freeform?: true): ReplyEvent => ({
  type: 'part-start',
  index,
  part: { type: 'tool-call', id, name, ...(freeform && { freeform }) },
})
const delta = (index: number, text: string): ReplyEvent => ({ type: 'part-delta', index, text })
const close = (index: number): ReplyEvent => ({ type: 'part-end', index })
const end = (reason: StopReason): ReplyEvent => ({ type: 'end', reason })

const opening: fc.Arbitrary<PartOpening> = fc.oneof(
  fc.constantFrom<PartOpening>({ type: 'text' }, { type: 'thinking' }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.constantFrom('', 'a', 'b'),
    name: fc.constant('look'),
  }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.constantFrom('c', 'd'),
    name: fc.constant('patch'),
    freeform: fc.constant(true),
  }),
  fc.constantFrom<PartOpening>(
    { type: 'search', id: 's', query: 'q', results: [{ url: 'https://a.example', title: 'A' }] },
    { type: 'foreign', dialect: 'gemini', value: { x: 1 }, loss: 'server-tool' },
  ),
)
const index = fc.nat(4)
const proof = fc.record({
  dialect: fc.constantFrom('anthropic' as const, 'gemini' as const, 'openai-chat' as const),
  kind: fc.constantFrom('signature' as const, 'encrypted' as const),
  value: fc.constantFrom('c2ln', '{"type":"reasoning.encrypted","data":"x"}'),
})
const reasons: StopReason[] = [
  'done',
  'tool-calls',
  'length',
  'stop-sequence',
  'refusal',
  'pause',
  'context-full',
  'other',
]
const anyEvent: fc.Arbitrary<ReplyEvent> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<ReplyEvent>({ ...start, usage }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('part-start' as const), index, part: opening }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('part-delta' as const),
      index,
      text: fc.oneof(
        fc.constantFrom('', '{}', '{"a":', '1}', 'data: x\n\n', '[DONE]\r\n', '\u2028"\\'),
        fc.string(),
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('part-end' as const), index }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('part-end' as const), index, proof }) },
  { weight: 1, arbitrary: fc.constant<ReplyEvent>({ type: 'usage', usage }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('end' as const), reason: fc.constantFrom(...reasons) }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<ReplyEvent>({ type: 'failed', failure: { kind: 'cut', message: 'gone' } }),
  },
)

describe('the stream', () => {
  test('is well-formed for any events in any order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
        const text = encode(events)
        const over = events.some(({ type }) => type === 'end' || type === 'failed')
        // whether arguments are whole is the call guard's to judge
        const wrong = checkStream(text, { open: !over }).filter(
          (mistake) => !/was finished with/.test(mistake),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 1500 },
    )
  })

  test.each(recorded.filter(({ stop }) => stop))(
    '[C119] $name: streamed and whole say the same',
    ({ stream }) => {
      const events = decode(stream)
      const streamed = encode(events)
      expect(checkStream(streamed)).toEqual([])
      const { toolCalls, ...read } = readReply(streamed)
      const whole = readWhole(openaiChat.reply.encodeWhole(events, context))
      const complete = read.stop === 'length' ? [] : toolCalls
      expect({ ...read, toolCalls: complete }).toEqual(whole)
    },
  )

  test('[C18] [C40] every chunk carries our id, the time and the model the client asked for', () => {
    const text = encode([
      start,
      { type: 'part-start', index: 0, part: { type: 'text' } },
      delta(0, 'hi'),
      close(0),
      end('done'),
    ])
    expect(text).toBe(
      [
        '{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}',
        '{"index":0,"delta":{"content":"hi"},"finish_reason":null}',
        '{"index":0,"delta":{},"finish_reason":"stop"}',
      ]
        .map(
          (choice) =>
            `data: {"id":"chatcmpl-a1b2c3d4e5f6a1b2c3d4e5f6","object":"chat.completion.chunk","created":1790000000,"model":"osprey-big","choices":[${choice}]}\n\n`,
        )
        .join('') +
        'data: {"id":"chatcmpl-a1b2c3d4e5f6a1b2c3d4e5f6","object":"chat.completion.chunk","created":1790000000,"model":"osprey-big","choices":[],"usage":{"prompt_tokens":42,"completion_tokens":0,"total_tokens":42,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0}}}\n\n' +
        'data: [DONE]\n\n',
    )
  })

  test('[C34] usage comes when it was asked for, cached tokens inside the prompt', () => {
    const events = [start, { type: 'usage', usage } as const, end('refusal')]
    expect(readReply(encode(events)).usage).toEqual({
      prompt_tokens: 150,
      completion_tokens: 7,
      total_tokens: 157,
      prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 20 },
      completion_tokens_details: { reasoning_tokens: 3 },
    })
    expect(encode(events, { ...context, conversation: quiet })).not.toContain('usage')
  })

  test('[C45] a call without arguments gets {}, a freeform one nothing', () => {
    const events = [
      start,
      call(0, 'a', 'look'),
      close(0),
      call(1, 'b', 'patch', true),
      delta(1, '***'),
      close(1),
      end('tool-calls'),
    ]
    expect(readReply(encode(events)).toolCalls).toEqual([
      { id: 'a', name: 'look', arguments: '{}', freeform: false },
      { id: 'b', name: 'patch', arguments: '***', freeform: true },
    ])
  })

  test('[C51] [C49] ids are unique, and a turn with calls ends in tool_calls', () => {
    const calls = [
      call(0, 'a', 'look'),
      delta(0, '{}'),
      close(0),
      call(1, 'a', 'look'),
      delta(1, '{}'),
      close(1),
    ]
    const read = readReply(encode([start, ...calls, end('done')]))
    expect(read.stop).toBe('tool_calls')
    expect(new Set(read.toolCalls.map(({ id }) => id)).size).toBe(2)
  })

  test('[C48] parallel calls may interleave: their index tells them apart', () => {
    const events = [
      start,
      call(0, 'a', 'x'),
      call(1, 'b', 'y'),
      delta(1, '{"b":'),
      delta(0, '{"a":1}'),
      delta(1, '2}'),
      close(0),
      close(1),
      end('tool-calls'),
    ]
    expect(readReply(encode(events)).toolCalls.map((read) => read.arguments)).toEqual(['{"a":1}', '{"b":2}'])
  })

  test.each([
    ['done', 'stop'],
    ['stop-sequence', 'stop'],
    ['pause', 'stop'],
    ['other', 'stop'],
    ['length', 'length'],
    ['context-full', 'length'],
    ['refusal', 'content_filter'],
  ] as const)('[C37] [C38] [C39] %s is said as %s', (reason, word) => {
    expect(readReply(encode([start, end(reason)])).stop).toBe(word)
    expect(readWhole(openaiChat.reply.encodeWhole([start, end(reason)], context)).stop).toBe(word)
  })

  test('[C39] a call cut by length is not in the whole reply, and the stream says length', () => {
    const events = [start, call(0, 'a', 'write'), delta(0, '{"text":"once'), end('length')]
    expect(readReply(encode(events)).stop).toBe('length')
    expect(readWhole(openaiChat.reply.encodeWhole(events, context))).toMatchObject({
      toolCalls: [],
      stop: 'length',
    })
  })

  test('[C94] [C126] a failed stream ends in an error, never in a finish_reason or [DONE]', () => {
    const failure: Failure = { kind: 'cut', message: 'the upstream went away' }
    const text = encode([
      start,
      { type: 'part-start', index: 0, part: { type: 'text' } },
      delta(0, 'It was'),
      { type: 'failed', failure },
      end('done'),
    ])
    expect(readReply(text)).toMatchObject({ text: 'It was', stop: '', error: 'the upstream went away' })
    expect(text).not.toContain('[DONE]')
    expect(checkStream(text)).toEqual([])
    const inside = encode([start, call(0, 'a', 'write'), delta(0, '{"text'), end('tool-calls')])
    expect(readReply(inside)).toMatchObject({ stop: '', error: 'the reply ended inside a tool call' })
  })

  test('[C65] [C68] foreign proofs go to the client tagged, and come back with the history', () => {
    const signature = { dialect: 'anthropic', kind: 'signature', value: 'sig+/=.x' } as const
    const thought = { dialect: 'gemini', kind: 'thought', value: 'dGg=' } as const
    const events: ReplyEvent[] = [
      start,
      { type: 'part-start', index: 0, part: { type: 'thinking' } },
      delta(0, 'Hm.'),
      { type: 'part-end', index: 0, proof: signature },
      call(1, 'call_k', 'look'),
      delta(1, '{}'),
      { type: 'part-end', index: 1, proof: thought },
      end('tool-calls'),
    ]
    const { details, thinking, toolCalls } = readReply(encode(events))
    const [{ id, name, arguments: args } = { id: '', name: '', arguments: '' }] = toolCalls
    const message = {
      role: 'assistant',
      content: null,
      reasoning_content: thinking,
      reasoning_details: details,
      tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
    }
    const back = openaiChat.request.decode({ model: 'm', messages: [message] })
    expect(back).toMatchObject({
      turns: [
        {
          parts: [
            { type: 'thinking', text: 'Hm.', proof: signature },
            { type: 'tool-call', id: 'call_k', proof: thought },
          ],
        },
      ],
    })
    expect(readWhole(openaiChat.reply.encodeWhole(events, context)).details).toEqual(details)
  })

  test('search results are citations', () => {
    const part: PartOpening = {
      type: 'search',
      id: 's',
      query: 'q',
      results: [{ url: 'https://a.example', title: 'A' }],
    }
    const text = encode([start, { type: 'part-start', index: 0, part }, close(0), end('done')])
    expect(readReply(text).citations).toEqual(['https://a.example'])
  })
})
