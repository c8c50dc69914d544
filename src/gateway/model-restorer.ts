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

  constructor(field: string, upstream: string, asked: string) {
    const [from, to] = [latin1(JSON.stringify(upstream)), latin1(JSON.stringify(asked))]
    this.#put = to
    if (from !== to)
      this.#find = new RegExp(`("${field}": ?)${from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'g')
  }

  /** `intact`: the bytes that the text is, all of them; they are given back when nothing had to be put in. */
  restore(text: string, intact: Uint8Array | undefined): Uint8Array {
    const restored = this.#find ? text.replace(this.#find, (_, name: string) => name + this.#put) : text
    return restored === text && intact ? intact : Buffer.from(restored, 'latin1')
  }
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
