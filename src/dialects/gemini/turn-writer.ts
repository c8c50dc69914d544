/** One turn in Gemini's parts. Results are kept apart: they stand before everything else the user says. */
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
import { Notes } from './notes.ts'
import { sameProof, unsignedCall } from './signature.ts'
import { nameLimitOf } from './tools.ts'

/** What the words of a turn depend on besides the turn. */
export interface Target {
  readonly quirks: Quirks
  readonly isThree: boolean
}

export class TurnWriter {
  readonly notes = new Notes()
  readonly results: JsonObject[] = []
  readonly parts: JsonObject[] = []
  /** The client's id → the name Gemini knows. */
  readonly calls: (readonly [string, string])[] = []
  readonly #quirks: Quirks
  readonly #limit: number
  readonly #isThree: boolean
  readonly #behindCall: boolean
  readonly #answers: (string | undefined)[]
  /** A thought whose proof belongs to the part after it. */
  #thought: ThinkingPart | undefined

  constructor({ quirks, isThree }: Target, behindCall: boolean, answers: readonly (string | undefined)[]) {
    this.#quirks = quirks
    this.#limit = nameLimitOf(quirks)
    this.#isThree = isThree
    this.#behindCall = behindCall
    this.#answers = [...answers]
  }

  write(turn: Turn): void {
    if (turn.role === 'assistant') this.#model(turn.parts)
    else if (turn.role === 'user') this.#user(turn.parts)
    else this.#guidance(turn.parts.map((part) => part.text))
  }

  get hasCall(): boolean {
    return this.#behindCall || this.parts.some((one) => one['functionCall'] !== undefined)
  }

  #user(parts: readonly UserPart[]): void {
    for (const part of parts) {
      if (part.cache) this.notes.lose('cache-control')
      switch (part.type) {
        case 'text':
          if (part.text !== '') this.parts.push({ text: part.text })
          break
        case 'media':
          this.parts.push(this.#media(part))
          break
        case 'tool-result':
          this.#result(part)
          break
        case 'foreign':
          this.#foreign(part)
      }
    }
  }

  /** Gemini knows guidance only before the first turn; later it is the user who passes it on (CONTRACT 7). */
  #guidance(texts: readonly string[]): void {
    this.notes.lose('system-position')
    const text = texts.filter((one) => one !== '').join('\n\n')
    if (text !== '') this.parts.push({ text: `<guidance>\n${text}\n</guidance>` })
  }

  #model(parts: readonly AssistantPart[]): void {
    for (const part of parts) {
      if (part.cache) this.notes.lose('cache-control')
      this.#modelPart(part)
    }
    this.#endThought()
  }

  #modelPart(part: AssistantPart): void {
    switch (part.type) {
      case 'thinking':
        this.#endThought()
        this.#thought = part
        return
      case 'text': {
        if (part.text === '') return
        const signature = this.#signature()
        this.parts.push(
          signature === undefined ? { text: part.text } : { text: part.text, thoughtSignature: signature },
        )
        return
      }
      case 'tool-call':
        this.#call(part)
        return
      case 'media':
        this.#endThought()
        this.parts.push(this.#media(part))
        return
      case 'search':
        this.notes.lose('search-results')
        return
      case 'foreign':
        this.#endThought()
        this.#foreign(part)
    }
  }

  #call(part: ToolCallPart): void {
    const name = flatName(part.name, part.namespace, this.#limit)
    const own = this.#ownProof(part.proof)
    const before = this.#signature(own)
    const signature = own?.value ?? before ?? (this.#isThree && !this.hasCall ? unsignedCall : undefined)
    this.calls.push([part.id, name])
    const functionCall = { id: flatId(part.id, this.#limit), name, args: argumentsOf(part) }
    this.parts.push(
      signature === undefined ? { functionCall } : { functionCall, thoughtSignature: signature },
    )
  }

  #result(part: ToolResultPart): void {
    const name = this.#answers.shift()
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
    if (part.content.some((piece) => piece.cache)) this.notes.lose('cache-control')
    if (name === undefined) {
      this.parts.push({ text: `[result of an earlier tool call]\n${text}` }, ...media)
      return
    }
    const inside = this.#isThree ? media.filter((one) => one['inlineData'] !== undefined) : []
    const beside = media.filter((one) => !inside.includes(one))
    if (beside.some((one) => one['text'] === undefined)) this.notes.lose('image-in-tool-result')
    this.results.push({
      functionResponse: {
        id: flatId(part.callId, this.#limit),
        name,
        response: part.isError ? { error: text } : { output: text },
        ...(inside.length > 0 && { parts: inside }),
      },
    })
    this.parts.push(...beside)
  }

  #media(part: MediaPart): JsonObject {
    const { part: said, loss } = encodeMedia(part, this.#quirks)
    if (loss) this.notes.lose(loss)
    return said
  }

  #foreign(part: Extract<UserPart, { type: 'foreign' }>): void {
    if (part.dialect === 'gemini' && isObject(part.value)) this.parts.push(part.value)
    else this.notes.lose(part.loss)
  }

  #ownProof(proof: Proof | undefined): Proof | undefined {
    if (proof && proof.dialect !== 'gemini') this.notes.lose('thinking-proof')
    return proof?.dialect === 'gemini' ? proof : undefined
  }

  /** Says the held thought and hands its signature to the part that follows; `known` is that part's own proof. */
  #signature(known?: Proof): string | undefined {
    const thought = this.#thought
    if (!thought) return undefined
    const proof = this.#ownProof(thought.proof)
    if (known && proof && !sameProof(known, proof)) {
      this.#endThought()
      return undefined
    }
    if (thought.text !== '') this.parts.push({ text: thought.text, thought: true })
    this.#thought = undefined
    return proof?.value
  }

  /** Says the held thought with its signature on itself. */
  #endThought(): void {
    const thought = this.#thought
    if (!thought) return
    this.#thought = undefined
    const proof = this.#ownProof(thought.proof)
    if (thought.text === '' && !proof) return
    this.parts.push({
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
