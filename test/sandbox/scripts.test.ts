/** What each script says, told in events. */
import { expect, test } from 'vitest'
import type { Conversation, DialectId, Tool, Turn } from '../../src/conversation/conversation.ts'
import { type WholeReply, wholeReply } from '../../src/conversation/whole.ts'
import { scripts } from '../../src/sandbox/scripts/index.ts'
import { type Answer, asked } from './asking.ts'
import { bodyOf, eventsIn, plainDialects, plainUrl } from './plain-dialect.ts'

const user = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] })
const tool = (name: string, schema: object = { type: 'object', properties: {} }): Tool => ({
  kind: 'function',
  name,
  description: '',
  schema: JSON.parse(JSON.stringify(schema)),
})
const cityTool = tool('city', {
  type: 'object',
  properties: { name: { type: 'string' }, size: { type: 'integer', minimum: 3 } },
  required: ['name', 'size'],
})

function play(model: string, conversation: Partial<Conversation> = {}, dialect?: DialectId): Answer {
  return asked({ dialects: plainDialects, url: plainUrl(dialect), body: bodyOf(model, conversation) })
}
const reply = (model: string, conversation: Partial<Conversation> = {}): WholeReply =>
  wholeReply(eventsIn(play(model, conversation).text))
const said = (whole: WholeReply): string => whole.parts.map(({ text }) => text).join('')

test('echo, and any unknown name, says where one is, what to change, and what was said', () => {
  for (const model of ['echo', 'claude-opus-9', '', 'sandbox/echo']) {
    const words = said(reply(model, { turns: [user('Hello there')] }))
    expect(words).toContain('sandbox')
    expect(words).toContain('no provider is configured')
    expect(words).toContain('OPENROUTER_API_KEY=')
    expect(words).toContain('~/.xx/.env')
    expect(words).toContain('clutch config show')
    expect(words).toContain('“Hello there”')
  }
})

test('echo quotes at most two hundred characters', () => {
  expect(said(reply('echo', { turns: [user('x'.repeat(5000))] })).length).toBeLessThan(800)
})

test('[C13] structured output fits the schema asked for', () => {
  const schema = {
    type: 'object',
    properties: {
      title: { type: 'string' },
      kind: { enum: ['a', 'b'] },
      size: { type: 'number', minimum: 5 },
    },
    required: ['title', 'kind', 'size'],
  }
  for (const model of ['json', 'echo', 'loop']) {
    const output = { kind: 'json-schema', name: 'x', schema } as const
    expect(JSON.parse(said(reply(model, { output })))).toEqual({ title: 'sandbox', kind: 'a', size: 5 })
  }
})

test('tool calls a tool on offer with arguments that fit; then it reports the result and stops', () => {
  const asking = { turns: [user('go')], tools: [tool('first'), cityTool] }
  const whole = reply('tool:city', asking)
  expect(whole.reason).toBe('tool-calls')
  expect(whole.parts.at(-1)?.opening).toMatchObject({ type: 'tool-call', name: 'city' })
  expect(JSON.parse(whole.parts.at(-1)?.text ?? '')).toEqual({ name: 'sandbox', size: 3 })
  const result: Turn = {
    role: 'user',
    parts: [{ type: 'tool-result', callId: 'x', content: [{ type: 'text', text: 'nine' }], isError: true }],
  }
  const after = reply('tool:city', { ...asking, turns: [user('go'), result] })
  expect(after.reason).toBe('done')
  expect(said(after)).toContain('error: nine')
})

test('tool honours tool_choice, and says so when nothing may be called', () => {
  const tools = [tool('first'), cityTool]
  const named = reply('tool', { tools, toolChoice: { kind: 'tool', name: 'city' } })
  expect(named.parts.at(-1)?.opening).toMatchObject({ name: 'city' })
  for (const conversation of [{}, { tools, toolChoice: { kind: 'none' } } as const]) {
    const whole = reply('tool', conversation)
    expect(whole.reason).toBe('done')
    expect(said(whole)).toContain('no tool')
  }
})

test('parallel calls are interleaved, whole, with ids of their own; one when parallel calls are off', () => {
  const tools = [tool('first', { properties: { text: { type: 'string', minLength: 30 } } }), cityTool]
  const events = eventsIn(play('parallel:3', { tools }).text)
  const whole = wholeReply(events)
  expect(whole.parts.map(({ opening }) => opening.type === 'tool-call' && opening.name)).toEqual([
    'first',
    'city',
    'first',
  ])
  for (const part of whole.parts) expect(() => JSON.parse(part.text)).not.toThrow()
  expect(new Set(whole.parts.map(({ opening }) => opening.type === 'tool-call' && opening.id)).size).toBe(3)
  const indices = events.flatMap((event) => (event.type === 'part-delta' ? [event.index] : []))
  expect(indices).not.toEqual([...indices].sort())
  expect(reply('parallel', { tools, parallelToolCalls: false }).parts).toHaveLength(1)
})

