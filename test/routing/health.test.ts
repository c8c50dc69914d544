import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Failure, FailureKind } from '../../src/conversation/failure.ts'
import { failureTraits } from '../../src/conversation/failure.ts'
import type { Quota } from '../../src/conversation/quota.ts'
import { HealthBook, type HealthRules } from '../../src/routing/health.ts'
import { healthRules } from '../../src/routing/quotas.ts'
import type { Target } from '../../src/routing/target.ts'
import { configured, house, target } from './house.ts'

const a = target('alpha')
const failure = (kind: FailureKind, more: Partial<Failure> = {}): Failure => ({
  kind,
  message: kind,
  ...more,
})
const startMs = Date.UTC(2027, 0, 4, 12)

function rules(quotas: readonly Quota[] = []): HealthRules {
  return { breaker: { failures: 3, openMs: 60_000 }, cooldownCapMs: 3_600_000, quotasFor: () => quotas }
}

/** One call that fails so. */
function fails(
  book: HealthBook,
  to: Target,
  kind: FailureKind,
  nowMs: number,
  more: Partial<Failure> = {},
): void {
  book.sent(to, nowMs)
  book.failed(to, failure(kind, more), nowMs)
}

const thrice = (book: HealthBook, to: Target, kind: FailureKind): void => {
  for (let time = 0; time < 3; time++) fails(book, to, kind, startMs + time)
}

describe('the breaker', () => {
  it('opens after three failures in a row, for 60 s, then lets one call try', () => {
    const book = new HealthBook(rules())
    fails(book, a, 'overloaded', startMs)
    fails(book, a, 'overloaded', startMs)
    expect(book.sieve(a, startMs)).toBeUndefined()
    fails(book, a, 'overloaded', startMs)
    expect(book.sieve(a, startMs + 59_999)).toMatchObject({ kind: 'breaker', untilMs: startMs + 60_000 })
    expect(book.sieve(a, startMs + 60_000)).toBeUndefined()
    book.sent(a, startMs + 60_000)
    expect(book.sieve(a, startMs + 60_001)?.because).toContain('trying')
  })

  it('closes when the trial speaks and opens again when it fails', () => {
    const book = new HealthBook(rules())
    thrice(book, a, 'overloaded')
    book.sent(a, startMs + 60_002)
    book.failed(a, failure('timeout'), startMs + 61_000)
    expect(book.sieve(a, startMs + 120_000)?.kind).toBe('breaker')
    expect(book.sieve(a, startMs + 121_000)).toBeUndefined()
    book.sent(a, startMs + 121_000)
    book.spoke(a, startMs + 121_500)
    expect(book.sieve(a, startMs + 121_501)).toBeUndefined()
    book.succeeded(a, startMs + 122_000)
    expect(book.breakers(startMs + 122_000)).toEqual([])
  })

  it('opens at once when the trial is cut after its first word', () => {
    const book = new HealthBook(rules())
    thrice(book, a, 'cut')
    book.sent(a, startMs + 60_002)
    book.spoke(a, startMs + 60_003)
    book.failed(a, failure('cut'), startMs + 60_004)
    expect(book.sieve(a, startMs + 60_005)?.kind).toBe('breaker')
  })

  it('[C105] a client that leaves frees the trial and blames nobody', () => {
    const book = new HealthBook(rules())
    thrice(book, a, 'overloaded')
    book.sent(a, startMs + 60_002)
    book.failed(a, failure('client-left'), startMs + 60_003)
    expect(book.sieve(a, startMs + 60_004)).toBeUndefined()
  })

  it('a success in between starts the count anew', () => {
    const book = new HealthBook(rules())
    for (let round = 0; round < 10; round++) {
      fails(book, a, 'overloaded', startMs)
      fails(book, a, 'overloaded', startMs)
      book.sent(a, startMs)
      book.succeeded(a, startMs)
    }
    expect(book.sieve(a, startMs)).toBeUndefined()
  })

  it.each<[FailureKind, Target, Target]>([
    ['overloaded', target('alpha', 'm', { account: '2' }), target('alpha', 'other')],
    ['target-not-found', target('alpha', 'm', { account: '2' }), target('alpha', 'other')],
    ['auth', target('alpha', 'other', { account: '1' }), target('alpha', 'm', { account: '2' })],
    ['unreachable', target('alpha', 'other'), target('beta')],
  ])('%s closes what it blames and nothing else', (kind, alsoClosed, stillOpen) => {
    const book = new HealthBook(rules())
    thrice(book, target('alpha', 'm', { account: '1' }), kind)
    expect(book.sieve(alsoClosed, startMs)?.kind).toBe('breaker')
    expect(book.sieve(stillOpen, startMs)).toBeUndefined()
  })

  it("no number of a client's own mistakes opens it", () => {
    const kinds = Object.keys(failureTraits).filter(isKind)
    const harmless = kinds.filter(
      (kind) => failureTraits[kind].blames === 'nobody' && kind !== 'rate-limited',
    )
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...harmless), { maxLength: 30 }), (mistakes) => {
        const book = new HealthBook(rules())
        for (const kind of mistakes) fails(book, a, kind, startMs)
        expect(book.sieve(a, startMs)).toBeUndefined()
      }),
    )
  })

  it('is reset by name', () => {
    const book = new HealthBook(rules())
    thrice(book, a, 'overloaded')
    expect(book.reset('alpha/m')).toBe(1)
    expect(book.sieve(a, startMs)).toBeUndefined()
  })
})

