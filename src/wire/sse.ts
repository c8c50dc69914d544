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
  #decoder: TextDecoder | undefined
  #rest = ''
  #afterCarriageReturn = false // the LF of a CRLF may arrive in the next chunk
  #event: string | undefined
  #data: string | undefined

  push(chunk: Uint8Array): SseFrame[] {
    this.#decoder ??= new TextDecoder() // strips one leading BOM, buffers split code points
    return this.read(this.#decoder.decode(chunk, { stream: true }))
  }

  end(): SseFrame[] {
    return this.read(this.#decoder?.decode() ?? '')
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
