/** A short ASCII text to be found in bytes; looks at about one byte in as many as the text is long. */
export class Needle {
  readonly length: number
  readonly #text: string
  /** How far the next look may be, by the byte where the text's last letter should stand. */
  readonly #stride: Uint8Array

  constructor(text: string) {
    const last = text.length - 1
    this.length = text.length
    this.#text = text
    this.#stride = new Uint8Array(256).fill(text.length)
    for (let index = 0; index < last; index++) this.#stride[text.charCodeAt(index)] = last - index
  }

  /** Where it first stands between the two; -1: nowhere. */
  indexIn(bytes: Uint8Array, from = 0, until = bytes.length): number {
    const last = this.#text.length - 1
    const closing = this.#text.charCodeAt(last)
    for (let at = from + last; at < until; ) {
      const byte = bytes[at] ?? 0
      if (byte === closing && standsAt(bytes, at - last, this.#text)) return at - last
      at += this.#stride[byte] ?? 1
    }
    return -1
  }
}

export function standsAt(bytes: Uint8Array, at: number, ascii: string): boolean {
  for (let index = 0; index < ascii.length; index++)
    if (bytes[at + index] !== ascii.charCodeAt(index)) return false
  return true
}
