/**
 * One conversation as its client sends it again and again, each time with more at its end. Of each request only what is
 * new is read: up to where its bytes are those of the request before, everything is known.
 */

import { skipSpace } from '../wire/scan.ts'
import type { Splice } from '../wire/span.ts'
import { commonLength } from '../world/common-length.ts'
import type { Finds, FoundCall, FoundText } from './pairing/found.ts'
import type { Tongue } from './pairing/tongues.ts'
import { listStart as bracket, decoded, findField, firstItem, nextItem, Unreadable } from './pairing/walk.ts'

/** What the model is given in place of a text, decided once. */
export interface Told {
  /** A JSON string; undefined: the client's own bytes. */
  readonly literal: Uint8Array | undefined
  /** For the store: by what name the decision is kept. */
  readonly birth: string | undefined
  /** A text of its own kind that stands for an old result. */
  readonly isStub?: boolean
  /** It says how it differs from an earlier reading of the same file. */
  readonly isDelta?: boolean
}

/** A text that a tool gave back, in the conversation. Its span counts from the start of the list. */
export interface HeardText extends FoundText {
  /** Of which item it is a part. */
  readonly item: number
  told?: Told
}

interface Item {
  /** Counts from the start of the list. */
  readonly end: number
  readonly hasCalls: boolean
  /** Calls without an id that wait for their results. */
  readonly open: readonly string[]
}

export interface Advance {
  /** So many bytes from the body's start are those of the request before. */
  readonly sameBytes: number
  /** The items before this one are those of the request before. */
  readonly sameItems: number
  /** So is what stands before the list. */
  readonly isHeadSame: boolean
}

/** Shorter texts are not worth a look. */
export const shortestBytes = 400

const unknown = -1
const none = -2

export class Transcript {
  readonly tongue: Tongue
  body: Uint8Array
  readonly items: Item[] = []
  texts: HeardText[] = []
  readonly #calls = new Map<string, FoundCall>()
  /** Where the first item begins, or what is known instead. */
  #listStart = unknown

  constructor(tongue: Tongue, body: Uint8Array) {
    this.tongue = tongue
    this.body = body
  }

  get listStart(): number {
    return this.#listStart
  }

  callOf({ callId }: FoundText): FoundCall | undefined {
    return this.#calls.get(callId)
  }

  /** The item with the latest calls: what stands before it is past. -1: nobody called. */
  get latestCalls(): number {
    return this.items.findLastIndex(({ hasCalls }) => hasCalls)
  }

  rawBytes({ span }: FoundText): number {
    return span.end - span.start
  }

  /** Throws Unreadable. */
  textOf({ span }: FoundText): string {
    const start = this.#listStart
    return decoded(this.body, { start: start + span.start, end: start + span.end })
  }

  /** What is to be put into the body's bytes. */
  splices(): readonly Splice[] {
    const splices: Splice[] = []
    for (const { span, told } of this.texts)
      if (told?.literal)
        splices.push({
          span: { start: this.#listStart + span.start, end: this.#listStart + span.end },
          bytes: told.literal,
        })
    return splices
  }

  /** The first request: read whole, if it holds a result. */
  begin(): void {
    if (this.tongue.sign.indexIn(this.body) >= 0) this.#readFrom(0)
  }

  /** The next request; `sameBytes` where somebody compared already. */
  advance(body: Uint8Array, sameBytes = commonLength(this.body, 0, body, 0)): Advance {
    const before = this.body
    this.body = body
    if (this.#listStart < 0) {
      const isNew = Math.max(0, sameBytes - this.tongue.sign.length)
      if (this.#listStart === none || this.tongue.sign.indexIn(body, isNew) >= 0) {
        this.#listStart = unknown
        this.begin()
      }
      return { sameBytes, sameItems: 0, isHeadSame: false }
    }
    const oldStart = this.#listStart
    const newStart = sameBytes >= oldStart ? oldStart : this.#locate()
    this.#listStart = newStart
    const common =
      newStart < 0
        ? 0
        : oldStart === newStart && sameBytes >= oldStart
          ? sameBytes - oldStart
          : commonLength(before, oldStart, body, newStart)
    const sameItems = this.#keepUntil(common)
    const dropped = this.#dropTexts(sameItems)
    const from = newStart < 0 ? body.length : newStart + (this.items.at(-1)?.end ?? 0)
    if (newStart >= 0 && (dropped.length > 0 || this.tongue.sign.indexIn(body, from) >= 0)) {
      this.#readFrom(sameItems)
      this.#recognise(dropped, before, oldStart)
    }
    return { sameBytes, sameItems, isHeadSame: newStart >= 0 && sameBytes >= newStart }
  }

  /** Of the items, those that end within the first `common` bytes of the list. */
  #keepUntil(common: number): number {
    const changed = this.items.findLastIndex(({ end }) => end <= common) + 1
    this.items.length = changed
    return changed
  }

