import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Profile } from '../../src/config/settings.ts'
import { Affinity } from '../../src/routing/affinity.ts'
import type { Outline } from '../../src/routing/outline.ts'
import {
  type DialectChoice,
  locator,
  planCall,
  preferClientDialect,
  type Question,
} from '../../src/routing/plan.ts'
import { modelName, targetName } from '../../src/routing/target.ts'
import { configured, house, profile } from './house.ts'

const accounts = [
  { id: '1', key: 'one' },
  { id: '2', key: 'two' },
]
const settings = {
  ...house(
    configured('alpha'),
    configured('beta', { quirks: { images: false, contextWindow: 100_000 } }),
    configured('dull', { quirks: { thinking: false } }),
    { ...configured('many'), accounts },
    configured('box', { local: true }),
  ),
  defaultProvider: undefined,
}
const roles: Profile['roles'] = {
  big: ['alpha/one', 'beta/two', 'gamma/three', 'keyless/four', 'alpha/five'],
}
const { defaultProvider: _, ...known } = settings

const choose: DialectChoice = (found, _name, client) => preferClientDialect(found, client)

const plan = (model: string, more: Partial<Question> = {}, of: Profile = profile(roles)) =>
  planCall({ model, dialect: 'anthropic', ...more }, of, known, choose)
const names = (model: string, more: Partial<Question> = {}, of?: Profile): readonly string[] =>
  plan(model, more, of).targets.map(targetName)

const seen: Outline = {
  subagent: false,
  tools: 0,
  toolResultsLast: false,
  thinking: false,
  images: false,
  imagesLast: false,
  webSearchOnly: false,
  sizeTokens: 10,
}

describe('a plan', () => {
  it("keeps the user's order and says why others were skipped", () => {
    const made = plan('opus')
    expect(made.targets.map(modelName)).toEqual(['alpha/one', 'beta/two', 'alpha/five'])
    expect(made.rule).toBe('role big')
    expect(made.skipped).toEqual([
      { name: 'gamma/three', because: expect.stringContaining('no provider of that name') },
      { name: 'keyless/four', because: 'KEYLESS_API_KEY is not set' },
    ])
  })

  it('is a subsequence of the cascade, whatever the gates say', () => {
    const names = ['alpha/a', 'beta/b', 'alpha/c', 'box/d', 'beta/e']
    fc.assert(
      fc.property(fc.shuffledSubarray(names), fc.subarray(names), (cascade, barred) => {
        const made = plan(
          'opus',
          {
            gate: (target) =>
              barred.includes(modelName(target)) ? { kind: 'quota', because: 'b', untilMs: 1 } : undefined,
          },
          profile({ big: cascade }),
        )
        expect(made.targets.map(modelName)).toEqual(cascade.filter((name) => !barred.includes(name)))
        expect(made.targets.length + made.skipped.length).toBe(cascade.length)
      }),
    )
  })

  it('an explicit provider/model beats every role', () => {
    const look = (): Outline => ({ ...seen, side: 'title', thinking: true })
    const all = profile({ ...roles, background: ['box/small'], think: ['box/deep'] })
    expect(names('beta/mine', { look }, all)).toEqual(['beta/mine'])
    expect(names('al/mine', { look }, all)).toEqual(['alpha/mine'])
    expect(names('opus', { look }, all)[0]).toBe('box/small')
  })

  it('what a request is for goes first, then what its name says', () => {
    const of = profile({ big: ['alpha/one'], toolcall: ['box/fast'] })
    const made = plan('opus', { look: () => ({ ...seen, tools: 3, toolResultsLast: true }) }, of)
    expect(made.targets.map(modelName)).toEqual(['box/fast', 'alpha/one'])
    expect(made.rule).toBe('role toolcall, then role big')
  })

  it('nobody looks into a request when no role and no sieve needs it', () => {
    const look = (): never => {
      throw new Error('looked')
    }
    expect(
      names(
        'opus',
        { look, atMostTokens: 50_000 },
        profile({ big: ['alpha/one', 'box/x'], small: ['box/y'] }),
      ),
    ).toEqual(['alpha/one', 'box/x'])
  })

  it('side requests go to the cheapest role when they may be some', () => {
    const of = profile({ big: ['alpha/one'], small: ['box/tiny'] })
    const question = { look: () => ({ ...seen, side: 'suggestion' as const }), mayBeSide: true }
    expect(names('opus', question, of)).toEqual(['box/tiny', 'alpha/one'])
  })

  it('what does not fit is not asked; one that fits nothing says how much would', () => {
    const question = { atMostTokens: 150_000, look: () => ({ ...seen, sizeTokens: 120_000 }) }
    expect(names('opus', question)).toEqual(['alpha/one', 'alpha/five'])
    expect(plan('opus', question, profile({ big: ['beta/two'] }))).toMatchObject({
      targets: [],
      tooLargeFor: 100_000,
    })
    const mostlyPictures = { atMostTokens: 150_000, look: () => ({ ...seen, sizeTokens: 5_000 }) }
    expect(names('opus', mostlyPictures)).toContain('beta/two')
  })

  it('pictures go past targets that cannot see, unless none can', () => {
    const look = (): Outline => ({ ...seen, images: true })
    expect(names('opus', { look })).not.toContain('beta/two')
    expect(names('opus', { look }, profile({ big: ['beta/two', 'beta/three'] }))).toEqual([
      'beta/two',
      'beta/three',
    ])
  })

  it('a wish for thoughts goes past targets that cannot think, unless none can', () => {
    const look = (): Outline => ({ ...seen, thinking: true })
    const asked = profile({ big: ['dull/one', 'alpha/one', 'dull/two'] })
    const made = plan('opus', { look }, asked)
    expect(made.targets.map(({ provider }) => provider)).toEqual(['alpha'])
    expect(made.skipped.map(({ because }) => because)).toEqual([
      'dull/one cannot think',
      'dull/two cannot think',
    ])
    expect(names('opus', { look: () => seen }, asked)).toEqual(['dull/one', 'alpha/one', 'dull/two'])
    expect(names('opus', { look }, profile({ big: ['dull/one', 'dull/two'] }))).toEqual([
      'dull/one',
      'dull/two',
    ])
  })

  it('standby uses free models only; bypass keeps the agent’s own', () => {
    expect(
      names('opus', {}, profile({ big: ['alpha/one', 'alpha/x:free', 'box/y'] }, { lane: 'standby' })),
    ).toEqual(['alpha/x:free', 'box/y'])
    const home = profile(roles, { bypass: true, defaultProvider: 'beta' })
    expect(plan('claude-opus-9', {}, home)).toMatchObject({ rule: 'bypass: default provider beta' })
    expect(names('claude-opus-9', {}, home)).toEqual(['beta/claude-opus-9'])
  })

  it('an expired profile answers nobody', () => {
    const old = profile(roles, { expiresAtMs: 5 })
    expect(plan('opus', { nowMs: 5 }, old).targets).toEqual([])
    expect(plan('opus', { nowMs: 4 }, old).targets.length).toBe(3)
  })

  it('a suffix travels with the target; the cascade’s own beats the client’s', () => {
    const made = plan('opus:high', {}, profile({ big: ['alpha/one:16k', 'alpha/two'] }))
    expect(made.targets.map(({ model, thinking }) => [model, thinking])).toEqual([
      ['one', { kind: 'budget', budgetTokens: 16_384 }],
      ['two', { kind: 'effort', effort: 'high' }],
    ])
  })

  it('several accounts are several targets, soonest filled again first', () => {
    const of = profile({ big: ['many/m', 'alpha/one'] })
    expect(names('opus', {}, of)).toEqual(['many/m#1', 'many/m#2', 'alpha/one'])
    const resetAtMs: NonNullable<Question['resetAtMs']> = ({ account }) => (account === '2' ? 10 : undefined)
    expect(names('opus', { resetAtMs }, of)).toEqual(['many/m#2', 'many/m#1', 'alpha/one'])
  })

  it('a session stays where its cache is', () => {
    const made = plan('opus', { home: () => 'alpha/five' })
    expect(made).toMatchObject({ stays: true })
    expect(made.targets.map(targetName)).toEqual(['alpha/five', 'alpha/one', 'beta/two'])
    expect(plan('opus', { home: () => 'gone/x' }).stays).toBeUndefined()
  })
})

