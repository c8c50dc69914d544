import { describe, expect, it } from 'vitest'
import { linksOf, partOf } from '../../src/lifecycle/chain.ts'
import { providers } from '../../src/providers/index.ts'
import type { Provider } from '../../src/providers/provider.ts'

const shelf = (id: string): Provider => {
  const found = providers.find((provider) => provider.id === id)
  if (!found) throw new Error(`${id} is not on the shelf`)
  return found
}
const own: Provider = { ...shelf('openai'), id: 'cliproxy' }
const at = (provider: Provider, baseUrl: string) => ({ provider, baseUrl, headers: {} })

describe('the chain', () => {
  it.each([
    ['a provider where it is', shelf('groq'), shelf('groq').baseUrl, { kind: 'remote' }],
    ['a model server here', shelf('ollama'), 'http://127.0.0.1:11434', { kind: 'local' }],
    ['a model server moved', shelf('ollama'), 'http://10.0.0.7:11434', { kind: 'local' }],
    ['somebody else’s proxy', own, 'http://localhost:8317/v1', { kind: 'part' }],
    ['a provider of one’s own far away', own, 'https://models.example/v1', { kind: 'remote' }],
    [
      'a provider by way of a proxy',
      shelf('anthropic'),
      'http://127.0.0.1:8788',
      { kind: 'hop', insteadOf: shelf('anthropic').baseUrl },
    ],
    [
      'one whose address everybody names',
      shelf('azure-openai'),
      'https://me.openai.azure.com',
      { kind: 'remote' },
    ],
  ])('has %s', (_, provider, baseUrl, expected) => {
    const link = { id: provider.id, baseUrl, ...expected }
    expect(linksOf({ providers: { [provider.id]: at(provider, baseUrl) } })).toEqual([link])
  })

  it('leaves the sandbox out: it is in here with us', () => {
    expect(linksOf({ providers: { sandbox: at(shelf('sandbox'), '') } })).toEqual([])
  })

  it.each([
    [8082, 'default', 'router'],
    [8787, 'default', 'compression'],
    [8317, 'default', 'subscriptions'],
    [9000, 'compress-only', 'compression'],
    [9000, 'subscriptions', 'subscriptions'],
    [8081, 'kimi', 'router'],
  ])('calls a listener on %d with the profile %s the %s', (port, profile, part) => {
    expect(partOf({ port, profile })).toBe(part)
  })
})
