/**
 * Parts, which may interleave, to content blocks, which follow one another (CONTRACT 28, 29): a part that has something
 * to say while another holds the floor waits until that one has ended. No block is opened before it has content.
 */
import type { Proof } from '../../conversation/conversation.ts'
import { tagProof, unsignedTag } from '../../conversation/proof-tag.ts'
import type { PartEvent, PartOpening } from '../../conversation/reply.ts'
import { flatId, flatName, freeformProperty } from '../../conversation/tool-names.ts'
import { isObject, type JsonObject } from '../../wire/json.ts'

/** Where blocks go: frames of a stream, or the content of a whole message. */
export interface BlockSink {
  open(at: number, block: JsonObject): void
  grow(at: number, kind: DeltaKind, text: string): void
  close(at: number): void
}
export type DeltaKind = 'text' | 'thinking' | 'signature' | 'input'

interface Part {
  readonly opening: PartOpening
  /** Said but not written yet. */
  text: string
  deltas: number
  ended: boolean
  proof: Proof | undefined
  /** Written as a block of its own kind that carries no signature. */
  redacted: boolean
  /** The id it was written with: what answers it names it. */
  id: string
}

/** The client asked not to think, or not to see it (CONTRACT 67). */
export type ThoughtView = 'shown' | 'hidden' | 'off'

const idLength = 64
const searchPrefix = 'srvtoolu_'

export class BlockWriter {
  readonly #sink: BlockSink
  readonly #thoughts: ThoughtView
  readonly #parts = new Map<number, Part>()
  readonly #seen = new Set<number>()
  readonly #ids = new Set<string>()
  #floor: number | undefined
  #at = 0
  /** Characters written, for an estimate when the upstream does not count. */
  written = 0
  calls = 0
  searches = 0

  constructor(sink: BlockSink, thoughts: ThoughtView) {
    this.#sink = sink
    this.#thoughts = thoughts
  }

  push(event: PartEvent): void {
    if (event.type === 'part-start') this.#start(event.index, event.part)
    else {
      const part = this.#parts.get(event.index)
      if (!part || part.ended) return
      if (event.type === 'part-end') {
        part.ended = true
        part.proof = event.proof
      } else if (event.text !== '') {
        part.text += event.text
        part.deltas++
      }
    }
    if (this.#floor === undefined || this.#floor === event.index) this.#advance()
  }

  /** Whether a call was begun and not ended. */
  get callIsOpen(): boolean {
    return [...this.#parts.values()].some(({ opening, ended }) => opening.type === 'tool-call' && !ended)
  }

  /** Nothing more comes. Calls that are open stay so: what the client saw of them is not called complete. */
  finish(): void {
    for (const [index, part] of this.#parts) {
      if (part.opening.type !== 'tool-call') part.ended = true
      else if (!part.ended && index !== this.#floor) this.#parts.delete(index)
    }
    this.#advance()
  }

  #start(index: number, opening: PartOpening): void {
    if (this.#seen.has(index)) return
    this.#seen.add(index)
    if (opening.type === 'thinking' && this.#thoughts === 'off') return
    if (opening.type === 'foreign' && !(opening.dialect === 'anthropic' && isObject(opening.value))) return
    const atomic = opening.type === 'search' || opening.type === 'foreign'
    this.#parts.set(index, {
      opening,
      text: '',
      deltas: 0,
      ended: atomic,
      proof: undefined,
      redacted: false,
      id: '',
    })
  }

  /** Writes all that can be written now. */
  #advance(): void {
    for (;;) {
      if (this.#floor === undefined && !this.#callNext()) return
      const part = this.#floor === undefined ? undefined : this.#parts.get(this.#floor)
      if (!part || this.#floor === undefined) return
      this.#writeText(part)
      if (!part.ended) return
      this.#close(part)
      this.#parts.delete(this.#floor)
      this.#floor = undefined
    }
  }

  /** Gives the floor to the first part that has something to say. */
  #callNext(): boolean {
    for (const [index, part] of this.#parts) {
      if (this.#isReady(part)) {
        this.#floor = index
        this.#open(part)
        return true
      }
      if (part.ended) this.#parts.delete(index)
    }
    return false
  }

  /** A call waits for its second delta: a proof for it may come with its end, and is said before it. */
  #isReady({ opening, text, deltas, ended, proof }: Part): boolean {
    switch (opening.type) {
      case 'text':
        return text !== ''
      case 'thinking':
        if (this.#thoughts === 'hidden') return ended && (text !== '' || proof !== undefined)
        return text !== '' || (ended && proof !== undefined)
      case 'tool-call':
        return ended || (deltas > 1 && !opening.freeform)
      case 'search':
      case 'foreign':
        return true
    }
  }

  #open(part: Part): void {
    const { opening, proof } = part
    switch (opening.type) {
      case 'text':
        this.#sink.open(this.#at, { type: 'text', text: '' })
        break
      case 'thinking':
        this.#openThought(part)
        break
      case 'tool-call':
        this.#openCall(opening, proof)
        break
      case 'search':
        this.#openSearch(part, opening)
        break
      case 'foreign':
        if (isObject(opening.value)) this.#sink.open(this.#at, opening.value)
    }
  }

  /** A redacted thought has no text; one whose text was seen is signed like any other. */
  #openThought(part: Part): void {
    const unseen = part.text === '' || this.#thoughts === 'hidden'
    const data =
      part.proof?.dialect === 'anthropic' && part.proof.kind === 'redacted' ? part.proof.value : undefined
    part.redacted = unseen && data !== undefined
    const block = part.redacted
      ? { type: 'redacted_thinking', data }
      : { type: 'thinking', thinking: '', signature: '' }
    this.#sink.open(this.#at, block)
  }

