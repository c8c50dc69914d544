/** Plays that users write themselves. */
import { expect, test } from 'vitest'
import type { Turn } from '../../src/conversation/conversation.ts'
import { type Fixture, readFixtures } from '../../src/sandbox/fixtures.ts'
import type { Json } from '../../src/wire/json.ts'
import { ask, asked } from './asking.ts'
import { bodyOf, eventsIn, plainDialects, plainUrl } from './plain-dialect.ts'

function read(value: Json): readonly Fixture[] {
  const fixtures = readFixtures(value)
  if ('problem' in fixtures) throw new Error(fixtures.problem)
  return fixtures
}
const problem = (value: Json): string => {
  const fixtures = readFixtures(value)
  return 'problem' in fixtures ? fixtures.problem : 'none'
}
const user: Turn = { role: 'user', parts: [{ type: 'text', text: 'deploy it' }] }
const question = (fixtures: readonly Fixture[], model = 'demo', turns = [user]) => ({
  dialects: plainDialects,
  url: plainUrl(),
  body: bodyOf(model, { turns }),
  fixtures,
})
const brief = (text: string) =>
  eventsIn(text).flatMap((event) => {
    if (event.type === 'part-start') return [event.part.type]
    if (event.type === 'part-delta') return [event.text]
    return event.type === 'end' ? [event.reason] : []
  })

test('every kind of step becomes its events', () => {
  const fixtures = read([
    {
      match: {},
      reply: [
        { thinking: 'hm' },
        { text: ['one ', 'two'] },
        { search: { query: 'q', results: [{ url: 'u', title: 't' }] } },
        { tool: { name: 'run', arguments: { a: 1 } } },
        { tools: [{ name: 'x' }, { name: 'patch', freeform: true, arguments: 'raw' }] },
        { usage: { input: 7, cacheRead: 3, output: 2 } },
      ],
    },
  ])
  const text = asked(question(fixtures)).text
  expect(brief(text)).toEqual([
    ...['thinking', 'hm', 'text', 'one ', 'two', 'search', 'tool-call', '{"a":1}'],
    ...['tool-call', 'tool-call', '{}', 'raw', 'tool-calls'],
  ])
  expect(eventsIn(text).find((event) => event.type === 'usage')).toMatchObject({
    usage: { input: 7, cacheRead: 3, cacheWrite: 0, output: 2, searches: 1 },
  })
})

test('waits come where they stand: before the first word even the head waits', () => {
  const fixtures = read([{ match: {}, reply: [{ wait: 100 }, { text: 'a' }, { wait: 200 }, { text: 'b' }] }])
  const { answer, clock } = ask(question(fixtures))
  clock.advance(99)
  expect(answer.status).toBe(0)
  clock.advance(1)
  expect(brief(answer.text)).toEqual(['text', 'a'])
  clock.advance(200)
  expect(brief(answer.text)).toEqual(['text', 'a', 'text', 'b', 'done'])
})

test('an error first is an HTTP error, later the stream’s last word; cut, reset, silence and stop do as they say', () => {
  const play = (...reply: Json[]) => asked(question(read([{ match: {}, reply }])))
  expect(play({ wait: 5 }, { error: { status: 503, message: 'closed' } })).toMatchObject({ status: 503 })
  const late = play({ text: 'a' }, { error: { status: 529, message: 'busy' } }, { text: 'never' })
  expect(late.status).toBe(200)
  expect(eventsIn(late.text).at(-1)).toMatchObject({ type: 'failed', failure: { message: 'busy' } })
  expect(brief(play({ text: 'a' }, { cut: true }, { text: 'b' }).text)).toEqual(['text', 'a'])
  expect(play({ reset: true }).fault?.kind).toBe('cut')
  expect(play({ text: 'a' }, { silence: true }).fault?.kind).toBe('timeout')
  expect(brief(play({ text: 'a' }, { stop: 'length' }).text).at(-1)).toBe('length')
})

test('the first fixture that matches answers; without one the script does', () => {
  const fixtures = read([
    { match: { model: 'demo', contains: 'nothing' }, reply: [{ text: 'no' }] },
    { match: { model: 'dem*', contains: 'deploy', results: 0 }, reply: [{ text: 'call' }] },
    { match: { results: 1 }, reply: [{ text: 'done' }] },
  ])
  const result: Turn = {
    role: 'user',
    parts: [{ type: 'tool-result', callId: 'c', content: [], isError: false }],
  }
  expect(brief(asked(question(fixtures)).text)[1]).toBe('call')
  expect(brief(asked(question(fixtures, 'demo', [user, result])).text)[1]).toBe('done')
  expect(brief(asked(question(fixtures, 'other')).text).join('')).toContain('sandbox')
})

test('a mistake is located and says what was expected', () => {
  expect(problem({})).toContain('expected a list')
  expect(problem([{ match: {}, reply: [{ text: 'a' }, { wait: -1 }] }])).toBe(
    '[0].reply[1].wait: expected milliseconds',
  )
  expect(problem([{ match: { modle: 'x' }, reply: [] }])).toBe(
    '[0].match.modle: no such field; there are model, contains, results',
  )
  expect(problem([{ match: {}, replies: [] }])).toContain('[0].replies: no such field')
  expect(problem([{ match: {}, reply: [{ tool: { arguments: {} } }] }])).toBe(
    '[0].reply[0].tool.name: expected a text',
  )
  expect(problem([{ match: {}, reply: [{ text: 'a', wait: 1 }] }])).toContain(
    '[0].reply[0]: expected an object with one of',
  )
  expect(problem([{ match: {}, reply: [{ constructor: 1 }] }])).toContain('[0].reply[0]: expected')
  expect(problem([{ match: {}, reply: [{ stop: 'never' }] }])).toContain('expected one of done')
  expect(problem([{ match: {}, reply: [{ error: { status: 'x' } }] }])).toContain(
    'error.status: expected a number',
  )
})

test('several waits in a row add up to one silence', () => {
  const fixtures = read([{ match: {}, reply: [{ wait: 100 }, { wait: 100 }, { text: 'a' }] }])
  expect(asked({ ...question(fixtures), headTimeoutMs: 150 }).fault?.kind).toBe('timeout')
  expect(asked({ ...question(fixtures), headTimeoutMs: 250 }).fault).toBeUndefined()
})
