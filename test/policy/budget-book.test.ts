import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Budget, NamedKey } from '../../src/config/settings.ts'
import type { Allowance } from '../../src/conversation/quota.ts'
import { BudgetBook } from '../../src/policy/budget-book.ts'
import type { Subject } from '../../src/policy/rules.ts'

/** A Wednesday, half past ten. */
const noonish = Date.UTC(2026, 6, 15, 10, 30)
const hourMs = 3_600_000
const dayMs = 24 * hourMs

const requests = (limit: number, per: Allowance['per'] = 'minute'): Allowance => ({
  unit: 'requests',
  per,
  limit,
})
const tokens = (limit: number): Allowance => ({ unit: 'tokens', per: 'day', limit })
const dollars = (limit: number, per: Allowance['per'] = 'day'): Allowance => ({ unit: 'dollars', per, limit })

const laptop = (...allowances: Allowance[]): NamedKey => ({ name: 'laptop', digest: '', allowances })
const budget = (allowance: Allowance, more: Partial<Budget> = {}): Budget => ({
  allowances: [allowance],
  whenSpent: 'refuse',
  ...more,
})
const ada: Subject = { profile: 'default', agent: 'claude', key: 'laptop' }
const other: Subject = { profile: 'default', agent: 'claude', key: 'desktop' }

describe('a key with a request rate', () => {
  test('lets in so many within any sixty seconds, and says how long to wait', () => {
    const book = new BudgetBook({ namedKeys: [laptop(requests(3))] })
    const at = (seconds: number) => book.admit(ada, noonish + seconds * 1000)
    expect([at(0), at(20), at(59)].map(({ kind }) => kind)).toEqual(['welcome', 'welcome', 'welcome'])
    const refusal = at(59.5)
    expect(refusal).toMatchObject({
      kind: 'refused',
      failure: {
        kind: 'rate-limited',
        retryAfterMs: 500,
        message: expect.stringMatching(/key laptop.*3 requests per minute/),
      },
    })
    expect(at(60.1).kind).toBe('welcome')
    expect(at(60.2).kind).toBe('refused')
  })

  test('does not let refused requests count', () => {
    const book = new BudgetBook({ namedKeys: [laptop(requests(1))] })
    for (let second = 0; second < 60; second++) book.admit(ada, noonish + second * 1000)
    expect(book.admit(ada, noonish + 60_000).kind).toBe('welcome')
  })

  test('holds nobody else back', () => {
    const book = new BudgetBook({ namedKeys: [laptop(requests(1))] })
    book.admit(ada, noonish)
    expect(book.admit(ada, noonish).kind).toBe('refused')
    expect(book.admit(other, noonish).kind).toBe('welcome')
    expect(book.admit({ profile: 'default', agent: 'claude' }, noonish).kind).toBe('welcome')
  })
})

describe('a budget of tokens or money', () => {
  test('refuses once it is spent, finally, with the time of its reset, and opens again at midnight UTC', () => {
    const book = new BudgetBook({ namedKeys: [laptop(dollars(5))] })
    expect(book.admit(ada, noonish).kind).toBe('welcome')
    book.charge(ada, { tokens: 10, dollars: 4.99 }, noonish)
    expect(book.admit(ada, noonish).kind).toBe('welcome')
    book.charge(ada, { tokens: 10, dollars: 0.01 }, noonish)
    const refusal = book.admit(ada, noonish)
    expect(refusal).toMatchObject({ kind: 'refused', failure: { kind: 'budget-spent' } })
    expect(refusal.kind === 'refused' && refusal.failure.message).toMatch(
      /key laptop is spent: \$5\.00 per day\. It resets at 2026-07-16 00:00 UTC \(in 14 h\)/,
    )
    expect(book.admit(ada, noonish + 13.5 * hourMs - 1).kind).toBe('refused')
    expect(book.admit(ada, noonish + 13.5 * hourMs).kind).toBe('welcome')
  })

  test.each([
    ['week', Date.UTC(2026, 6, 20)],
    ['month', Date.UTC(2026, 7, 1)],
    ['hour', Date.UTC(2026, 6, 15, 11)],
  ] as const)('of a %s is full again when the next one begins', (per, nextMs) => {
    const book = new BudgetBook({ budgets: [budget(dollars(1, per))] })
    book.charge(ada, { tokens: 0, dollars: 1 }, noonish)
    expect(book.admit(ada, nextMs - 1).kind).toBe('refused')
    expect(book.admit(ada, nextMs).kind).toBe('welcome')
  })

  test('counts tokens whose price nobody knows, but no money', () => {
    const book = new BudgetBook({ budgets: [budget(dollars(1)), budget(tokens(100))] })
    book.charge(ada, { tokens: 99 }, noonish)
    expect(book.report(noonish).map(({ used }) => used)).toEqual([0, 99])
    expect(book.countsDollars).toBe(true)
  })

  test('of a profile, of an agent, of both and of everybody each count their own', () => {
    const book = new BudgetBook({
      budgets: [
        budget(tokens(100), { profile: 'kimi' }),
        budget(tokens(100), { agent: 'codex' }),
        budget(tokens(100), { profile: 'kimi', agent: 'codex' }),
        budget(tokens(1000)),
      ],
    })
    book.charge({ profile: 'kimi', agent: 'claude' }, { tokens: 60 }, noonish)
    book.charge({ profile: 'kimi', agent: 'codex' }, { tokens: 30 }, noonish)
    book.charge({ profile: 'default', agent: 'codex' }, { tokens: 7 }, noonish)
    expect(book.report(noonish).map(({ rule, used }) => [rule.scope, used])).toEqual([
      ['profile kimi', 90],
      ['agent codex', 37],
      ['profile kimi, agent codex', 30],
      ['everybody', 97],
    ])
  })

  test('is counted once when a soft and a hard limit watch the same count', () => {
    const book = new BudgetBook({
      budgets: [budget(dollars(5), { whenSpent: 'cheaper-role' }), budget(dollars(10))],
    })
    book.charge(ada, { tokens: 0, dollars: 6 }, noonish)
    expect(book.admit(ada, noonish)).toMatchObject({ kind: 'narrowed', to: 'smallest-role' })
    book.charge(ada, { tokens: 0, dollars: 4 }, noonish)
    expect(book.admit(ada, noonish).kind).toBe('refused')
  })
})

