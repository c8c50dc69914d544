/**
 * Where the prompt may be cached. It is decided over the whole request, so the blocks themselves are not touched: they
 * may stand in later requests, with other marks.
 */
import { isObject, type JsonObject } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { writeCacheMark } from './wire.ts'
import type { Block, Message, Writing } from './write-blocks.ts'

export interface Prompt {
  readonly tools: readonly Block[]
  readonly system: readonly Block[]
  readonly messages: readonly Message[]
}

/** The same prompt, with marks where the client set none, and without those that are too many. */
export function fitMarks(prompt: Prompt, writing: Writing): Prompt {
  if (writing.marked.length === 0) return markedWherePromptsRepeat(prompt, writing)
  return withFourMarks(prompt, writing)
}

const mostMarks = 4

/** The API refuses a fifth mark (CONTRACT 74): the first stays, and the last three. */
function withFourMarks(prompt: Prompt, { marked, lost }: Writing): Prompt {
  if (marked.length <= mostMarks) return prompt
  lost.add('cache-control')
  const dropped = new Set<JsonObject>(marked.slice(1, marked.length - mostMarks + 1))
  const fewer = (block: Block): Block => without(dropped, block)
  return {
    tools: prompt.tools.map(fewer),
    system: prompt.system.map(fewer),
    messages: prompt.messages.map(({ role, content }) => ({ role, content: content.map(fewer) })),
  }
}

/** A result's pieces may be marked too. */
function without(marked: ReadonlySet<JsonObject>, block: Block): Block {
  const { content } = block
  const kept: Block = { ...block }
  if (Array.isArray(content))
    kept['content'] = content.map((piece) => (isObject(piece) ? without(marked, piece) : piece))
  if (marked.has(block)) delete kept['cache_control']
  return kept
}

/**
 * For clients whose own dialect caches without marks: after the tools, after the guidance, and after the last two turns
 * of the user, so that the next request finds what this one wrote.
 */
function markedWherePromptsRepeat(prompt: Prompt, { quirks }: Writing): Prompt {
  if (quirks.cacheControl === false) return prompt
  const turns = new Set(prompt.messages.filter(({ role }) => role === 'user').slice(-2))
  return {
    tools: markedAtEnd(prompt.tools),
    system: markedAtEnd(prompt.system),
    messages: prompt.messages.map((message) =>
      turns.has(message) ? { role: message.role, content: markedAtEnd(message.content) } : message,
    ),
  }
}

function markedAtEnd(blocks: readonly Block[]): readonly Block[] {
  const last = blocks.at(-1)
  return last ? [...blocks.slice(0, -1), withMark(last)] : blocks
}

const withMark = remembered((block: Block): Block => ({ ...block, cache_control: writeCacheMark('5m') }))
