import { describe, expect, it } from 'vitest'
import { rig, simpleRequest } from './rig.ts'

const busy = { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }
const ok = {
  type: 'message',
  id: 'm',
  role: 'assistant',
  model: 'm1',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
}
const whole = simpleRequest('anthropic', { stream: false })

describe('a provider that keeps failing', () => {
  it('is passed over while another target is left', async () => {
    const { ask, upstream, clock } = rig({ targets: 2, body: whole })
    const seen: string[] = []
    const play = async (): Promise<void> => {
      for (let turn = 0; turn < 6; turn++) {
        await clock.advance(1000)
        const next = upstream.shift()
        if (!next) continue
        seen.push(new URL(next.request.url).hostname)
        if (next.request.url.includes('alpha')) next.json(500, busy)
        else next.json(200, ok)
      }
    }
    await play()
    for (let call = 0; call < 3; call++) {
      ask(whole)
      await play()
    }
    expect(seen.filter((host) => host.startsWith('alpha'))).toHaveLength(3)
    expect(seen.filter((host) => host.startsWith('beta'))).toHaveLength(4)
  })

  it('is asked all the same when it is the only one: a doubt never leaves a client without any target', async () => {
    const { ask, upstream, clock } = rig({ body: whole })
    for (let call = 0; call < 4; call++) {
      for (let turn = 0; turn < 3; turn++) {
        await clock.advance(1000)
        upstream.shift()?.json(500, busy)
      }
      ask(whole)
    }
    const client = ask(whole)
    await clock.advance(0)
    for (const played of upstream) played.json(200, ok)
    await clock.advance(0)
    expect(client.status).toBe(200)
  })

  it('is not taken for its neighbours: another model of the same provider is asked', async () => {
    const { clock, upstream, client } = rig({
      body: whole,
      settings: { profiles: { default: { name: 'default', roles: { big: ['alpha/m1', 'alpha/m2'] } } } },
    })
    for (let turn = 0; turn < 4 && client.status === 0; turn++) {
      await clock.advance(2000)
      const next = upstream.at(-1)!
      if (next.bodyText.includes('"m2"')) next.json(200, ok)
      else next.json(529, busy)
    }
    await clock.advance(0)
    expect(client.status).toBe(200)
    expect(client.headers['x-clutch-target']).toBe('alpha/m2')
  })
})
