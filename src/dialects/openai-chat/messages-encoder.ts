/** Guidance and turns to messages; calls and results are expected to be paired (`repairCalls`). */
import type {
  Conversation,
  TextPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import type { JsonObject } from '../../wire/json.ts'
import { assistantMessage, callId } from './assistant-encoder.ts'
import { marked, partContent, type Speaking, textContent } from './parts-encoder.ts'
import { resultMedia, resultText } from './result-encoder.ts'

/** `guidance` is ours and stands behind the client's. */
export function encodeMessages(
  { system, turns }: Conversation,
  guidance: string | undefined,
  speaking: Speaking,
): readonly JsonObject[] {
  const ours: readonly TextPart[] = guidance === undefined ? [] : [{ type: 'text', text: guidance }]
  const messages = systemMessage([...system, ...ours], speaking)
  for (const turn of turns) messages.push(...encodeTurn(turn, speaking))
  return speaking.quirks.noUserAfterTool ? messages.flatMap(bridged) : messages
}

/** Stands where the model would have spoken, had it been asked: some templates refuse a user right behind a result. */
const bridge: JsonObject = { role: 'assistant', content: '(continues)' }

function bridged(message: JsonObject, at: number, all: readonly JsonObject[]): readonly JsonObject[] {
  const behindResult = message['role'] === 'user' && all[at - 1]?.['role'] === 'tool'
  return behindResult ? [bridge, message] : [message]
}

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
