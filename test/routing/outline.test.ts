import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import type { Role } from '../../src/config/settings.ts'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { classify } from '../../src/routing/classify.ts'
import { type Outline, outline } from '../../src/routing/outline.ts'
import { planCall, preferClientDialect } from '../../src/routing/plan.ts'
import type { Json } from '../../src/wire/json.ts'
import { configured, house, profile } from './house.ts'

const look = (dialect: DialectId, body: Json, headers: Record<string, string> = {}, stream = true): Outline =>
  outline({ dialect, headers, stream, body, bodyBytes: JSON.stringify(body).length })

const titleSchema = { type: 'object', properties: { title: { type: 'string' } } }
const tool = { name: 'run', description: 'runs', input_schema: {} }
const user = (content: Json): Json => ({ role: 'user', content })

describe('[C135] side requests', () => {
  it.each<[string, DialectId, Json, Record<string, string>, Outline['side']]>([
    [
      'a title of Claude',
      'anthropic',
      {
        messages: [user('x')],
        tools: [],
        output_config: { format: { type: 'json_schema', schema: titleSchema } },
      },
      { 'user-agent': 'claude-cli/2.1.329 (external, cli)' },
      'title',
    ],
    [
      'compaction of Claude, its tools kept',
      'anthropic',
      {
        messages: [user([{ type: 'text', text: 'CRITICAL: Respond with TEXT ONLY, and so on' }])],
        tools: [tool],
      },
      {},
      'compaction',
    ],
    ['a quota probe', 'anthropic', { max_tokens: 1, messages: [user('quota')] }, {}, 'quota-probe'],
    [
      'a title of Codex',
      'openai-responses',
      { input: [] },
      { 'x-codex-turn-metadata': '{"thread_source":"thread_title"}' },
      'title',
    ],
    [
      'compaction of Codex',
      'openai-responses',
      { input: [] },
      { 'x-codex-turn-metadata': '{"request_kind":"compaction"}' },
      'compaction',
    ],
    [
      'a suggestion of Qwen, with the whole context',
      'openai-chat',
      {
        messages: [
          { role: 'system', content: 's' },
          user([{ type: 'text', text: '[SUGGESTION MODE: what next]' }]),
        ],
        tools: [tool],
      },
      {},
      'suggestion',
    ],
    [
      'memory extraction of Qwen',
      'openai-chat',
      {
        messages: [{ role: 'system', content: 'You are the managed memory extraction subagent.' }, user('x')],
        tools: [tool],
      },
      {},
      'memory',
    ],
    [
      'a title of OpenCode',
      'openai-chat',
      { messages: [{ role: 'system', content: 'You are a title generator' }, user('x')] },
      { 'user-agent': 'opencode/1.18.33' },
      'title',
    ],
  ])('%s', (_, dialect, body, headers, side) => expect(look(dialect, body, headers).side).toBe(side))

  it('a classifier of Gemini is not streamed', () => {
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'x' }] }],
      generationConfig: { responseSchema: {} },
    }
    const headers = { 'user-agent': 'GeminiCLI-tui/0.61.0/flash-lite (linux)' }
    expect(look('gemini', body, headers, false).side).toBe('classifier')
    expect(look('gemini', body, headers, true).side).toBeUndefined()
  })

  it('words of the user inside a conversation are no fingerprint', () => {
    const said = 'Why does it say CRITICAL: Respond with TEXT ONLY?'
    expect(look('anthropic', { messages: [user(said)], tools: [tool], max_tokens: 1 }).side).toBeUndefined()
  })
})

