import { describe, expect, it } from 'vitest'
import { type Failure, type FailureKind, failureTraits } from '../../../src/conversation/failure.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { context } from './context.ts'
import { checkStream, readReply } from './grammar.ts'

const { failure } = openaiResponses
const isKind = (word: string): word is FailureKind => word in failureTraits
const kinds = Object.keys(failureTraits).filter(isKind)
const told = (given: Failure) => {
  const { status, body, headers } = failure.encode(given, 'req_1')
  return { status, headers: headers ?? {}, error: JSON.parse(body).error }
}

describe('a refusal', () => {
  it('[C90] has the same shape for every kind of failure', () => {
    for (const kind of kinds) {
      const { status, error } = told({ kind, message: 'words' })
      expect(status).toBeGreaterThanOrEqual(400)
      expect(error).toMatchObject({
        message: expect.stringContaining('words'),
        type: expect.any(String),
        param: null,
      })
      expect(error).toHaveProperty('code')
    }
  })

  it('[C91] says each kind by its status and code', () => {
    const table: readonly (readonly [FailureKind, number, string | null])[] = [
      ['bad-request', 400, null],
      ['too-large', 413, 'request_too_large'],
      ['context-too-long', 400, 'context_length_exceeded'],
      ['unknown-model', 400, 'model_not_found'],
      ['not-found', 404, 'not_found'],
      ['wrong-method', 405, 'method_not_allowed'],
      ['client-unauthorized', 401, 'invalid_api_key'],
      ['rate-limited', 429, 'rate_limit_exceeded'],
      ['overloaded', 503, 'server_is_overloaded'],
      ['timeout', 504, 'timeout'],
      ['cut', 502, 'server_error'],
      ['internal', 500, 'server_error'],
    ]
    for (const [kind, status, code] of table)
      expect(told({ kind, message: 'x' })).toMatchObject({ status, error: { code } })
  })

  it('[C98] [C127] a key problem of the provider is final, and says whose key and which command', () => {
    for (const kind of ['auth', 'payment'] as const) {
      const { status, headers, error } = told({ kind, message: 'bad key', provider: 'acme', status: 401 })
      expect(status).toBe(400)
      expect(headers['x-should-retry']).toBe('false')
      expect(error.message).toMatch(/acme.*bad key.*clutch config show/)
    }
  })

  it('[C84] throttles carry a wait that is a positive number', () => {
    expect(told({ kind: 'rate-limited', message: 'x', retryAfterMs: 1200 }).headers['retry-after']).toBe('2')
    expect(told({ kind: 'rate-limited', message: 'x', retryAfterMs: 0 }).headers['retry-after']).toBe('1')
    for (const kind of ['rate-limited', 'overloaded'] as const)
      expect(Number(told({ kind, message: 'x' }).headers['retry-after'])).toBeGreaterThan(0)
  })

  it('[C128] [C97] a wait beyond a minute is final and said in words', () => {
    const { headers, error } = told({
      kind: 'rate-limited',
      message: 'Weekly limit.',
      retryAfterMs: 9_000_000,
    })
    expect(headers['retry-after']).toBeUndefined()
    expect(headers['x-should-retry']).toBe('false')
    expect(error.message).toContain('2 h 30 min')
  })

  it('[C92] passes an upstream of the same dialect on untouched', () => {
    const body = '{"error": {"message": "Very  own words", "code": null}}'
    const heard = failure.decode(422, { 'content-type': 'application/json' }, body)
    expect(failure.encode(heard, 'req_1')).toMatchObject({ status: 422, body })
    const foreign: Failure = {
      ...heard,
      verbatim: { dialect: 'anthropic', status: 422, contentType: 'a', body: 'b' },
    }
    expect(failure.encode(foreign, 'req_1').body).not.toBe('b')
  })
})

