/** One writer per kind of output item: what is sent when it opens, grows and is done. */
import type { Proof } from '../../conversation/conversation.ts'
import { tagProof } from '../../conversation/proof-tag.ts'
import type { PartOpening } from '../../conversation/reply.ts'
import { flatId } from '../../conversation/tool-names.ts'
import { asText, isObject, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { namedFrame } from '../../wire/sse.ts'
import { searchItem } from './history.ts'
import { self } from './wire.ts'

/** Collects the frames, counts events and items, keeps what is done. */
export class ItemSink {
  readonly #replyId: string
  readonly #done: (Json | undefined)[] = []
  readonly #callIds = new Set<string>()
  readonly #itemIds = new Set<string>()
  #text = ''
  #number = 0

  constructor(replyId: string) {
    this.#replyId = replyId
  }

  /** The items that are done, in order of their announcement. */
  get output(): Json[] {
    return this.#done.filter((item) => item !== undefined)
  }

  take(): string {
    const text = this.#text
    this.#text = ''
    return text
  }

  nextNumber(): number {
    this.#number += 1
    return this.#number - 1
  }

  event(type: string, fields: object): void {
    this.raw(namedFrame(type, writeJson({ type, sequence_number: this.nextNumber(), ...fields })))
  }

  /** `fields` is JSON text without its braces: the cheap way for deltas. */
  delta(type: string, fields: string): void {
    this.raw(`event: ${type}\ndata: {"type":"${type}","sequence_number":${this.nextNumber()},${fields}}\n\n`)
  }

  raw(frames: string): void {
    this.#text += frames
  }

  /** A place in the output and the id that goes with it: the one it has, unless that is taken. */
  place(prefix: string, id?: string): Place {
    const output_index = this.#done.push(undefined) - 1
    if (id === undefined || this.#itemIds.has(id))
      return { output_index, id: `${prefix}_${this.#replyId}_${output_index}` }
    this.#itemIds.add(id)
    return { output_index, id }
  }

  callId(given: string): string {
    const id = given === '' || this.#callIds.has(given) ? flatId(`${given}:${this.#callIds.size}`, 64) : given
    this.#callIds.add(id)
    return id
  }

  added({ output_index }: Place, item: Json): void {
    this.event('response.output_item.added', { output_index, item })
  }

  done({ output_index }: Place, item: Json): void {
    this.#done[output_index] = item
    this.event('response.output_item.done', { output_index, item })
  }
}

export interface Place {
  readonly output_index: number
  readonly id: string
}

type Status = 'completed' | 'incomplete'

export interface OutputItem {
  write(text: string): void
  close(status: Status, proof?: Proof): void
}

/** Not announced before its first content (CONTRACT 31). */
export class TextItem implements OutputItem {
  readonly #sink: ItemSink
  #place: Place | undefined
  #prefix = ''
  #text = ''

  constructor(sink: ItemSink) {
    this.#sink = sink
  }

  write(text: string): void {
    if (!this.#place) this.#announce()
    this.#text += text
    this.#sink.delta(
      'response.output_text.delta',
      `${this.#prefix},"delta":${JSON.stringify(text)},"logprobs":[]`,
    )
  }

  #announce(): void {
    const place = this.#sink.place('msg')
    this.#place = place
    const { id, output_index } = place
    this.#prefix = `"item_id":"${id}","output_index":${output_index},"content_index":0`
    this.#sink.added(place, { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] })
    this.#sink.event('response.content_part.added', { ...this.#where(place), part: outputText('') })
  }

  #where({ id, output_index }: Place): JsonObject {
    return { item_id: id, output_index, content_index: 0 }
  }

  close(status: Status): void {
    const place = this.#place
    if (!place) return
    const text = this.#text
    const part = outputText(text)
    this.#sink.event('response.output_text.done', { ...this.#where(place), text, logprobs: [] })
    this.#sink.event('response.content_part.done', { ...this.#where(place), part })
    this.#sink.done(place, { id: place.id, type: 'message', status, role: 'assistant', content: [part] })
  }
}

const outputText = (text: string): JsonObject => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
})

/** Thoughts are shown as a summary, which Codex displays and sends back. */
export class ThoughtItem implements OutputItem {
  readonly #sink: ItemSink
  readonly #visible: boolean
  #place: Place | undefined
  #prefix = ''
  #text = ''

  constructor(sink: ItemSink, visible: boolean) {
    this.#sink = sink
    this.#visible = visible
  }