describe('what was said last', () => {
  const results: readonly [DialectId, Json][] = [
    ['anthropic', { messages: [user([{ type: 'tool_result', tool_use_id: 'a' }])], tools: [tool] }],
    ['openai-chat', { messages: [user('x'), { role: 'tool', content: 'done' }], tools: [tool] }],
    ['openai-responses', { input: [{ type: 'function_call_output', output: 'done' }], tools: [tool] }],
    [
      'gemini',
      {
        contents: [{ role: 'user', parts: [{ functionResponse: {} }] }],
        tools: [{ functionDeclarations: [tool] }],
      },
    ],
  ]
  it.each(results)('in %s: what tools returned', (dialect, body) => {
    expect(look(dialect, body)).toMatchObject({ toolResultsLast: true, tools: 1 })
  })

  const pictures: readonly [DialectId, Json][] = [
    ['anthropic', { messages: [user([{ type: 'image', source: { data: 'x'.repeat(40_000) } }])] }],
    ['openai-chat', { messages: [user([{ type: 'image_url', image_url: { url: 'x'.repeat(40_000) } }])] }],
    ['openai-responses', { input: [user([{ type: 'input_image', image_url: 'x'.repeat(40_000) }])] }],
    [
      'gemini',
      {
        contents: [
          { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'x'.repeat(40_000) } }] },
        ],
      },
    ],
  ]
  it.each(pictures)('in %s: a picture, whose bytes are no tokens', (dialect, body) => {
    const seen = look(dialect, body)
    expect(seen).toMatchObject({ images: true, imagesLast: true })
    expect(seen.sizeTokens).toBeLessThan(1_500)
  })

  it('a picture in a tool result counts, one in an earlier turn is not last', () => {
    const picture = { type: 'image', source: {} }
    const inResult = { messages: [user([{ type: 'tool_result', content: [picture] }])] }
    expect(look('anthropic', inResult).imagesLast).toBe(true)
    const earlier = { messages: [user([picture]), { role: 'assistant', content: 'a' }, user('and?')] }
    expect(look('anthropic', earlier)).toMatchObject({ images: true, imagesLast: false })
  })

  it('web search alone', () => {
    const search = { type: 'web_search_20250305', name: 'web_search' }
    expect(look('anthropic', { messages: [], tools: [search] }).webSearchOnly).toBe(true)
    expect(look('anthropic', { messages: [], tools: [search, tool] }).webSearchOnly).toBe(false)
  })

  it('anything at all is looked at without an exception', () => {
    for (const dialect of ['anthropic', 'openai-chat', 'openai-responses', 'gemini'] as const)
      for (const body of [
        null,
        3,
        'x',
        [],
        {},
        { messages: 7, input: null, contents: [null, 4], tools: [null] },
      ])
        expect(look(dialect, body).tools).toBeGreaterThanOrEqual(0)
  })
})

describe('classify', () => {
  const plain = look('anthropic', { messages: [user('x')] })
  const all = (): boolean => true
  it.each<[Partial<Outline>, Role | undefined]>([
    [{}, undefined],
    [{ side: 'title', imagesLast: true }, 'background'],
    [{ webSearchOnly: true, thinking: true }, 'web-search'],
    [{ imagesLast: true, sizeTokens: 90_000 }, 'image'],
    [{ sizeTokens: 90_000, toolResultsLast: true, tools: 3 }, 'long-context'],
    [{ toolResultsLast: true, tools: 3, thinking: true }, 'toolcall'],
    [{ thinking: true, tools: 3 }, 'think'],
  ])('%j is %s', (seen, role) => expect(classify({ ...plain, ...seen }, all)).toBe(role))

  it('names only roles that have a cascade; side requests without one are small', () => {
    const seen = { ...plain, side: 'title' as const, thinking: true }
    expect(classify(seen, (role) => role === 'small' || role === 'think')).toBe('small')
    expect(classify({ ...plain, thinking: true, imagesLast: true }, (role) => role === 'think')).toBe('think')
  })
})

describe('cost', () => {
  it('looking and planning take little beyond the parse of 200 KB', () => {
    const turn = (index: number): Json[] => [
      { role: 'assistant', content: [{ type: 'tool_use', id: `t${index}`, name: 'run', input: {} }] },
      user([{ type: 'tool_result', tool_use_id: `t${index}`, content: 'y'.repeat(1800) }]),
    ]
    const body: Json = {
      messages: Array.from({ length: 100 }, (_, index) => turn(index)).flat(),
      tools: [tool],
    }
    const bytes = JSON.stringify(body).length
    expect(bytes).toBeGreaterThan(190_000)
    const settings = house(configured('alpha'), configured('beta'))
    const roles = profile({ big: ['alpha/one', 'beta/two'], toolcall: ['beta/fast'], think: ['alpha/deep'] })
    const once = (): void => {
      const seen = (): Outline =>
        outline({ dialect: 'anthropic', headers: {}, stream: true, body, bodyBytes: bytes })
      planCall(
        { model: 'opus', dialect: 'anthropic', look: seen, atMostTokens: bytes / 4 },
        roles,
        settings,
        (found, _, client) => preferClientDialect(found, client),
      )
    }
    for (let round = 0; round < 500; round++) once()
    const times = Array.from({ length: 200 }, () => {
      const before = performance.now()
      once()
      return performance.now() - before
    }).sort((a, b) => a - b)
    expect((times[100] ?? 1) * 1000).toBeLessThan(150)
  })
})
