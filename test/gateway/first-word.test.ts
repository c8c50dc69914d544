import { describe, expect, it } from 'vitest'
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import { rig } from './rig.ts'

const greeting =
  'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m1","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}}}\n\n'
const overloaded =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"too busy"}}\n\n'
const opensText =
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
const says = (text: string, index = 0): string =>
  `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":"${text}"}}\n\n`
const closes = (index = 0): string =>
  `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`
const finishes =
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}\n\n'
const stops = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'
const thinks =
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}\n\n' +
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}\n\n'
/** The beginning of a reply that says something. */
const wordIn: Readonly<Record<DialectId, string>> = {
  anthropic: greeting + opensText + says('half'),
  'openai-chat':
    'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m1","choices":[{"index":0,"delta":{"role":"assistant","content":"half"},"finish_reason":null}]}\n\n',
  'openai-responses':
    'event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r","status":"in_progress","output":[]}}\n\n' +
    'event: response.output_item.added\ndata: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"m","type":"message","role":"assistant","content":[]}}\n\n' +
    'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":2,"item_id":"m","output_index":0,"content_index":0,"delta":"half"}\n\n',
  gemini:
    'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"half"}]},"index":0}],"modelVersion":"m1"}\n\n',
}
const whole = greeting + opensText + says('hello') + closes() + finishes + stops

describe('the first word', () => {
  it('[C93] [C95] is not a greeting: 200, then overloaded, goes to the next target and the client hears only that one', async () => {
    const { client, upstream, clock } = rig({ targets: 2 })
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText, overloaded)
    await clock.advance(2000)
    expect(client.status).toBe(0)
    upstream.at(-1)!.json(529, { type: 'error', error: { type: 'overloaded_error', message: 'still' } })
    await clock.advance(2000)
    upstream.at(-1)!.stream(whole).end()
    await clock.advance(0)
    expect(upstream.at(-1)!.request.url).toContain('beta')
    expect(client.status).toBe(200)
    expect(client.text).toContain('hello')
    expect(client.text).not.toContain('busy')
    expect(client.headers['x-clutch-target']).toBe('beta/m1')
    expect(client.headers['x-clutch-attempts']).toBe('3')
  })

  it('[C93] leaves the final failure its true HTTP status', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, overloaded)
    await clock.advance(5000)
    upstream[1]!.json(529, { type: 'error', error: { type: 'overloaded_error', message: 'still busy' } })
    await clock.advance(5000)
    expect(upstream).toHaveLength(2)
    expect(client.status).toBe(529)
    expect(JSON.parse(client.text)).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } })
  })

  it('[C94] [C107] is final: a failure after it is told in the stream and never replayed', async () => {
    const { client, upstream, clock } = rig({ targets: 2 })
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText, says('half'))
    await clock.advance(0)
    upstream[0]!.listener.broke({ kind: 'cut', message: 'reset' })
    await clock.advance(60_000)
    expect(upstream).toHaveLength(1)
    expect(client.ended).toBe(true)
    expect(client.text).toContain('half')
    expect(client.text).toContain('event: error')
    expect(client.text).not.toContain('message_stop')
  })

  it('[C41] is heard where CR alone ends the lines, and all that follows', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(whole.replaceAll('\n', '\r')).end()
    await clock.advance(0)
    expect(client.status).toBe(200)
    expect(client.text).toContain('hello')
    expect(client.text).toContain('message_stop')
    expect(client.text).not.toContain('event: error')
  })

  it.each(dialectIds)('[C83] an error behind it carries the request-id of the head, from %s', async (to) => {
    for (const from of ['anthropic', 'openai-chat', 'gemini'] as const) {
      const { client, upstream, clock } = rig({ from, to })
      await clock.advance(0)
      upstream[0]!.stream(wordIn[to])
      await clock.advance(5_000)
      upstream[0]!.listener.broke({ kind: 'cut', message: 'reset' })
      await clock.advance(0)
      expect(client.text).toMatch(/"request_?[iI]d":"req_id1/)
      expect(client.headers['request-id']).toMatch(/^req_id1/)
    }
  })

  it('[C94] a stream that ends early after words ends in one error event, never in a stop', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText, says('half')).end()
    await clock.advance(0)
    expect(client.text.match(/event: error/g)).toHaveLength(1)
    expect(client.text).not.toContain('message_stop')
  })

  it('[C69] holds thoughts for a moment, so that a failure right behind them is healed', async () => {
    const { client, upstream, clock } = rig({ targets: 2 })
    await clock.advance(0)
    upstream[0]!.stream(greeting, thinks, closes(), overloaded)
    await clock.advance(2000)
    upstream[1]!.json(529, {})
    await clock.advance(2000)
    upstream[2]!.stream(whole).end()
    await clock.advance(0)
    expect(client.text).toContain('hello')
    expect(client.text).not.toContain('"hm"')
  })

  it('[C43] does not hold thoughts for longer than that', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, thinks)
    await clock.advance(1000)
    expect(client.status).toBe(0)
    await clock.advance(1000)
    expect(client.status).toBe(200)
    expect(client.text).toContain('"hm"')
  })

  it('[C36] is missing from an empty reply: that is an error, and the next target is asked', async () => {
    const { client, upstream, clock } = rig({ targets: 2 })
    await clock.advance(0)
    upstream[0]!.stream(greeting, finishes, stops).end()
    await clock.advance(0)
    expect(client.status).toBe(0)
    upstream[1]!.stream(whole).end()
    await clock.advance(0)
    expect(client.text).toContain('hello')
  })

  it('[C43] each piece is delivered as it arrives', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText)
    for (const word of ['one', 'two', 'three']) {
      upstream[0]!.say(says(word))
      await clock.advance(0)
      expect(client.text).toContain(word)
    }
  })

  it('[C42] a stop reason without message_stop is completed after a grace, never invented', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText, says('hello'), closes(), finishes)
    await clock.advance(5000)
    expect(client.ended).toBe(false)
    await clock.advance(8000)
    expect(client.ended).toBe(true)
    expect(client.text.endsWith(stops)).toBe(true)
  })
})

