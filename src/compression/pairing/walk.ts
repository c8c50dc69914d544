/** Steps through JSON bytes, value by value, without parsing: what is not asked for is passed over. */
import { standsAt } from '../../wire/needle.ts'
import { comma, endOfString, endOfValue, quote, skipSpace, text } from '../../wire/scan.ts'
import type { Span } from '../../wire/span.ts'

/** The bytes are not what they should be; nothing is known of them then. */
export class Unreadable extends Error {}

export const objectStart = 123
export const listStart = 91
const listEnd = 93
const objectEnd = 125
const colon = 58

const ignored = { fragile: false }

/** Index after the value at `at`. Throws Unreadable. */
export function passOver(bytes: Uint8Array, at: number): number {
  const end = endOfValue(bytes, at, Number.POSITIVE_INFINITY, ignored)
  if (end < 0) throw new Unreadable(`no JSON value at byte ${at}`)
  return end
}

/** Index after the string at `at`. Throws Unreadable. */
export function passString(bytes: Uint8Array, at: number): number {
  const end = bytes[at] === quote ? endOfString(bytes, at) : -1
  if (end < 0) throw new Unreadable(`no text at byte ${at}`)
  return end
}

/** A field's name, without its quotes, as it stands in the bytes. */
export class FieldName {
  readonly #bytes: Uint8Array
  #start = 0
  #length = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  at(start: number, end: number): this {
    this.#start = start
    this.#length = end - start
    return this
  }

  is(ascii: string): boolean {
    return this.#length === ascii.length && standsAt(this.#bytes, this.#start, ascii)
  }

  get text(): string {
    return text(this.#bytes, this.#start, this.#start + this.#length)
  }
}

/** What a visit answers when nothing that follows is of interest. */
const enough = -2

/** Called with a field and where its value begins; answers with the index after the value, -1 to pass over it, or `enough`. */
export type FieldVisit = (name: FieldName, valueAt: number) => number

/** Visits the fields of the object at `at`; index after it. Throws Unreadable. */
export function eachField(bytes: Uint8Array, at: number, visit: FieldVisit): number {
  if (bytes[at] !== objectStart) throw new Unreadable(`no object at byte ${at}`)
  const name = new FieldName(bytes)
  let here = skipSpace(bytes, at + 1)
  if (bytes[here] === objectEnd) return here + 1
  for (;;) {
    const nameEnd = passString(bytes, here)
    const divider = skipSpace(bytes, nameEnd)
    if (bytes[divider] !== colon) throw new Unreadable(`no colon at byte ${divider}`)
    const valueAt = skipSpace(bytes, divider + 1)
    const visited = visit(name.at(here + 1, nameEnd - 1), valueAt)
    if (visited === enough) return valueAt
    here = skipSpace(bytes, visited < 0 ? passOver(bytes, valueAt) : visited)
    if (bytes[here] === objectEnd) return here + 1
    here = afterComma(bytes, here)
  }
}

/** Visits the items of the list at `at`; index after it. Throws Unreadable. */
export function eachItem(bytes: Uint8Array, at: number, visit: (itemAt: number) => number): number {
  if (bytes[at] !== listStart) throw new Unreadable(`no list at byte ${at}`)
  let here = skipSpace(bytes, at + 1)
  if (bytes[here] === listEnd) return here + 1
  for (;;) {
    here = skipSpace(bytes, visit(here))
    if (bytes[here] === listEnd) return here + 1
    here = afterComma(bytes, here)
  }
}

/** The first item of a list whose bracket ends at `start`; -1: it has none. */
export function firstItem(bytes: Uint8Array, start: number): number {
  const at = skipSpace(bytes, start)
  return bytes[at] === listEnd ? -1 : at
}

/** The next item after one that ended at `end`; -1: the list ends here. Throws Unreadable. */
export function nextItem(bytes: Uint8Array, end: number): number {
  const here = skipSpace(bytes, end)
  return bytes[here] === listEnd ? -1 : afterComma(bytes, here)
}

function afterComma(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== comma) throw new Unreadable(`no comma at byte ${at}`)
  return skipSpace(bytes, at + 1)
}

/** The decoded string at `at`; undefined when it is none, or longer than `longest` bytes. Throws Unreadable. */
export function stringValue(bytes: Uint8Array, at: number, longest = 64 * 1024): string | undefined {
  if (bytes[at] !== quote) return undefined
  const end = passString(bytes, at)
  return end - at > longest ? undefined : decoded(bytes, { start: at, end })
}

/** The text that a string literal stands for. Throws Unreadable. */
export function decoded(bytes: Uint8Array, { start, end }: Span): string {
  const literal = text(bytes, start + 1, end - 1)
  if (!literal.includes('\\')) return literal
  try {
    const value: unknown = JSON.parse(`"${literal}"`)
    if (typeof value === 'string') return value
  } catch {
    // said below
  }
  throw new Unreadable(`a text that does not decode at byte ${start}`)
}

/** Where the value of the object's field begins; -1: it has no such field. Reads no farther. Throws Unreadable. */
export function findField(bytes: Uint8Array, at: number, wanted: string): number {
  let found = -1
  eachField(bytes, at, (name, valueAt) => {
    if (!name.is(wanted)) return -1
    found = valueAt
    return enough
  })
  return found
}