describe('when several are spent', () => {
  test('the strictest decides', () => {
    const book = new BudgetBook({
      budgets: [
        budget(dollars(1), { whenSpent: 'cheaper-role' }),
        budget(dollars(1), { whenSpent: 'next-target', agent: 'claude' }),
      ],
    })
    book.charge(ada, { tokens: 0, dollars: 2 }, noonish)
    expect(book.admit(ada, noonish)).toMatchObject({
      kind: 'narrowed',
      to: 'free-targets',
      because: expect.stringContaining('agent claude'),
      failure: { kind: 'budget-spent' },
    })
  })
})

describe('what is counted', () => {
  test('survives a restart and an edit of the amounts', () => {
    const book = new BudgetBook({ namedKeys: [laptop(dollars(5), requests(2))] })
    book.admit(ada, noonish)
    book.admit(ada, noonish)
    book.charge(ada, { tokens: 1, dollars: 3 }, noonish)
    const next = new BudgetBook({ namedKeys: [laptop(dollars(3), requests(2))] })
    next.restore(JSON.parse(JSON.stringify(book.snapshot())))
    expect(next.admit(ada, noonish + 59_000)).toMatchObject({
      kind: 'refused',
      failure: { kind: 'budget-spent' },
    })
    next.obey({ namedKeys: [laptop(dollars(4), requests(2))] })
    expect(next.admit(ada, noonish + 59_000)).toMatchObject({
      kind: 'refused',
      failure: { kind: 'rate-limited' },
    })
    expect(next.admit(ada, noonish + 61_000).kind).toBe('welcome')
  })

  test('is left out where it cannot be read', () => {
    const book = new BudgetBook({ budgets: [budget(tokens(5))] })
    for (const junk of [
      undefined,
      null,
      [],
      'x',
      { 'everybody tokens/day': 7 },
      { 'everybody tokens/day': { used: 'x' } },
    ])
      book.restore(junk)
    expect(book.admit(ada, noonish).kind).toBe('welcome')
  })

  test('never lets more through than allowed, whatever comes when', () => {
    const step = fc.record({
      gapMs: fc.integer({ min: 0, max: 40_000 }),
      dollars: fc.double({ min: 0, max: 0.5, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const book = new BudgetBook({ namedKeys: [laptop(requests(4), dollars(2))] })
        let nowMs = noonish
        const admitted: { atMs: number; dollars: number }[] = []
        for (const { gapMs, dollars: price } of steps) {
          nowMs += gapMs
          if (book.admit(ada, nowMs).kind !== 'welcome') continue
          book.charge(ada, { tokens: 1, dollars: price }, nowMs)
          admitted.push({ atMs: nowMs, dollars: price })
        }
        for (const { atMs } of admitted)
          expect(
            admitted.filter((one) => one.atMs > atMs - 60_000 && one.atMs <= atMs).length,
          ).toBeLessThanOrEqual(4)
        for (const day of new Set(admitted.map(({ atMs }) => Math.floor(atMs / dayMs)))) {
          const calls = admitted.filter(({ atMs }) => Math.floor(atMs / dayMs) === day)
          const before = calls.slice(0, -1).reduce((sum, one) => sum + one.dollars, 0)
          expect(before).toBeLessThan(2)
        }
      }),
    )
  })

  test('costs nothing where no budget is set', () => {
    const book = new BudgetBook({})
    expect(book.admit(ada, noonish)).toBe(book.admit(other, noonish))
  })
})
