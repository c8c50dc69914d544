/** `contents` to turns. Calls and their results are matched by id, else by name and order. */
import type {
  AssistantPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import { asList, asText, isObject, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { type OneOrMore, rememberedTogether } from '../../wire/remembered.ts'
import { decodeMedia } from './media.ts'
import type { Notes } from './notes.ts'
import { readSignature, sameProof } from './signature.ts'
import { pick, pickObject } from './wire.ts'

export function decodeContents(contents: readonly Json[], notes: Notes): Turn[] {
  const calls = new Calls()
  return byRole(contents, notes).flatMap((group) => {
    const draft = draftOf(group)
    if (draft.isStrange) notes.lose('unknown-field')
    const ids = draft.asks.map((ask) => (draft.role === 'assistant' ? calls.open(ask) : calls.close(ask)))
    return draft.parts.length > 0 ? [turnOf([draft, ...ids])] : []
  })
}

const isModel = ({ role }: JsonObject): boolean => role === 'model'

function byRole(contents: readonly Json[], notes: Notes): readonly OneOrMore<JsonObject>[] {
  const groups: [JsonObject, ...JsonObject[]][] = []
  for (const [at, content] of contents.entries()) {
    const last = groups.at(-1)
    if (!isObject(content)) notes.wrong(`contents[${at}]`, 'must be an object')
    else if (last && isModel(last[0]) === isModel(content)) last.push(content)
    else groups.push([content])
  }
  return groups
}

/** How a client names a call, where it is made and where it is answered. */
interface Ask {
  readonly id: string | undefined
  readonly name: string
}

/** Which call is which. */
class Calls {
  readonly #ids = new Set<string>()
  /** Calls whose results have not come yet, oldest first. */
  readonly #waiting: { readonly id: string; readonly name: string }[] = []
  #nameless = 0

  open({ id: given, name }: Ask): string {
    const id = this.#newId(given)
    this.#waiting.push({ id, name })
    return id
  }

  close({ id, name }: Ask): string {
    const byId = this.#waiting.findIndex((call) => call.id === id)
    const at = byId >= 0 ? byId : this.#waiting.findIndex((call) => call.name === name)
    const call = at >= 0 ? this.#waiting.splice(at, 1)[0] : undefined
    return call?.id ?? this.#newId(id)
  }

  /** The client's id when it is new; else one that depends only on what came before. */
  #newId(given: string | undefined): string {
    let id = given ?? ''
    while (id === '' || this.#ids.has(id)) id = `gemini_call_${this.#nameless++}`
    this.#ids.add(id)
    return id
  }
}

/** A turn whose calls and results are not named yet: as it is found in its contents, wherever they stand. */
type Draft = { readonly asks: readonly Ask[]; readonly isStrange: boolean } & (
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly parts: readonly AssistantPart[] }
)

const draftOf = rememberedTogether(
  (contents: OneOrMore<JsonObject>): Draft =>
    isModel(contents[0]) ? modelDraft(contents) : userDraft(contents),
)

const turnOf = rememberedTogether(([draft, ...ids]: OneOrMore<Draft, string>): Turn => {
  let at = 0
  const id = () => ids[at++] ?? ''
  return draft.role === 'user'
    ? {
        role: 'user',
        parts: draft.parts.map((part) => (part.type === 'tool-result' ? { ...part, callId: id() } : part)),
      }
    : {
        role: 'assistant',
        parts: draft.parts.map((part) => (part.type === 'tool-call' ? { ...part, id: id() } : part)),
      }
})

const partsOf = (content: JsonObject): readonly JsonObject[] => asList(content['parts']).filter(isObject)

/** Results stand before everything else the user says (CONTRACT 54). */
function userDraft(contents: readonly JsonObject[]): Draft {
  const asks: Ask[] = []
  const results: ToolResultPart[] = []
  const said: UserPart[] = []
  let isStrange = false
  for (const part of contents.flatMap(partsOf)) {
    const response = pickObject(part, 'functionResponse', 'function_response')
    if (response) {
      asks.push(askOf(response))
      results.push(readResult(response))
      continue
    }
    said.push(...readUserPart(part))
    isStrange ||= pick(part, 'videoMetadata', 'video_metadata') !== undefined
  }
  return { role: 'user', parts: [...results, ...said], asks, isStrange }
}

function readUserPart(part: JsonObject): readonly UserPart[] {
  const text = asText(part['text'])
  if (text !== undefined) return [{ type: 'text', text }]
  const media = decodeMedia(part)
  if (media) return [media]
  if (Object.keys(part).length === 0) return []
  return [{ type: 'foreign', dialect: 'gemini', value: part, loss: 'unknown-part' }]
}

const askOf = ({ id, name }: JsonObject): Ask => ({ id: asText(id), name: asText(name) ?? '' })

function readResult(response: JsonObject): ToolResultPart {
  const media = asList(response['parts']).filter(isObject).map(decodeMedia)
  const { text, isError } = readResponse(response['response'])
  return {
    type: 'tool-result',
    callId: '',
    content: [
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
      ...media.filter((one) => one !== undefined),
    ],
    isError,
  }
}

function modelDraft(contents: readonly JsonObject[]): Draft {
  const asks: Ask[] = []
  const parts: AssistantPart[] = []
  for (const content of contents) {
    // A client may keep every chunk of a reply as a content of its own: what runs on is one text.
    let runsOn = parts.length > 0
    for (const part of partsOf(content)) {
      const call = pickObject(part, 'functionCall', 'function_call')
      const text = asText(part['text'])
      if (call) {
        asks.push(askOf(call))
        addCall(part, call, parts)
      } else if (text !== undefined) addText(part, text, parts, runsOn)
      else addOther(part, parts)
      runsOn = false
    }
  }
  return { role: 'assistant', parts, asks, isStrange: false }
}

function addOther(part: JsonObject, parts: AssistantPart[]): void {
  const media = decodeMedia(part)
  if (media) parts.push(media)
  else if (Object.keys(part).length > 0)
    parts.push({ type: 'foreign', dialect: 'gemini', value: part, loss: 'server-tool' })
}

function addCall(part: JsonObject, call: JsonObject, parts: AssistantPart[]): void {
  const proof = readSignature(asText(pick(part, 'thoughtSignature', 'thought_signature')))
  if (proof && proof.dialect !== 'gemini') addProof(parts, proof)
  const made: ToolCallPart = {
    type: 'tool-call',
    id: '',
    name: asText(call['name']) ?? '',
    arguments: writeJson(call['args'] ?? {}),
    ...(proof?.dialect === 'gemini' && { proof }),
  }
  parts.push(made)
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
