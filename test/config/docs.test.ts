/** docs/configuration.md says what is true: the providers, the variables, the keys, and examples that load. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { configSchema } from '../../src/config/schema.ts'
import { settingVariables } from '../../src/config/variables.ts'
import { providers } from '../../src/providers/index.ts'
import { load } from './house.ts'

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')

describe('docs/configuration.md', () => {
  it.each(providers.map((provider) => [provider.id, provider] as const))(
    'lists %s as it is',
    (id, provider) => {
      const also = provider.aliases ? ` (${provider.aliases.map((alias) => `\`${alias}\``).join(', ')})` : ''
      const keys = provider.keyVariables.map((name) => `\`${name}\``).join(', ') || '–'
      expect(page).toContain(`| \`${id}\`${also} | ${keys} | ${Object.keys(provider.speaks).join(', ')} |`)
    },
  )

  it.each([...settingVariables])('explains %s', (name) => expect(page).toContain(`\`${name}\``))

  it('explains every key of the file', () => {
    const keys = keysOf(configSchema.omit({ $schema: true }))
    for (const key of keys) expect(page, key).toMatch(new RegExp(`\\b${key}\\b`))
    expect(keys).toContain('hold_thinking_ms')
  })

  it('shows a file that loads', () => {
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1]
    const loaded = load({
      config: example,
      env: { ALPHA_KEY: 'k', OPENROUTER_API_KEY: 'k', MOONSHOT_API_KEY: 'k' },
    })
    expect(loaded.ok && loaded.settings.warnings).toEqual([])
    expect(loaded.ok && loaded.settings.profiles['default']?.roles.small).toEqual([
      'ollama/qwen3',
      'openrouter/openai/gpt-oss-120b',
    ])
  })
})

/** Keys of fixed objects, two levels deep: quirks and roles are listed elsewhere. */
function keysOf(schema: z.ZodObject, depth = 2): readonly string[] {
  return Object.entries(schema.shape).flatMap(([key, value]) => {
    const inner = value instanceof z.ZodOptional ? value.unwrap() : value
    return [key, ...(inner instanceof z.ZodObject && depth > 1 ? keysOf(inner, depth - 1) : [])]
  })
}
