/** Gives a reply that passes through unread the model name the client asked for (CONTRACT 18). */

const remembered = new Map<string, ModelRestorer>()
const capacity = 500

/** `field`: what the dialect calls the model's name. */
export function modelRestorer(field: string, upstream: string, asked: string): ModelRestorer {
  const key = `${field} ${upstream} ${asked}`
  const known = remembered.get(key)
  if (known) return known
  if (remembered.size >= capacity) remembered.clear()
  const restorer = new ModelRestorer(field, upstream, asked)
  remembered.set(key, restorer)
  return restorer
}

/**
 * Works on Latin-1 text, so bytes stay bytes. Only `"model":"<upstream's name>"` outside of strings can match: inside a
 * string its quotes would be escaped.
 */
export class ModelRestorer {
  readonly #find: RegExp | undefined
  readonly #put: string
  /** The same in bytes: with and without the blank that some put behind the colon. */
  readonly #swaps: readonly (readonly [find: Buffer, put: Buffer])[]

  constructor(field: string, upstream: string, asked: string) {
    const [from, to] = [latin1(JSON.stringify(upstream)), latin1(JSON.stringify(asked))]
    this.#put = to
    this.#swaps = [`"${field}":`, `"${field}": `].map((name) => [
      Buffer.from(name + from, 'latin1'),
      Buffer.from(name + to, 'latin1'),
    ])
    if (from !== to)
      this.#find = new RegExp(`("${field}": ?)${from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'g')
  }

  /** `intact`: the bytes that the text is, all of them; they are given back when nothing had to be put in. */
  restore(text: string, intact: Uint8Array | undefined): Uint8Array {
    const restored = this.#find ? text.replace(this.#find, (_, name: string) => name + this.#put) : text
    return restored === text && intact ? intact : Buffer.from(restored, 'latin1')
  }

  /** A whole reply: nothing is copied when nothing has to be put in. */
  restoreBytes(bytes: Uint8Array): Uint8Array {
    if (!this.#find) return bytes
    let restored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (const [find, put] of this.#swaps) restored = swapped(restored, find, put)
    return restored
  }
}

function swapped(bytes: Buffer, find: Buffer, put: Buffer): Buffer {
  let found = bytes.indexOf(find)
  if (found < 0) return bytes
  const pieces: Buffer[] = []
  let from = 0
  for (; found >= 0; found = bytes.indexOf(find, from)) {
    pieces.push(bytes.subarray(from, found), put)
    from = found + find.length
  }
  pieces.push(bytes.subarray(from))
  return Buffer.concat(pieces)
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
