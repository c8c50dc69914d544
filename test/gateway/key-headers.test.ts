/** The key travels in the header that the endpoint of the spoken dialect wants, and the client's key never. */
import { describe, expect, it } from 'vitest'
import { passedHeaders, translatedHeaders } from '../../src/gateway/headers.ts'
import { settings } from '../config/house.ts'

const { providers } = settings({
  env: { GEMINI_API_KEY: 'theirs' },
  config: {
    providers: {
      alpha: {
        base_url: 'http://h:1',
        dialects: ['openai-chat', 'anthropic'],
        api_key: 'theirs',
        headers: { 'X-Team': 'blue' },
      },
    },
  },
})
const client = { authorization: 'Bearer ours', 'x-api-key': 'ours', 'anthropic-beta': 'b' }

describe('[C19] headers to an upstream', () => {
  it.each([
    ['gemini', 'gemini', 'x-goog-api-key', 'theirs'],
    ['gemini', 'openai-chat', 'authorization', 'Bearer theirs'],
    ['alpha', 'openai-chat', 'authorization', 'Bearer theirs'],
    ['alpha', 'anthropic', 'x-api-key', 'theirs'],
  ] as const)('%s in %s: %s', (id, dialect, header, value) => {
    const configured = providers[id]
    if (!configured) throw new Error(`no ${id}`)
    for (const headers of [
      passedHeaders(dialect, client, configured),
      translatedHeaders(dialect, true, configured),
    ]) {
      expect(headers[header]).toBe(value)
      expect(JSON.stringify(headers)).not.toContain('ours')
      expect(headers['x-team']).toBe(id === 'alpha' ? 'blue' : undefined)
    }
    expect(passedHeaders(dialect, client, configured)['anthropic-beta']).toBe('b')
  })
})
