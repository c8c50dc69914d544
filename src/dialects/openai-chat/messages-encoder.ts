/** Guidance and turns to messages; calls and results are expected to be paired (`repairCalls`). */
import type {
  Conversation,
  TextPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { type Json, type JsonObject, type Written, writeJson } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { listOf, type Wording, wordingOf } from '../wording.ts'
import { assistantMessage, callId } from './assistant-encoder.ts'
import { marked, partContent, type Speaking, speakingTo, textContent } from './parts-encoder.ts'
import { resultMedia, resultText } from './result-encoder.ts'

/** As JSON text. `guidance` is ours and stands behind the client's. */
export function writtenMessages(
  { system, turns }: Conversation,
  guidance: string | undefined,
  { quirks, lost }: Speaking,
): Written {
  const begin = guidance === undefined ? system : [...system, { type: 'text', text: guidance } as const]
  const wordings = [systemWording(begin, quirks), ...turns.map((turn) => turnWording(turn, quirks))]
  return listOf(wordings, lost, (before, after) =>
    isBridged(before, after, quirks) ? `,${writeJson(bridge)},` : ',',
  )
}

interface Messages extends Wording {
  /** Who speaks first and last. */
  readonly first: Json | undefined
  readonly last: Json | undefined
}

/** A turn is told in the same words as often as it is sent. */
const turnWording = remembered((turn: Turn, quirks: Quirks) => {
  const speaking = speakingTo(quirks)
  return worded(encodeTurn(turn, speaking), speaking)
})

const systemWording = remembered((parts: readonly TextPart[], quirks: Quirks) => {
  const speaking = speakingTo(quirks)
  return worded(systemMessage(parts, speaking), speaking)
})

function worded(messages: readonly JsonObject[], { quirks, lost }: Speaking): Messages {
  const all = quirks.noUserAfterTool ? messages.flatMap(bridged) : messages
  const { text } = wordingOf(all, lost)
  return { text, lost, first: all[0]?.['role'], last: all.at(-1)?.['role'] }
}

/** Stands where the model would have spoken, had it been asked: some templates refuse a user right behind a result. */
const bridge: JsonObject = { role: 'assistant', content: '(continues)' }

function bridged(message: JsonObject, at: number, all: readonly JsonObject[]): readonly JsonObject[] {
  const behindResult = message['role'] === 'user' && all[at - 1]?.['role'] === 'tool'
  return behindResult ? [bridge, message] : [message]
}

const isBridged = (before: Messages, { first }: Messages, { noUserAfterTool = false }: Quirks): boolean =>
  noUserAfterTool && before.last === 'tool' && first === 'user'

function encodeTurn(turn: Turn, speaking: Speaking): readonly JsonObject[] {
  switch (turn.role) {
    case 'system':
      return laterGuidance(turn.parts, speaking)
    case 'assistant':
      return assistantMessage(turn.parts, speaking)
    case 'user':
      return userMessages(turn.parts, speaking)
  }
}

/** One message, its blocks joined by blank lines: the templates of open models refuse a second one. */
function systemMessage(parts: readonly TextPart[], speaking: Speaking): JsonObject[] {
  const said = parts.filter(({ text }) => text !== '')
  if (said.length === 0) return []
  return [{ role: speaking.quirks.systemRole ?? 'system', content: textContent(said, speaking) }]
}

/** Between turns, in its place: never the assistant's words, never dropped (CONTRACT 7). */
function laterGuidance(parts: readonly TextPart[], speaking: Speaking): readonly JsonObject[] {
  if (!speaking.quirks.systemOnlyFirst) return systemMessage(parts, speaking)
  const text = parts.map((part) => part.text).join('\n\n')
  if (text === '') return []
  speaking.lost.add('system-position')
  return [{ role: 'user', content: `<system>\n${text}\n</system>` }]
}

/** Results first, directly behind their calls, then whatever else the user said (CONTRACT 54, 72). */
function userMessages(parts: readonly UserPart[], speaking: Speaking): readonly JsonObject[] {
  const results = parts.filter((part) => part.type === 'tool-result')
  const moved = results.flatMap((result) => resultMedia(result, speaking))
  const beside = parts.filter((part) => part.type !== 'tool-result')
  const answers = results.map((result) => toolMessage(result, speaking))
  if (results.length > 0 && moved.length + beside.length === 0) return answers
  return [...answers, { role: 'user', content: partContent([...moved, ...beside], speaking) }]
}

function toolMessage(result: ToolResultPart, speaking: Speaking): JsonObject {
  const cache = result.cache ?? result.content.findLast((piece) => piece.cache)?.cache
  return {
    role: 'tool',
    tool_call_id: callId(result.callId, speaking),
    content: marked(resultText(result, speaking), cache, speaking),
  }
}
