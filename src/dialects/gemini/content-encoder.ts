/**
 * Turns to `contents`. Users and models alternate, and results stand before everything else the user says: what Gemini
 * insists on. That every call has its result, nobody else's and once, is seen to before.
 */
import type {
  AssistantPart,
  MediaPart,
  Proof,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatId, flatName, freeformProperty } from '../../conversation/tool-names.ts'
import { isObject, type JsonObject, tryParseJson } from '../../wire/json.ts'
import { encodeMedia } from './media.ts'
import type { Notes } from './notes.ts'
import { sameProof, unsignedCall } from './signature.ts'
import { nameLimitOf } from './tools.ts'
import { isThreeOrLater } from './wire.ts'

export function encodeContents(
  turns: readonly Turn[],
  model: string,
  quirks: Quirks,
  notes: Notes,
): JsonObject[] {
  const writer = new ContentWriter(model, quirks, notes)
  for (const turn of turns) {
    if (turn.role === 'assistant') writer.model(turn.parts)
    else if (turn.role === 'user') writer.user(turn.parts)
    else writer.guidance(turn.parts.map((part) => part.text))
  }
  return writer.contents()
}

interface Content {
  readonly role: 'user' | 'model'
  readonly results: JsonObject[]
  readonly parts: JsonObject[]
}

class ContentWriter {
  readonly #quirks: Quirks
  readonly #notes: Notes
  readonly #limit: number
  readonly #isThree: boolean
  readonly #contents: Content[] = []
  /** Calls of the model's last turn that wait for a result: the client's id → the name Gemini knows. */
  #waiting = new Map<string, string>()
  readonly #names = new Map<string, string>()
  /** A thought whose proof belongs to the part after it. */
  #thought: ThinkingPart | undefined

  constructor(model: string, quirks: Quirks, notes: Notes) {
    this.#quirks = quirks
    this.#notes = notes
    this.#limit = nameLimitOf(quirks)
    this.#isThree = isThreeOrLater(model)
  }

  contents(): JsonObject[] {
    return this.#contents
      .map(({ role, results, parts }) => ({
        role,
        parts: results.length > 0 ? [...results, ...parts] : parts,
      }))
      .filter(({ parts }) => parts.length > 0)
  }

  user(parts: readonly UserPart[]): void {
    const content = this.#content('user')
    for (const part of parts) {
      if (part.cache) this.#notes.lose('cache-control')
      switch (part.type) {
        case 'text':
          if (part.text !== '') content.parts.push({ text: part.text })
          break
        case 'media':
          content.parts.push(this.#media(part))
          break
        case 'tool-result':
          this.#result(part, content)
          break
        case 'foreign':
          this.#foreign(part, content.parts)
      }
    }
  }

  /** Gemini knows guidance only before the first turn; later it is the user who passes it on (CONTRACT 7). */
  guidance(texts: readonly string[]): void {
    this.#notes.lose('system-position')
    const text = texts.filter((one) => one !== '').join('\n\n')
    if (text !== '') this.#content('user').parts.push({ text: `<guidance>\n${text}\n</guidance>` })
  }

  model(parts: readonly AssistantPart[]): void {
    const content = this.#content('model')
    for (const part of parts) {
      if (part.cache) this.#notes.lose('cache-control')
      this.#modelPart(part, content.parts)
    }
    this.#endThought(content.parts)
  }

  #modelPart(part: AssistantPart, parts: JsonObject[]): void {
    switch (part.type) {
      case 'thinking':
        this.#endThought(parts)
        this.#thought = part
        return
      case 'text': {
        if (part.text === '') return
        const signature = this.#signature(parts)
        parts.push(
          signature === undefined ? { text: part.text } : { text: part.text, thoughtSignature: signature },
        )
        return
      }
      case 'tool-call':
        this.#call(part, parts)
        return
      case 'media':
        this.#endThought(parts)
        parts.push(this.#media(part))
        return
      case 'search':
        this.#notes.lose('search-results')
        return
      case 'foreign':
        this.#endThought(parts)
        this.#foreign(part, parts)
    }
  }

  #content(role: Content['role']): Content {
    const last = this.#contents.at(-1)
    if (last?.role === role) return last
    if (role === 'model') this.#waiting.clear()
    const content: Content = { role, results: [], parts: [] }
    this.#contents.push(content)
    return content
  }

