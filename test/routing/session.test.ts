import { describe, expect, it } from 'vitest'
import { sessionOf } from '../../src/routing/session.ts'

const bytes = (body: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(body))
const hi = { messages: [{ role: 'user', content: 'hello there, please fix the build' }] }

describe('[C88] [C134] the session of a request', () => {
  it.each(['x-claude-code-session-id', 'session-id', 'session_id', 'x-session-id', 'x-session-affinity'])(
    'comes from %s',
    (name) =>
      expect(sessionOf({ [name]: 's-1' }, bytes(hi))).toMatchObject({ session: 's-1', from: 'header' }),
  )

  it('names the subagent and who started it', () => {
    const headers = {
      'x-claude-code-session-id': 's',
      'x-claude-code-agent-id': 'a',
      'x-claude-code-parent-agent-id': 'p',
    }
    expect(sessionOf(headers, bytes(hi))).toMatchObject({ session: 's', subagent: 'a', parentAgent: 'p' })
  })

  it.each([
    [
      'JSON in metadata.user_id',
      { metadata: { user_id: JSON.stringify({ device_id: 'd', session_id: 'abc' }) } },
      'abc',
    ],
    [
      'the older user_id',
      { metadata: { user_id: 'user_x_account__session_0a1b2c3d-0000-4000-8000-00000000abcd' } },
      '0a1b2c3d-0000-4000-8000-00000000abcd',
    ],
    ['prompt_cache_key', { prompt_cache_key: 'qwen-code:1' }, 'qwen-code:1'],
  ])('comes from %s', (_, more, session) => {
    expect(sessionOf({}, bytes({ ...hi, ...more }))).toMatchObject({ session, from: 'body' })
    const long = { metadata: {}, ...more, messages: [{ role: 'user', content: 'z'.repeat(50_000) }] }
    expect(sessionOf({}, bytes(long)).session).toBe(session)
  })

  it('is not what a message says of one', () => {
    const said = { messages: [{ role: 'user', content: '{"prompt_cache_key": "stolen"}' }] }
    expect(sessionOf({}, bytes(said)).from).toBe('start')
  })

  it('else is how the conversation begins: the same when it grows, another for another', () => {
    const grown = {
      messages: [...hi.messages, { role: 'assistant', content: 'ok' }, { role: 'user', content: 'go on' }],
    }
    expect(sessionOf({}, bytes(grown))).toEqual(sessionOf({}, bytes(hi)))
    const other = { messages: [{ role: 'user', content: 'write a poem' }] }
    expect(sessionOf({}, bytes(other))).not.toEqual(sessionOf({}, bytes(hi)))
  })

  it('a malformed one is none, and the request is served all the same', () => {
    expect(sessionOf({}, bytes({ ...hi, metadata: { user_id: '{"session_id":' } })).from).toBe('start')
    expect(sessionOf({}, new Uint8Array([255, 0, 1])).from).toBe('start')
  })
})

describe('a long conversation without a name', () => {
  it('begins where its first user speaks, however long the guidance before it', () => {
    const guidance = { role: 'system', content: 'g'.repeat(90_000) }
    const said = (text: string) => ({
      messages: [guidance, { role: 'user', content: text }, { role: 'assistant', content: 'a' }],
    })
    expect(sessionOf({}, bytes(said('one')))).toEqual(sessionOf({}, bytes(said('one'))))
    expect(sessionOf({}, bytes(said('one'))).session).not.toBe(sessionOf({}, bytes(said('two'))).session)
  })
})
