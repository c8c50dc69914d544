/** A session that no header names stays with its target from its second question on. */
import { describe, expect, it } from 'vitest'
import { type Conversation, type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import { dialects } from '../../src/dialects/index.ts'
import { CallReader, silent } from '../../src/gateway/call-reader.ts'
import { homeKey, planFor } from '../../src/gateway/planning.ts'
import { Vault } from '../../src/gateway/vault.ts'
import { Affinity } from '../../src/routing/affinity.ts'
import { HealthBook } from '../../src/routing/health.ts'
import { preferClientDialect } from '../../src/routing/plan.ts'
import { healthRules } from '../../src/routing/quotas.ts'
import { settings } from '../config/house.ts'
import { callOf, RememberingClient } from './rig.ts'

const house = settings({
  env: {
    OPENROUTER_API_KEY: 'k',
    DEEPSEEK_API_KEY: 'k',
    BIG_MODEL: 'openrouter/m',
    BIG_CASCADE: 'deepseek/m',
  },
})
const profile = house.profiles['default'] ?? { name: 'default', roles: {} }

const asks: Conversation['turns'] = [{ role: 'user', parts: [{ type: 'text', text: 'What is in it?' }] }]
const afterWords: Conversation['turns'] = [
  ...asks,
  { role: 'assistant', parts: [{ type: 'text', text: 'Words.' }] },
  { role: 'user', parts: [{ type: 'text', text: 'Which?' }] },
]
const afterCall: Conversation['turns'] = [
  ...asks,
  { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_1', name: 'look', arguments: '{}' }] },
  {
    role: 'user',
    parts: [
      { type: 'tool-result', callId: 'call_1', content: [{ type: 'text', text: 'all' }], isError: false },
    ],
  },
]

/** The first target of a plan that is made while the second one has the session's cache. */
function first(id: DialectId, turns: Conversation['turns'], indent?: number): string | undefined {
  const order = { model: 'opus', stream: true, quirks: {} }
  const { body } = dialects[id].request.encode({ ...silent, turns }, order)
  const text = JSON.stringify(JSON.parse(body), null, indent)
  const call = callOf(id, text, new RememberingClient(), profile, 'id', {})
  const reader = new CallReader(call, new Vault())
  const affinity = new Affinity()
  affinity.served(homeKey(call, reader), 'deepseek/m', 0)
  const plan = planFor(call, reader, 1, {
    settings: house,
    chooseDialect: (configured, _, client) => preferClientDialect(configured, client),
    health: new HealthBook(healthRules(house)),
    affinity,
  })
  return plan.targets[0]?.provider
}

describe.each(dialectIds)('a nameless session in %s', (id) => {
  it('begins with the first choice', () => {
    expect(first(id, asks)).toBe('openrouter')
  })

  it('stays with its own target once it has been answered, in words or with a call', () => {
    expect(first(id, afterWords)).toBe('deepseek')
    expect(first(id, afterCall)).toBe('deepseek')
  })

  it('stays however the body is spaced', () => {
    expect(first(id, afterWords, 1)).toBe('deepseek')
  })
})
