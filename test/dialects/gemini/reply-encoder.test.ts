import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Proof } from '../../../src/conversation/conversation.ts'
import type { PartOpening, ReplyEvent, StopReason, Usage } from '../../../src/conversation/reply.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { context, decode, encode, quiet } from './fixtures/context.ts'
import { recorded } from './fixtures/replies.ts'
import { checkStream, readReply, readWhole } from './grammar.ts'

const proof: fc.Arbitrary<Proof> = fc.record({
  dialect: fc.constantFrom('anthropic', 'openai-responses', 'gemini'),
  kind: fc.constantFrom('signature', 'redacted', 'encrypted', 'thought'),
  value: fc.base64String({ minLength: 4 }),
})
const opening = (index: number): fc.Arbitrary<PartOpening> =>
  fc.oneof(
    fc.constant<PartOpening>({ type: 'text' }),
    fc.constant<PartOpening>({ type: 'thinking' }),
    fc.constant<PartOpening>({ type: 'tool-call', id: `id_${index}`, name: 'act' }),
    fc.constant<PartOpening>({ type: 'tool-call', id: `id_${index}`, name: 'patch', freeform: true }),
    fc.constant<PartOpening>({
      type: 'search',
      id: `s_${index}`,
      query: 'q',
      results: [{ url: 'https://a.example', title: 'A' }],
    }),
    fc.constant<PartOpening>({
      type: 'foreign',
      dialect: 'gemini',
      value: { executableCode: { code: '1\n2' } },
      loss: 'server-tool',
    }),
    fc.constant<PartOpening>({ type: 'foreign', dialect: 'anthropic', value: {}, loss: 'server-tool' }),
  )
const usage: fc.Arbitrary<Usage> = fc.record({
  input: fc.nat(9999),
  cacheRead: fc.nat(9999),
  cacheWrite: fc.nat(9999),
  output: fc.nat(9999),
  thinking: fc.nat(9999),
})
const reason = fc.constantFrom<StopReason>(
  ...([
    'done',
    'tool-calls',
    'length',
    'stop-sequence',
    'refusal',
    'pause',
    'context-full',
    'other',
  ] as const),
)
const index = fc.nat(4)
const text = fc.oneof(fc.constantFrom('{"a":', '1}', '{}', '', '\n', 'ü🌊', '" \\'), fc.string())
const anything: fc.Arbitrary<ReplyEvent> = fc.oneof(
  fc.constant<ReplyEvent>({ type: 'start', id: 'x', model: 'y' }),
  index.chain((at) => opening(at).map((part): ReplyEvent => ({ type: 'part-start', index: at, part }))),
  fc.record({ type: fc.constant('part-delta'), index, text }),
  fc.record({ type: fc.constant('part-end'), index }),
  fc.record({ type: fc.constant('part-end'), index, proof }),
  fc.record({ type: fc.constant('usage'), usage }),
  fc.record({ type: fc.constant('end'), reason }),
  fc.constant<ReplyEvent>({ type: 'failed', failure: { kind: 'cut', message: 'it broke' } }),
)

/** Whole sentences: parts in order, interleaved where `mixed`, every call complete. */
const whole: fc.Arbitrary<ReplyEvent[]> = fc
  .tuple(
    fc.array(
      fc
        .nat()
        .chain(() =>
          fc.tuple(
            fc.constantFrom('text', 'thinking', 'tool-call'),
            fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
            fc.option(proof, { nil: undefined }),
          ),
        ),
      { minLength: 1, maxLength: 4 },
    ),
    reason,
    fc.array(fc.nat(3), { maxLength: 30 }),
  )
  .map(([parts, stop, picks]) => {
    const lanes = parts.map(([type, pieces, own], at): ReplyEvent[] => {
      const deltas = type === 'tool-call' ? ['{"v":', JSON.stringify(pieces.join('')), '}'] : pieces
      const part: PartOpening =
        type === 'tool-call'
          ? { type, id: `id_${at}`, name: 'act' }
          : type === 'text'
            ? { type: 'text' }
            : { type: 'thinking' }
      return [
        { type: 'part-start', index: at, part },
        ...deltas.map((piece): ReplyEvent => ({ type: 'part-delta', index: at, text: piece })),
        own ? { type: 'part-end', index: at, proof: own } : { type: 'part-end', index: at },
      ]
    })
    const starts = lanes.map((lane) => lane[0]!)
    const rests = lanes.map((lane) => lane.slice(1))
    const mixed: ReplyEvent[] = []
    for (const pick of picks) {
      const next = rests[pick % rests.length]?.shift()
      if (next) mixed.push(next)
    }
    return [
      { type: 'start', id: 'x', model: 'y' },
      ...starts,
      ...mixed,
      ...rests.flat(),
      { type: 'end', reason: stop },
    ]
  })