describe('affinity', () => {
  it('goes on elsewhere and comes back, unless it was away too long', () => {
    const homes = new Affinity()
    homes.served('s', 'alpha/one', 0)
    homes.served('s', 'beta/two', 60_000)
    expect(homes.home('s', 61_000)).toBe('alpha/one')
    homes.served('s', 'beta/two', 6 * 60_000)
    expect(homes.home('s', 6 * 60_000)).toBe('beta/two')
    expect(homes.home('other', 0)).toBeUndefined()
  })

  it('an idle session starts anew', () => {
    const homes = new Affinity()
    homes.served('s', 'alpha/one', 0)
    expect(homes.home('s', 59 * 60_000)).toBe('alpha/one')
    expect(homes.home('s', 61 * 60_000)).toBeUndefined()
  })
})

describe('places that are remembered', () => {
  it('are those that would be found, whatever was asked before', () => {
    const bilingual = house(
      configured('alpha', { speaks: { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } }),
      { ...configured('many'), accounts },
    )
    const profiles = [
      profile({ big: ['alpha/claude-x', 'nameless'] }),
      profile({ big: ['alpha/claude-x', 'nameless', 'keyless/four'] }, { defaultProvider: 'many' }),
    ]
    const asked = fc.record({
      model: fc.constantFrom('opus', 'opus[1m]', 'opus:high', 'opus:16k', 'many/m', 'many/m[1m]', 'strange'),
      dialect: fc.constantFrom('anthropic' as const, 'openai-chat' as const),
      of: fc.constantFrom(...profiles),
    })
    fc.assert(
      fc.property(fc.array(asked, { minLength: 2, maxLength: 30 }), (calls) => {
        const locate = locator(bilingual, choose)
        for (const { of, ...call } of calls)
          expect(planCall({ ...call, locate }, of, bilingual, choose)).toEqual(
            planCall(call, of, bilingual, choose),
          )
      }),
    )
  })
})
