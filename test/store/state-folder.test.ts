import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HealthBook } from '../../src/routing/health.ts'
import { StateFolder } from '../../src/store/state-folder.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { scratch } from './scratch.ts'

function open(folder: string, clock = new VirtualClock()) {
  const complaints: string[] = []
  return {
    state: new StateFolder({ folder, clock, complain: (because) => complaints.push(because) }),
    complaints,
    clock,
  }
}

describe('state that outlives the process', () => {
  it('comes back as it was saved, digits and all', () => {
    const folder = join(scratch(), 'state')
    const value = { untilMs: 1_800_000_000_123, used: 0.1 + 0.2, names: { '1': 1.5e21 } }
    const { state, clock } = open(folder)
    state.save('health', () => value)
    clock.advance(1_000)
    expect(open(folder).state.load('health')).toEqual(value)
  })

  it('is written at most twice a second, with the latest value, and at once when told to', () => {
    const folder = scratch()
    const { state, clock } = open(folder)
    let asked = 0
    for (let n = 0; n < 100; n++) {
      state.save('health', () => ++asked)
      clock.advance(10)
    }
    expect(asked).toBeLessThanOrEqual(3)
    state.save('health', () => 'last')
    state.flush()
    expect(open(folder).state.load('health')).toBe('last')
  })

  it('is for its owner alone, and no draft stays behind', () => {
    const folder = join(scratch(), 'state')
    const { state } = open(folder)
    state.save('health', () => ({}))
    state.flush()
    expect(readdirSync(folder)).toEqual(['health.json'])
    expect(statSync(join(folder, 'health.json')).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  it('is nothing when it was never saved or cannot be read', () => {
    const folder = scratch()
    expect(open(folder).state.load('health')).toBeUndefined()
    writeFileSync(join(folder, 'health.json'), '{"half":')
    expect(open(folder).state.load('health')).toBeUndefined()
  })

  it('says once that the disk refuses, and leaves what was there', () => {
    const folder = scratch()
    const { state, complaints } = open(folder)
    state.save('health', () => 'old')
    state.flush()
    const other = open(join(folder, 'health.json'))
    for (let n = 0; n < 3; n++) {
      other.state.save('health', () => 'new')
      other.state.flush()
    }
    expect(other.complaints).toHaveLength(1)
    mkdirSync(join(folder, `health.json.${process.pid}.new`))
    state.save('health', () => 'new')
    state.flush()
    expect(complaints).toHaveLength(1)
    expect(JSON.parse(readFileSync(join(folder, 'health.json'), 'utf8'))).toBe('old')
  })

  it('keeps an open breaker, a cooldown and a quota window over a restart', () => {
    const folder = scratch()
    const nowMs = 1_800_000_000_000
    const target = (provider: string) => ({ provider, model: 'm', dialect: 'anthropic' as const })
    const rules = {
      breaker: { failures: 3, openMs: 60_000 },
      cooldownCapMs: 3_600_000,
      quotasFor: ({ provider }: { provider: string }) =>
        provider === 'metered'
          ? [{ scope: 'metered/m', unit: 'requests' as const, limit: 1, per: 'hour' as const }]
          : [],
    }
    const before = new HealthBook(rules)
    for (let n = 0; n < 3; n++) {
      before.sent(target('broken'), nowMs)
      before.failed(target('broken'), { kind: 'overloaded', message: 'busy' }, nowMs)
    }
    before.failed(target('throttled'), { kind: 'rate-limited', message: 'slow', retryAfterMs: 30_000 }, nowMs)
    before.sent(target('metered'), nowMs)
    const { state } = open(folder)
    state.save('health', () => before.snapshot())
    state.flush()
    const after = HealthBook.from(open(folder).state.load('health'), rules)
    for (const [provider, kind] of [
      ['broken', 'breaker'],
      ['throttled', 'cooldown'],
      ['metered', 'quota'],
    ] as const) {
      expect(after.sieve(target(provider), nowMs + 1_000)).toEqual(
        before.sieve(target(provider), nowMs + 1_000),
      )
      expect(after.sieve(target(provider), nowMs + 1_000)?.kind).toBe(kind)
    }
  })
})