  #call(part: ToolCallPart, parts: JsonObject[]): void {
    const name = this.#nameOf(part)
    const own = this.#ownProof(part.proof)
    const before = this.#signature(parts, own)
    const isFirst = !parts.some((one) => one['functionCall'] !== undefined)
    const signature = own?.value ?? before ?? (this.#isThree && isFirst ? unsignedCall : undefined)
    this.#waiting.set(part.id, name)
    const functionCall = { id: flatId(part.id, this.#limit), name, args: argumentsOf(part) }
    parts.push(signature === undefined ? { functionCall } : { functionCall, thoughtSignature: signature })
  }

  /** Histories call the same few tools again and again. */
  #nameOf({ name, namespace }: ToolCallPart): string {
    if (namespace !== undefined) return flatName(name, namespace, this.#limit)
    const known = this.#names.get(name) ?? flatName(name, undefined, this.#limit)
    this.#names.set(name, known)
    return known
  }

  #result(part: ToolResultPart, content: Content): void {
    const name = this.#waiting.get(part.callId)
    const text = part.content
      .flatMap((piece) =>
        piece.type === 'text'
          ? [piece.text]
          : piece.type === 'media'
            ? []
            : [`Tool available: ${piece.name}`],
      )
      .join('\n')
    const media = part.content.filter((piece) => piece.type === 'media').map((piece) => this.#media(piece))
    if (part.content.some((piece) => piece.cache)) this.#notes.lose('cache-control')
    if (name === undefined) {
      content.parts.push({ text: `[result of an earlier tool call]\n${text}` }, ...media)
      return
    }
    this.#waiting.delete(part.callId)
    const inside = this.#isThree ? media.filter((one) => one['inlineData'] !== undefined) : []
    const beside = media.filter((one) => !inside.includes(one))
    if (beside.some((one) => one['text'] === undefined)) this.#notes.lose('image-in-tool-result')
    content.results.push({
      functionResponse: {
        id: flatId(part.callId, this.#limit),
        name,
        response: part.isError ? { error: text } : { output: text },
        ...(inside.length > 0 && { parts: inside }),
      },
    })
    content.parts.push(...beside)
  }

  #media(part: MediaPart): JsonObject {
    const { part: said, loss } = encodeMedia(part, this.#quirks)
    if (loss) this.#notes.lose(loss)
    return said
  }

  #foreign(part: Extract<UserPart, { type: 'foreign' }>, parts: JsonObject[]): void {
    if (part.dialect === 'gemini' && isObject(part.value)) parts.push(part.value)
    else this.#notes.lose(part.loss)
  }

  #ownProof(proof: Proof | undefined): Proof | undefined {
    if (proof && proof.dialect !== 'gemini') this.#notes.lose('thinking-proof')
    return proof?.dialect === 'gemini' ? proof : undefined
  }

  /** Says the held thought and hands its signature to the part that follows; `known` is that part's own proof. */
  #signature(parts: JsonObject[], known?: Proof): string | undefined {
    const thought = this.#thought
    if (!thought) return undefined
    const proof = this.#ownProof(thought.proof)
    if (known && proof && !sameProof(known, proof)) {
      this.#endThought(parts)
      return undefined
    }
    if (thought.text !== '') parts.push({ text: thought.text, thought: true })
    this.#thought = undefined
    return proof?.value
  }

  /** Says the held thought with its signature on itself. */
  #endThought(parts: JsonObject[]): void {
    const thought = this.#thought
    if (!thought) return
    this.#thought = undefined
    const proof = this.#ownProof(thought.proof)
    if (thought.text === '' && !proof) return
    parts.push({
      text: thought.text,
      ...(thought.text !== '' && { thought: true }),
      ...(proof && { thoughtSignature: proof.value }),
    })
  }
}

/** History may hold arguments that never were JSON; they are shown, not dropped. */
function argumentsOf(part: ToolCallPart): JsonObject {
  if (part.freeform === true) return { [freeformProperty]: part.arguments }
  if (part.arguments.trim() === '') return {}
  const parsed = tryParseJson(part.arguments)
  return isObject(parsed) ? parsed : { arguments: part.arguments }
}
