import { describe, expect, test } from 'vitest'
import { type FailureKind, failureTraits } from '../../../src/conversation/failure.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { context } from './fixtures/context.ts'
import { checkStream } from './grammar.ts'

const google = (code: number, status: string, message: string, details: unknown[] = []): string =>
  JSON.stringify({ error: { code, message, status, details } })
const retryInfo = (retryDelay: string): unknown => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
})
const kindOf = (status: number, body: string): string => gemini.failure.decode(status, {}, body).kind

describe('what an upstream refused', () => {
  test('is known by status and words', () => {
    expect(kindOf(400, google(400, 'INVALID_ARGUMENT', 'Unknown name "foo".'))).toBe('bad-request')
    expect(kindOf(401, google(401, 'UNAUTHENTICATED', 'No credentials.'))).toBe('auth')
    expect(kindOf(403, google(403, 'PERMISSION_DENIED', 'Denied.'))).toBe('auth')
    expect(kindOf(404, google(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.'))).toBe(
      'target-not-found',
    )
    expect(kindOf(500, google(500, 'INTERNAL', 'Oops.'))).toBe('overloaded')
    expect(kindOf(503, google(503, 'UNAVAILABLE', 'The model is overloaded.'))).toBe('overloaded')
    expect(kindOf(504, google(504, 'DEADLINE_EXCEEDED', 'Too slow.'))).toBe('overloaded')
  })

  test('a bad key is no bad request, although Google answers 400', () => {
    expect(
      kindOf(400, google(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')),
    ).toBe('auth')
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }]
    expect(kindOf(400, google(400, 'INVALID_ARGUMENT', 'Nope.', details))).toBe('auth')
  })

  test('[C96] an overflowing context is known with its limit', () => {
    const body = google(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    )
    expect(gemini.failure.decode(400, {}, body)).toMatchObject({
      kind: 'context-too-long',
      limitTokens: 1048576,
    })
  })

  test('[C97] a throttle that speaks of billing is still a throttle, with its wait', () => {
    const message = 'You exceeded your current quota, please check your plan and billing details.'
    const throttle = google(429, 'RESOURCE_EXHAUSTED', message, [retryInfo('26.6605s')])
    expect(gemini.failure.decode(429, {}, throttle)).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 26661,
    })
    expect(kindOf(429, google(429, 'RESOURCE_EXHAUSTED', message))).toBe('payment')
    const inWords = google(429, 'RESOURCE_EXHAUSTED', `${message} Please retry in 1m2.5s.`)
    expect(gemini.failure.decode(429, {}, inWords)).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 62500,
    })
    expect(gemini.failure.decode(429, { 'retry-after': '7' }, throttle)).toMatchObject({ retryAfterMs: 7000 })
  })

  test('is read from lists, foreign shapes, pages and nothing at all', () => {
    const message = (body: string): string => gemini.failure.decode(502, {}, body).message
    expect(message(`[${google(502, 'INTERNAL', 'Listed.')}]`)).toBe('Listed.')
    expect(message('{"error":"just text"}')).toBe('just text')
    expect(message('{"detail":"a detail"}')).toBe('a detail')
    expect(message('{"message":"a message"}')).toBe('a message')
    expect(message('<html><style>p{}</style><body><h1>Bad  gateway</h1></body></html>')).toBe('Bad gateway')
    expect(message('plain words')).toBe('plain words')
    expect(message('')).toBe('the upstream answered 502')
  })

  test('[C92] goes to a Gemini client untouched', () => {
    const body = '{ "error": {"code": 400,\n "message": "Odd  spacing", "status": "INVALID_ARGUMENT"} }'
    const failure = gemini.failure.decode(400, { 'content-type': 'application/json; charset=UTF-8' }, body)
    expect(gemini.failure.encode(failure, 'req_1')).toEqual({
      status: 400,
      body,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    })
    expect(gemini.failure.decode(400, {}, 'x'.repeat(70_000)).verbatim).toBeUndefined()
  })
})

describe('what a client is told', () => {
  const told = (kind: FailureKind, more = {}) => {
    const { status, body, headers } = gemini.failure.encode(
      { kind, message: 'It did not work.', ...more },
      'req_9',
    )
    return { status, error: JSON.parse(body).error, headers }
  }

  test('[C90][C91] every failure has Google’s shape, its status and our request id', () => {
    for (const kind of Object.keys(failureTraits).filter((one): one is FailureKind => one in failureTraits)) {
      const { status, error } = told(kind)
      expect(error.code).toBe(status)
      expect(error.status).toMatch(/^[A-Z_]+$/)
      expect(error.message).toContain('It did not work')
      expect(JSON.stringify(error.details)).toContain('req_9')
    }
    expect(told('bad-request')).toMatchObject({ status: 400, error: { status: 'INVALID_ARGUMENT' } })
    expect(told('unknown-model')).toMatchObject({ status: 404, error: { status: 'NOT_FOUND' } })
    expect(told('client-unauthorized')).toMatchObject({ status: 401, error: { status: 'UNAUTHENTICATED' } })
    expect(told('rate-limited')).toMatchObject({ status: 429, error: { status: 'RESOURCE_EXHAUSTED' } })
    expect(told('timeout')).toMatchObject({ status: 504, error: { status: 'DEADLINE_EXCEEDED' } })
  })

  test('[C127][C98] a provider’s key problem is never 401, names the provider and the command', () => {
    for (const kind of ['auth', 'payment'] as const) {
      const { status, error, headers } = told(kind, { provider: 'gemini', status: 401 })
      expect(status).not.toBe(401)
      expect(error.message).toContain('"gemini"')
      expect(error.message).toContain('clutch config show')
      expect(headers).toEqual({ 'x-should-retry': 'false' })
    }
  })

  test('[C84][C128] short waits are headers, long ones are final and told in words', () => {
    expect(told('rate-limited', { retryAfterMs: 1500 })).toMatchObject({ headers: { 'retry-after': '2' } })
    expect(Number(told('overloaded').headers?.['retry-after'])).toBeGreaterThan(0)
    const long = told('rate-limited', { retryAfterMs: 3 * 3_600_000 + 5 * 60_000 })
    expect(long.headers).toEqual({ 'x-should-retry': 'false' })
    expect(long.error.message).toContain('3 h 5 min')
    expect(JSON.stringify(long.error.details)).toContain('11100s')
  })

  test('[C94] inside a stream it is one frame', () => {
    const failure = { kind: 'cut', message: 'line one\nline two' } as const
    expect(checkStream(gemini.failure.frame(failure, 'req_1', context))).toEqual([])
    const own = gemini.failure.decode(
      503,
      {},
      '{\n "error": {"code": 503, "message": "Busy.", "status": "UNAVAILABLE"}\n}',
    )
    expect(checkStream(gemini.failure.frame(own, 'req_1', context))).toEqual([])
  })
})
