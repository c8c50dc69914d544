/** Model names of clients, planned with settings as they are loaded from variables. */
import { describe, expect, it } from 'vitest'
import { planCall, preferClientDialect } from '../../src/routing/plan.ts'
import { settings } from '../config/house.ts'

function targets(model: string, env: Record<string, string>): readonly string[] {
  const loaded = settings({ env })
  const profile = loaded.profiles['default']
  if (!profile) throw new Error('no profile')
  const plan = planCall({ model, dialect: 'openai-chat' }, profile, loaded, (configured, _, client) =>
    preferClientDialect(configured, client),
  )
  return plan.targets.map((target) => `${target.provider} ${target.model}`)
}

describe("a client's model name", () => {
  const openrouter = { OPENROUTER_API_KEY: 'k' }

  it.each<[string, Record<string, string>, readonly string[]]>([
    ['moonshotai/kimi-k2.6:free', openrouter, ['openrouter moonshotai/kimi-k2.6:free']],
    ['openai/gpt-oss-120b', openrouter, ['openrouter openai/gpt-oss-120b']],
    ['openrouter/openai/gpt-oss-120b', openrouter, ['openrouter openai/gpt-oss-120b']],
    [
      'openai/gpt-5',
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://openrouter.ai/api/v1' },
      ['openrouter openai/gpt-5'],
    ],
    [
      'kimi-k2.6',
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://api.moonshot.cn/v1' },
      ['moonshot-cn kimi-k2.6'],
    ],
    ['openai/gpt-5', { ANTHROPIC_API_KEY: 'k' }, []],
    ['kimi/kimi-k2.6', { MOONSHOT_API_KEY: 'k' }, ['moonshot kimi-k2.6']],
    [
      'claude-sonnet-4-5',
      { ...openrouter, BIG_MODEL: 'a/big', SMALL_MODEL: 'a/small' },
      ['openrouter a/big'],
    ],
    [
      'claude-haiku-4-5',
      { ...openrouter, BIG_MODEL: 'a/big', SMALL_MODEL: 'a/small' },
      ['openrouter a/small'],
    ],
    ['claude-opus-5', { ANTHROPIC_API_KEY: 'k' }, ['anthropic claude-opus-5']],
    ['whatever', {}, ['sandbox whatever']],
  ])('%s with %o goes to %o', (model, env, expected) => expect(targets(model, env)).toEqual(expected))
})
