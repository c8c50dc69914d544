/** Strict JSON that remembers where each key and value stands, so that a complaint can point at its line. */

interface Position {
  /** Both from 1. */
  readonly line: number
  readonly column: number
}

export type JsonPath = readonly (string | number)[]

export type LocatedJson =
  | { readonly ok: true; readonly value: unknown; readonly where: (path: JsonPath) => Position | undefined }
  | { readonly ok: false; readonly position: Position; readonly message: string }

/** Plain JSON as in RFC 8259; a key that stands twice in one object is refused as well. */
export function parseLocatedJson(text: string): LocatedJson {
  const reader = new Reader(text)
  try {
    const value = reader.document()
    return { ok: true, value, where: (path) => reader.where(path) }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    return { ok: false, position: position(text, error.at), message: error.message }
  }
}

class Malformed extends Error {
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const space = /[ \t\n\r]*/y
const string = /"(?:[^"\\\n\r]|\\.)*"/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y

class Reader {
  readonly #text: string
  readonly #places = new Map<string, number>()
  #at: number

  constructor(text: string) {
    this.#text = text
    this.#at = text.startsWith('\uFEFF') ? 1 : 0
  }

  document(): unknown {
    const value = this.#value([])
    if (this.#next() !== undefined) throw this.#malformed('expected the end of the file')
    return value
  }

  where(path: JsonPath): Position | undefined {
    const at = this.#places.get(JSON.stringify(path))
    return at === undefined ? undefined : position(this.#text, at)
  }

  #value(path: JsonPath): unknown {
    const first = this.#next()
    const key = JSON.stringify(path)
    if (!this.#places.has(key)) this.#places.set(key, this.#at)
    if (first === '{') return this.#object(path)
    if (first === '[') return this.#list(path)
    if (first === '"') return this.#string()
    const token = this.#token(scalar)
    if (token === undefined) throw this.#malformed('expected a value')
    return JSON.parse(token)
  }

  #object(path: JsonPath): Record<string, unknown> {
    const members: [string, unknown][] = []
    const seen = new Set<string>()
    this.#at++
    while (this.#next() !== '}') {
      if (this.#next() !== '"') throw this.#malformed('expected a key in double quotes')
      const at = this.#at
      const key = this.#string()
      if (seen.has(key)) throw new Malformed(`the key "${key}" stands twice in this object`, at)
      seen.add(key)
      this.#places.set(JSON.stringify([...path, key]), at)
      if (this.#next() !== ':') throw this.#malformed(`expected a colon after "${key}"`)
      this.#at++
      members.push([key, this.#value([...path, key])])
      this.#comma('}')
    }
    this.#at++
    return Object.fromEntries(members)
  }

  #list(path: JsonPath): unknown[] {
    const items: unknown[] = []
    this.#at++
    while (this.#next() !== ']') {
      items.push(this.#value([...path, items.length]))
      this.#comma(']')
    }
    this.#at++
    return items
  }

  #comma(close: string): void {
    const next = this.#next()
    if (next === close) return
    if (next !== ',') throw this.#malformed(`expected a comma or ${close}`)
    const at = this.#at++
    if (this.#next() === close) throw new Malformed('a comma after the last entry is not JSON', at)
  }

  #string(): string {
    const token = this.#token(string)
    if (token === undefined) throw this.#malformed('expected a text that ends on its line in double quotes')
    try {
      return JSON.parse(token)
    } catch {
      throw new Malformed(
        'this text holds a control character or an escape that JSON does not know',
        this.#at,
      )
    }
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const token = pattern.exec(this.#text)?.[0]
    this.#at += token?.length ?? 0
    return token
  }

  #next(): string | undefined {
    this.#token(space)
    return this.#text[this.#at]
  }

  #malformed(expected: string): Malformed {
    const found = this.#text[this.#at]
    if (found === undefined) return new Malformed(`${expected}, found the end of the file`, this.#at)
    if (found === '/' || found === '#') return new Malformed('comments are not JSON', this.#at)
    return new Malformed(`${expected}, found ${found}`, this.#at)
  }
}

function position(text: string, at: number): Position {
  const before = text.slice(0, at)
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') }
}
