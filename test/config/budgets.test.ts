/** Budgets, named keys and the last resort: how they are written, and what is said when they are wrong. */
import { describe, expect, test } from 'vitest'
import { describeProblem } from '../../src/config/problem.ts'
import { load, problems, settings } from './house.ts'

const keysFile = '~/.xx/state/keys.json'
const laptop = { name: 'laptop', digest: 'a'.repeat(64), createdMs: 1, allowances: [] }

describe('budgets', () => {
  test('are amounts within a time, per profile, agent, key or everybody', () => {
    const { budgets } = settings({
      config: {
        profiles: { kimi: 'moonshot/kimi-k2' },
        when_spent: 'cheaper-role',
        budgets: [
          { profile: 'kimi', cost: '$5/day', tokens: ['2M/day', '20m / month'] },
          { agent: 'claude', requests: '60 per minute', when_spent: 'next-target' },
          { cost: '0.5/hour', when_spent: 'refuse' },
        ],
      },
    })
    expect(budgets).toEqual([
      {
        profile: 'kimi',
        allowances: [
          { unit: 'tokens', limit: 2_000_000, per: 'day' },
          { unit: 'tokens', limit: 20_000_000, per: 'month' },
          { unit: 'dollars', limit: 5, per: 'day' },
        ],
        whenSpent: 'cheaper-role',
      },
      {
        agent: 'claude',
        allowances: [{ unit: 'requests', limit: 60, per: 'minute' }],
        whenSpent: 'next-target',
      },
      { allowances: [{ unit: 'dollars', limit: 0.5, per: 'hour' }], whenSpent: 'refuse' },
    ])
  })

  test.each([
    [{ cost: '5' }, /budgets\.0\.cost: expected dollars within a time such as 5\/day.*found "5"/],
    [{ cost: '5/fortnight' }, /expected dollars within a time/],
    [{ tokens: '1.5/day' }, /expected tokens within a time/],
    [{ requests: '-1/minute' }, /expected requests within a time/],
    [{}, /budgets\.0: expected at least one of requests, tokens, cost/],
    [
      { profile: 'defualt', cost: '5/day' },
      /budgets\.0\.profile: no profile is named defualt \(did you mean default\?\)/,
    ],
    [{ key: 'laptop', cost: '5/day' }, /budgets\.0\.key: no key is named laptop/],
    [{ cost: '5/day', when_spent: 'stop' }, /expected refuse or next-target or cheaper-role/],
    [{ costs: '5/day' }, /unknown key \(did you mean cost\?\)/],
  ])('%j is a located problem', (entry, words) => {
    const [problem] = problems({ config: { budgets: [entry] } })
    expect(problem && describeProblem(problem)).toMatch(words)
    expect(problem?.line).toBeGreaterThan(1)
  })
})

describe('named keys', () => {
  test('are read from the state folder and may be named by budgets', () => {
    const house = {
      files: { [keysFile]: JSON.stringify({ keys: [laptop] }) },
      config: { budgets: [{ key: 'laptop', cost: '5/day' }] },
    }
    expect(settings(house).namedKeys).toEqual([laptop])
  })

  test('are keys enough to listen on the network', () => {
    const config = { host: '0.0.0.0' }
    expect(load({ config }).ok).toBe(false)
    expect(load({ config, files: { [keysFile]: JSON.stringify({ keys: [laptop] }) } }).ok).toBe(true)
  })

  test.each([
    ['{', 'keys.json:1:2'],
    ['{"keys":[{"name":"x"}]}', 'clutch keys'],
  ])('in a broken file (%s) stop the start', (text, words) => {
    const [problem] = problems({ files: { [keysFile]: text } })
    expect(problem && describeProblem(problem)).toContain(words)
  })
})

describe('the last resort', () => {
  test('makes every local provider usable when it is simply on', () => {
    const { providers, localLastResort } = settings({ config: { local_last_resort: true } })
    expect(Object.keys(providers)).toEqual(['ollama', 'lmstudio', 'vllm', 'llama-cpp', 'sandbox'])
    expect(localLastResort).toBe(true)
  })

  test('may be a list, of local providers only', () => {
    const { providers, localLastResort } = settings({ config: { local_last_resort: ['ollama/qwen3'] } })
    expect([Object.keys(providers), localLastResort]).toEqual([['ollama', 'sandbox'], ['ollama/qwen3']])
    const [problem] = problems({ config: { local_last_resort: ['olama'] } })
    expect(problem?.message).toContain('no provider on this machine is named olama')
  })

  test('is off unless it is said', () => {
    expect(settings({ config: { local_last_resort: false } }).localLastResort).toBeUndefined()
  })
})
