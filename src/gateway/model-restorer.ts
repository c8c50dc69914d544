/** Gives a reply that passes through unread the model name the client asked for (CONTRACT 18). */

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

  restore(text: string): string {
    let restored = text
    for (const [find, put] of this.#patterns)
      if (restored.includes(find)) restored = restored.replaceAll(find, () => put)
    return restored
  }
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
