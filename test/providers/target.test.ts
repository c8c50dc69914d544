/** Which provider a model name leads to. */
import { describe, expect, it } from 'vitest'
import { targetOf } from '../../src/providers/target.ts'

const askable = {
  providers: {
    openrouter: { provider: { vendorPrefixes: true } },
    alpha: { provider: {} },
    anthropic: { provider: { homeOf: /^claude-/ } },
    moonshot: { provider: {} },
  },
  aliases: { kimi: 'moonshot' },
  unusable: [{ id: 'openai' }, { id: 'deepseek' }],
}

describe('a model name', () => {
  it.each([
    ['alpha/some-model', 'alpha', 'alpha', 'some-model'],
    ['openrouter/moonshotai/kimi-k2.6:free', undefined, 'openrouter', 'moonshotai/kimi-k2.6:free'],
    ['kimi/kimi-k2.6', undefined, 'moonshot', 'kimi-k2.6'],
    ['moonshotai/kimi-k2.6:free', 'openrouter', 'openrouter', 'moonshotai/kimi-k2.6:free'],
    ['openai/gpt-5', 'openrouter', 'openrouter', 'openai/gpt-5'],
    ['openai/gpt-5', 'alpha', 'openai', 'gpt-5'],
    ['openai/gpt-5', undefined, 'openai', 'gpt-5'],
    ['claude-opus-5', 'alpha', 'anthropic', 'claude-opus-5'],
    ['some-model', 'alpha', 'alpha', 'some-model'],
    ['alpha/', 'alpha', 'alpha', 'alpha/'],
    ['/x', 'alpha', 'alpha', '/x'],
    ['constructor/x', 'alpha', 'alpha', 'constructor/x'],
  ])('%s (default %s) leads to %s with %s', (name, byDefault, provider, model) => {
    expect(targetOf(name, askable, byDefault)).toEqual({ provider, model })
  })

  it('leads nowhere by itself when there is no default', () => {
    expect(targetOf('some-model', askable, undefined)).toBeUndefined()
  })
})
