/**
 * Names of tools and ids of calls, fitted to what a target accepts, and back.
 *
 * Namespaced tools are flattened (`ns__name`), freeform tools become functions with one `input` string, names beyond
 * the target's length or alphabet get a stable short form. All of it is a pure function of the name, so a later turn
 * says the same (CONTRACT 49, 75, 124).
 */
import { type Json, type JsonObject, tryParseJson } from '../wire/json.ts'
import { type OneOrMore, remembered, rememberedTogether } from '../wire/remembered.ts'
import type { Stage } from '../wire/stage.ts'
import type { Conversation, FreeformTool, FunctionTool, Tool, Turn } from './conversation.ts'
import type { ReplyEvent } from './reply.ts'

/** What the target calls a tool → what the client calls it. Holds only names that differ or were freeform. */
export type CallNames = ReadonlyMap<string, ClientName>
export interface ClientName {
  readonly name: string
  readonly namespace?: string
  readonly freeform: boolean
}

/** The one property of a freeform tool that was turned into a function. */
export const freeformProperty = 'input'

export function freeformSchema(): JsonObject {
  return {
    type: 'object',
    properties: { [freeformProperty]: { type: 'string' } },
    required: [freeformProperty],
    additionalProperties: false,
  }
}

/** The name a target without namespaces knows a tool by. */
export function flatName(name: string, namespace: string | undefined, maxLength: number): string {
  const full = namespace === undefined ? name : `${namespace}__${name}`
  const plain = full.replace(/[^a-zA-Z0-9_-]/g, '_')
  if (plain === full && full.length <= maxLength) return full
  return `${plain.slice(0, maxLength - 9)}_${shortHash(full)}`
}

/** A call id the target accepts: letters, digits, `_` and `-`, at most `maxLength` of them. */
export function flatId(id: string, maxLength: number): string {
  if (id !== '' && id.length <= maxLength && /^[a-zA-Z0-9_-]+$/.test(id)) return id
  return `call_${shortHash(id)}${shortHash(`${id}#`)}`
}

/** A call id for targets that count its letters and digits: as it is when it fits, else a stable stand-in. */
export function exactId(id: string, length: number): string {
  if (id.length === length && /^[a-zA-Z0-9]+$/.test(id)) return id
  let digits = shortHash(id)
  while (digits.length < length) digits += shortHash(`${id}#${digits.length}`)
  return digits.slice(0, length)
}

/** The way back from flat names to the client's, for every tool whose flat name says less than the client's. */
export function callNames(tools: readonly Tool[], maxLength: number): CallNames {
  const names = new Map<string, ClientName>()
  for (const tool of tools) {
    if (tool.kind !== 'function' && tool.kind !== 'freeform') continue
    const flat = flatName(tool.name, tool.namespace, maxLength)
    if (flat !== tool.name || tool.kind === 'freeform') names.set(flat, clientName(tool))
  }
  return names
}

function clientName(tool: FunctionTool | FreeformTool): ClientName {
  const freeform = tool.kind === 'freeform'
  return tool.namespace === undefined
    ? { name: tool.name, freeform }
    : { name: tool.name, namespace: tool.namespace, freeform }
}

/** Deferred tools that no tool-reference has named yet are not shown to targets without tool search (CONTRACT 136). */
export function offeredTools({ tools, turns }: Conversation): readonly Tool[] {
  if (!tools.some(isDeferred)) return tools
  const named = new Set(turns.flatMap(toolsNamedIn))
  return withShown([tools, ...tools.filter((tool) => isDeferred(tool) && named.has(tool.name))])
}

const isDeferred = (tool: Tool): tool is FunctionTool => tool.kind === 'function' && tool.deferred === true

const withShown = rememberedTogether(([tools, ...shown]: OneOrMore<readonly Tool[], Tool>): readonly Tool[] =>
  tools.filter((tool) => !isDeferred(tool) || shown.includes(tool)),
)

const toolsNamedIn = remembered((turn: Turn): readonly string[] => {
  if (turn.role === 'system') return []
  return turn.parts.flatMap((part) => {
    if (part.type === 'tool-call') return [part.name]
    if (part.type !== 'tool-result') return []
    return part.content.flatMap((piece) => (piece.type === 'tool-reference' ? [piece.name] : []))
  })
})

/** Gives calls in a reply the client's names back and unwraps freeform input. */
export class NameRestorer implements Stage<ReplyEvent, ReplyEvent> {
  readonly #names: CallNames
  readonly #freeform = new Map<number, string>()

  constructor(names: CallNames) {
    this.#names = names
  }

  push(event: ReplyEvent): ReplyEvent[] {
    if (event.type === 'part-start' && event.part.type === 'tool-call') {
      const known = this.#names.get(event.part.name)
      if (!known) return [event]
      if (known.freeform) this.#freeform.set(event.index, '')
      return [{ ...event, part: { ...event.part, ...known } }]
    }
    if (event.type === 'part-delta') {
      const held = this.#freeform.get(event.index)
      if (held === undefined) return [event]
      this.#freeform.set(event.index, held + event.text)
      return []
    }
    if (event.type !== 'part-end') return [event]
    const wrapped = this.#freeform.get(event.index)
    if (wrapped === undefined) return [event]
    this.#freeform.delete(event.index)
    return [{ type: 'part-delta', index: event.index, text: unwrapFreeform(wrapped) }, event]
  }

  end(): ReplyEvent[] {
    return []
  }
}

/** `{"input":"…"}` to its text; anything else is taken for the input itself. */
export function unwrapFreeform(wrapped: string): string {
  const value: Json | undefined = tryParseJson(wrapped)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const input = Object.entries(value).find(([key]) => key === freeformProperty)?.[1]
    if (typeof input === 'string') return input
  }
  return wrapped
}

/** Eight letters and digits, the same for the same text on every machine (FNV-1a, 2 × 32 bit folded). */
export function shortHash(text: string): string {
  let low = 0x811c9dc5
  let high = 0x1000193
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193)
    high = Math.imul(high ^ text.charCodeAt(at), 0x5bd1e995)
  }
  const number = (low >>> 0) * 0x100000 + ((high >>> 0) & 0xfffff)
  return number.toString(36).padStart(8, '0').slice(-8)
}
