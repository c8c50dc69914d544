/** How the sandbox behaves as an upstream: time, patience, pause, abort, addresses. */
import { expect, test } from 'vitest'
import { dialects as allDialects } from '../../src/dialects/index.ts'
import { ask, asked } from './asking.ts'
import { bodyOf, eventsIn, plainDialects, plainUrl } from './plain-dialect.ts'

const dialects = plainDialects
const question = (model: string, stream = true) => ({
  dialects,
  url: plainUrl(),
  body: bodyOf(model, {}, stream),
})
const words = (text: string): string =>
  eventsIn(text)
    .map((event) => (event.type === 'part-delta' ? event.text : ''))
    .join('')

test('nothing is said before the caller holds the exchange', () => {
  const { answer, clock } = ask(question('text'))
  expect(answer.status).toBe(0)
  clock.advance(0)
  expect(answer.status).toBe(200)
  expect(answer.ended).toBe(true)
})

test('a streamed reply is a sentence: start, parts, usage, end', () => {
  const answer = asked(question('text'))
  expect(answer.headers['content-type']).toContain('text/event-stream')
  const types = eventsIn(answer.text).map(({ type }) => type)
  expect(types[0]).toBe('start')
  expect(types.slice(-3)).toEqual(['part-end', 'usage', 'end'])
  expect(new Set(types.slice(1, -3))).toEqual(new Set(['part-start', 'part-delta']))
})

test('usage is plausible: input from the conversation, output from what was said', () => {
  const usage = eventsIn(asked(question('thinking')).text).find((event) => event.type === 'usage')
  if (usage?.type !== 'usage') throw new Error('no usage')
  expect(usage.usage.input).toBeGreaterThan(0)
  expect(usage.usage.output).toBeGreaterThan(usage.usage.thinking ?? 0)
  expect(usage.usage.thinking).toBeGreaterThan(0)
})

test('without stream:true the answer is one JSON body', () => {
  const answer = asked(question('text', false))
  expect(answer.headers['content-type']).toBe('application/json')
  expect(JSON.parse(answer.text)).toHaveLength(eventsIn(asked(question('text')).text).length)
})

test('equal requests get equal replies', () => {
  expect(asked(question('thinking')).text).toBe(asked(question('thinking')).text)
})

test('slow pauses after every event by the clock, not by waiting', () => {
  const { answer, clock } = ask(question('slow:200'))
  clock.advance(0)
  expect(answer.pieces).toHaveLength(1)
  clock.advance(199)
  expect(answer.pieces).toHaveLength(1)
  clock.advance(1)
  expect(answer.pieces).toHaveLength(2)
  clock.advance(60_000)
  expect(answer.ended).toBe(true)
  expect(clock.pending).toBe(0)
})

test('paused, it says nothing and loses nothing; resumed, it goes on', () => {
  const { answer, exchange, clock } = ask(question('slow:100'))
  clock.advance(250)
  const before = answer.pieces.length
  exchange.pause()
  clock.advance(10_000)
  expect(answer.pieces).toHaveLength(before)
  exchange.resume()
  clock.advance(60_000)
  expect(answer.ended).toBe(true)
  expect(answer.text).toBe(asked(question('slow:100')).text)
})

test('a listener that pauses inside data gets no further piece, however long the reply', () => {
  const { answer, exchange, clock } = ask(question('long:2000'))
  const push = answer.pieces.push.bind(answer.pieces)
  answer.pieces.push = (...piece) => {
    exchange.pause()
    return push(...piece)
  }
  clock.advance(1000)
  expect(answer.pieces).toHaveLength(1)
  exchange.resume()
  clock.advance(1000)
  expect(answer.pieces).toHaveLength(2)
})

test('paused and resumed in one breath is not played twice', () => {
  const { answer, exchange, clock } = ask(question('text'))
  exchange.pause()
  exchange.resume()
  exchange.pause()
  exchange.resume()
  clock.advance(0)
  expect(eventsIn(answer.text).filter(({ type }) => type === 'start')).toHaveLength(1)
  expect(answer.text).toBe(asked(question('text')).text)
})

test('[C104] abort stops every timer and every further word', () => {
  for (const model of ['slow:100', 'stall', 'silent', 'long:5000']) {
    const { answer, exchange, clock } = ask(question(model))
    clock.advance(150)
    const before = answer.pieces.length
    exchange.abort()
    expect(clock.pending).toBe(0)
    clock.advance(1_000_000)
    expect(answer.pieces).toHaveLength(before)
    expect(answer.fault).toBeUndefined()
  }
})

