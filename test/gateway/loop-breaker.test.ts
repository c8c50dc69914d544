import { describe, expect, it } from 'vitest'
import { rig, simpleRequest } from './rig.ts'

const tooLong = {
  error: { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' },
}

describe('an agent that compacts and asks again', () => {
  it('[C126] hears that a conversation is too long once; the next time it hears a final error in other words', async () => {
    const { ask, client, upstream, clock } = rig({
      from: 'openai-chat',
      to: 'openai-chat',
      headers: { 'x-session-id': 'ses_1' },
    })
    await clock.advance(0)
    upstream[0]!.json(400, tooLong)
    await clock.advance(0)
    expect(client.status).toBe(400)
    expect(client.text).toContain('context_length_exceeded')
    const again = ask(simpleRequest('openai-chat'), { 'x-session-id': 'ses_1' })
    await clock.advance(0)
    upstream[1]!.json(400, tooLong)
    await clock.advance(0)
    expect(again.text).not.toMatch(/context_length|maximum context|too long/)
    expect(again.text).toContain('stopped a loop')
    expect(again.status).toBeGreaterThanOrEqual(400)
    expect(again.status).not.toBe(413)
  })

  it('[C126] another session is another matter, and so is one that got through in between', async () => {
    const { ask, upstream, clock } = rig({
      from: 'openai-chat',
      to: 'openai-chat',
      headers: { 'x-session-id': 'ses_1' },
    })
    await clock.advance(0)
    upstream[0]!.json(400, tooLong)
    const other = ask(simpleRequest('openai-chat'), { 'x-session-id': 'ses_2' })
    await clock.advance(0)
    upstream[1]!.json(400, tooLong)
    await clock.advance(0)
    expect(other.text).toContain('context_length_exceeded')
    ask(simpleRequest('openai-chat'), { 'x-session-id': 'ses_1' })
    await clock.advance(0)
    upstream[2]!
      .stream('data: {"choices":[{"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\n', 'data: [DONE]\n\n')
      .end()
    const third = ask(simpleRequest('openai-chat'), { 'x-session-id': 'ses_1' })
    await clock.advance(0)
    upstream[3]!.json(400, tooLong)
    await clock.advance(0)
    expect(third.text).toContain('context_length_exceeded')
  })
})
