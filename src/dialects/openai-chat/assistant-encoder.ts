/** The assistant's turns in the history: text, calls, and thoughts where they are taken back. */
import type {
  AssistantPart,
  SearchPart,
  ThinkingPart,
  ToolCallPart,
} from '../../conversation/conversation.ts'
import { exactId, flatId, flatName, freeformProperty } from '../../conversation/tool-names.ts'
import type { JsonObject } from '../../wire/json.ts'
import { placeholder, type Speaking } from './parts-encoder.ts'
import { upstreamDetails } from './thoughts.ts'

/** One string for a server's sake, and no message for nothing. Cache marks would need a list. */
export function assistantMessage(parts: readonly AssistantPart[], speaking: Speaking): readonly JsonObject[] {
  const calls = parts.filter((part) => part.type === 'tool-call')
  const thoughts = thoughtFields(parts, calls, speaking)
  const text = parts.map((part) => spokenText(part, speaking)).filter((piece) => piece !== '')
  if (parts.some((part) => part.cache)) speaking.lost.add('cache-control')
  if (text.length + calls.length === 0 && Object.keys(thoughts).length === 0) return []
  const content = text.length === 0 && calls.length > 0 ? null : text.join('\n\n')
  const spoken = calls.map((call) => encodeCall(call, speaking))
  return [{ role: 'assistant', content, ...thoughts, ...(spoken.length > 0 && { tool_calls: spoken }) }]
}

function spokenText(part: AssistantPart, speaking: Speaking): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'media':
      return part.source.kind === 'text' ? part.source.text : placeholder(part, speaking)
    case 'search':
      return searchText(part, speaking)
    case 'foreign':
      speaking.lost.add(part.loss)
      return ''
    case 'thinking':
    case 'tool-call':
      return ''
  }
}

function searchText({ query, results }: SearchPart, { lost }: Speaking): string {
  lost.add('search-results')
  return [`[web search: ${query}]`, ...results.map(({ title, url }) => `- ${title} ${url}`)].join('\n')
}

/** The id of a call as the target takes it, in the call and in its result. */
export const callId = (id: string, { quirks, nameLength }: Speaking): string =>
  quirks.callIdLength === undefined ? flatId(id, nameLength) : exactId(id, quirks.callIdLength)

function encodeCall(call: ToolCallPart, speaking: Speaking): JsonObject {
  const { nameLength } = speaking
  const { id, name, namespace, freeform } = call
  const args = freeform ? JSON.stringify({ [freeformProperty]: call.arguments }) : call.arguments
  return {
    id: callId(id, speaking),
    type: 'function',
    function: { name: flatName(name, namespace, nameLength), arguments: args.trim() === '' ? '{}' : args },
  }
}

function thoughtFields(
  parts: readonly AssistantPart[],
  calls: readonly ToolCallPart[],
  speaking: Speaking,
): JsonObject {
  const { reasoningField = 'reasoning_content', reasoningReplay = 'accepted' } = speaking.quirks
  const thoughts = parts.filter((part) => part.type === 'thinking')
  const replays = reasoningReplay !== 'refused'
  noteProofs([...thoughts, ...calls], replays && reasoningField === 'reasoning_details', speaking)
  const text = joined(thoughts)
  if (!replays) {
    if (text !== '') speaking.lost.add('thinking-text')
    return {}
  }
  const always = reasoningReplay === 'required' && calls.length > 0
  if (reasoningField !== 'reasoning_details') return text !== '' || always ? { [reasoningField]: text } : {}
  const details = parts.flatMap((part) =>
    part.type === 'thinking' || part.type === 'tool-call' ? upstreamDetails(part) : [],
  )
  return details.length > 0 || always ? { reasoning_details: details } : {}
}

function noteProofs(
  parts: readonly (ThinkingPart | ToolCallPart)[],
  returned: boolean,
  { lost }: Speaking,
): void {
  const gone = parts.some(({ proof }) => proof && !(returned && proof.dialect === 'openai-chat'))
  if (gone) lost.add('thinking-proof')
}

const joined = (thoughts: readonly ThinkingPart[]): string =>
  thoughts
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n\n')
