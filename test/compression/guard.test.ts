/** The cache guard: what the provider missed is noticed, and its cause named. */
import { describe, expect, it } from 'vitest'
import { changeBetween, commonRun } from '../../src/compression/cache-parts.ts'
import { causesOf, isLost, memoryAfter, missedTokens, missFrom } from '../../src/compression/miss.ts'
import { tongues } from '../../src/compression/pairing/tongues.ts'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { rig, settled } from '../gateway/rig.ts'
import { chatter, shelter } from './shelter.ts'
import { talk } from './talk.ts'

const bytes = (body: unknown) => Buffer.from(JSON.stringify(body))
const use = (input: number, cacheRead: number, cacheWrite: number) => ({
  input,
  cacheRead,
  cacheWrite,
  output: 9,
})
const alpha = { provider: 'alpha', model: 'm1' }
const at = (askedMs: number) => ({ place: alpha, askedMs, answeredMs: askedMs + 1000, keptMs: 300_000 })

describe('A miss', () => {
  const warm = memoryAfter(undefined, at(0), use(5, 0, 20_000))

  it('is what was in the cache and was not read', () => {
    expect(missedTokens(warm, use(5, 20_000, 400))).toBe(0)
    expect(missedTokens(warm, use(5, 4_000, 16_500))).toBe(16_000)
    expect(missedTokens(warm, use(5, 19_500, 900)), 'a provider counts in blocks').toBe(0)
  })

  it('is none where there is no cache, and none of a request that is short', () => {
    expect(missedTokens(memoryAfter(undefined, at(0), use(20_000, 0, 0)), use(21_000, 0, 0))).toBe(0)
    expect(missedTokens(warm, use(600, 0, 0))).toBe(0)
    expect(missedTokens(warm, use(0, 0, 0)), 'no usage was told').toBe(0)
  })

  it('counts the whole prompt where caching has no price of its own', () => {
    const automatic = memoryAfter(undefined, at(0), use(2_000, 18_000, 0))
    expect(automatic.tokens).toBe(20_000)
    expect(missedTokens(automatic, use(21_000, 0, 0))).toBe(20_000)
  })

  it('has every cause that would do, the surest first', () => {
    const facts = { memory: warm, place: alpha, askedMs: 9_000, ownEdit: false, change: undefined }
    const same = { tools: false, system: false, thinking: false, rewound: false, details: {} }
    expect(causesOf({ ...facts, change: same })).toEqual(['unknown'])
    expect(causesOf({ ...facts, place: { provider: 'alpha', model: 'm2' } })).toEqual(['model-switch'])
    expect(causesOf({ ...facts, place: { ...alpha, account: '2' } })).toEqual(['account-switch'])
    expect(causesOf({ ...facts, ownEdit: true })).toEqual(['own-edit'])
    expect(causesOf({ ...facts, askedMs: 300_001 })).toEqual(['expired'])
    expect(causesOf({ ...facts, askedMs: 400_000, change: { ...same, tools: true, system: true } })).toEqual([
      'tools',
      'system',
      'expired',
    ])
    const change = { ...same, system: true, details: { system: 'a date or time' } }
    expect(missFrom({ ...facts, change }, use(5, 0, 20_000))).toEqual({
      causes: ['system'],
      detail: 'a date or time',
      tokens: 20_000,
    })
  })

  it('can be foretold only where it is certain', () => {
    const facts = { memory: warm, place: alpha, change: undefined }
    expect(isLost({ ...facts, nowMs: 301_000 })).toBe(false)
    expect(isLost({ ...facts, nowMs: 320_000 })).toBe(true)
    expect(isLost({ ...facts, nowMs: 2_000, place: { provider: 'beta', model: 'm1' } })).toBe(true)
  })
})

