/** A dialect without wire format: the body is the conversation, the reply is its events as JSON, one per frame. */
import { type Conversation, type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import type { ReplyEvent } from '../../src/conversation/reply.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { frame } from '../../src/wire/sse.ts'

const emptyConversation: Conversation = {
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
}

const plain = (id: DialectId): Dialect => ({
  id,
  hear: (path) => (path === '/talk' ? { kind: 'generate' } : undefined),
  request: {
    decode: (body) => {
      const said: { conversation?: Partial<Conversation> } = JSON.parse(JSON.stringify(body))
      return { ...emptyConversation, ...said.conversation }
    },
    encode: () => ({ body: '{}', lost: [], names: new Map() }),
  },
  reply: {
    decodeStream: () => ({ push: (one) => [JSON.parse(one.data)], end: () => [] }),
    decodeWhole: (body) => JSON.parse(body),
    encodeStream: () => ({ push: (event) => frame(JSON.stringify(event)) }),
    encodeWhole: (events) => JSON.stringify(events),
  },
  failure: {
    decode: (status) => ({ kind: 'overloaded', status, message: '' }),
    encode: (failure) => ({ status: 400, body: JSON.stringify(failure) }),
    frame: (failure) => frame(JSON.stringify(failure)),
  },
  overhear: { listen: () => ({ needles: [], read: () => ({}) }), namesModelOnce: false, closing: '' },
  keepAlive: '',
  countTokens: { encode: (tokens) => String(tokens) },
})

export const plainDialects: Readonly<Record<DialectId, Dialect>> = {
  anthropic: plain('anthropic'),
  'openai-chat': plain('openai-chat'),
  'openai-responses': plain('openai-responses'),
  gemini: plain('gemini'),
}

export const bodyOf = (model: string, conversation: Partial<Conversation>, stream = true): string =>
  JSON.stringify({ model, stream, conversation })

/** The events in an answer of a plain dialect. */
export const eventsIn = (text: string): ReplyEvent[] =>
  text
    .split('\n\n')
    .filter((one) => one !== '')
    .map((one) => JSON.parse(one.slice('data: '.length)))

export const plainUrl = (dialect: DialectId = dialectIds[0]): string =>
  `http://sandbox.internal/${dialect}/talk`
