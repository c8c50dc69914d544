/**
 * A growing conversation's body as JSON, of which each time only what is new is read. What is as it was in the request
 * before is the very same value as before, so that what was made of it can be found again by it.
 */
import { nextItem } from '../compression/pairing/walk.ts'
import type { Transcript } from '../compression/transcript.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../wire/json.ts'
import { applySplices, type Splice } from '../wire/span.ts'
import { textOf } from '../world/text.ts'

/** One that the transcript knows, as it was read: with what stood in it in place of the client's own texts. */
interface Item {
  readonly json: Json
  readonly told: readonly Uint8Array[]
}

export class Reading {
  readonly #shelf: ReadingShelf
  /** The fields before the conversation. */
  #head: JsonObject | undefined
  #items: Item[] = []

  constructor(shelf: ReadingShelf) {
    this.#shelf = shelf
  }

  /** The next request begins like the one before: so many items, and perhaps all that stands before them. */
  keep(sameItems: number, isHeadSame: boolean): void {
    if (this.#items.length > sameItems) this.#items.length = sameItems
    if (!isHeadSame) this.#head = undefined
  }

  forget(): void {
    this.keep(0, false)
  }

  /** undefined: nobody knows where the conversation's items are. Throws SyntaxError. */
  read(transcript: Transcript): JsonObject | undefined {
    const { body, items, listStart, tongue } = transcript
    if (listStart < 0 || items.length === 0) return undefined
    const told = toldByItem(transcript)
    const known = this.#known(told)
    const from = behind(known.length, transcript)
    const head = this.#head
    const beginning = head ? Buffer.from(`{${JSON.stringify(tongue.list)}:[`) : body.subarray(0, listStart)
    const read = parseJson(textOf(Buffer.concat([beginning, ...editedFrom(from, transcript)])))
    const fresh = isObject(read) ? read[tongue.list] : undefined
    if (!isObject(read) || !Array.isArray(fresh) || fresh.length < items.length - known.length) {
      this.forget() // the field is there twice
      return undefined
    }
    const all = known.map(({ json }) => json).concat(fresh)
    this.#head = head ?? fieldsBefore(read, tongue.list)
    this.#items = all.slice(0, items.length).map((json, at) => ({ json, told: told[at] ?? none }))
    this.#shelf.used(this, body.length)
    return { ...this.#head, ...read, [tongue.list]: all }
  }

  /** Those that are told as they were. */
  #known(told: readonly (readonly Uint8Array[])[]): readonly Item[] {
    const changed = this.#items.findIndex((item, at) => !isSame(item.told, told[at] ?? none))
    return changed < 0 ? this.#items : this.#items.slice(0, changed)
  }
}

const none: readonly Uint8Array[] = []

const isSame = (some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean =>
  some.length === others.length && some.every((one, at) => one === others[at])

/** What stands for texts of an item, in their order; nothing for most. */
function toldByItem({ texts }: Transcript): readonly (readonly Uint8Array[])[] {
  const byItem: Uint8Array[][] = []
  for (const { item, told } of texts) {
    if (!told?.literal) continue
    byItem[item] ??= []
    byItem[item].push(told.literal)
  }
  return byItem
}

/** Where what stands behind so many items begins: the next item, or the end of the list. */
function behind(known: number, { body, items, listStart }: Transcript): number {
  const last = items[known - 1]
  if (!last) return listStart
  const end = listStart + last.end
  const start = nextItem(body, end)
  return start < 0 ? end : start
}

/** The body's end, with what is told in it. */
function editedFrom(from: number, transcript: Transcript): readonly Uint8Array[] {
  const rest = transcript.body.subarray(from)
  const splices: Splice[] = []
  for (const { span, bytes } of transcript.splices())
    if (span.start >= from) splices.push({ span: { start: span.start - from, end: span.end - from }, bytes })
  return splices.length === 0 ? [rest] : applySplices(rest, splices)
}

function fieldsBefore(body: JsonObject, field: string): JsonObject {
  const entries = Object.entries(body)
  return Object.fromEntries(
    entries.slice(
      0,
      entries.findIndex(([name]) => name === field),
    ),
  )
}

/** What was read of a body takes several times its room. */
const mostBytes = 8 * 1024 * 1024

/** What was read is kept for the conversations that were read last. */
export class ReadingShelf {
  readonly #sizes = new Map<Reading, number>()
  #bytes = 0

  used(reading: Reading, bytes: number): void {
    this.#bytes += bytes - (this.#sizes.get(reading) ?? 0)
    this.#sizes.delete(reading)
    this.#sizes.set(reading, bytes)
    for (const [oldest, size] of this.#sizes) {
      if (this.#bytes <= mostBytes) return
      this.#sizes.delete(oldest)
      this.#bytes -= size
      oldest.forget()
    }
  }
}
