/**
 * Content blocks of a Messages reply to parts. Blocks may come without a start, with their content in the start, or with
 * deltas of another kind: servers that imitate the API do all of that.
 */
import type { Proof } from '../../conversation/conversation.ts'
import { readProof, readUnsigned } from '../../conversation/proof-tag.ts'
import type { PartEvent, PartOpening } from '../../conversation/reply.ts'
import { shortHash } from '../../conversation/tool-names.ts'
import {
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
  writeJson,
} from '../../wire/json.ts'
import { foreignLoss, readSearchResults } from './read-blocks.ts'

/** A content block that has not ended. */
interface Block {
  readonly kind: 'text' | 'thinking' | 'redacted' | 'call' | 'server-call'
  readonly wire: JsonObject
  /** Its part's index; parts of text and thought start with their first word. */
  part?: number
  /** The signature or the redacted thought. */
  proof: string
  /** Arguments so far. Of a call: only those that came with its start, said when no delta brings them. */
  input: string
}

export class BlockReader {
  readonly #say: (event: PartEvent) => void
  readonly #open = new Map<number, Block>()
  readonly #searches = new Map<string, string>() // id → query, until the results come
  readonly #callIds = new Set<string>()
  #parts = 0
  /** The message's id; ids of calls that came without one are made from it. */
  messageId = ''

  constructor(say: (event: PartEvent) => void) {
    this.#say = say
  }

  get sawCall(): boolean {
    return this.#callIds.size > 0
  }

  get sawAnything(): boolean {
    return this.#parts > 0 || this.#open.size > 0
  }

  start(at: number, wire: JsonObject): void {
    this.stop(at)
    switch (wire['type']) {
      case 'text':
        this.#open.set(at, { kind: 'text', wire, proof: '', input: '' })
        this.#speak(at, 'text', asText(wire['text']) ?? '')
        break
      case 'thinking':
        this.#open.set(at, { kind: 'thinking', wire, proof: asText(wire['signature']) ?? '', input: '' })
        this.#speak(at, 'thinking', asText(wire['thinking']) ?? '')
        break
      case 'redacted_thinking': {
        const part = this.#startPart({ type: 'thinking' })
        this.#open.set(at, { kind: 'redacted', wire, proof: asText(wire['data']) ?? '', input: '', part })
        break
      }
      case 'tool_use':
        this.#startCall(at, wire)
        break
      case 'server_tool_use':
        this.#open.set(at, { kind: 'server-call', wire, proof: '', input: '' })
        break
      case 'web_search_tool_result':
        this.#sayResults(wire)
        break
      default:
        this.#sayAtom({
          type: 'foreign',
          dialect: 'anthropic',
          value: wire,
          loss: foreignLoss(wire),
        })
    }
  }

  grow(at: number, delta: JsonObject): void {
    const block = this.#open.get(at)
    switch (delta['type']) {
      case 'text_delta':
        this.#speak(at, 'text', asText(delta['text']) ?? '')
        break
      case 'thinking_delta':
        this.#speak(at, 'thinking', asText(delta['thinking']) ?? '')
        break
      case 'signature_delta':
        if (block?.kind === 'thinking') block.proof = asText(delta['signature']) ?? block.proof
        break
      case 'input_json_delta':
        if (block) this.#growInput(block, asText(delta['partial_json']) ?? '')
    }
  }

  stop(at: number): void {
    const block = this.#open.get(at)
    if (!block) return
    this.#open.delete(at)
    if (block.kind === 'server-call') this.#stopServerCall(block)
    else this.#stopPart(block)
  }

  /** Nothing more comes: what is open ends, searches without results are told. */
  stopAll(): void {
    for (const at of [...this.#open.keys()]) this.stop(at)
    for (const [id, query] of this.#searches) this.#sayAtom({ type: 'search', id, query, results: [] })
    this.#searches.clear()
  }

  #startPart(part: PartOpening): number {
    const index = this.#parts++
    this.#say({ type: 'part-start', index, part })
    return index
  }

  #sayAtom(part: PartOpening): void {
    this.#say({ type: 'part-end', index: this.#startPart(part) })
  }

  #startCall(at: number, wire: JsonObject): void {
    const id = this.#callId(asText(wire['id']) ?? '')
    const part = this.#startPart({ type: 'tool-call', id, name: asText(wire['name']) ?? '' })
    this.#open.set(at, { kind: 'call', wire, proof: '', input: inputOf(wire), part })
  }

  /** Missing and repeated ids are replaced by ones of our own, the same for the same reply (CONTRACT 50). */
  #callId(given: string): string {
    const made = `toolu_${shortHash(`${this.messageId}#${this.#parts}`)}${this.#parts}`
    const id = given === '' || this.#callIds.has(given) ? made : given
    this.#callIds.add(id)
    return id
  }

  #sayResults(wire: JsonObject): void {
    const id = asText(wire['tool_use_id']) ?? ''
    const query = this.#searches.get(id) ?? ''
    this.#searches.delete(id)
    this.#sayAtom({ type: 'search', id, query, results: readSearchResults(wire['content']) })
  }

  /** Text in a block of thoughts, or thoughts in a block of text, begin a part of their own. */
  #speak(at: number, kind: 'text' | 'thinking', text: string): void {
    let block = this.#open.get(at)
    if (text === '' || (block && block.kind !== 'text' && block.kind !== 'thinking')) return
    if (block?.kind !== kind) {
      this.stop(at)
      block = { kind, wire: {}, proof: '', input: '' }
      this.#open.set(at, block)
    }
    block.part ??= this.#startPart({ type: kind })
    this.#say({ type: 'part-delta', index: block.part, text })
  }

  #growInput(block: Block, text: string): void {
    if (block.kind === 'server-call') block.input += text
    if (block.kind !== 'call' || block.part === undefined || text === '') return
    block.input = ''
    this.#say({ type: 'part-delta', index: block.part, text })
  }

  #stopPart(block: Block): void {
    const proof = proofOf(block)
    if (proof) block.part ??= this.#startPart({ type: 'thinking' })
    const { part: index, input } = block
    if (index === undefined) return
    if (block.kind === 'call' && input !== '') this.#say({ type: 'part-delta', index, text: input })
    this.#say({ type: 'part-end', index, ...(proof && { proof }) })
  }

  #stopServerCall({ wire, input }: Block): void {
    const value: Json = tryParseJson(input) ?? wire['input'] ?? {}
    if (wire['name'] === 'web_search')
      this.#searches.set(asText(wire['id']) ?? '', asText(asObject(value)['query']) ?? '')
    else
      this.#sayAtom({
        type: 'foreign',
        dialect: 'anthropic',
        value: { ...wire, input: value },
        loss: foreignLoss(wire),
      })
  }
}

function proofOf({ kind, proof }: Block): Proof | undefined {
  if (proof === '' || readUnsigned(proof) !== undefined) return undefined
  if (kind === 'redacted') return readProof(proof, 'anthropic', 'redacted')
  return kind === 'thinking' ? readProof(proof, 'anthropic', 'signature') : undefined
}

/** Arguments that came with the start of a call; '' when there are none yet. */
export function inputOf({ input }: JsonObject): string {
  return isObject(input) && Object.keys(input).length > 0 ? writeJson(input) : ''
}
