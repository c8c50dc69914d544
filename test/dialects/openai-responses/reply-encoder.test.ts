import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CallGuard } from '../../../src/conversation/call-guard.ts'
import type { Failure } from '../../../src/conversation/failure.ts'
import type { PartOpening, ReplyEvent } from '../../../src/conversation/reply.ts'
import { wholeReply } from '../../../src/conversation/whole.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { SseReader } from '../../../src/wire/sse.ts'
import { blank, context } from './context.ts'
import { replies } from './fixtures/replies.ts'
import { checkStream, readReply, readWhole } from './grammar.ts'

function encode(events: readonly ReplyEvent[], conversation = blank): string {
  const encoder = openaiResponses.reply.encodeStream({ ...context, conversation })
  return events.map((event) => encoder.push(event)).join('')
}

function decode(text: string): ReplyEvent[] {
  const decoder = openaiResponses.reply.decodeStream({ quirks: {} })
  const frames = new SseReader().push(new TextEncoder().encode(text))
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()]
}

const guarded = (events: readonly ReplyEvent[]): ReplyEvent[] => {
  const guard = new CallGuard()
  return events.flatMap((event) => guard.push(event))
}

const start: ReplyEvent = { type: 'start', id: 'up', model: 'upstream' }
const part = (index: number, opening: PartOpening, text: string, more: object = {}): ReplyEvent[] => [
  { type: 'part-start', index, part: opening },
  ...(text === '' ? [] : [{ type: 'part-delta', index, text } as const]),
  { type: 'part-end', index, ...more },
]
const call = (id: string, name = 'go'): PartOpening => ({ type: 'tool-call', id, name })
const done: ReplyEvent = { type: 'end', reason: 'done' }
const types = (text: string): string[] => [...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type ?? '')
const events = (text: string): { type: string; [field: string]: unknown }[] =>
  [...text.matchAll(/^data: ([^\n]*)/gm)].map(([, data]) => JSON.parse(data ?? ''))

