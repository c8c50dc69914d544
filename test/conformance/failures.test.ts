/** What every client hears of what every upstream refuses with. */
import { describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { asObject, asText, tryParseJson } from '../../src/wire/json.ts'
import { everyPair, type RememberingClient, rig } from '../gateway/rig.ts'

type ErrorBody = (words: string, type: string) => unknown

/** Error bodies as each upstream writes them. */
const written: Readonly<Record<DialectId, ErrorBody>> = {
  anthropic: (message, type) => ({ type: 'error', error: { type, message }, request_id: 'req_up' }),
  'openai-chat': (message, type) => ({ error: { message, type, param: null, code: type } }),
  'openai-responses': (message, type) => ({ error: { message, type, param: null, code: type } }),
  gemini: (message, type) => ({ error: { code: 400, message, status: type.toUpperCase() } }),
}

/** The words and the type of an error, if the body has the client's shape. */
const shaped: Readonly<Record<DialectId, (body: string) => { type: string; message: string } | undefined>> = {
  anthropic: (body) => {
    const value = asObject(tryParseJson(body))
    const { type, message } = asObject(value['error'])
    return value['type'] === 'error' ? textual(type, message) : undefined
  },
  'openai-chat': openai,
  'openai-responses': openai,
  gemini: (body) => {
    const { status, message, code } = asObject(asObject(tryParseJson(body))['error'])
    return typeof code === 'number' ? textual(status, message) : undefined
  },
}

function openai(body: string) {
  const { type, message } = asObject(asObject(tryParseJson(body))['error'])
  return textual(type, message)
}

function textual(type: unknown, message: unknown) {
  const [kind, words] = [asText(type), asText(message)]
  return kind && words ? { type: kind, message: words } : undefined
}

/** An upstream that answers every request so, until the client is answered. */
async function refused(
  from: DialectId,
  to: DialectId,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<RememberingClient> {
  const { client, upstream, clock } = rig({ from, to })
  await clock.advance(0)
  let answered = 0
  for (let second = 0; !client.ended && second < 60; second++) {
    for (const played of upstream.slice(answered)) played.json(status, body, headers)
    answered = upstream.length
    await clock.advance(1000)
  }
  expect(client.ended).toBe(true)
  return client
}

describe.each(everyPair)('$from to $to', ({ from, to }) => {
  const same = from === to

  it('[C83] [C90] every refusal is JSON in the client’s shape, with a request id', async () => {
    for (const status of [400, 403, 404, 413, 422, 429, 500, 503, 529]) {
      const client = await refused(from, to, status, written[to]('Something is wrong.', 'some_error'))
      expect(client.status, `${status}`).toBeGreaterThanOrEqual(400)
      expect(shaped[from](client.text), `${status}: ${client.text}`).toBeDefined()
      expect(String(client.headers['content-type'])).toContain('application/json')
      expect(client.headers['request-id'] ?? client.headers['x-request-id']).toBeDefined()
    }
  })

  it('[C90] so is what comes of a page of HTML, of nothing at all, and of a redirect', async () => {
    for (const [status, body] of [
      [502, '<html><title>Bad gateway</title></html>'],
      [500, ''],
      [302, ''],
      [200, '<html>Log in</html>'],
    ] as const) {
      const client = await refused(from, to, status, body)
      expect(client.status, `${status}`).toBeGreaterThanOrEqual(400)
      expect(shaped[from](client.text), client.text).toBeDefined()
      expect(String(client.headers['content-type'])).toContain('application/json')
    }
  })

  it('[C92] [C131] a bad request is told in the upstream’s own words, verbatim to its own dialect', async () => {
    const body = written[to]('messages.1: this is not how it is said', 'invalid_request_error')
    const client = await refused(from, to, 400, body)
    expect(client.status).toBe(400)
    if (same) expect(client.text).toBe(JSON.stringify(body))
    else expect(shaped[from](client.text)?.message).toContain('this is not how it is said')
  })

  it('[C98] [C127] a refused key names the provider and what to run, and is never a 401 to a Messages client', async () => {
    const client = await refused(from, to, 401, written[to]('Invalid API key', 'authentication_error'))
    if (from === 'anthropic') {
      expect([400, 403]).toContain(client.status)
      expect(client.headers['x-should-retry']).toBe('false')
    }
    expect(client.text).toContain('alpha')
    expect(client.text).toContain('clutch ')
  })

  it('[C96] a full context is one to the client, so that it compacts', async () => {
    const words = 'prompt is too long: 210000 tokens > 200000 maximum context length'
    const client = await refused(from, to, 400, written[to](words, 'invalid_request_error'))
    expect(client.status).toBeGreaterThanOrEqual(400)
    expect(client.status).toBeLessThan(500)
    expect(client.text).toMatch(fullContext[from])
  })

  it('[C84] [C97] [C128] a throttle too long to wait out is told at once, with a real time to wait', async () => {
    const body = written[to]('Slow down.', 'rate_limit_error')
    const client = await refused(from, to, 429, body, { 'retry-after': '50' })
    expect(client.status).toBe(429)
    const seconds = Number(client.headers['retry-after'])
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(60)
  })
})

/** What makes each client compact. */
const fullContext: Readonly<Record<DialectId, RegExp>> = {
  anthropic: /prompt is too long/i,
  'openai-chat': /context_length_exceeded|maximum context length|context/i,
  'openai-responses': /context_length_exceeded|context/i,
  gemini: /token|context|too long/i,
}
