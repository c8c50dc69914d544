/** `contents` to turns. Calls and their results are matched by id, else by name and order. */
import type {
  AssistantPart,
  MediaPart,
  TextPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import { asList, asText, isObject, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { decodeMedia } from './media.ts'
import type { Notes } from './notes.ts'
import { readSignature, sameProof } from './signature.ts'
import { pick, pickObject } from './wire.ts'

export function decodeContents(contents: readonly Json[], notes: Notes): Turn[] {
  const reader = new ContentReader(notes)
  for (const [at, content] of contents.entries()) {
    if (!isObject(content)) {
      notes.wrong(`contents[${at}]`, 'must be an object')
      continue
    }
    const parts = asList(content['parts']).filter(isObject)
    if (content['role'] === 'model') reader.model(parts)
    else reader.user(parts)
  }
  return reader.turns()
}

interface Growing {
  readonly role: 'user' | 'model'
  /** Stand before everything else the user says (CONTRACT 54). */
  readonly results: ToolResultPart[]
  readonly said: (TextPart | MediaPart | Exclude<UserPart, ToolResultPart>)[]
  readonly model: AssistantPart[]
}

interface Waiting {
  readonly id: string
  readonly name: string
}

class ContentReader {
  readonly #notes: Notes
  readonly #growing: Growing[] = []
  readonly #ids = new Set<string>()
  /** Calls whose results have not come yet, oldest first. */
  #waiting: Waiting[] = []
  #nameless = 0

  constructor(notes: Notes) {
    this.#notes = notes
  }

  turns(): Turn[] {
    return this.#growing.flatMap(({ role, results, said, model }): Turn[] => {
      if (role === 'model') return model.length > 0 ? [{ role: 'assistant', parts: model }] : []
      const parts = [...results, ...said]
      return parts.length > 0 ? [{ role: 'user', parts }] : []
    })
  }

  user(parts: readonly JsonObject[]): void {
    const turn = this.#turn('user')
    for (const part of parts) {
      const response = pickObject(part, 'functionResponse', 'function_response')
      if (response) {
        turn.results.push(this.#result(response))
        continue
      }
      const text = asText(part['text'])
      const media = text === undefined ? decodeMedia(part) : undefined
      if (text !== undefined) turn.said.push({ type: 'text', text })
      else if (media) turn.said.push(media)
      else if (Object.keys(part).length > 0)
        turn.said.push({ type: 'foreign', dialect: 'gemini', value: part, loss: 'unknown-part' })
      if (pick(part, 'videoMetadata', 'video_metadata') !== undefined) this.#notes.lose('unknown-field')
    }
  }

  model(parts: readonly JsonObject[]): void {
    const turn = this.#turn('model')
    // A client may keep every chunk of a reply as a content of its own: what runs on is one text.
    let runsOn = turn.model.length > 0
    for (const part of parts) {
      this.#modelPart(part, turn.model, runsOn)
      runsOn = false
    }
  }

  #turn(role: Growing['role']): Growing {
    const last = this.#growing.at(-1)
    if (last?.role === role) return last
    const turn: Growing = { role, results: [], said: [], model: [] }
    this.#growing.push(turn)
    return turn
  }

  #modelPart(part: JsonObject, parts: AssistantPart[], runsOn: boolean): void {
    const call = pickObject(part, 'functionCall', 'function_call')
    const text = asText(part['text'])
    if (call) this.#call(part, call, parts)
    else if (text !== undefined) addText(part, text, parts, runsOn)
    else this.#otherPart(part, parts)
  }

  #otherPart(part: JsonObject, parts: AssistantPart[]): void {
    const media = decodeMedia(part)
    if (media) parts.push(media)
    else if (Object.keys(part).length > 0)
      parts.push({ type: 'foreign', dialect: 'gemini', value: part, loss: 'server-tool' })
  }

  #call(part: JsonObject, call: JsonObject, parts: AssistantPart[]): void {
    const name = asText(call['name']) ?? ''
    const id = this.#callId(asText(call['id']))
    this.#waiting.push({ id, name })
    const proof = readSignature(asText(pick(part, 'thoughtSignature', 'thought_signature')))
    if (proof && proof.dialect !== 'gemini') addProof(parts, proof)
    const made: ToolCallPart = {
      type: 'tool-call',
      id,
      name,
      arguments: writeJson(call['args'] ?? {}),
      ...(proof?.dialect === 'gemini' && { proof }),
    }
    parts.push(made)
  }

  /** The client's id when it is new; else one that depends only on what came before. */
  #callId(given: string | undefined): string {
    let id = given ?? ''
    while (id === '' || this.#ids.has(id)) id = `gemini_call_${this.#nameless++}`
    this.#ids.add(id)
    return id
  }

  #result(response: JsonObject): ToolResultPart {
    const name = asText(response['name']) ?? ''
    const id = asText(response['id'])
    const byId = this.#waiting.findIndex((call) => call.id === id)
    const at = byId >= 0 ? byId : this.#waiting.findIndex((call) => call.name === name)
    const call = at >= 0 ? this.#waiting.splice(at, 1)[0] : undefined
    const media = asList(response['parts']).filter(isObject).map(decodeMedia)
    const { text, isError } = readResponse(response['response'])
    return {
      type: 'tool-result',
      callId: call?.id ?? this.#callId(id),
      content: [
        ...(text === '' ? [] : [{ type: 'text', text } as const]),
        ...media.filter((one) => one !== undefined),
      ],
      isError,
    }
  }
}

/** Pieces of a thought stand side by side in a reply that a client gathered; its proof, at the end, is for all of them. */
function addText(part: JsonObject, text: string, parts: AssistantPart[], runsOn: boolean): void {
  const type = part['thought'] === true ? 'thinking' : 'text'
  const proof = readSignature(asText(pick(part, 'thoughtSignature', 'thought_signature')))
  if (type === 'text' && proof) addProof(parts, proof)
  const last = parts.at(-1)
  const continues = runsOn || type === 'thinking'
  if (text !== '' && continues && last?.type === type && !('proof' in last))
    parts[parts.length - 1] = { ...last, text: last.text + text }
  else if (text !== '') parts.push({ type, text })
  if (type === 'thinking' && proof) addProof(parts, proof)
}

/** A proof belongs to the thought before it; where there is none, to one that was kept from us. */
function addProof(parts: AssistantPart[], proof: NonNullable<ThinkingPart['proof']>): void {
  if (parts.some((part) => part.type === 'thinking' && sameProof(part.proof, proof))) return
  const last = parts.at(-1)
  if (last?.type === 'thinking' && !last.proof) parts[parts.length - 1] = { ...last, proof }
  else parts.push({ type: 'thinking', text: '', proof })
}

/** `output` and `error` are the documented keys; an object without them is the output itself. */
function readResponse(response: Json | undefined): { readonly text: string; readonly isError: boolean } {
  if (!isObject(response)) return { text: textOf(response), isError: false }
  const [only, ...more] = Object.keys(response)
  const isError = response['error'] !== undefined && response['error'] !== null
  if (only !== undefined && more.length === 0 && ['output', 'result', 'error'].includes(only))
    return { text: textOf(response[only]), isError: only === 'error' }
  return { text: only === undefined ? '' : writeJson(response), isError }
}

const textOf = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : writeJson(value)
