/** For each dialect: where the conversation is in a body, and how its items are read. */
import type { DialectId } from '../../conversation/conversation.ts'
import { Needle } from '../../wire/needle.ts'
import { readMessage } from './anthropic.ts'
import type { ItemReader } from './found.ts'
import { readContentItem } from './gemini.ts'
import { readMessage as readChatMessage } from './openai-chat.ts'
import { readItem } from './openai-responses.ts'

export interface Tongue {
  /** The field that holds the conversation as a list. */
  readonly list: string
  /** Stands in every body that holds a tool result; inside a text its quotes would be escaped. */
  readonly sign: Needle
  readonly read: ItemReader
  /** What stands before the conversation in a provider's cache, first things first. */
  readonly tools: readonly string[]
  readonly system: readonly string[]
  /** How hard to think: a change of it loses the cached conversation, at some providers all of it. */
  readonly thinking: readonly string[]
}

export const tongues: Readonly<Record<DialectId, Tongue>> = {
  anthropic: {
    list: 'messages',
    sign: new Needle('"tool_result"'),
    read: readMessage,
    tools: ['tools'],
    system: ['system'],
    thinking: ['thinking', 'output_config', 'tool_choice'],
  },
  'openai-chat': {
    list: 'messages',
    sign: new Needle('"tool_call_id"'),
    read: readChatMessage,
    tools: ['tools', 'functions'],
    system: [],
    thinking: ['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking'],
  },
  'openai-responses': {
    list: 'input',
    sign: new Needle('_output"'),
    read: readItem,
    tools: ['tools'],
    system: ['instructions'],
    thinking: ['reasoning'],
  },
  gemini: {
    list: 'contents',
    sign: new Needle('"functionResponse"'),
    read: readContentItem,
    tools: ['tools'],
    system: ['systemInstruction', 'system_instruction'],
    thinking: ['generationConfig'],
  },
}
