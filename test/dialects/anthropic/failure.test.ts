import { describe, expect, it } from 'vitest'
import type { Failure, FailureKind } from '../../../src/conversation/failure.ts'
import { failureTraits } from '../../../src/conversation/failure.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import { checkStream } from './grammar.ts'

const decode = (status: number, body: string, headers = {}): Failure =>
  anthropic.failure.decode(status, headers, body)
const error = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message } })
const encode = (failure: Failure) => anthropic.failure.encode(failure, 'req_1')
const said = (failure: Failure) => JSON.parse(encode(failure).body)
const kinds = Object.keys(failureTraits).filter((kind): kind is FailureKind => kind in failureTraits)

describe('failures of Messages upstreams', () => {
  it('reads the API’s own errors', () => {
    expect(decode(529, error('overloaded_error', 'Overloaded'))).toMatchObject({
      kind: 'overloaded',
      message: 'Overloaded',
      status: 529,
    })
    expect(decode(429, error('rate_limit_error', 'slow'), { 'retry-after': '7' })).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 7000,
    })
    expect(decode(401, error('authentication_error', 'invalid x-api-key')).kind).toBe('auth')
    expect(decode(400, error('invalid_request_error', 'Your credit balance is too low')).kind).toBe('payment')
    expect(decode(404, error('not_found_error', 'model: claude-x')).kind).toBe('target-not-found')
    expect(decode(400, error('invalid_request_error', 'messages.1.role: no')).kind).toBe('bad-request')
    expect(decode(413, error('request_too_large', 'too big')).kind).toBe('too-large')
    expect(
      decode(400, error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum')),
    ).toMatchObject({
      kind: 'context-too-long',
      limitTokens: 200_000,
    })
  })

  it('reads errors in other shapes', () => {
    const message = (body: string) => decode(500, body).message
    expect(message('{"error":"plain"}')).toBe('plain')
    expect(message('{"detail":"why"}')).toBe('why')
    expect(message('{"detail":[{"msg":"field"}]}')).toBe('field')
    expect(message('{"message":"words"}')).toBe('words')
    expect(message('[{"error":{"message":"listed"}}]')).toBe('listed')
    expect(message('<html><head><title>502 Bad Gateway</title></head></html>')).toBe('502 Bad Gateway')
    expect(message('upstream\n  gone')).toBe('upstream gone')
    expect(message('')).toBe('the upstream answered 500')
  })

  it('reads a date to wait for against the answer’s own date', () => {
    const headers = { date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }
    expect(decode(429, '{}', headers).retryAfterMs).toBe(30_000)
    expect(decode(429, '{}', { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }).retryAfterMs).toBeUndefined()
  })

  it('[C92] [C131] relays its own kind of refusal untouched', () => {
    const body = '{"type":"error",  "error":{"type":"invalid_request_error","message":"thinking.type: no"}}'
    const failure = decode(400, body, { 'content-type': 'application/json; charset=utf-8' })
    expect(encode(failure)).toMatchObject({
      status: 400,
      body,
      headers: { 'content-type': 'application/json; charset=utf-8' },
    })
    expect(decode(500, 'x'.repeat(70_000)).verbatim).toBeUndefined()
    const foreign = {
      ...failure,
      verbatim: { dialect: 'gemini', status: 418, contentType: 'x', body: 'y' },
    } as const
    expect(encode(foreign).body).not.toBe('y')
  })

  it('[C83] [C90] [C91] has status, type, words and request id for every kind', () => {
    const table = Object.fromEntries(
      kinds.map((kind) => {
        const refusal = encode({ kind, message: 'words' })
        const body = JSON.parse(refusal.body)
        expect(body).toMatchObject({ type: 'error', request_id: 'req_1' })
        expect(body.error.message).toContain('words')
        expect(refusal.headers?.['content-type']).toBe('application/json')
        return [kind, `${refusal.status} ${body.error.type}`]
      }),
    )
    expect(table).toMatchObject({
      'bad-request': '400 invalid_request_error',
      'too-large': '413 request_too_large',
      'context-too-long': '400 invalid_request_error',
      'unknown-model': '404 not_found_error',
      'not-found': '404 not_found_error',
      'wrong-method': '405 invalid_request_error',
      'client-unauthorized': '401 authentication_error',
      refused: '403 permission_error',
      auth: '403 permission_error',
      payment: '402 billing_error',
      'target-not-found': '404 not_found_error',
      'rate-limited': '429 rate_limit_error',
      overloaded: '529 overloaded_error',
      unreachable: '502 api_error',
      timeout: '504 timeout_error',
      garbled: '502 api_error',
      cut: '502 api_error',
      internal: '500 api_error',
    })
  })

  it('[C98] [C127] tells of a provider’s key with provider and command, finally, and never as 401', () => {
    for (const kind of ['auth', 'payment'] as const) {
      const failure: Failure = { kind, message: 'invalid key', provider: 'kimi', status: 401 }
      expect(encode(failure).status).not.toBe(401)
      expect(encode(failure).headers).toMatchObject({ 'x-should-retry': 'false' })
      expect(said(failure).error.message).toMatch(/kimi.*invalid key\..*`clutch config show`/)
    }
  })

  it('[C96] words an overflow so that Claude Code compacts', () => {
    const message =
      "This model's maximum context length is 131072 tokens. However, you requested 140001 tokens"
    const numbered = said({ kind: 'context-too-long', message, limitTokens: 131_072 }).error.message
    expect(numbered).toMatch(/^prompt is too long: 140001 tokens > 131072 maximum/)
    expect(said({ kind: 'context-too-long', message: 'no room' }).error.message).toBe(
      'prompt is too long: no room',
    )
    const own = 'prompt is too long: 210000 tokens > 200000 maximum'
    expect(said({ kind: 'context-too-long', message: own }).error.message).toBe(own)
  })

  it('[C84] [C85] [C97] [C128] says how long to wait, up to a minute; beyond that it is final, in words', () => {
    const headers = (retryAfterMs?: number) =>
      encode({ kind: 'rate-limited', message: 'slow', ...(retryAfterMs !== undefined && { retryAfterMs }) })
        .headers
    expect(headers(1500)).toMatchObject({ 'retry-after': '2' })
    expect(headers(0)).toMatchObject({ 'retry-after': '1' })
    expect(headers(60_000)).toMatchObject({ 'retry-after': '60' })
    expect(Number(headers()?.['retry-after'])).toBeGreaterThan(0)
    expect(headers(60_001)?.['retry-after']).toBeUndefined()
    expect(headers(60_001)).toMatchObject({ 'x-should-retry': 'false' })
    const message = said({ kind: 'rate-limited', message: 'Quota used', retryAfterMs: 11_520_000 }).error
      .message
    expect(message).toBe('Quota used. It resets in 3 h 12 min.')
    expect(encode({ kind: 'bad-request', message: 'x' }).headers?.['retry-after']).toBeUndefined()
  })

  it('[C94] says any failure as the last frame of a stream', () => {
    const conversation = {
      ...{ system: [], turns: [], tools: [], sampling: {}, unsaid: [] },
      thinking: { kind: 'default' },
      output: { kind: 'text' },
    } as const
    const context = { replyId: 'x', model: 'm', createdMs: 0, estimatedInputTokens: 1, conversation }
    for (const kind of kinds)
      expect(checkStream(anthropic.failure.frame({ kind, message: 'words' }, 'req_1', context))).toEqual([])
  })

  it('reads errors inside a stream', () => {
    const heard = (type: string, message = 'words') =>
      anthropic.overhear.listen().read({ event: 'error', data: error(type, message) }).failure?.kind
    expect(heard('overloaded_error')).toBe('overloaded')
    expect(heard('api_error')).toBe('overloaded')
    expect(heard('rate_limit_error')).toBe('rate-limited')
    expect(heard('timeout_error')).toBe('timeout')
    expect(heard('authentication_error')).toBe('auth')
    expect(heard('billing_error')).toBe('payment')
    expect(heard('invalid_request_error')).toBe('bad-request')
    expect(heard('invalid_request_error', 'prompt is too long: 3 tokens > 2 maximum')).toBe(
      'context-too-long',
    )
  })
})