test('abort inside data is the last word', () => {
  const { answer, exchange, clock } = ask(question('long:2000'))
  const push = answer.pieces.push.bind(answer.pieces)
  answer.pieces.push = (...piece) => {
    exchange.abort()
    return push(...piece)
  }
  clock.advance(1000)
  expect(answer.pieces).toHaveLength(1)
  expect(answer.ended).toBe(false)
})

test('silence before the head ends at the head time-out, silence in a stream at the idle time-out', () => {
  const silent = ask({ ...question('silent'), headTimeoutMs: 5000, idleTimeoutMs: 1000 })
  silent.clock.advance(4999)
  expect(silent.answer.fault).toBeUndefined()
  silent.clock.advance(1)
  expect(silent.answer.fault?.kind).toBe('timeout')
  expect(silent.answer.status).toBe(0)
  const stalled = ask({ ...question('stall'), headTimeoutMs: 5000, idleTimeoutMs: 1000 })
  stalled.clock.advance(999)
  expect(words(stalled.answer.text)).toContain('so good')
  expect(stalled.answer.fault).toBeUndefined()
  stalled.clock.advance(1)
  expect(stalled.answer.fault?.kind).toBe('timeout')
  expect(stalled.answer.ended).toBe(false)
})

test('stall and silent with a time go on after it', () => {
  const stalled = ask(question('stall:20000'))
  stalled.clock.advance(19_999)
  expect(words(stalled.answer.text)).not.toContain('it went')
  stalled.clock.advance(1)
  expect(words(stalled.answer.text)).toContain('it went')
  const silent = ask(question('silent:20000'))
  silent.clock.advance(19_999)
  expect(silent.answer.status).toBe(0)
  silent.clock.advance(1)
  expect(silent.answer.ended).toBe(true)
})

test('a silence longer than the caller’s patience is a time-out, a shorter one is not', () => {
  const { answer, clock } = ask({ ...question('stall:2000'), idleTimeoutMs: 1500 })
  clock.advance(5000)
  expect(answer.fault?.kind).toBe('timeout')
  expect(asked({ ...question('stall:1000'), idleTimeoutMs: 1500 }).fault).toBeUndefined()
})

test('cut ends cleanly without an end event, reset breaks the connection', () => {
  const cut = asked(question('cut:3'))
  expect(cut.ended).toBe(true)
  expect(eventsIn(cut.text).map(({ type }) => type)).toEqual(['start', 'part-start', 'part-delta'])
  expect(asked(question('cut:0')).pieces).toEqual([])
  const reset = asked(question('reset'))
  expect(reset.fault?.kind).toBe('cut')
  expect(reset.ended).toBe(false)
  expect(words(reset.text)).toContain('so good')
})

test('[C120] a whole reply that is cut is half a body, never a valid one', () => {
  for (const model of ['cut:4', 'reset']) {
    const answer = asked(question(model, false))
    expect(answer.status).toBe(200)
    expect(answer.text.length).toBeGreaterThan(10)
    expect(() => JSON.parse(answer.text)).toThrow()
  }
})

test('a whole reply that fails is an HTTP error', () => {
  expect(asked(question('error-mid:503', false)).status).toBe(503)
  expect(asked(question('error-after-head', false)).status).toBe(529)
})

test('html and empty are what they say', () => {
  expect(asked(question('html:502'))).toMatchObject({ status: 502, ended: true })
  expect(asked(question('html')).text).toContain('<html>')
  expect(asked(question('empty'))).toMatchObject({ status: 200, pieces: [], ended: true })
})

test('the dialect is read from the address, with and without its own prefix', () => {
  expect(asked({ ...question('text'), url: 'http://sandbox.internal/gemini/talk?alt=sse' }).status).toBe(200)
  expect(asked({ ...question('text'), url: 'sandbox://in-process/talk' }).status).toBe(200)
})

test('an unknown path, a broken body and a body that is no request are refused in the dialect’s words', () => {
  expect(asked({ ...question('text'), url: 'http://sandbox.internal/gemini/nowhere' }).status).toBe(400)
  expect(asked({ ...question('text'), body: '{"model":' }).text).toContain('not valid JSON')
})

test('a request that nests beyond the stack is refused, and the process goes on', () => {
  const schema = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
  const body = `{"model":"text","max_tokens":1,"tools":[{"name":"a","input_schema":${schema}}],"messages":[{"role":"user","content":"h"}]}`
  const answer = asked({ dialects: allDialects, url: 'sandbox://in-process/v1/messages', body })
  expect(answer.status).toBe(400)
  expect(answer.text).toContain('cannot read')
  expect(answer.ended).toBe(true)
})