  #dropTexts(sameItems: number): readonly HeardText[] {
    const firstDropped = this.texts.findIndex(({ item }) => item >= sameItems)
    return firstDropped < 0 ? [] : this.texts.splice(firstDropped)
  }

  /** A body that cannot be read is sent as it is, and nothing is known of it. */
  #readFrom(item: number): void {
    try {
      if (this.#listStart < 0) this.#listStart = this.#locate()
      if (this.#listStart >= 0) this.#read(item)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.#listStart = none
      this.items.length = 0
      this.texts = []
    }
  }

  #locate(): number {
    try {
      const at = findField(this.body, skipSpace(this.body, 0), this.tongue.list)
      return at >= 0 && this.body[at] === bracket ? at + 1 : none
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      return none
    }
  }

  #read(first: number): void {
    const { body, tongue } = this
    const start = this.#listStart
    const before = this.items[first - 1]
    let at = before ? nextItem(body, start + before.end) : firstItem(body, start)
    let open = before?.open ?? []
    for (let item = first; at >= 0; item++) {
      const finds = new ItemFinds(this.#calls, this.texts, start, item, open)
      const end = tongue.read(body, at, finds)
      open = finds.open
      this.items.push({ end: end - start, hasCalls: finds.hasCalls, open })
      at = nextItem(body, end)
    }
  }

  /** A text that was read again is still the same one: what was told of it stays. */
  #recognise(dropped: readonly HeardText[], before: Uint8Array, oldStart: number): void {
    const known = new Map(dropped.map((text) => [placeOf(text), text]))
    if (known.size === 0) return
    for (const text of this.texts) {
      const was = text.told ? undefined : known.get(placeOf(text))
      const length = this.rawBytes(text)
      if (!was?.told || this.rawBytes(was) !== length) continue
      const common = commonLength(
        before,
        oldStart + was.span.start,
        this.body,
        this.#listStart + text.span.start,
      )
      if (common >= length) text.told = was.told
    }
  }
}

/** Names a text within its conversation. */
export const placeOf = ({ callId, part }: FoundText): string => `${callId} ${part}`

class ItemFinds implements Finds {
  hasCalls = false
  open: readonly string[]
  readonly #calls: Map<string, FoundCall>
  readonly #texts: HeardText[]
  readonly #start: number
  readonly #item: number

  constructor(
    calls: Map<string, FoundCall>,
    texts: HeardText[],
    start: number,
    item: number,
    open: readonly string[],
  ) {
    this.#calls = calls
    this.#texts = texts
    this.#start = start
    this.#item = item
    this.open = open
  }

  call(id: string, call: FoundCall): void {
    this.hasCalls = true
    this.#calls.set(id, call)
  }

  nameless(call: FoundCall): void {
    const id = `${call.tool}#${this.#item}.${this.open.length}`
    this.open = [...this.open, id]
    this.call(id, call)
  }

  takeNameless(tool: string): string | undefined {
    const id = this.open.find((each) => each.startsWith(`${tool}#`))
    this.open = this.open.filter((each) => each !== id)
    return id
  }

  text(found: FoundText): void {
    const { start, end } = found.span
    if (end - start < shortestBytes) return
    const span = { start: start - this.#start, end: end - this.#start }
    this.#texts.push({ ...found, span, item: this.#item })
  }
}