describe('the stream', () => {
  it('[C123] has every official event of a text, in order', () => {
    expect(types(encode([start, ...part(0, { type: 'text' }, 'Hi'), done]))).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  it('[C123] has one output_item.done for every item, and the same items in its last event', () => {
    for (const reply of Object.values(replies)) {
      const text = encode(guarded(decode(reply)))
      expect(checkStream(text)).toEqual([])
      const items = events(text).flatMap((event) =>
        event.type === 'response.output_item.done' ? [event['item']] : [],
      )
      const last = events(text).at(-1)
      expect(last?.['response']).toMatchObject({ output: items })
    }
  })

  it('[C18] carries our id and the name the client asked for', () => {
    const [created] = events(encode([start]))
    expect(created?.['response']).toMatchObject({
      id: 'resp_abcdefghijklmnopqrstuvwx',
      model: 'asked-for',
      created_at: 1_790_000_000,
      status: 'in_progress',
    })
  })

  it('[C43] says each delta at once', () => {
    const encoder = openaiResponses.reply.encodeStream(context)
    encoder.push(start)
    encoder.push({ type: 'part-start', index: 0, part: { type: 'text' } })
    expect(encoder.push({ type: 'part-delta', index: 0, text: 'now "quoted"\n' })).toContain(
      '"delta":"now \\"quoted\\"\\n"',
    )
  })

  it('[C31] announces no text and no thought before its first content', () => {
    const empty = encode([
      start,
      ...part(0, { type: 'text' }, ''),
      ...part(1, { type: 'thinking' }, ''),
      done,
    ])
    expect(types(empty)).toEqual(['response.created', 'response.in_progress', 'response.completed'])
  })

  it('[C124] gives namespaced tools their namespace and freeform tools a custom_tool_call', () => {
    const text = encode([
      start,
      ...part(0, { type: 'tool-call', id: 'c1', name: 'spawn', namespace: 'multi_agent_v1' }, '{"n":1}'),
      ...part(1, { type: 'tool-call', id: 'c2', name: 'apply_patch', freeform: true }, '*** Begin\n'),
      { type: 'end', reason: 'tool-calls' },
    ])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text).toolCalls).toEqual([
      { id: 'c1', name: 'spawn', namespace: 'multi_agent_v1', arguments: '{"n":1}', freeform: false },
      { id: 'c2', name: 'apply_patch', arguments: '*** Begin\n', freeform: true },
    ])
    expect(types(text)).toContain('response.custom_tool_call_input.delta')
  })

  it('[C45] gives a call without arguments an empty object', () => {
    const text = encode([start, ...part(0, call('c1'), ''), { type: 'end', reason: 'tool-calls' }])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text).toolCalls[0]?.arguments).toBe('{}')
  })

  it('[C39] [C47] never completes a call that the length limit cut', () => {
    const text = encode([
      start,
      ...part(0, { type: 'text' }, 'Writing'),
      { type: 'part-start', index: 1, part: call('c1') },
      { type: 'part-delta', index: 1, text: '{"file":"/a' },
      { type: 'end', reason: 'length' },
    ])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text)).toMatchObject({ stop: 'length', text: 'Writing', toolCalls: [] })
    expect(events(text).at(-1)?.['response']).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
  })

  it('[C47] fails rather than end well over an open call', () => {
    const text = encode([start, { type: 'part-start', index: 0, part: call('c1') }, done])
    expect(readReply(text)).toMatchObject({ stop: 'failed', toolCalls: [] })
  })

  it('[C38] says a refusal as a content filter', () => {
    const text = encode([start, ...part(0, { type: 'text' }, 'No.'), { type: 'end', reason: 'refusal' }])
    expect(readReply(text)).toMatchObject({ stop: 'refusal', text: 'No.' })
  })

  it('[C132] reports usage with cached tokens inside the input, and an estimate when there is none', () => {
    const usage = { input: 10, cacheRead: 300, cacheWrite: 5, output: 20, thinking: 7 }
    const told = encode([start, ...part(0, { type: 'text' }, 'Hi'), { type: 'usage', usage }, done])
    expect(readReply(told).usage).toEqual({ input: 315, cached: 300, output: 20, thinking: 7 })
    const untold = encode([start, ...part(0, { type: 'text' }, 'Hi there'), done])
    expect(readReply(untold).usage).toEqual({ input: 321, cached: 0, output: 2, thinking: 0 })
  })

  it('[C65] [C68] hands out foreign proofs so that they come back as what they were', () => {
    const proof = { dialect: 'anthropic', kind: 'signature', value: 'Er.abc==' } as const
    const text = encode([
      start,
      ...part(0, { type: 'thinking' }, 'Hm.', { proof }),
      ...part(1, { type: 'text' }, 'A'),
      done,
    ])
    const output = events(text).at(-1)?.['response']
    const conversation = decodeInput((output as { output: never[] }).output)
    expect(conversation.turns[0]?.parts[0]).toEqual({ type: 'thinking', text: 'Hm.', proof })
  })

  it('[C68] the proof of a call travels beside it and comes back on it', () => {
    const proof = { dialect: 'gemini', kind: 'thought', value: 'Cg.sig' } as const
    const text = encode([
      start,
      ...part(0, call('c1'), '{}', { proof }),
      ...part(1, call('c2'), '{"a":1}'),
      { type: 'end', reason: 'tool-calls' },
    ])
    expect(checkStream(text)).toEqual([])
    const output = events(text).at(-1)?.['response']
    const conversation = decodeInput((output as { output: never[] }).output)
    expect(conversation.turns[0]?.parts).toEqual([
      { type: 'tool-call', id: 'c1', name: 'go', arguments: '{}', proof },
      { type: 'tool-call', id: 'c2', name: 'go', arguments: '{"a":1}' },
    ])
  })

  it('[C67] shows no thoughts to a client that wants none, and still keeps their proof', () => {
    const hidden = { ...blank, thinking: { kind: 'adaptive', visible: false } } as const
    const proof = { dialect: 'anthropic', kind: 'signature', value: 'sig' } as const
    const text = encode(
      [start, ...part(0, { type: 'thinking' }, 'secret', { proof }), ...part(1, { type: 'text' }, 'A'), done],
      hidden,
    )
    expect(checkStream(text)).toEqual([])
    expect(text).not.toContain('secret')
    expect(text).toContain('clutch1.anthropic')
  })

  it('[C94] [C123] ends with one response.failed after an error, and nothing more', () => {
    const encoder = openaiResponses.reply.encodeStream(context)
    const failure: Failure = { kind: 'overloaded', message: 'The provider broke off.' }
    const text = [
      start,
      ...part(0, { type: 'text' }, 'Half'),
      { type: 'part-start', index: 1, part: { type: 'text' } } as const,
      { type: 'failed', failure } as const,
      ...part(2, { type: 'text' }, 'more'),
      done,
    ]
      .map((event) => encoder.push(event))
      .join('')
    expect(checkStream(text)).toEqual([])
    expect(readReply(text)).toMatchObject({
      stop: 'failed',
      text: 'Half',
      error: { code: 'server_error', message: 'The provider broke off.' },
    })
    expect(types(text).at(-1)).toBe('response.failed')
  })

  it('[C48] interleaved calls keep apart', () => {
    const text = encode(decode(replies.parallelTools))
    expect(checkStream(text)).toEqual([])
    expect(readReply(text).toolCalls.map((made) => made.arguments)).toEqual([
      '{"dir":"src","depth":2}',
      '{"path":"src/ünïcode.ts"}',
    ])
  })

  it('says again what it heard', () => {
    for (const reply of Object.values(replies)) {
      const heard = wholeReply(guarded(decode(reply)))
      if (heard.failure) continue
      const again = wholeReply(guarded(decode(encode(guarded(decode(reply))))))
      const simple = (whole: typeof heard) => ({
        reason: whole.reason,
        usage: whole.usage,
        parts: whole.parts.map(({ opening, text }) => ({
          ...opening,
          id: opening.type === 'search' ? '' : null,
          // No arguments at all are said as an empty object.
          text: opening.type === 'tool-call' && text === '' ? '{}' : text,
        })),
      })
      expect(simple(again)).toEqual(simple(heard))
    }
  })
})

