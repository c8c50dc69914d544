/** Targets with strict templates (Mistral's): ids of nine letters, and nobody interrupts a result. */
import { describe, expect, it } from 'vitest'
import type { Conversation } from '../../../src/conversation/conversation.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { mistral } from '../../../src/providers/mistral.ts'
import { quirksFor } from '../../../src/providers/provider.ts'

const conversation: Conversation = {
  system: [],
  turns: [
    { role: 'user', parts: [{ type: 'text', text: 'list the files' }] },
    {
      role: 'assistant',
      parts: [{ type: 'tool-call', id: 'toolu_01AbCdEfGhIjKlMnOpQr', name: 'ls', arguments: '{}' }],
    },
    {
      role: 'user',
      parts: [
        {
          type: 'tool-result',
          callId: 'toolu_01AbCdEfGhIjKlMnOpQr',
          content: [{ type: 'text', text: 'a.txt' }],
          isError: false,
        },
        { type: 'text', text: 'a reminder' },
      ],
    },
  ],
  tools: [],
  sampling: {},
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
}

describe('a strict template', () => {
  const order = {
    model: 'mistral-large-latest',
    stream: false,
    quirks: quirksFor(mistral, 'mistral-large-latest'),
  }
  const { messages } = JSON.parse(openaiChat.request.encode(conversation, order).body)

  it('[C49] gets ids of nine letters and digits, the same in the call and in its result', () => {
    const id = messages[1].tool_calls[0].id
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
    expect(messages[2].tool_call_id).toBe(id)
  })

  it('[C54] hears the model between a result and the words beside it', () => {
    expect(messages.map(({ role }: { role: string }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ])
    expect(messages.at(-1).content).toBe('a reminder')
  })
})
