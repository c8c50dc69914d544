/** Server-sent events: bytes to frames, for any chunking of the bytes. */
import type { Stage } from './stage.ts'

/** One event. Comments and other fields are dropped; nobody translates them. */
export interface SseFrame {
  readonly event?: string
  readonly data: string
}

/** A frame larger than this is not an event but an attack or a mistake (CONTRACT 41). */
export const frameLimitBytes = 32 * 1024 * 1024

/**
 * Follows the WHATWG grammar: LF, CR and CRLF end a line, a blank line ends an event, an event cut off by the end of
 * the stream is discarded. Throws RangeError when one frame exceeds `frameLimitBytes`.
 */
export class SseReader implements Stage<Uint8Array, SseFrame> {
  /** The beginning of a letter whose end has not arrived. */
  #cut: Uint8Array = nothing
  #begun = false
  #rest = ''
  #afterCarriageReturn = false // the LF of a CRLF may arrive in the next chunk
  #event: string | undefined
  #data: string | undefined

  push(chunk: Uint8Array): SseFrame[] {
    const bytes = this.#cut.length === 0 ? chunk : joined(this.#cut, chunk)
    const end = endOfLetters(bytes)
    this.#cut = end === bytes.length ? nothing : bytes.slice(end)
    return this.read(this.#letters(end === bytes.length ? bytes : bytes.subarray(0, end)))
  }

  end(): SseFrame[] {
    return this.read(this.#letters(this.#cut))
  }

  /** A byte order mark may stand before the first. */
  #letters(bytes: Uint8Array): string {
    const text = letters.decode(bytes)
    if (this.#begun || text === '') return text
    this.#begun = true
    return text.startsWith('\ufeff') ? text.slice(1) : text
  }

  /** What somebody else has decoded. */
  read(text: string): SseFrame[] {
    if (text === '') return []
    const skip = this.#afterCarriageReturn && text[0] === '\n' ? 1 : 0
    const fresh = skip ? text.slice(1) : text
    this.#afterCarriageReturn = fresh.endsWith('\r')
    this.#bound(this.#rest.length + fresh.length)
    if (this.#rest !== '' && !fresh.includes('\n') && !fresh.includes('\r')) {
      this.#rest += fresh // not looked through again before its line ends
      return []
    }
    const input = this.#rest + fresh
    const frames: SseFrame[] = []
    const carriage = input.includes('\r')
    let at = 0
    for (;;) {
      const end = carriage ? lineEnd(input, at) : input.indexOf('\n', at)
      if (end < 0) break
      this.#line(input, at, end, frames)
      at = input[end] === '\r' && input[end + 1] === '\n' ? end + 2 : end + 1
    }
    this.#rest = input.slice(at)
    return frames
  }

  #bound(length: number): void {
    if (length > frameLimitBytes) throw new RangeError('a server-sent event is too large')
  }

  #line(input: string, start: number, end: number, frames: SseFrame[]): void {
    if (start === end) {
      if (this.#data !== undefined)
        frames.push(
          this.#event === undefined ? { data: this.#data } : { event: this.#event, data: this.#data },
        )
      this.#event = undefined
      this.#data = undefined
    } else if (input.startsWith('data:', start)) {
      const value = fieldValue(input, start + 5, end)
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
      this.#bound(this.#data.length)
    } else if (input.startsWith('event:', start)) {
      this.#event = fieldValue(input, start + 6, end) || undefined
    }
  }
}

const nothing = new Uint8Array()

/** Asked for whole letters only: as a stream it would make every text one of two bytes for each letter. */
const letters = new TextDecoder('utf-8', { ignoreBOM: true })

/** Where the last whole UTF-8 sequence ends; what is no UTF-8 counts as whole. */
function endOfLetters(bytes: Uint8Array): number {
  const { length } = bytes
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0
    if (byte < 0x80) return length
    if (byte >= 0xc0) return sequenceBytes(byte) > back ? length - back : length
  }
  return length
}

const sequenceBytes = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2)

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

const fieldValue = (input: string, start: number, end: number): string =>
  input.slice(input[start] === ' ' ? start + 1 : start, end)

function lineEnd(input: string, from: number): number {
  const feed = input.indexOf('\n', from)
  const carriage = input.indexOf('\r', from)
  if (carriage < 0 || (feed >= 0 && feed < carriage)) return feed
  return carriage
}

/** A named frame as text; `data` must be one line, as JSON is. */
export const namedFrame = (event: string, data: string): string => `event: ${event}\ndata: ${data}\n\n`
/** An unnamed frame as text; `data` must be one line. */
export const frame = (data: string): string => `data: ${data}\n\n`
