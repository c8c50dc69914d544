/** A reply that is gathered until it is whole; bounded. */
import type { Failure } from '../conversation/failure.ts'

export class Collected {
  readonly #maxBytes: number
  readonly #pieces: Uint8Array[] = []
  #size = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** A failure once it is too large: what was gathered is let go. */
  add(bytes: Uint8Array): { readonly failure: Failure } | undefined {
    this.#size += bytes.length
    if (this.#size <= this.#maxBytes) {
      this.#pieces.push(bytes)
      return undefined
    }
    this.#pieces.length = 0
    const message = `the upstream's reply is larger than ${this.#maxBytes} bytes`
    return { failure: { kind: 'garbled', message } }
  }

  whole(): Uint8Array {
    const [only] = this.#pieces
    return this.#pieces.length === 1 && only ? only : Buffer.concat(this.#pieces)
  }
}