function decodeInput(output: readonly never[]) {
  const conversation = openaiResponses.request.decode({ model: 'm', input: output })
  if ('kind' in conversation) throw new Error(conversation.message)
  return conversation
}

const opening: fc.Arbitrary<PartOpening> = fc.oneof(
  fc.constant<PartOpening>({ type: 'text' }),
  fc.constant<PartOpening>({ type: 'thinking' }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.constantFrom('a', 'b', ''),
    name: fc.constantFrom('go', 'stop'),
    freeform: fc.boolean(),
  }),
  fc.constant<PartOpening>({ type: 'search', id: 's', query: 'q', results: [] }),
  fc.constant<PartOpening>({ type: 'foreign', dialect: 'anthropic', value: {}, loss: 'unknown-part' }),
  fc.constant<PartOpening>({
    type: 'foreign',
    dialect: 'openai-responses',
    value: { type: 'mcp_call', id: 'mcp_1' },
    loss: 'server-tool',
  }),
)
const index = fc.integer({ min: 0, max: 3 })
const anyEvent: fc.Arbitrary<ReplyEvent> = fc.oneof(
  fc.constant(start),
  fc.record({ type: fc.constant('part-start' as const), index, part: opening }),
  fc.record({ type: fc.constant('part-start' as const), index, part: opening }),
  fc.record({
    type: fc.constant('part-delta' as const),
    index,
    text: fc.constantFrom('', '{', '}', '{}', '{"a":1}', 'wörd\n"', '\u2028'),
  }),
  fc.record({
    type: fc.constant('part-delta' as const),
    index,
    text: fc.string({ unit: 'grapheme' }),
  }),
  fc.record({ type: fc.constant('part-end' as const), index }),
  fc.record({
    type: fc.constant('part-end' as const),
    index,
    proof: fc.constant({ dialect: 'gemini', kind: 'thought', value: 'sig' } as const),
  }),
  fc.constant<ReplyEvent>({
    type: 'usage',
    usage: { input: 1, cacheRead: 2, cacheWrite: 3, output: 4 },
  }),
)
const ending: fc.Arbitrary<ReplyEvent> = fc.oneof(
  fc
    .constantFrom(
      'done' as const,
      'tool-calls' as const,
      'length' as const,
      'stop-sequence' as const,
      'refusal' as const,
      'pause' as const,
      'context-full' as const,
      'other' as const,
    )
    .map((reason) => ({ type: 'end' as const, reason })),
  fc.constant<ReplyEvent>({ type: 'failed', failure: { kind: 'timeout', message: 'silence' } }),
)

describe('laws', () => {
  it('any sequence of events comes out grammatical', () => {
    const sentence = fc.tuple(
      fc.array(anyEvent, { maxLength: 40 }),
      fc.option(ending),
      fc.array(anyEvent, { maxLength: 4 }),
    )
    fc.assert(
      fc.property(sentence, ([before, end, after]) => {
        const text = encode(guarded([...before, ...(end ? [end] : []), ...after]))
        expect(checkStream(text)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('[C119] the whole reply is the last event of the stream', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), ending, (before, end) => {
        const sentence = guarded([...before, end])
        fc.pre(sentence.some(({ type }) => type === 'end'))
        const text = encode(sentence)
        fc.pre(!text.includes('response.failed'))
        const whole = openaiResponses.reply.encodeWhole(sentence, context)
        expect(JSON.parse(whole)).toEqual(events(text).at(-1)?.['response'])
        expect(readWhole(whole)).toEqual(readReply(text))
      }),
      { numRuns: 500 },
    )
  })
})
