import { describe, expect, it } from 'vitest'
import { moment, readRateHeaders } from '../../src/routing/rate-headers.ts'

const nowMs = Date.UTC(2027, 0, 4, 12)
const inSeconds = (seconds: number): number => nowMs + seconds * 1000

describe('rate-limit headers', () => {
  it.each([
    ['30', inSeconds(30)],
    ['1.5', inSeconds(1.5)],
    ['1m30s', inSeconds(90)],
    ['750ms', nowMs + 750],
    [String(nowMs / 1000 + 60), inSeconds(60)],
    [String(nowMs + 60_000), inSeconds(60)],
    [new Date(nowMs + 60_000).toISOString(), inSeconds(60)],
    ['soon', undefined],
    ['0', undefined],
    [String(nowMs - 1000), undefined],
  ])('%s is a moment', (said, atMs) => expect(moment(said, nowMs)).toBe(atMs))

  it('of a subscription speak for the whole account', () => {
    const headers = {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(nowMs / 1000 + 3600),
      'anthropic-ratelimit-unified-7d-reset': String(nowMs / 1000 + 86_400),
    }
    expect(readRateHeaders(headers, nowMs)).toEqual({
      accountWide: true,
      resetAtMs: inSeconds(3600),
      spentUntilMs: inSeconds(3600),
    })
    const allowed = { ...headers, 'anthropic-ratelimit-unified-status': 'allowed' }
    expect(readRateHeaders(allowed, nowMs)?.spentUntilMs).toBeUndefined()
  })

  it.each([
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20s' }, inSeconds(20)],
    [
      {
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': new Date(inSeconds(9)).toISOString(),
      },
      inSeconds(9),
    ],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(inSeconds(40)) }, inSeconds(40)],
    [{ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '20s' }, undefined],
  ])('%j', (headers, spentUntilMs) =>
    expect(readRateHeaders(headers, nowMs)?.spentUntilMs).toBe(spentUntilMs),
  )

  it('that say nothing are nothing', () =>
    expect(readRateHeaders({ 'content-type': 'x' }, nowMs)).toBeUndefined())
})
