/** The messages of a request to guidance and turns. */
import type {
  AssistantPart,
  Conversation,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { asList, asObject, asText, isObject, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { type ContentPart, cacheMark, readContent } from './parts-decoder.ts'
import { type Detail, readThoughts } from './thoughts.ts'

export function decodeMessages(
  messages: readonly Json[],
  unsaid: Set<Loss>,
): Pick<Conversation, 'system' | 'turns'> {
  const reading = new Reading(unsaid)
  for (const message of messages) reading.message(asObject(message))
  return { system: reading.system, turns: reading.turns }
}

class Reading {
  readonly system: TextPart[] = []
  readonly turns: Turn[] = []
  readonly #unsaid: Set<Loss>
  /** The user's turn that holds results so far, and nothing else. */
  #results: UserPart[] | undefined
  /** Calls that no result has answered, for results that do not say which. */
  #unanswered: ToolCallPart[] = []
  #namelessCalls = 0

  constructor(unsaid: Set<Loss>) {
    this.#unsaid = unsaid
  }

  message(message: JsonObject): void {
    const { role, name } = message
    if (role === 'user' && name) this.#unsaid.add('unknown-field')
    if (role === 'system' || role === 'developer') this.#guidance(message)
    else if (role === 'assistant') this.#assistant(message)
    else if (role === 'tool' || role === 'function') this.#result(message)
    else this.#user(message)
  }

  #guidance(message: JsonObject): void {
    const { content } = message
    const parts = this.#texts(readContent(content))
    if (this.turns.length === 0) this.system.push(...parts)
    else if (parts.length > 0) this.#turn({ role: 'system', parts })
  }

  #texts(parts: readonly ContentPart[]): TextPart[] {
    return parts.filter((part) => {
      if (part.type !== 'text') this.#unsaid.add('unknown-part')
      return part.type === 'text'
    })
  }

  #user({ content }: JsonObject): void {
    const parts = readContent(content)
    if (this.#results) this.#results.push(...parts)
    else this.#turn({ role: 'user', parts })
    this.#results = undefined
  }

  #turn(turn: Turn): void {
    this.#results = undefined
    this.turns.push(turn)
  }

  #result(message: JsonObject): void {
    const { tool_call_id, name, content } = message
    const callId = this.#answer(asText(tool_call_id), asText(name))
    const pieces = readContent(content)
    const foreign = pieces.find((piece) => piece.type === 'foreign')
    if (foreign) this.#unsaid.add(foreign.loss)
    const result: ToolResultPart = {
      type: 'tool-result',
      callId,
      content: pieces.filter((piece) => piece.type !== 'foreign'),
      isError: false,
      ...cacheMark(message),
    }
    if (this.#results) this.#results.push(result)
    else {
      const parts: UserPart[] = [result]
      this.#turn({ role: 'user', parts })
      this.#results = parts
    }
  }

  #answer(id: string | undefined, name: string | undefined): string {
    const named = this.#unanswered.find((call) => (id === undefined ? call.name === name : call.id === id))
    const call = named ?? (id === undefined ? this.#unanswered[0] : undefined)
    this.#unanswered = this.#unanswered.filter((other) => other !== call)
    return id ?? call?.id ?? ''
  }

  #assistant(message: JsonObject): void {
    const { content, refusal, tool_calls, function_call, audio } = message
    if (isObject(audio)) this.#unsaid.add('audio')
    const { thoughts, proofs } = readThoughts(message)
    const refused = asText(refusal)
    const legacy = isObject(function_call) ? [{ function: function_call }] : []
    const calls = [...asList(tool_calls), ...legacy].filter(isObject).map((call) => this.#call(call, proofs))
    const parts: AssistantPart[] = [
      ...thoughts,
      ...readContent(content),
      ...(refused ? [{ type: 'text', text: refused } as const] : []),
      ...calls,
    ]
    this.#unanswered = calls
    this.#turn({ role: 'assistant', parts })
  }

  #call(call: JsonObject, proofs: readonly Detail[]): ToolCallPart {
    const { id, function: fn, custom } = call
    const given = asText(id) || `call_${this.#namelessCalls++}`
    const proof = proofs.find((detail) => detail.id === given)?.proof
    const { name, arguments: args, input } = asObject(fn ?? custom)
    return {
      type: 'tool-call',
      id: given,
      name: asText(name) ?? '',
      arguments: typeof args === 'string' ? args : (asText(input) ?? (isObject(args) ? writeJson(args) : '')),
      ...(isObject(custom) && { freeform: true }),
      ...(proof && { proof }),
    }
  }
}
