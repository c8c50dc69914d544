/** What nobody foresaw, and what is configured so that nothing can serve it: told once, and nothing is left behind. */
import { describe, expect, it } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { dialects } from '../../src/dialects/index.ts'
import { rig, simpleRequest } from './rig.ts'

describe('a request that cannot be carried', () => {
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

  it('for nesting beyond the stack is a mistake of the client, and the call is not open any more', async () => {
    const tools = `[{"name":"a","input_schema":${nested(20_000)}}]`
    const body = `{"model":"opus","max_tokens":1,"stream":true,"tools":${tools},"messages":[{"role":"user","content":"h"}]}`
    const { client, gateway, clock } = rig({ from: 'anthropic', to: 'openai-chat', body })
    await clock.advance(0)
    expect(client.status).toBe(400)
    expect(client.text).toContain('invalid_request_error')
    expect(gateway.open).toBe(0)
    await clock.advance(60_000)
    expect(client.text).not.toContain('ping')
  })

  it('for a mistake of ours is told as ours, whatever kind of error it is', async () => {
    const compress = (): never => {
      throw new RangeError('splices overlap')
    }
    const { client, gateway, clock } = rig({ compress })
    await clock.advance(0)
    expect(client.status).toBe(500)
    expect(client.text).toContain('splices overlap')
    expect(gateway.open).toBe(0)
  })

  it.each(['m😀', 'm\ud83d'])('for a model named %j is not our mistake', async (name) => {
    const { client, clock, upstream } = rig({ body: simpleRequest('anthropic', { model: `alpha/${name}` }) })
    await clock.advance(0)
    upstream[0]?.json(404, { type: 'error', error: { type: 'not_found_error', message: 'model' } })
    await clock.advance(0)
    expect(client.status).not.toBe(500)
    expect(String(client.headers['x-clutch-target'])).toMatch(/^[\x20-\x7e]+$/)
  })
})

it('a refusal without an end is told as far as it came', async () => {
  const { client, upstream, clock } = rig({ from: 'openai-chat' })
  await clock.advance(0)
  const piece = Buffer.alloc(64 * 1024, 'x')
  upstream[0]!.listener.head(400, { 'content-type': 'text/plain' })
  for (let sent = 0; sent <= 1024 * 1024; sent += piece.length) upstream[0]!.listener.data(piece)
  await clock.advance(0)
  expect(upstream[0]!.aborted).toBe(true)
  expect(client.status).toBe(400)
  expect(client.ended).toBe(true)
})

it.each(dialectIds)('[C127] [C87] a missing key is final to a %s client: no wait would bring it', (id) => {
  const { status, headers, body } = dialects[id].failure.encode(
    { kind: 'no-route', message: 'Nothing can serve x (X_KEY is not set). See: clutch config show' },
    'req_1',
  )
  expect([400, 403]).toContain(status)
  expect(headers?.['x-should-retry']).toBe('false')
  expect(headers?.['retry-after']).toBeUndefined()
  expect(body).toContain('clutch config show')
})