test('a freeform tool gets plain input, a namespaced one its namespace', () => {
  const tools: Tool[] = [{ kind: 'freeform', name: 'patch', namespace: 'files', description: '' }]
  const [, call] = reply('tool', { tools }).parts
  expect(call).toMatchObject({
    opening: { name: 'patch', namespace: 'files', freeform: true },
    text: 'sandbox',
  })
})

test('no-arg-tool picks a tool that needs nothing and says no arguments', () => {
  const [call] = reply('no-arg-tool', { tools: [cityTool, tool('now')] }).parts
  expect(call).toMatchObject({ opening: { name: 'now' }, text: '' })
})

test('length-tool and cut-tool never close the call', () => {
  for (const model of ['length-tool', 'cut-tool']) {
    const events = eventsIn(play(model, { tools: [cityTool] }).text)
    const start = events.findLastIndex(({ type }) => type === 'part-start')
    const since = events.slice(start)
    expect(since[0]).toMatchObject({ part: { type: 'tool-call' } })
    expect(since.some(({ type }) => type === 'part-end')).toBe(false)
    const given = since.map((event) => (event.type === 'part-delta' ? event.text : '')).join('')
    expect(given.length).toBeGreaterThan(5)
    expect(() => JSON.parse(given)).toThrow()
  }
  expect(reply('length-tool', { tools: [cityTool] }).reason).toBe('length')
})

test('every other ending has its script', () => {
  expect(reply('refusal').reason).toBe('refusal')
  expect(reply('length').reason).toBe('length')
  expect(reply('stop-sequence', { sampling: { stop: ['###'] } })).toMatchObject({
    reason: 'stop-sequence',
    stopSequence: '###',
  })
  expect(reply('usage-cache').usage).toEqual({
    input: 120,
    cacheRead: 1000,
    cacheWrite: 300,
    output: 42,
    thinking: 5,
  })
  expect(reply('search').parts[0]?.opening).toMatchObject({ type: 'search' })
  expect(reply('search').usage.searches).toBe(1)
})

test('long says as many pieces as asked', () => {
  const deltas = (model: string) =>
    eventsIn(play(model).text).filter(({ type }) => type === 'part-delta').length
  expect(deltas('long:7')).toBe(7)
  expect(deltas('long')).toBe(500)
})

test('thoughts carry the proof of the dialect that is spoken', () => {
  const proofIn = (dialect: DialectId) =>
    wholeReply(eventsIn(play('thinking', {}, dialect).text)).parts[0]?.proof?.kind
  expect(proofIn('anthropic')).toBe('signature')
  expect(proofIn('openai-responses')).toBe('encrypted')
  expect(proofIn('gemini')).toBe('thought')
  expect(proofIn('openai-chat')).toBeUndefined()
})

test('image-echo names the media it saw, also inside tool results', () => {
  const turns: Turn[] = [
    {
      role: 'user',
      parts: [
        {
          type: 'tool-result',
          callId: 'x',
          isError: false,
          content: [{ type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' } }],
        },
        { type: 'media', mediaType: 'application/pdf', source: { kind: 'url', url: 'http://a/b' } },
      ],
    },
  ]
  expect(said(reply('image-echo', { turns }))).toBe(
    'Shown: image/png, 4 base64 characters; application/pdf at http://a/b.',
  )
})

test('errors carry status, retry-after and the upstream’s own body', () => {
  const answer = play('error:429:retry-after=2', {}, 'anthropic')
  expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '2' } })
  expect(JSON.parse(answer.text)).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
  expect(JSON.parse(play('error:429', {}, 'openai-chat').text)).toMatchObject({
    error: { code: 'rate_limit_exceeded' },
  })
  expect(JSON.parse(play('error:503:retry-after=9', {}, 'gemini').text)).toMatchObject({
    error: { code: 503, status: 'UNAVAILABLE', details: [{ retryDelay: '9s' }] },
  })
  expect(play('error').status).toBe(500)
  expect(play('error:99999').status).toBe(500)
})

test('every script in the list is reachable by its name and has a summary', () => {
  expect(new Set(scripts.map(({ name }) => name)).size).toBe(scripts.length)
  for (const { summary } of scripts) expect(summary.length).toBeGreaterThan(10)
})
