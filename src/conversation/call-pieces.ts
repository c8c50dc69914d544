/**
 * Pieces of calls' arguments as they stand in frames that pass unread: the insides of JSON strings. They are put together
 * before they are parsed, which costs less than to parse each.
 */
import { spoilt } from './call-arguments.ts'

/** More is parsed at once: what is not parsed yet keeps the texts alive that it was cut from. */
const mostLetters = 2048

export class CallPieces {
  readonly #say: (place: number, text: string) => void
  #place = 0
  #inside = ''

  /** `say` is told what the pieces mean; `place` tells calls apart. */
  constructor(say: (place: number, text: string) => void) {
    this.#say = say
  }

  add(place: number, inside: string): void {
    if (place !== this.#place || this.#inside.length > mostLetters) this.flush()
    this.#place = place
    this.#inside += inside
  }

  /** Says what was put together. */
  flush(): void {
    if (this.#inside === '') return
    const text = unescaped(this.#inside)
    this.#inside = ''
    this.#say(this.#place, text)
  }
}

function unescaped(inside: string): string {
  try {
    return String(JSON.parse(`"${inside}"`))
  } catch {
    return spoilt
  }
}

/** Like `startsWith`, which compares letter by letter: this takes a fifth of the time for a long text. */
export const standsAt = (text: string, at: number, known: string): boolean =>
  text.slice(at, at + known.length) === known

/** Index of the quote that ends the JSON string whose inside begins at `start`; -1: there is none. */
export function endOfInside(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end > start && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === 92) before--
  return (at - before) % 2 === 0
}
