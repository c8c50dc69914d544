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
import { type OneOrMore, remembered, rememberedTogether } from '../../wire/remembered.ts'
import { type ContentPart, cacheMark, readContent } from './parts-decoder.ts'
import { type Detail, readThoughts } from './thoughts.ts'

export function decodeMessages(
  messages: readonly Json[],
  unsaid: Set<Loss>,
): Pick<Conversation, 'system' | 'turns'> {
  const reading = new Reading(unsaid)
  for (const message of messages) reading.message(asObject(message))
  return reading.end()
}

/** What a message says by itself. */
interface Said<Part> {
  readonly parts: readonly Part[]
  readonly unsaid: ReadonlySet<Loss>
}

interface Answer extends Said<ToolResultPart> {
  /** The call it says it answers. */
  readonly id: string | undefined
  readonly name: string | undefined
}

/** Puts together what the messages say; what one says by itself is remembered by the message. */
class Reading {
  readonly #guidance: Said<TextPart>[] = []
  readonly #turns: Turn[] = []
  readonly #unsaid: Set<Loss>
  /** The user's turn that holds results so far, and nothing else. */
  #results: [Said<UserPart>, ...Said<UserPart>[]] | undefined
  /** Calls that no result has answered, for results that do not say which. */
  #unanswered: readonly ToolCallPart[] = []
  #namelessCalls = 0

  constructor(unsaid: Set<Loss>) {
    this.#unsaid = unsaid
  }

  message(message: JsonObject): void {
    const { role } = message
    if (role === 'system' || role === 'developer') this.#guide(this.#noted(guidanceOf(message)))
    else if (role === 'assistant') this.#assistant(message)
    else if (role === 'tool' || role === 'function') this.#result(this.#noted(answerOf(message)))
    else this.#user(this.#noted(wishOf(message)))
  }

  end(): Pick<Conversation, 'system' | 'turns'> {
    this.#endResults()
    const [first, ...others] = this.#guidance
    return { system: first ? systemOf([first, ...others]) : [], turns: this.#turns }
  }

  #noted<Saying extends { readonly unsaid: ReadonlySet<Loss> }>(said: Saying): Saying {
    for (const loss of said.unsaid) this.#unsaid.add(loss)
    return said
  }

  #guide(said: Said<TextPart>): void {
    if (this.#turns.length === 0 && !this.#results) this.#guidance.push(said)
    else if (said.parts.length > 0) this.#turn(guidingTurn(said))
  }

  #user(said: Said<UserPart>): void {
    if (this.#results) this.#results.push(said)
    else this.#turn(userTurn([said]))
    this.#endResults()
  }

  #turn(turn: Turn): void {
    this.#endResults()
    this.#turns.push(turn)
  }

  #endResults(): void {
    const results = this.#results
    if (!results) return
    this.#results = undefined
    this.#turns.push(userTurn(results))
  }

  #result(said: Answer): void {
    const call = this.#answered(said)
    const result = said.id === undefined && call ? answerTo(said, call) : said
    if (this.#results) this.#results.push(result)
    else this.#results = [result]
  }

  #answered({ id, name }: Answer): ToolCallPart | undefined {
    const named = this.#unanswered.find((call) => (id === undefined ? call.name === name : call.id === id))
    const call = named ?? (id === undefined ? this.#unanswered[0] : undefined)
    this.#unanswered = this.#unanswered.filter((other) => other !== call)
    return call
  }

  #assistant(message: JsonObject): void {
    const { turn, calls, namelessCalls } = this.#noted(speechOf(message, this.#namelessCalls))
    this.#namelessCalls = namelessCalls
    this.#unanswered = calls
    this.#turn(turn)
  }
}

const systemOf = rememberedTogether((all: OneOrMore<Said<TextPart>>) => all.flatMap(({ parts }) => parts))

const userTurn = rememberedTogether(
  (all: OneOrMore<Said<UserPart>>): Turn => ({ role: 'user', parts: all.flatMap(({ parts }) => parts) }),
)

const guidingTurn = remembered(({ parts }: Said<TextPart>): Turn => ({ role: 'system', parts }))

const guidanceOf = remembered(({ content }: JsonObject): Said<TextPart> => {
  const parts = readContent(content)
  const texts = parts.filter((part) => part.type === 'text')
  return { parts: texts, unsaid: new Set(texts.length < parts.length ? ['unknown-part'] : []) }
})

const wishOf = remembered(
  ({ role, name, content }: JsonObject): Said<ContentPart> => ({
    parts: readContent(content),
    unsaid: new Set(role === 'user' && name ? ['unknown-field'] : []),
  }),
)

const answerOf = remembered((message: JsonObject): Answer => {
  const { tool_call_id, name, content } = message
  const id = asText(tool_call_id)
  const pieces = readContent(content)
  const foreign = pieces.find((piece) => piece.type === 'foreign')
  const result: ToolResultPart = {
    type: 'tool-result',
    callId: id ?? '',
    content: pieces.filter((piece) => piece.type !== 'foreign'),
    isError: false,
    ...cacheMark(message),
  }
  return { parts: [result], unsaid: new Set(foreign ? [foreign.loss] : []), id, name: asText(name) }
})

/** For results that do not say what they answer. */
const answerTo = remembered(
  ({ parts, unsaid }: Answer, { id }: ToolCallPart): Said<ToolResultPart> => ({
    parts: parts.map((part) => ({ ...part, callId: id })),
    unsaid,
  }),
)

interface Speech {
  readonly turn: Turn
  readonly calls: readonly ToolCallPart[]
  /** Calls without an id so far: they are counted through. */
  readonly namelessCalls: number
  readonly unsaid: ReadonlySet<Loss>
}

const speechOf = remembered((message: JsonObject, namelessBefore: number): Speech => {
  const { content, refusal, tool_calls, function_call, audio } = message
  const { thoughts, proofs } = readThoughts(message)
  const refused = asText(refusal)
  const legacy = isObject(function_call) ? [{ function: function_call }] : []
  let namelessCalls = namelessBefore
  const calls = [...asList(tool_calls), ...legacy]
    .filter(isObject)
    .map((call) => readCall(call, asText(call['id']) || `call_${namelessCalls++}`, proofs))
  const parts: AssistantPart[] = [
    ...thoughts,
    ...readContent(content),
    ...(refused ? [{ type: 'text', text: refused } as const] : []),
    ...calls,
  ]
  const unsaid = new Set<Loss>(isObject(audio) ? ['audio'] : [])
  return { turn: { role: 'assistant', parts }, calls, namelessCalls, unsaid }
})

function readCall({ function: fn, custom }: JsonObject, id: string, proofs: readonly Detail[]): ToolCallPart {
  const proof = proofs.find((detail) => detail.id === id)?.proof
  const { name, arguments: args, input } = asObject(fn ?? custom)
  return {
    type: 'tool-call',
    id,
    name: asText(name) ?? '',
    arguments: typeof args === 'string' ? args : (asText(input) ?? (isObject(args) ? writeJson(args) : '')),
    ...(isObject(custom) && { freeform: true }),
    ...(proof && { proof }),
  }
}
