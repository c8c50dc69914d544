import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  AssistantPart,
  Conversation,
  OutputFormat,
  Thinking,
  Tool,
  Turn,
  UserPart,
} from '../../../src/conversation/conversation.ts'
import type { Quirks } from '../../../src/conversation/quirks.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { type Json, parseJson } from '../../../src/wire/json.ts'
import { quiet } from './fixtures/context.ts'

/** Everything a target can be that hears all this dialect can say. */
const able: Quirks = {
  thinkingRequest: 'reasoning',
  efforts: ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  reasoningField: 'reasoning_details',
  webSearch: true,
  cacheKey: true,
  cacheControl: true,
  verbosity: true,
  maxStopSequences: 9,
}

const word = fc.string({ minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[a-z_]{1,20}$/)
const cache = fc.constantFrom({}, {}, { cache: '5m' as const }, { cache: '1h' as const })
const text = fc.tuple(word, cache).map(([said, mark]) => ({ type: 'text' as const, text: said, ...mark }))
const json: fc.Arbitrary<Json> = fc
  .constantFrom('{"a":1.0}', '{"10":{"x":[12345678901234567890]},"2":null}', '{}')
  .map((said) => parseJson(said))
const media = fc.constantFrom<UserPart>(
  { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' }, detail: 'low' },
  { type: 'media', mediaType: 'image/*', source: { kind: 'url', url: 'https://nest.example/a' } },
  { type: 'media', mediaType: 'application/pdf', source: { kind: 'base64', data: 'CCCC' }, title: 'a.pdf' },
  {
    type: 'media',
    mediaType: 'application/pdf',
    source: { kind: 'file', dialect: 'openai-chat', id: 'f' },
    title: 'b',
  },
  { type: 'media', mediaType: 'audio/wav', source: { kind: 'base64', data: 'BBBB' } },
  { type: 'foreign', dialect: 'openai-chat', value: { type: 'hologram', n: 1 }, loss: 'unknown-part' },
)
const proof = (type: string, field: string, kind: 'signature' | 'encrypted') => ({
  dialect: 'openai-chat' as const,
  kind,
  value: JSON.stringify({ type, [field]: 'c2ln', format: 'f' }),
})
const thinking: fc.Arbitrary<AssistantPart> = fc.oneof(
  word.map(
    (said): AssistantPart => ({
      type: 'thinking',
      text: said,
      proof: proof('reasoning.text', 'signature', 'signature'),
    }),
  ),
  word.map(
    (said): AssistantPart => ({
      type: 'thinking',
      text: said,
      proof: proof('reasoning.encrypted', 'data', 'encrypted'),
    }),
  ),
)

/** What the assistant said, with the user's answers to its calls. */
const exchange: fc.Arbitrary<Turn[]> = fc
  .record({
    asked: fc.array(fc.oneof(text, media), { minLength: 1, maxLength: 3 }),
    thoughts: fc.array(thinking, { maxLength: 2 }),
    last: fc.option(word, { nil: undefined }),
    said: fc.option(word, { nil: undefined }),
    calls: fc.array(fc.tuple(name, fc.constantFrom('{}', '{"a":1.0}', '{"n":12345678901234567890}')), {
      maxLength: 3,
    }),
    result: fc.option(word, { nil: undefined }),
    mark: cache,
    beside: fc.array(text, { maxLength: 2 }),
    guidance: fc.array(text, { minLength: 1, maxLength: 1 }),
    seed: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(({ asked, thoughts, last, said, calls, result, mark, beside, guidance, seed }) => {
    const parts: AssistantPart[] = [
      ...thoughts,
      ...(last ? [{ type: 'thinking' as const, text: last }] : []),
      ...(said || calls.length === 0 ? [{ type: 'text' as const, text: said ?? 'ok' }] : []),
      ...calls.map(([called, args], at) => ({
        type: 'tool-call' as const,
        id: `c${seed}_${at}`,
        name: called,
        arguments: args,
      })),
    ]
    const answers: UserPart[] = calls.map((_, at) => ({
      type: 'tool-result',
      callId: `c${seed}_${at}`,
      content: result ? [{ type: 'text', text: result, ...mark }] : [],
      isError: false,
    }))
    const turns: Turn[] = [
      { role: 'user', parts: asked },
      { role: 'assistant', parts },
    ]
    if (answers.length > 0) turns.push({ role: 'user', parts: [...answers, ...beside] })
    turns.push({ role: 'system', parts: guidance })
    return turns
  })

const tool: fc.Arbitrary<Tool> = fc.oneof(
  fc
    .record({
      name,
      description: word,
      extra: json,
      mark: cache,
      strict: fc.constantFrom({}, { strict: true }),
    })
    .map(
      ({ name: called, description, extra, mark, strict }): Tool => ({
        kind: 'function',
        name: called,
        description,
        schema: { type: 'object', properties: { x: extra } },
        ...strict,
        ...mark,
      }),
    ),
  fc.constant<Tool>({ kind: 'foreign', dialect: 'openai-chat', type: 'odd', value: { type: 'odd', n: 1 } }),
)
const wishes: fc.Arbitrary<Thinking> = fc.constantFrom<Thinking>(
  { kind: 'default' },
  { kind: 'off' },
  { kind: 'adaptive' },
  { kind: 'adaptive', effort: 'max', visible: false },
  { kind: 'budget', budgetTokens: 77 },
)
const output: fc.Arbitrary<OutputFormat> = fc.oneof(
  fc.constantFrom<OutputFormat>({ kind: 'text' }, { kind: 'text', verbosity: 'low' }, { kind: 'json' }),
  json.map((schema): OutputFormat => ({ kind: 'json-schema', name: 'bird', schema, strict: true })),
)
const optional = <Value>(field: string, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [field]: given }))
const number = fc.constantFrom(0, 1, 0.25, 2)
const sampling = fc
  .tuple(
    optional('maxOutputTokens', fc.nat(9999)),
    optional('temperature', number),
    optional('topP', number),
    optional('stop', fc.array(word, { minLength: 1, maxLength: 9 })),
    optional('seed', fc.nat()),
    optional('presencePenalty', number),
    optional('frequencyPenalty', number),
  )
  .map((fields): Conversation['sampling'] => Object.assign({}, ...fields))

const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    system: fc.array(text, { maxLength: 1 }),
    exchanges: fc.array(exchange, { minLength: 1, maxLength: 4 }),
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    search: fc.constantFrom<Tool[]>(
      [],
      [{ kind: 'web-search', contextSize: 'low', location: { type: 'approximate', city: 'X' } }],
    ),
    choice: optional(
      'toolChoice',
      fc.constantFrom({ kind: 'auto' }, { kind: 'none' }, { kind: 'required' }, { kind: 'tool', name: 'x' }),
    ),
    parallel: optional('parallelToolCalls', fc.constant(false)),
    sampling,
    thinking: wishes,
    output,
    cacheKey: optional('cacheKey', name),
    userId: optional('userId', name),
  })
  .map(({ exchanges, search, choice, parallel, cacheKey, userId, tools, ...rest }) => ({
    ...quiet,
    ...rest,
    tools: [...tools, ...search],
    turns: exchanges.flat(),
    ...choice,
    ...parallel,
    ...cacheKey,
    ...userId,
    unsaid: [],
  }))

