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
  readonly #patterns: readonly (readonly [find: string, put: string])[]

  constructor(field: string, upstream: string, asked: string) {
    const [from, to] = [latin1(JSON.stringify(upstream)), latin1(JSON.stringify(asked))]
    this.#patterns =
      from === to ? [] : [`"${field}":`, `"${field}": `].map((name) => [name + from, name + to] as const)
  }

  /** `bytes` is what the text was read from; it is given back when nothing had to be put in and nothing is held back. */
  restore(text: string, bytes: Uint8Array): Uint8Array {
    let restored = text
    for (const [find, put] of this.#patterns)
      if (restored.includes(find)) restored = restored.replaceAll(find, () => put)
    return restored === text && text.length === bytes.length ? bytes : Buffer.from(restored, 'latin1')
  }
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
