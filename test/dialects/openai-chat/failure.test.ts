import { describe, expect, test } from 'vitest'
import type { Failure, FailureKind } from '../../../src/conversation/failure.ts'
import { failureTraits } from '../../../src/conversation/failure.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { asObject, asText, tryParseJson } from '../../../src/wire/json.ts'
import { context } from './fixtures/context.ts'

const { decode, encode, frame } = openaiChat.failure
const json = { 'content-type': 'application/json; charset=utf-8' }
const errorOf = (body: string) => asObject(asObject(tryParseJson(body))['error'])

describe('what an upstream refuses', () => {
  test.each<[string, number, string, FailureKind, string]>([
    [
      'OpenAI',
      429,
      '{"error":{"message":"Slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}',
      'rate-limited',
      'Slow down',
    ],
    [
      'no credits',
      429,
      '{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}',
      'payment',
      'You exceeded your quota',
    ],
    ['a wrong key', 401, '{"error":{"message":"Incorrect API key"}}', 'auth', 'Incorrect API key'],
    [
      'too long',
      400,
      '{"error":{"message":"This model\'s maximum context length is 131072 tokens","code":"context_length_exceeded"}}',
      'context-too-long',
      "This model's maximum context length is 131072 tokens",
    ],
    ['no such model', 404, '{"error":{"message":"No such model"}}', 'target-not-found', 'No such model'],
    ['text as error', 400, '{"error":"bad tool"}', 'bad-request', 'bad tool'],
    ['detail', 422, '{"detail":"bad body"}', 'bad-request', 'bad body'],
    [
      'a list of details',
      422,
      '{"detail":[{"loc":["body","stop"],"msg":"too many"}]}',
      'bad-request',
      'body.stop: too many',
    ],
    ['message', 503, '{"message":"asleep"}', 'overloaded', 'asleep'],
    [
      'a list',
      400,
      '[{"error":{"code":400,"message":"bad argument","status":"INVALID_ARGUMENT"}}]',
      'bad-request',
      'bad argument',
    ],
    [
      'a router',
      502,
      '{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"socket closed"}}}',
      'overloaded',
      'Provider returned error: socket closed',
    ],
    [
      'HTML',
      502,
      '<html><head><title>502 Bad Gateway</title></head><body>x</body></html>',
      'overloaded',
      '502 Bad Gateway',
    ],
    ['plain text', 500, 'upstream   exploded\n', 'overloaded', 'upstream exploded'],
    ['nothing', 500, '', 'overloaded', 'the upstream answered 500'],
  ])('%s is understood', (_, status, body, kind, message) => {
    expect(decode(status, json, body)).toMatchObject({ kind, message, status })
  })

  test('[C92] JSON bodies are kept to be relayed untouched; HTML and giants are not', () => {
    const body = '{"error": {"message":"x", "code":1.0}}'
    expect(decode(400, json, body).verbatim).toEqual({
      dialect: 'openai-chat',
      status: 400,
      contentType: 'application/json; charset=utf-8',
      body,
    })
    expect(decode(502, {}, '<html>').verbatim).toBeUndefined()
    expect(decode(400, json, `{"error":{"message":"${'x'.repeat(70_000)}"}}`).verbatim).toBeUndefined()
  })

  test('[C84] the wait is read from headers, and from words where there are none', () => {
    const limited = (headers: Record<string, string>, message = 'slow') =>
      decode(429, headers, JSON.stringify({ error: { message } })).retryAfterMs
    expect(limited({ 'retry-after': '7' })).toBe(7000)
    expect(limited({ 'retry-after-ms': '150' })).toBe(150)
    expect(
      limited({ 'retry-after': 'Sat, 21 Nov 2026 00:01:00 GMT', date: 'Sat, 21 Nov 2026 00:00:00 GMT' }),
    ).toBe(60_000)
    expect(limited({}, 'Please try again in 7m12.5s.')).toBe(432_500)
    expect(limited({}, 'Please try again in 20ms')).toBe(20)
    expect(limited({}, 'Please try again later')).toBeUndefined()
  })
})