  write(text: string): void {
    if (!this.#visible) return
    if (this.#text === '') this.#showSummary()
    this.#text += text
    this.#sink.delta(
      'response.reasoning_summary_text.delta',
      `${this.#prefix},"delta":${JSON.stringify(text)}`,
    )
  }

  #showSummary(): void {
    const place = this.#announce()
    this.#prefix = `"item_id":"${place.id}","output_index":${place.output_index},"summary_index":0`
    this.#sink.event('response.reasoning_summary_part.added', { ...where(place), part: summaryText('') })
  }

  #announce(): Place {
    if (this.#place) return this.#place
    const place = this.#sink.place('rs')
    this.#place = place
    this.#sink.added(place, { id: place.id, type: 'reasoning', summary: [], encrypted_content: null })
    return place
  }

  close(_status: Status, proof?: Proof): void {
    if (this.#text === '' && !proof) return
    const place = this.#announce()
    const text = this.#text
    if (text !== '') {
      this.#sink.event('response.reasoning_summary_text.done', { ...where(place), text })
      this.#sink.event('response.reasoning_summary_part.done', { ...where(place), part: summaryText(text) })
    }
    this.#sink.done(place, {
      id: place.id,
      type: 'reasoning',
      summary: text === '' ? [] : [summaryText(text)],
      encrypted_content: proof ? tagProof(proof, self) : null,
    })
  }
}

const where = ({ id, output_index }: Place): JsonObject => ({ item_id: id, output_index, summary_index: 0 })
const summaryText = (text: string): JsonObject => ({ type: 'summary_text', text })

/** The proof of a call, which has no field for one: a silent thought that names the call. */
export class ProofItem {
  readonly #thought: ThoughtItem
  readonly #proof: Proof

  constructor(sink: ItemSink, proof: Proof) {
    this.#thought = new ThoughtItem(sink, false)
    this.#proof = proof
  }

  close(): void {
    this.#thought.close('completed', this.#proof)
  }
}

type CallOpening = Extract<PartOpening, { type: 'tool-call' }>

/** Done only when `close` says so; a call that is cut off never is (CONTRACT 39, 47). */
export class CallItem implements OutputItem {
  readonly #sink: ItemSink
  readonly #freeform: boolean
  readonly #place: Place
  readonly #prefix: string
  readonly #names: JsonObject
  readonly callId: string
  #text = ''

  constructor(sink: ItemSink, { id, name, namespace, freeform }: CallOpening) {
    this.#sink = sink
    this.#freeform = freeform === true
    this.#place = sink.place(this.#freeform ? 'ctc' : 'fc')
    this.#prefix = `"item_id":"${this.#place.id}","output_index":${this.#place.output_index}`
    this.callId = sink.callId(id)
    this.#names = { call_id: this.callId, name, ...(namespace !== undefined && { namespace }) }
    sink.added(this.#place, this.#item('in_progress'))
  }

  write(text: string): void {
    // Blanks before the arguments mean nothing, and not all blanks are blanks to JSON.
    if (!this.#freeform && this.#text === '' && text.trim() === '') return
    this.#text += text
    this.#sink.delta(`${this.#event}.delta`, `${this.#prefix},"delta":${JSON.stringify(text)}`)
  }

  close(): void {
    if (!this.#freeform && this.#text === '') this.write('{}')
    const { id, output_index } = this.#place
    const said = this.#freeform ? { input: this.#text } : { name: this.#names['name'], arguments: this.#text }
    this.#sink.event(`${this.#event}.done`, { item_id: id, output_index, ...said })
    this.#sink.done(this.#place, this.#item('completed'))
  }

  get #event(): string {
    return this.#freeform ? 'response.custom_tool_call_input' : 'response.function_call_arguments'
  }

  #item(status: string): JsonObject {
    const { id } = this.#place
    return this.#freeform
      ? { id, type: 'custom_tool_call', status, ...this.#names, input: this.#text }
      : { id, type: 'function_call', status, arguments: this.#text, ...this.#names }
  }
}

type Atom = Extract<PartOpening, { type: 'search' | 'foreign' }>

/** An item that has no deltas. What another dialect alone can say is not said here. */
export function writeAtom(sink: ItemSink, part: Atom): void {
  if (part.type === 'search') {
    const place = sink.place('ws')
    const item = searchItem({ ...part, id: place.id })
    const at = { output_index: place.output_index, item_id: place.id }
    sink.added(place, { ...item, status: 'in_progress' })
    for (const step of ['in_progress', 'searching', 'completed'])
      sink.event(`response.web_search_call.${step}`, at)
    sink.done(place, item)
  } else if (part.dialect === self && isObject(part.value)) {
    const { type, id } = part.value
    const place = sink.place('item', asText(id))
    const item = { ...part.value, id: place.id, type: asText(type) ?? 'unknown' }
    sink.added(place, item)
    sink.done(place, item)
  }
}