  #openCall(opening: Extract<PartOpening, { type: 'tool-call' }>, proof: Proof | undefined): void {
    const id = this.#uniqueId(opening.id)
    if (proof && this.#thoughts !== 'off') this.#writeProof({ ...proof, itemId: id })
    const { name, namespace } = opening
    const flat = namespace === undefined ? name : flatName(name, namespace, idLength)
    this.#sink.open(this.#at, { type: 'tool_use', id, name: flat, input: {} })
    this.calls++
  }

  /** A proof that belongs to a call has no place in it: an empty thought before the call brings it back (CONTRACT 68). */
  #writeProof(proof: Proof): void {
    this.#sink.open(this.#at, { type: 'thinking', thinking: '', signature: '' })
    this.#sink.grow(this.#at, 'signature', tagProof(proof, 'anthropic'))
    this.#sink.close(this.#at++)
  }

  #uniqueId(given: string): string {
    const id = flatId(given, idLength)
    let unique = id
    for (let next = 2; this.#ids.has(unique); next++) unique = `${id.slice(0, idLength - 4)}_${next}`
    this.#ids.add(unique)
    return unique
  }

  /** The call of the search; its results are the block that closes the part. */
  #openSearch(part: Part, { id, query }: Extract<PartOpening, { type: 'search' }>): void {
    const flat = flatId(id, idLength - searchPrefix.length)
    part.id = this.#uniqueId(flat.startsWith(searchPrefix) ? flat : `${searchPrefix}${flat}`)
    this.#sink.open(this.#at, { type: 'server_tool_use', id: part.id, name: 'web_search', input: {} })
    this.#sink.grow(this.#at, 'input', JSON.stringify({ query }))
    this.#sink.close(this.#at++)
    this.searches++
  }

  #writeText(part: Part): void {
    const { opening, text } = part
    if (text === '') return
    if (opening.type === 'thinking' && this.#thoughts === 'hidden') return
    if (opening.type === 'tool-call' && opening.freeform && !part.ended) return
    part.text = ''
    this.written += text.length
    const written =
      opening.type === 'tool-call' && opening.freeform ? JSON.stringify({ [freeformProperty]: text }) : text
    this.#sink.grow(this.#at, deltaKind(opening), written)
  }

  #close(part: Part): void {
    const { opening, proof, text, redacted, id } = part
    if (opening.type === 'thinking' && !redacted)
      this.#sink.grow(this.#at, 'signature', proof ? tagProof(proof, 'anthropic') : unsignedTag(text))
    if (opening.type === 'search') this.#sink.open(this.#at, searchResults(id, opening))
    this.#sink.close(this.#at++)
  }
}

function deltaKind({ type }: PartOpening): DeltaKind {
  if (type === 'tool-call') return 'input'
  return type === 'thinking' ? 'thinking' : 'text'
}

function searchResults(id: string, { results }: Extract<PartOpening, { type: 'search' }>): JsonObject {
  const content = results.map(({ url, title, proof }) => ({
    type: 'web_search_result',
    url,
    title,
    encrypted_content: proof ? tagProof(proof, 'anthropic') : '',
    page_age: null,
  }))
  return { type: 'web_search_tool_result', tool_use_id: id, content }
}