describe('the last event of a stream', () => {
  const frame = (given: Failure) => readReply(failure.frame(given, 'req_1', context)).error

  it('speaks the codes Codex acts on', () => {
    expect(frame({ kind: 'rate-limited', message: 'Slow down.', retryAfterMs: 3500 })).toEqual({
      code: 'rate_limit_exceeded',
      message: 'Slow down. Please try again in 3.5s.',
    })
    expect(frame({ kind: 'context-too-long', message: 'x' })?.code).toBe('context_length_exceeded')
    expect(frame({ kind: 'overloaded', message: 'x' })?.code).toBe('server_error')
    expect(frame({ kind: 'overloaded', message: 'x', retryAfterMs: 7_200_000 })?.code).toBe(
      'server_is_overloaded',
    )
    expect(frame({ kind: 'payment', message: 'x' })?.code).toBe('insufficient_quota')
    for (const kind of ['cut', 'timeout', 'garbled', 'internal', 'unreachable'] as const)
      expect(frame({ kind, message: 'x' })?.code).toBe('server_error')
  })

  it('is one whole frame for every kind', () => {
    for (const kind of kinds) {
      const text = failure.frame({ kind, message: 'x\ny' }, 'req_1', context)
      expect(checkStream(text)).toEqual(['the first event is response.failed'])
    }
  })
})

describe('what an upstream refused', () => {
  const kindOf = (status: number, body: string) => failure.decode(status, {}, body).kind

  it('is read by status, code and words', () => {
    const error = (message: string, code: string | null = null) =>
      JSON.stringify({ error: { message, code, type: 'x', param: null } })
    expect(
      kindOf(400, error('This model maximum context length is 8192 tokens.', 'context_length_exceeded')),
    ).toBe('context-too-long')
    expect(kindOf(400, error("The requested model 'x' does not exist.", 'model_not_found'))).toBe(
      'target-not-found',
    )
    expect(kindOf(401, error('Incorrect API key provided'))).toBe('auth')
    expect(kindOf(429, error('You exceeded your current quota', 'insufficient_quota'))).toBe('payment')
    expect(kindOf(429, error('Rate limit reached', 'rate_limit_exceeded'))).toBe('rate-limited')
    expect(kindOf(503, error('Overloaded'))).toBe('overloaded')
    expect(kindOf(400, error('Unknown parameter: foo'))).toBe('bad-request')
  })

  it('is read in every shape people send it in', () => {
    const message = (body: string) => failure.decode(400, {}, body).message
    expect(message('{"error":"just words"}')).toBe('just words')
    expect(message('{"detail":"not here"}')).toBe('not here')
    expect(message('{"detail":[{"loc":["body","input"],"msg":"field required"}]}')).toBe(
      'body.input: field required',
    )
    expect(message('{"message":"bare"}')).toBe('bare')
    expect(message('[{"error":{"message":"listed"}}]')).toBe('listed')
    expect(message('<html><title>502 Bad Gateway</title><body>x</body></html>')).toBe('502 Bad Gateway')
    expect(message('plain words')).toBe('plain words')
    expect(message('')).toBe('the upstream answered 400')
  })

  it('tells how long to wait, from headers or words', () => {
    expect(failure.decode(429, { 'retry-after': '7' }, '{}').retryAfterMs).toBe(7000)
    const dated = { 'retry-after': 'Wed, 01 Jan 2025 00:00:30 GMT', date: 'Wed, 01 Jan 2025 00:00:00 GMT' }
    expect(failure.decode(503, dated, '').retryAfterMs).toBe(30_000)
    expect(failure.decode(429, {}, '{"error":{"message":"Please try again in 250ms."}}').retryAfterMs).toBe(
      250,
    )
  })

  it('[C90] is kept word for word unless it is huge, or no JSON', () => {
    const body = '{ "error": {"message": "x"} }'
    expect(failure.decode(400, {}, body).verbatim).toMatchObject({
      dialect: 'openai-responses',
      status: 400,
      body,
    })
    expect(failure.decode(400, {}, body.replace('x', 'x'.repeat(70_000))).verbatim).toBeUndefined()
    expect(failure.decode(502, {}, '<html>').verbatim).toBeUndefined()
  })
})