describe('the stream encoder', () => {
  test('[C26] emits only well-formed sentences, whatever it is told', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 40 }), (events) => {
        expect(checkStream(encode(events), { open: true })).toEqual([])
        expect(checkStream(encode([...events, { type: 'end', reason: 'done' }]))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('[C119] says streamed what it says whole', () => {
    fc.assert(
      fc.property(whole, (events) => {
        const streamed = readReply(encode(events))
        expect(readWhole(gemini.reply.encodeWhole(events, context))).toEqual(streamed)
      }),
      { numRuns: 1000 },
    )
  })

  for (const reply of recorded.filter(({ ends }) => !ends.startsWith('failed')))
    test(`says ${reply.name} again as it was`, () => {
      const again = encode(decode(reply.sse))
      expect(checkStream(again)).toEqual([])
      const { text: said, thinking, toolCalls } = readReply(again)
      expect({ said, thinking }).toEqual({ said: reply.text, thinking: reply.thinking })
      expect(toolCalls.map(({ name }) => name)).toEqual(reply.calls.map(({ name }) => name))
      for (const call of reply.calls) expect(again).toContain(`"args":${call.arguments}`)
      expect(readReply(again).signatures).toEqual(readReply(reply.sse.replaceAll('\r', '')).signatures)
    })

  test('[C48] holds a later part back until the one before it has ended', () => {
    const said = encode([
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'first' } },
      { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'b', name: 'second' } },
      { type: 'part-delta', index: 1, text: '{"n":' },
      { type: 'part-delta', index: 0, text: '{"n":1' },
      { type: 'part-delta', index: 1, text: '2}' },
      { type: 'part-end', index: 1 },
      { type: 'part-delta', index: 0, text: '}' },
      { type: 'part-end', index: 0 },
      { type: 'end', reason: 'tool-calls' },
    ])
    expect(readReply(said).toolCalls).toEqual([
      { id: 'a', name: 'first', args: { n: 1 } },
      { id: 'b', name: 'second', args: { n: 2 } },
    ])
  })

  test('[C47][C39] a call cut by the limit is not said', () => {
    const said = encode([
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'write' } },
      { type: 'part-delta', index: 0, text: '{"file":"/a"' },
      { type: 'end', reason: 'length' },
    ])
    expect(readReply(said)).toMatchObject({ toolCalls: [], stop: 'MAX_TOKENS' })
  })

  test('[C47] a call whose arguments are not one whole object is never said, even when it is told to be over', () => {
    for (const text of ['{"file":"/a"', '{"a":1}{"b":2}', '[1]', 'null', '{"a":1} x']) {
      const said = encode([
        { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'write' } },
        { type: 'part-delta', index: 0, text },
        { type: 'part-end', index: 0 },
        { type: 'end', reason: 'tool-calls' },
      ])
      expect(checkStream(said)).toEqual([])
      expect(readReply(said).toolCalls).toEqual([])
    }
  })

  test('[C45] a call without arguments has an empty object of them', () => {
    const said = encode([
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'now' } },
      { type: 'part-end', index: 0 },
      { type: 'end', reason: 'tool-calls' },
    ])
    expect(readReply(said).toolCalls).toEqual([{ id: 'a', name: 'now', args: {} }])
  })

  test('[C94] after a failure comes one error and nothing more', () => {
    const encoder = gemini.reply.encodeStream(context)
    encoder.push({ type: 'part-start', index: 0, part: { type: 'text' } })
    const words = encoder.push({ type: 'part-delta', index: 0, text: 'So' })
    const failed = encoder.push({ type: 'failed', failure: { kind: 'overloaded', message: 'too busy' } })
    expect(readReply(words + failed)).toMatchObject({ text: 'So', stop: 'UNAVAILABLE', error: 'too busy' })
    expect(encoder.push({ type: 'end', reason: 'done' })).toBe('')
  })

  test('[C43] every piece of text is said when it comes', () => {
    const encoder = gemini.reply.encodeStream(context)
    encoder.push({ type: 'part-start', index: 0, part: { type: 'text' } })
    for (const piece of ['One ', 'two ', 'three'])
      expect(readReply(encoder.push({ type: 'part-delta', index: 0, text: piece })).text).toBe(piece)
  })

  test('[C34] nests the counters as Gemini does', () => {
    const said = encode([
      { type: 'usage', usage: { input: 130, cacheRead: 900, cacheWrite: 5, output: 100, thinking: 60 } },
      { type: 'end', reason: 'done' },
    ])
    expect(readReply(said).usage).toEqual({
      promptTokenCount: 1035,
      cachedContentTokenCount: 900,
      candidatesTokenCount: 40,
      thoughtsTokenCount: 60,
      totalTokenCount: 1135,
    })
  })

  test('[C33] without the upstream’s numbers the estimate is told', () => {
    expect(readReply(encode([{ type: 'end', reason: 'done' }])).usage).toMatchObject({ promptTokenCount: 42 })
  })

  test('[C18] calls the model what the client called it', () => {
    expect(
      encode([
        { type: 'start', id: 'up', model: 'upstream-name' },
        { type: 'end', reason: 'done' },
      ]),
    ).toContain('"modelVersion":"sandbox/asked-for"')
  })

  test('[C67] shows no thoughts to a client that wants none, but keeps their proof', () => {
    const hiding = {
      ...context,
      conversation: { ...quiet, thinking: { kind: 'adaptive', visible: false } as const },
    }
    const own: Proof = { dialect: 'gemini', kind: 'thought', value: 'c2ln' }
    const said = encode(
      [
        { type: 'part-start', index: 0, part: { type: 'thinking' } },
        { type: 'part-delta', index: 0, text: 'secret' },
        { type: 'part-end', index: 0, proof: own },
        { type: 'part-start', index: 1, part: { type: 'text' } },
        { type: 'part-delta', index: 1, text: 'open' },
        { type: 'part-end', index: 1 },
        { type: 'end', reason: 'done' },
      ],
      hiding,
    )
    expect(readReply(said)).toMatchObject({ thinking: '', text: 'open', signatures: ['c2ln'] })
  })

  test('[C65][C68] another dialect’s proof comes back from the history, also when the thought was dropped', () => {
    const encrypted: Proof = {
      dialect: 'openai-responses',
      kind: 'encrypted',
      value: 'gAAA-_x.y',
      itemId: 'rs_1',
    }
    const said = encode([
      { type: 'part-start', index: 0, part: { type: 'thinking' } },
      { type: 'part-delta', index: 0, text: 'hm' },
      { type: 'part-end', index: 0, proof: encrypted },
      { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'a', name: 'act' } },
      { type: 'part-end', index: 1 },
      { type: 'end', reason: 'tool-calls' },
    ])
    const frames = said
      .split('\n\n')
      .filter(Boolean)
      .map((frame) => JSON.parse(frame.slice(6)))
    const parts = frames.flatMap((frame) => frame.candidates[0].content.parts)
    const kept = gemini.request.decode({ contents: [{ role: 'model', parts }] })
    const dropped = gemini.request.decode({
      contents: [{ role: 'model', parts: parts.filter((part) => part.thought !== true) }],
    })
    expect(kept).toMatchObject({
      turns: [{ parts: [{ type: 'thinking', text: 'hm', proof: encrypted }, { type: 'tool-call' }] }],
    })
    expect(dropped).toMatchObject({
      turns: [{ parts: [{ type: 'thinking', text: '', proof: encrypted }, { type: 'tool-call' }] }],
    })
  })

  test('[C99] the keep-alive is a chunk that says nothing', () => {
    expect(
      checkStream(gemini.keepAlive.replace('}]}\n', '}],"modelVersion":"m","responseId":"r"}\n'), {
        open: true,
      }),
    ).toEqual(['an empty text'])
    expect(readReply(gemini.keepAlive)).toEqual({
      text: '',
      thinking: '',
      toolCalls: [],
      signatures: [],
      stop: '',
    })
  })
})