const isKind = (name: string): name is FailureKind => name in failureTraits

describe('a cooldown', () => {
  it('lasts as long as the upstream asked, and never longer than the cap', () => {
    const book = new HealthBook(rules())
    fails(book, a, 'rate-limited', startMs, { retryAfterMs: 7_000 })
    expect(book.sieve(a, startMs + 6_999)).toMatchObject({ kind: 'cooldown', untilMs: startMs + 7_000 })
    expect(book.sieve(a, startMs + 7_000)).toBeUndefined()
    fails(book, a, 'rate-limited', startMs, { retryAfterMs: 156 * 3_600_000 })
    expect(book.sieve(a, startMs + 3_599_999)?.kind).toBe('cooldown')
    expect(book.sieve(a, startMs + 3_600_000)).toBeUndefined()
  })

  it('grows while nobody says how long it is, and starts small again after a success', () => {
    const book = new HealthBook(rules())
    const waits = [0, 1, 2].map(() => {
      fails(book, a, 'rate-limited', startMs)
      return (book.sieve(a, startMs)?.untilMs ?? 0) - startMs
    })
    expect(waits).toEqual([5_000, 10_000, 20_000])
    book.succeeded(a, startMs + 20_000)
    fails(book, a, 'rate-limited', startMs + 30_000)
    expect(book.sieve(a, startMs + 35_000)).toBeUndefined()
  })

  it('holds for one account only, unless the headers speak for the account', () => {
    const book = new HealthBook(rules())
    const one = target('alpha', 'm', { account: '1' })
    const two = target('alpha', 'm', { account: '2' })
    fails(book, one, 'rate-limited', startMs, { retryAfterMs: 9_000 })
    expect(book.sieve(two, startMs)).toBeUndefined()
    book.heardLimits(two, { accountWide: true, spentUntilMs: startMs + 5_000 }, startMs)
    expect(book.sieve(target('alpha', 'x', { account: '2' }), startMs)?.kind).toBe('cooldown')
  })
})