describe('waiting', () => {
  it('[C102] [C99] the head and pings go out while an upstream is silent, and the right to retry is kept', async () => {
    const { client, upstream, clock } = rig({ targets: 2 })
    await clock.advance(15_000)
    expect(client.status).toBe(0)
    await clock.advance(8_000)
    expect(client.status).toBe(200)
    const pings = (): number => client.text.match(/event: ping/g)?.length ?? 0
    expect(pings()).toBe(1)
    await clock.advance(30_000)
    expect(pings()).toBeGreaterThanOrEqual(3)
    upstream[0]!.json(529, {})
    await clock.advance(5000)
    upstream[1]!.json(529, {})
    await clock.advance(5000)
    upstream[2]!.stream(whole).end()
    await clock.advance(0)
    expect(client.text).toContain('hello')
    expect(client.text).not.toContain('event: error')
  })

  it('[C99] pings go on inside a stream that has begun', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText, says('one'))
    await clock.advance(14_000)
    expect(client.text).toContain('event: ping')
  })

  it('[C101] [C103] a silent upstream is given up in the end, and the client is told', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(301_000)
    expect(upstream[0]!.aborted).toBe(true)
    expect(client.ended).toBe(true)
    expect(client.text).toContain('event: error')
  })

  it('[C101] so is one that falls silent after its first word', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(greeting, opensText, says('one'))
    await clock.advance(302_000)
    expect(upstream[0]!.aborted).toBe(true)
    expect(client.text).toContain('event: error')
    expect(client.ended).toBe(true)
  })

  it('[C104] [C105] a client that leaves ends the upstream request at once, and that is nobody’s failure', async () => {
    const { client, upstream, clock, records } = rig()
    await clock.advance(0)
    client.leave()
    await clock.advance(0)
    expect(upstream[0]!.aborted).toBe(true)
    expect(records[0]!.ending.failure?.kind).toBe('client-left')
  })

  it('[C104] a client that leaves during a back-off ends it', async () => {
    const { client, upstream, clock, records } = rig()
    await clock.advance(0)
    upstream[0]!.json(529, {}, { 'retry-after': '5' })
    await clock.advance(1000)
    client.leave()
    await clock.advance(10_000)
    expect(upstream).toHaveLength(1)
    expect(records).toHaveLength(1)
  })

  it('[C106] a slow client pauses the upstream, and reading resumes it', async () => {
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    client.keepsUp = false
    upstream[0]!.stream(greeting, opensText, says('one'))
    await clock.advance(0)
    expect(upstream[0]!.paused).toBe(true)
    client.drain()
    expect(upstream[0]!.paused).toBe(false)
  })

  it('[C85] a retry-after beyond our own budget is passed on at once, a short one is waited out [C128]', async () => {
    const long = rig()
    await long.clock.advance(0)
    long.upstream[0]!.json(429, {}, { 'retry-after': '45' })
    await long.clock.advance(0)
    expect(long.client.status).toBe(429)
    expect(long.client.headers['retry-after']).toBe('45')
    const short = rig()
    await short.clock.advance(0)
    short.upstream[0]!.json(429, {}, { 'retry-after': '2' })
    await short.clock.advance(2500)
    short.upstream[1]!.stream(whole).end()
    await short.clock.advance(0)
    expect(short.client.text).toContain('hello')
  })

  it('[C108] attempts before the first word are bounded', async () => {
    const { client, upstream, clock } = rig({ targets: 4 })
    for (let round = 0; round < 20 && !client.ended; round++) {
      await clock.advance(3000)
      upstream.at(-1)!.json(529, {})
      await clock.advance(3000)
    }
    expect(client.ended).toBe(true)
    expect(upstream.length).toBeLessThanOrEqual(6)
  })
})

describe('frames that arrive in pieces', () => {
  it('[C41] are put together from whatever lengths the pieces have', async () => {
    const first = greeting + opensText + says('one')
    const rest = says('two') + says('six') + closes() + finishes + stops
    const length = says('two').length
    const { client, upstream, clock } = rig()
    await clock.advance(0)
    upstream[0]!.stream(first + rest.slice(0, 10))
    await clock.advance(0)
    for (let at = 10; at < rest.length; at += length) upstream[0]!.say(rest.slice(at, at + length))
    upstream[0]!.end()
    await clock.advance(0)
    expect(client.text.replaceAll('"opus"', '"m1"')).toBe(first + rest)
  })
})