const encode = (said: Conversation, quirks: Quirks = able) =>
  openaiChat.request.encode(said, { model: 'm', stream: false, quirks })

describe('laws', () => {
  test('what this dialect can say comes back as it was said, and nothing is lost', () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const { body, lost } = encode(said)
        const marksLost = said.turns.some(
          (turn) => turn.role === 'assistant' && turn.parts.some((part) => part.cache),
        )
        expect(openaiChat.request.decode(parseJson(body))).toEqual(said)
        expect(lost).toEqual(marksLost ? ['cache-control'] : [])
      }),
      { numRuns: 400 },
    )
  })

  test('[C75] equal histories give equal bytes, and a later turn only appends', () => {
    fc.assert(
      fc.property(
        conversation,
        exchange,
        fc.constantFrom<Quirks>(able, {}, { systemOnlyFirst: true, images: false }),
        (said, next, quirks) => {
          const { body } = encode(said, quirks)
          expect(encode(structuredClone(said), quirks).body).toBe(body)
          const later = encode({ ...said, turns: [...said.turns, ...next] }, quirks).body
          expect(later.startsWith(body.slice(0, -2))).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('nothing a client sends makes the decoder throw', () => {
    const message = fc.record(
      {
        role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
        content: fc.jsonValue(),
        tool_calls: fc.jsonValue(),
        reasoning_details: fc.jsonValue(),
        tool_call_id: fc.jsonValue(),
      },
      { requiredKeys: ['role'] },
    )
    const fields = [
      'tools',
      'tool_choice',
      'reasoning',
      'thinking',
      'response_format',
      'stop',
      'functions',
      'metadata',
      'web_search_options',
      'stream_options',
    ]
    const body = fc.tuple(
      fc.array(message, { minLength: 1 }),
      fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()),
    )
    fc.assert(
      fc.property(body, ([messages, rest]) => {
        const plain: Json = JSON.parse(JSON.stringify({ model: 'm', messages, ...rest }))
        const decoded = openaiChat.request.decode(plain)
        if (!('kind' in decoded)) encode(decoded, {})
      }),
      { numRuns: 500 },
    )
  })

  test('nothing an upstream sends makes the reply decoder throw, and it ends once', () => {
    const frame = fc.oneof(
      fc.jsonValue(),
      fc.record(
        { id: fc.jsonValue(), usage: fc.jsonValue(), choices: fc.jsonValue(), error: fc.jsonValue() },
        { requiredKeys: [] },
      ),
      fc
        .record(
          {
            content: fc.jsonValue(),
            tool_calls: fc.jsonValue(),
            reasoning_details: fc.jsonValue(),
            annotations: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((delta) => ({ choices: [{ delta, finish_reason: null }] })),
    )
    fc.assert(
      fc.property(fc.array(frame), (frames) => {
        const decoder = openaiChat.reply.decodeStream({ quirks: {} })
        const events = [
          ...frames.flatMap((value) => decoder.push({ data: JSON.stringify(value) })),
          ...decoder.end(),
        ]
        expect(events.filter(({ type }) => type === 'end' || type === 'failed')).toHaveLength(1)
        const listener = openaiChat.overhear.listen()
        for (const value of frames) listener.read({ data: JSON.stringify(value) })
        openaiChat.failure.decode(400, {}, JSON.stringify(frames))
      }),
      { numRuns: 500 },
    )
  })
})