describe('A change between two requests is found', () => {
  const dialects: readonly DialectId[] = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']
  const list = {
    anthropic: 'messages',
    'openai-chat': 'messages',
    'openai-responses': 'input',
    gemini: 'contents',
  }
  const tool = (name: string) => [{ name, input_schema: { type: 'object' } }]
  const rounds = [['ls', chatter('a')]] as const
  const changeOf = (dialect: DialectId, before: object, after: object) =>
    changeBetween(bytes(before), bytes(after), tongues[dialect])

  it.each(dialects)('in %s', (dialect) => {
    const before = { ...talk(dialect, rounds), tools: tool('a') }
    const grown = { ...talk(dialect, [...rounds, ['pwd', '/']]), tools: tool('a') }
    const calm = { tools: false, system: false, thinking: false, rewound: false, details: {} }
    expect(changeOf(dialect, before, grown)).toEqual(calm)
    expect(changeOf(dialect, before, { ...grown, tools: tool('b') })).toEqual({
      ...calm,
      tools: true,
      details: { tools: '1 came, 1 went' },
    })
    const [thinking = ''] = tongues[dialect].thinking
    expect(changeOf(dialect, before, { ...grown, [thinking]: { a: 1 } })).toEqual({ ...calm, thinking: true })
    const said = Object.entries(grown).find(([name]) => name === list[dialect])?.[1]
    const cut = { ...before, [list[dialect]]: Array.isArray(said) ? said.slice(0, 2) : [] }
    expect(changeOf(dialect, before, cut)).toEqual({ ...calm, rewound: true })
  })

  it('of the tools, with its kind: their order, which there are, what is said of them', () => {
    const tools = (...names: readonly string[]) => ({
      tools: names.map((name) => ({ name, input_schema: { type: 'object' } })),
      messages: [],
    })
    const of = (before: object, after: object) => changeOf('anthropic', before, after)?.details.tools
    expect(of(tools('a', 'b', 'c'), tools('a', 'c', 'b'))).toBe('the same tools in another order')
    expect(of(tools('a'), tools('a', 'b', 'c'))).toBe('2 came')
    expect(of(tools('a', 'b'), tools('b', 'c'))).toBe('1 came, 1 went')
    expect(of(tools('a'), { tools: [{ name: 'a', input_schema: {} }], messages: [] })).toBe(
      '1 described otherwise',
    )
    expect(of({ messages: [] }, tools('a'))).toBe('1 came')
    const chat = (...names: readonly string[]) => ({
      tools: names.map((name) => ({ type: 'function', function: { name } })),
    })
    const gemini = (...names: readonly string[]) => ({
      tools: [{ functionDeclarations: names.map((name) => ({ name })) }],
    })
    for (const [dialect, list] of [
      ['openai-chat', chat],
      ['gemini', gemini],
    ] as const)
      expect(changeOf(dialect, list('a', 'b'), list('b', 'a'))?.details.tools).toBe(
        'the same tools in another order',
      )
  })

  it('of the system prompt, with its kind', () => {
    const asking = (line: string) => ({
      system: [{ type: 'text', text: `Be good.\n${line}\nGo.` }],
      messages: [],
    })
    const of = (before: string, after: string) => changeOf('anthropic', asking(before), asking(after))
    expect(of('x-test-billing-header: a1', 'x-test-billing-header: b2')?.details.system).toBe(
      'a billing line',
    )
    expect(of('Today is 2026-11-20', 'Today is 2026-11-21')?.details.system).toBe('a date or time')
    expect(of('one', 'two')).toMatchObject({ system: true, rewound: false })
    const chat = (line: string) => ({
      messages: [
        { role: 'system', content: line },
        { role: 'user', content: 'hi' },
      ],
    })
    expect(changeOf('openai-chat', chat('one'), chat('two'))).toMatchObject({ system: true, rewound: false })
  })

  it('but a cache marker that moves is none', () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const ask = (one: object, two: object) => ({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'one', ...one }] },
        { role: 'user', content: [{ type: 'text', ...two, text: 'two' }] },
      ],
    })
    const calm = { tools: false, system: false, thinking: false, rewound: false, details: {} }
    expect(changeOf('anthropic', ask(mark, {}), ask({}, mark))).toEqual(calm)
    const [before, now] = [bytes(ask(mark, {})), bytes(ask({}, mark))]
    expect(commonRun(before, 0, now, 0)).toEqual({ before: before.length, now: now.length })
  })
})

describe('In the gateway', () => {
  const session = { 'x-session-id': 's1' }

  async function turns(bodies: readonly { body: unknown; waitMs?: number; read: number; write: number }[]) {
    const [first, ...rest] = bodies
    const made = rig({
      body: { ...(first!.body as object), stream: false },
      headers: session,
      compress: shelter().compressor.compress,
    })
    const answer = async ({ read, write }: { read: number; write: number }) => {
      await settled()
      made.last().json(200, {
        type: 'message',
        role: 'assistant',
        model: 'm1',
        content: [{ type: 'text', text: 'ok' }],
        stop_reason: 'end_turn',
        usage: {
          input_tokens: 5,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: write,
          output_tokens: 3,
        },
      })
      await settled()
    }
    await answer(first!)
    for (const turn of rest) {
      await made.clock.advance(turn.waitMs ?? 1000)
      made.ask({ ...(turn.body as object), stream: false }, session)
      await answer(turn)
    }
    return made.records.map(({ cache }) => cache)
  }

  it('a miss is named in the record of the call that paid for it', async () => {
    const one = talk('anthropic', [['chatter', chatter('a')]])
    const two = talk('anthropic', [
      ['chatter', chatter('a')],
      ['chatter', chatter('b')],
    ])
    const [, calm] = await turns([
      { body: one, read: 0, write: 9_000 },
      { body: two, read: 9_000, write: 900 },
    ])
    expect(calm?.miss).toBeUndefined()
    expect(calm!.sameBytes).toBeGreaterThan(JSON.stringify(one).length - 30)
    expect(calm!.keptBytes).toBeGreaterThan(300)
    expect(calm!.keptBytes).toBeLessThan(calm!.sameBytes - 5_000)
    const [, late] = await turns([
      { body: one, read: 0, write: 9_000 },
      { body: two, waitMs: 400_000, read: 0, write: 9_900 },
    ])
    expect(late?.miss).toEqual({ causes: ['expired'], tokens: 9_000 })
    const [, tools] = await turns([
      { body: one, read: 0, write: 9_000 },
      { body: { ...two, tools: [{ name: 'x', input_schema: {} }] }, read: 0, write: 9_900 },
    ])
    expect(tools?.miss).toEqual({ causes: ['tools'], detail: '1 came', tokens: 9_000 })
  })
})
