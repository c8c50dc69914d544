/** A Messages request to a conversation. */
import type { Conversation, TextPart, Turn } from '../../conversation/conversation.ts'
import type { Failure } from '../../conversation/failure.ts'
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { blocksOf, readAssistantParts, readSystem, readUserParts, type Unsaid } from './read-blocks.ts'
import { readToolChoice, readTools } from './read-tools.ts'
import { readOutput, readRest, readSampling, readThinking } from './read-wishes.ts'

export function decodeRequest(body: Json): Conversation | Failure {
  if (!isObject(body)) return refuse('the request body must be a JSON object')
  if (asObject(body['thread'])['type'] === 'continue') return threadNotKept
  const mistake = mistakeIn(body)
  if (mistake !== undefined) return refuse(mistake)
  const unsaid: Unsaid = new Set()
  const turns = readTurns(body['messages'], unsaid)
  const tools = toolsOf(asList(body['tools']))
  for (const loss of tools.unsaid) unsaid.add(loss)
  const thinking = readThinking(body, unsaid)
  readRest(body, unsaid)
  const userId = asText(asObject(body['metadata'])['user_id'])
  return {
    system: systemOf(body['system']),
    turns,
    tools: tools.tools,
    ...readToolChoice(body['tool_choice']),
    sampling: readSampling(body),
    thinking,
    output: readOutput(body),
    ...(userId !== undefined && { userId }),
    unsaid: [...unsaid],
  }
}

const refuse = (message: string): Failure => ({ kind: 'bad-request', message })

/** Only Anthropic keeps a conversation between turns. Anthropic's SDK then sends all of it again, by itself. */
const threadNotKept: Failure = {
  kind: 'not-found',
  message: 'thread: this gateway keeps no conversations; send all messages again',
  code: 'thread_not_found',
}

const roles: ReadonlySet<Json | undefined> = new Set(['user', 'assistant', 'system', 'developer'])

/** The first field that makes this no request; undefined: none. `max_tokens` may be missing: counting needs none. */
function mistakeIn(body: JsonObject): string | undefined {
  if (!asText(body['model'])) return fieldMistake('model', body['model'], 'a string')
  const messages = body['messages']
  if (!Array.isArray(messages)) return fieldMistake('messages', messages, 'a list')
  if (messages.length === 0) return 'messages: at least one message is required'
  const limit = body['max_tokens']
  if (limit !== undefined && limit !== null && asNumber(limit) === undefined)
    return fieldMistake('max_tokens', limit, 'an integer')
  if (body['tools'] !== undefined && body['tools'] !== null && !Array.isArray(body['tools']))
    return fieldMistake('tools', body['tools'], 'a list')
  for (const [at, message] of messages.entries()) {
    const mistake = messageMistake(message)
    if (mistake !== undefined) return `messages.${at}${mistake}`
  }
  return undefined
}

const fieldMistake = (field: string, value: Json | undefined, wanted: string): string =>
  value === undefined ? `${field}: field required` : `${field}: should be ${wanted}`

function messageMistake(message: Json): string | undefined {
  if (!isObject(message)) return ': should be an object'
  if (!roles.has(message['role'])) return ".role: should be 'user', 'assistant' or 'system'"
  const content = message['content']
  if (typeof content === 'string' || Array.isArray(content) || content === undefined || content === null)
    return undefined
  return '.content: should be a string or a list'
}

/** Turns in which nothing is said are left out; a request of nothing else keeps one empty turn. */
function readTurns(messages: Json | undefined, unsaid: Unsaid): readonly Turn[] {
  const turns: Turn[] = []
  for (const message of asList(messages)) {
    const said = turnOf(asObject(message))
    for (const loss of said.unsaid) unsaid.add(loss)
    if (said.turn.parts.length > 0) turns.push(said.turn)
  }
  return turns.length > 0 ? turns : [{ role: 'user', parts: [{ type: 'text', text: '' }] }]
}

/** A conversation comes again and again with the same messages, and the same of everything else. */
const turnOf = remembered((message: JsonObject) => {
  const unsaid: Unsaid = new Set()
  return { turn: readTurn(message, unsaid), unsaid }
})

const toolsOf = remembered((list: readonly Json[]) => {
  const unsaid: Unsaid = new Set()
  return { tools: readTools(list, unsaid), unsaid }
})

const listedSystem = remembered((list: readonly Json[]) => readSystem(list))

const systemOf = (system: Json | undefined): readonly TextPart[] =>
  Array.isArray(system) ? listedSystem(system) : readSystem(system)

function readTurn(message: JsonObject, unsaid: Unsaid): Turn {
  const content = message['content']
  switch (message['role']) {
    case 'user':
      return { role: 'user', parts: readUserParts(content, unsaid) }
    case 'assistant':
      return { role: 'assistant', parts: readAssistantParts(content, unsaid) }
    default:
      return { role: 'system', parts: readSystem(onlyTexts(content, unsaid)) }
  }
}

/** Guidance is text; anything else in it is named. */
function onlyTexts(content: Json | undefined, unsaid: Unsaid): readonly JsonObject[] {
  const blocks = blocksOf(content)
  if (blocks.some(({ type }) => type !== 'text')) unsaid.add('unknown-part')
  return blocks.filter(({ type }) => type === 'text')
}
