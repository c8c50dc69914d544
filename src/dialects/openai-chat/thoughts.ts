/**
 * Thoughts in Chat: `reasoning_content`, `reasoning` or OpenRouter's `reasoning_details`, which also hold proofs.
 *
 * A proof of our own dialect is the whole entry without its text, so that its maker gets it back as it was. Proofs of
 * other dialects travel to the client as entries whose `signature` or `data` is tagged with the maker (CONTRACT 65, 68).
 */
import type { Proof, ThinkingPart, ToolCallPart } from '../../conversation/conversation.ts'
import { readProof, tagProof } from '../../conversation/proof-tag.ts'
import {
  asList,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
  writeJson,
} from '../../wire/json.ts'

export interface Detail {
  readonly text: string
  readonly proof?: Proof
  /** The tool call the proof belongs to, if it names one. */
  readonly id?: string
}

export function readDetails(value: Json | undefined): readonly Detail[] {
  return asList(value).filter(isObject).map(readDetail)
}

function readDetail(entry: JsonObject): Detail {
  const { text, summary, ...rest } = entry
  const said = asText(text) ?? asText(summary) ?? ''
  const { signature, data, id } = rest
  const opaque = asText(signature) || asText(data)
  if (!opaque) return { text: said }
  const tagged = readProof(opaque, 'openai-chat', asText(data) ? 'encrypted' : 'signature')
  const proof = tagged.dialect === 'openai-chat' ? { ...tagged, value: writeJson(rest) } : tagged
  const name = asText(id)
  return { text: said, proof, ...(name !== undefined && { id: name }) }
}

/** The entry that carries a proof to a client; `owner` is the tool call it belongs to. */
export function clientDetail(proof: Proof, owner: string | undefined): JsonObject {
  const own = proof.dialect === 'openai-chat' ? tryParseJson(proof.value) : undefined
  if (isObject(own)) return own
  const value = tagProof(proof, 'openai-chat')
  const named = owner === undefined ? {} : { id: owner }
  return proof.kind === 'signature' && owner === undefined
    ? { type: 'reasoning.text', text: '', signature: value }
    : { type: 'reasoning.encrypted', data: value, ...named }
}

/** What an upstream gets back of its own thoughts. */
export function upstreamDetails(part: ThinkingPart | ToolCallPart): readonly JsonObject[] {
  const text = part.type === 'thinking' ? part.text : ''
  const entry = part.proof?.dialect === 'openai-chat' ? tryParseJson(part.proof.value) : undefined
  if (!isObject(entry)) return text === '' ? [] : [{ type: 'reasoning.text', text }]
  const { signature, format } = entry
  if (signature !== undefined) return [{ ...entry, text }]
  if (text === '') return [entry]
  const shared = format === undefined ? {} : { format }
  const summarized = asText(format)?.startsWith('openai') === true
  return [
    summarized
      ? { type: 'reasoning.summary', summary: text, ...shared }
      : { type: 'reasoning.text', text, ...shared },
    entry,
  ]
}

/** Thoughts a message of the history holds, never twice though several fields may say the same (CONTRACT 138). */
export function readThoughts(message: JsonObject): { thoughts: ThinkingPart[]; proofs: readonly Detail[] } {
  const { reasoning_content, reasoning, reasoning_details } = message
  const details = readDetails(reasoning_details)
  const plain = asText(reasoning_content) || asText(reasoning) || ''
  const worded = details.some(({ text }) => text !== '')
  const ofThoughts = details.filter(({ id }) => id === undefined || !callIds(message).includes(id))
  const proofs = details.filter((detail) => !ofThoughts.includes(detail))
  if (worded) return { thoughts: joinDetails(ofThoughts), proofs }
  const [first, ...others] = ofThoughts
  const thoughts: ThinkingPart[] =
    plain === '' && !first ? [] : [{ type: 'thinking', text: plain, ...proofOf(first) }]
  for (const other of others) thoughts.push({ type: 'thinking', text: '', ...proofOf(other) })
  return { thoughts, proofs }
}

const proofOf = (detail: Detail | undefined): { proof?: Proof } =>
  detail?.proof ? { proof: detail.proof } : {}

const callIds = ({ tool_calls }: JsonObject): readonly unknown[] =>
  asList(tool_calls).map((call) => {
    const { id } = asObject(call)
    return id
  })

/** A proof closes the thought it stands with. */
function joinDetails(details: readonly Detail[]): ThinkingPart[] {
  const parts: ThinkingPart[] = []
  let open = ''
  for (const { text, proof } of details) {
    open += text
    if (!proof) continue
    parts.push({ type: 'thinking', text: open, proof })
    open = ''
  }
  if (open !== '') parts.push({ type: 'thinking', text: open })
  return parts
}
