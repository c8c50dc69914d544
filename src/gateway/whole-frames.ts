/** Where the events of a stream begin and end, in Latin-1 text: what they say is not read here. */
import { frameLimitBytes } from '../wire/sse.ts'

/** The longest blank line, less the letter that comes last. */
const seamLetters = 2

/** Cuts a stream behind its last blank line, wherever the pieces that bring it are cut. */
export class WholeFrames {
  /** What `push` gave back last is the very bytes that it was given: nothing was held before them or after. */
  intact = true
  /** The beginning of an event, as it came: put together once, when the event is whole. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** Its last letters. */
  #seam = ''

  /** What is whole by now; '' when nothing is. Throws RangeError when one event exceeds `frameLimitBytes` (CONTRACT 41). */
  push(bytes: Uint8Array): string {
    const text = latin1(bytes)
    const before = this.#seam
    const end = endOfFrames(before === '' ? text : before + text) - before.length
    this.intact = this.#heldBytes === 0 && end === text.length
    if (this.intact) return text
    if (end <= 0) {
      this.#hold(bytes, text)
      return ''
    }
    const whole = this.#released() + text.slice(0, end)
    if (end < text.length) this.#hold(bytes.subarray(end), text)
    return whole
  }

  #hold(bytes: Uint8Array, text: string): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    this.#seam = (this.#seam + text.slice(text.length - Math.min(bytes.length, seamLetters))).slice(
      -seamLetters,
    )
    if (this.#heldBytes > frameLimitBytes) throw new RangeError('a server-sent event is too large')
  }

  #released(): string {
    const [only] = this.#held
    const all = only && this.#held.length === 1 ? only : Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    this.#seam = ''
    return latin1(all)
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** How a blank line ends that is not LF LF. The last one also stands at the end of CR LF CR LF. */
const returns = ['\r\r', '\n\r\n']

/** The frame around `at` begins after the blank line before it. `hasReturns`: whether a CR is in the text at all. */
export function startOfFrame(text: string, at: number, hasReturns = text.includes('\r')): number {
  const blank = text.lastIndexOf('\n\n', at)
  return Math.max(blank < 0 ? 0 : blank + 2, hasReturns ? lastReturn(text, at) : 0)
}

export function endOfFrame(text: string, at: number): number {
  const blank = text.indexOf('\n\n', at)
  if (blank >= 0) return blank + 2
  let end = text.length
  for (const one of returns) {
    const found = text.indexOf(one, at)
    if (found >= 0) end = Math.min(end, found + one.length)
  }
  return end
}

/** Index after the last blank line: LF LF, CR LF CR LF or CR CR. */
export function endOfFrames(text: string): number {
  if (text.endsWith('\n\n')) return text.length
  const feeds = text.lastIndexOf('\n\n')
  return Math.max(feeds < 0 ? 0 : feeds + 2, text.includes('\r') ? lastReturn(text, text.length) : 0)
}

/** Index after the last one that begins before `at`; 0: there is none. */
function lastReturn(text: string, at: number): number {
  let end = 0
  for (const one of returns) {
    const found = text.lastIndexOf(one, at)
    if (found >= 0) end = Math.max(end, found + one.length)
  }
  return end
}
