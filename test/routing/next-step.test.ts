import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Failure, type FailureKind, failureTraits } from '../../src/conversation/failure.ts'
import { nextStep, type Tried } from '../../src/routing/next-step.ts'
import type { Target } from '../../src/routing/target.ts'
import { target } from './house.ts'

const bounds = { maxAttempts: 6, maxWaitMs: 30_000, maxRetriesSameTarget: 2 }
const targets = [target('alpha'), target('beta'), target('gamma')]
const now = { waitedMs: 0, random: 0.5 }
const failed = (to: Target, kind: FailureKind, more: Partial<Failure> = {}): Tried => ({
  target: to,
  failure: { kind, message: kind, ...more },
})
const [alpha = target('alpha'), beta = target('beta')] = targets

describe('the next step', () => {
  it.each<[FailureKind, 'again' | 'next' | 'refuse']>([
    ['bad-request', 'refuse'],
    ['too-large', 'refuse'],
    ['auth', 'next'],
    ['payment', 'next'],
    ['target-not-found', 'next'],
    ['rate-limited', 'next'],
    ['overloaded', 'again'],
    ['unreachable', 'again'],
    ['timeout', 'next'],
    ['garbled', 'next'],
    ['cut', 'next'],
  ])('after %s: %s', (kind, what) => {
    const step = nextStep(targets, [failed(alpha, kind)], now, bounds)
    const met = step.kind === 'refuse' ? 'refuse' : step.target === alpha ? 'again' : 'next'
    expect(met).toBe(what)
  })

  it('ends within its bounds, never goes back, and never asks what is barred', () => {
    const kinds = Object.keys(failureTraits).filter((name): name is FailureKind => name in failureTraits)
    const world = fc.record({
      kinds: fc.array(fc.constantFrom(...kinds), { minLength: 20, maxLength: 20 }),
      waits: fc.array(fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }), {
        minLength: 20,
        maxLength: 20,
      }),
      barred: fc.subarray(targets),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    })
    fc.assert(
      fc.property(world, ({ kinds: order, waits, barred, random }) => {
        const tried: Tried[] = []
        let waitedMs = 0
        for (;;) {
          const step = nextStep(
            targets,
            tried,
            { waitedMs, random, barred: (to) => barred.includes(to) },
            bounds,
          )
          if (step.kind === 'refuse') break
          waitedMs += step.afterMs
          expect(barred).not.toContain(step.target)
          const wait = waits[tried.length]
          tried.push(
            failed(
              step.target,
              order[tried.length] ?? 'overloaded',
              wait === undefined ? {} : { retryAfterMs: wait },
            ),
          )
        }
        expect(tried.length).toBeLessThanOrEqual(bounds.maxAttempts)
        expect(waitedMs).toBeLessThanOrEqual(bounds.maxWaitMs)
        const places = tried.map(({ target: to }) => targets.indexOf(to))
        expect(places).toEqual(places.toSorted((a, b) => a - b))
      }),
    )
  })

  it('a conversation that is too long goes only where it may fit', () => {
    const small = target('alpha', 'a', { windowTokens: 8_000 })
    const same = target('beta', 'b', { windowTokens: 8_000 })
    const larger = target('beta', 'c', { windowTokens: 9_000 })
    const step = nextStep([small, same, larger], [failed(small, 'context-too-long')], now, bounds)
    expect(step).toMatchObject({ kind: 'try', target: larger })
    expect(nextStep([small, same], [failed(small, 'context-too-long')], now, bounds).kind).toBe('refuse')
  })

  it('a dead provider is not asked for its other models; a throttled account is followed by the next', () => {
    const other = target('alpha', 'other')
    const step = nextStep(
      [alpha, other, beta],
      [failed(alpha, 'unreachable'), failed(alpha, 'unreachable')],
      now,
      bounds,
    )
    expect(step).toMatchObject({ target: beta })
    const second = target('alpha', 'm', { account: '2' })
    expect(nextStep([alpha, second, beta], [failed(alpha, 'rate-limited')], now, bounds)).toMatchObject({
      target: second,
    })
  })

  it('[C128] a short throttle of the last target is waited out, a long one is told', () => {
    const wait = (retryAfterMs: number) =>
      nextStep([alpha], [failed(alpha, 'rate-limited', { retryAfterMs })], now, bounds)
    expect(wait(5_000)).toMatchObject({ kind: 'try', afterMs: 5_000 })
    expect(wait(50_000).kind).toBe('refuse')
  })
})
