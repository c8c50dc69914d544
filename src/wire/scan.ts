/** Finding where JSON values end, byte by byte; nothing is parsed. */
export const quote = 34
export const comma = 44
export const colon = 58
export const backslash = 92
const maxDepth = 512

/** What is noticed on the way: a number or key that JSON.parse would change (see `parseJson`). */
export interface Notes {
  fragile: boolean
}

const unfinished = -1
const tooDeep = -2
const noValue = -3
const mismatched = -4
export const beyond = -5
export const problems: Readonly<Record<number, string>> = {
  [unfinished]: 'a value does not end',
  [tooDeep]: `nested deeper than ${maxDepth} levels`,
  [noValue]: 'expected a value',
  [mismatched]: 'brackets do not match',
}

/** What a byte outside of strings may mean. */
const plain = 0
const opensString = 1
const opens = 2
const closes = 3
const digit = 4
const meaning = new Uint8Array(256)
for (const byte of [123, 91]) meaning[byte] = opens
for (const byte of [125, 93]) meaning[byte] = closes
for (let byte = 48; byte <= 57; byte++) meaning[byte] = digit
meaning[quote] = opensString

/** Index after the value at `at`, or one of the negative codes above. */
export function endOfValue(bytes: Uint8Array, at: number, limit: number, notes: Notes): number {
  const first = bytes[at]
  if (first === quote) return endOfString(bytes, at)
  if (first !== 123 && first !== 91) return endOfLiteral(bytes, at, notes)
  return new Container(bytes, limit, notes).endFrom(at)
}

/** Walks an object or list to its closing bracket. */
class Container {
  readonly #bytes: Uint8Array
  readonly #limit: number
  readonly #notes: Notes
  readonly #closers = new Uint8Array(maxDepth)
  #depth = 0

  constructor(bytes: Uint8Array, limit: number, notes: Notes) {
    this.#bytes = bytes
    this.#limit = limit
    this.#notes = notes
  }

  endFrom(at: number): number {
    const bytes = this.#bytes
    for (let here = at; here < bytes.length; here++) {
      const means = meaning[bytes[here] ?? 0]
      if (means === plain) continue
      here = this.#step(here, means)
      if (here < 0) return here
      if (this.#depth === 0) return here + 1
    }
    return unfinished
  }

  /** The last index of what stands at `at`, or a negative code. */
  #step(at: number, means: number | undefined): number {
    const byte = this.#bytes[at] ?? 0
    if (means === opensString) return this.#string(at)
    if (means === opens) {
      if (this.#depth === maxDepth) return tooDeep
      this.#closers[this.#depth++] = byte + 2
    } else if (means === closes) {
      if (this.#closers[--this.#depth] !== byte) return mismatched
    } else if (isFragileAfter(this.#bytes, at)) this.#notes.fragile = true
    return at
  }

  #string(at: number): number {
    const end = endOfString(this.#bytes, at)
    if (end < 0) return unfinished
    if (end > this.#limit) return beyond
    if (isDigit(this.#bytes[at + 1]) && this.#bytes[skipSpace(this.#bytes, end)] === colon)
      this.#notes.fragile = true
    return end - 1
  }
}

export const isDigit = (byte = 0): boolean => byte >= 48 && byte <= 57

/** A digit before a point or an exponent, or the first of sixteen. */
const isFragileAfter = (bytes: Uint8Array, at: number): boolean => {
  const next = bytes[at + 1] ?? 0
  return next === 46 || (next | 32) === 101 || (isDigit(next) && isDigit(bytes[at + 15]))
}

/** Index after the closing quote of the string that opens at `at`; -1 when there is none. */
export function endOfString(bytes: Uint8Array, at: number): number {
  const length = bytes.length
  for (let here = at + 1; here < length; here++) {
    const byte = bytes[here]
    if (byte === quote) return here + 1
    if (byte === backslash) here++
  }
  return -1
}

const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

function endOfLiteral(bytes: Uint8Array, at: number, notes: Notes): number {
  let end = at
  for (; end < bytes.length && !endsLiteral(bytes[end]); end++)
    if (isDigit(bytes[end]) && isFragileAfter(bytes, end)) notes.fragile = true
  return end - at < 64 && literal.test(text(bytes, at, end)) ? end : noValue
}

const endsLiteral = (byte: number | undefined): boolean =>
  byte === comma || byte === 125 || byte === 93 || isSpace(byte)

export const isSpace = (byte: number | undefined): boolean =>
  byte === 32 || byte === 10 || byte === 13 || byte === 9

export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

const decoder = new TextDecoder()
/** Calling the decoder costs more than this many letters. */
const shortText = 24

export function text(bytes: Uint8Array, start: number, end: number): string {
  const short = end - start <= shortText ? asciiText(bytes, start, end) : undefined
  return short ?? decoder.decode(bytes.subarray(start, end))
}

function asciiText(bytes: Uint8Array, start: number, end: number): string | undefined {
  let ascii = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte > 127) return undefined
    ascii += String.fromCharCode(byte)
  }
  return ascii
}