describe('what a client is told', () => {
  const kinds = Object.keys(failureTraits).filter((kind): kind is FailureKind => kind in failureTraits)

  test.each(kinds)('[C90] [C83] %s has a status, and a body of the client’s dialect', (kind) => {
    const { status, body, headers } = encode({ kind, message: 'why' }, 'req_7')
    expect(status).toBeGreaterThanOrEqual(400)
    expect(headers?.['content-type']).toBe('application/json')
    const error = errorOf(body)
    expect(asText(error['message'])).toContain('why')
    expect(asText(error['type'])).toBeTruthy()
    expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code'])
    expect(asObject(tryParseJson(body))['request_id']).toBe('req_7')
  })

  test.each<[FailureKind, number, string | null]>([
    ['bad-request', 400, null],
    ['client-unauthorized', 401, 'invalid_api_key'],
    ['payment', 402, 'insufficient_quota'],
    ['not-found', 404, 'unknown_url'],
    ['unknown-model', 404, 'model_not_found'],
    ['wrong-method', 405, 'method_not_supported'],
    ['too-large', 413, 'request_too_large'],
    ['rate-limited', 429, 'rate_limit_exceeded'],
    ['internal', 500, 'internal_error'],
    ['overloaded', 503, 'overloaded'],
    ['timeout', 504, 'upstream_timeout'],
    ['context-too-long', 400, 'context_length_exceeded'],
  ])('[C91] [C96] %s is %d %s', (kind, status, code) => {
    const refusal = encode({ kind, message: 'why' }, '')
    expect([refusal.status, errorOf(refusal.body)['code']]).toEqual([status, code])
  })

  test('[C92] the upstream’s own words of this dialect, status and all', () => {
    const failure = decode(418, json, '{"error" : {"message":"I am a teapot"}}')
    expect(encode(failure, 'req_1')).toMatchObject({
      status: 418,
      body: '{"error" : {"message":"I am a teapot"}}',
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    const foreign: Failure = {
      ...failure,
      verbatim: { dialect: 'gemini', status: 418, contentType: 'x', body: '{}' },
    }
    expect(encode(foreign, '')).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/json' },
    })
  })

  test('[C127] [C98] [C87] a provider’s key problem is no 401, names provider and command, and is final', () => {
    const { status, body, headers } = encode(
      { kind: 'auth', message: 'bad key', status: 401, provider: 'heron' },
      '',
    )
    expect(status).toBe(403)
    expect(headers?.['x-should-retry']).toBe('false')
    expect(errorOf(body)['message']).toMatch(/heron: bad key .*clutch config show/)
  })

  test('[C84] [C128] [C97] short waits are a header, long ones are words and final', () => {
    const limited = (retryAfterMs?: number) =>
      encode(
        { kind: 'rate-limited', message: 'slow', ...(retryAfterMs !== undefined && { retryAfterMs }) },
        '',
      )
    expect(limited(1500).headers?.['retry-after']).toBe('2')
    expect(limited(0).headers?.['retry-after']).toBe('5')
    expect(limited().headers?.['retry-after']).toBe('5')
    const long = limited(7_500_000)
    expect(long.headers).toMatchObject({ 'x-should-retry': 'false' })
    expect(long.headers).not.toHaveProperty('retry-after')
    expect(errorOf(long.body)['message']).toBe('slow (the limit resets in 2 h 5 min)')
  })

  test('[C94] as the last frame of a stream it is an error object', () => {
    expect(frame({ kind: 'cut', message: 'gone' }, 'req_1', context)).toBe(
      'data: {"error":{"message":"gone","type":"server_error","param":null,"code":"upstream_cut"},"request_id":"req_1"}\n\n',
    )
  })
})