describe('a quota', () => {
  const perMinute: Quota = { scope: 'alpha/m', unit: 'requests', per: 'minute', limit: 2 }

  it('of a minute never lets more through in any 60 s', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 40 }), (gaps) => {
        const book = new HealthBook(rules([perMinute]))
        const sent: number[] = []
        let nowMs = startMs
        for (const gap of gaps) {
          nowMs += gap
          if (book.sieve(a, nowMs)) continue
          book.sent(a, nowMs)
          sent.push(nowMs)
        }
        for (const atMs of sent)
          expect(sent.filter((other) => other > atMs - 60_000 && other <= atMs).length).toBeLessThanOrEqual(2)
      }),
    )
  })

  it('is free again exactly when its window says so', () => {
    const day: Quota = { scope: 'alpha', unit: 'tokens', per: 'day', limit: 1000 }
    const book = new HealthBook(rules([day]))
    book.spent(a, { tokens: 1000 }, startMs)
    const midnight = Date.UTC(2027, 0, 5)
    expect(book.sieve(a, midnight - 1)).toMatchObject({ kind: 'quota', untilMs: midnight })
    expect(book.sieve(a, midnight)).toBeUndefined()
  })

  it('rests for its cooldown when the limit is reached', () => {
    const book = new HealthBook(rules([{ ...perMinute, cooldownMs: 300_000 }]))
    book.sent(a, startMs)
    book.sent(a, startMs)
    expect(book.sieve(a, startMs + 299_999)?.kind).toBe('cooldown')
    expect(book.sieve(a, startMs + 300_000)).toBeUndefined()
  })

  it('of config.json and of a known free tier reach their targets', () => {
    const free = configured('alpha', {
      freeTier: [{ match: /:free$/, allowances: [{ unit: 'requests', per: 'minute', limit: 1 }] }],
    })
    const { quotasFor } = healthRules({ ...house(free), quotas: { 'alpha/m': { maxRequestsPerMinute: 5 } } })
    expect(quotasFor(a)).toMatchObject([{ scope: 'alpha/m', limit: 5 }])
    expect(quotasFor(target('alpha', 'x:free'))).toMatchObject([{ limit: 1 }])
    expect(quotasFor(target('alpha', 'x'))).toEqual([])
  })
})

describe('a restart', () => {
  const day: Quota = { scope: 'alpha', unit: 'requests', per: 'day', limit: 2 }

  it('in the middle of an open breaker, a cooldown and a quota window changes no answer', () => {
    const events = fc.array(
      fc.record({
        to: fc.constantFrom(a, target('alpha', 'n'), target('beta'), target('beta', 'm', { account: '2' })),
        kind: fc.constantFrom<FailureKind | 'ok'>(
          'ok',
          'overloaded',
          'auth',
          'unreachable',
          'rate-limited',
          'bad-request',
        ),
        waitMs: fc.integer({ min: 0, max: 90_000 }),
      }),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(events, fc.integer({ min: 0, max: 200_000 }), (past, laterMs) => {
        const book = new HealthBook(rules([day]))
        let nowMs = startMs
        for (const { to, kind, waitMs } of past) {
          nowMs += waitMs
          if (book.sieve(to, nowMs)) continue
          book.sent(to, nowMs)
          if (kind === 'ok') book.succeeded(to, nowMs)
          else book.failed(to, failure(kind, kind === 'rate-limited' ? { retryAfterMs: 30_000 } : {}), nowMs)
        }
        const again = HealthBook.from(JSON.parse(JSON.stringify(book.snapshot())), rules([day]))
        for (const { to } of past)
          expect(again.sieve(to, nowMs + laterMs)).toEqual(book.sieve(to, nowMs + laterMs))
        expect(again.snapshot()).toEqual(book.snapshot())
      }),
    )
  })

  it('a damaged record is read as far as it makes sense', () => {
    const damaged = {
      breakers: { x: 3, 'alpha/m': { failures: 3, openUntilMs: startMs + 5 } },
      cooldowns: 'no',
      tallies: [1],
    }
    const book = HealthBook.from(damaged, rules())
    expect(book.sieve(a, startMs)?.kind).toBe('breaker')
    expect(HealthBook.from(undefined, rules()).sieve(a, startMs)).toBeUndefined()
  })
})
