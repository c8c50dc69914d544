import { describe, expect, it } from 'vitest'
import { tagProof } from '../../src/conversation/proof-tag.ts'
import { rig, simpleRequest } from './rig.ts'

const foreign = tagProof({ dialect: 'openai-responses', kind: 'encrypted', value: 'xyz' }, 'anthropic')

describe('after a switch of providers', () => {
  it('[C65] an Anthropic upstream is shown its own signatures only, and the rest of the body is as it was', async () => {
    const own = { type: 'thinking', thinking: 'mine', signature: 'EqoB' }
    const body = simpleRequest('anthropic', {
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            own,
            { type: 'thinking', thinking: 'theirs', signature: foreign },
            { type: 'text', text: 'a' },
          ],
        },
        { role: 'assistant', content: [{ type: 'redacted_thinking', data: foreign }] },
        { role: 'user', content: 'go on' },
      ],
      novelty: { keep: [1] },
    })
    const { clock, last, client } = rig({ body })
    await clock.advance(0)
    const sent = JSON.parse(last().bodyText)
    expect(sent.model).toBe('m1')
    expect(sent.novelty).toEqual({ keep: [1] })
    expect(sent.messages[1].content).toEqual([own, { type: 'text', text: 'a' }])
    expect(last().bodyText).not.toContain('clutch1.')
    last().json(400, { type: 'error', error: { type: 'invalid_request_error', message: 'x' } })
    await clock.advance(0)
    expect(client.status).toBe(400)
  })

  it('[C68] and the maker gets its proof back', async () => {
    const body = simpleRequest('anthropic', {
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'theirs', signature: foreign },
            { type: 'text', text: 'a' },
          ],
        },
        { role: 'user', content: 'go on' },
      ],
    })
    const { clock, last } = rig({ body, to: 'openai-responses' })
    await clock.advance(0)
    expect(last().bodyText).toContain('"encrypted_content":"xyz"')
  })

  it('[C66] a refused signature costs one retry without thoughts, on the same target', async () => {
    const body = simpleRequest('anthropic', {
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'old', signature: 'damaged' },
            { type: 'text', text: 'a' },
          ],
        },
        { role: 'user', content: 'go on' },
      ],
    })
    const { clock, upstream, client } = rig({ body })
    await clock.advance(0)
    const message = 'messages.1.content.0: Invalid `signature` in `thinking` block'
    upstream[0]!.json(400, { type: 'error', error: { type: 'invalid_request_error', message } })
    await clock.advance(0)
    expect(upstream).toHaveLength(2)
    expect(upstream[1]!.request.url).toBe(upstream[0]!.request.url)
    expect(JSON.parse(upstream[1]!.bodyText).messages[1].content).toEqual([{ type: 'text', text: 'a' }])
    upstream[1]!.json(400, { type: 'error', error: { type: 'invalid_request_error', message } })
    await clock.advance(60_000)
    expect(upstream).toHaveLength(2)
    expect(client.status).toBe(400)
    expect(client.text).toContain('Invalid `signature`')
  })
})
