/**
 * Regular expressions as far as they can be read in one pass over a line: no look-around, no back-references, no word
 * boundaries. What is left out is refused with a reason.
 */

/** Does it take this character? */
export type Takes = (code: number) => boolean

export type Node =
  | { readonly kind: 'char'; readonly takes: Takes }
  | { readonly kind: 'all'; readonly of: readonly Node[] }
  | { readonly kind: 'one'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly least: number; readonly most: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }

/** The message is for people. */
export class PatternError extends Error {}

const longestChars = 500
const mostRepeats = 200

const isDigit: Takes = (code) => code >= 48 && code <= 57
const isWord: Takes = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
const isBlank: Takes = (code) => code === 32 || (code >= 9 && code <= 13) || code === 160 || code === 0xfeff
const not =
  (takes: Takes): Takes =>
  (code) =>
    !takes(code)

const classes: Readonly<Record<string, Takes>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isBlank,
  S: not(isBlank),
}
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, v: 11, '0': 0 }

/** Throws PatternError. `(?i)` at the beginning: capital and small letters are the same. */
export function readPattern(pattern: string): Node {
  if (pattern.length > longestChars) throw new PatternError(`it is longer than ${longestChars} characters`)
  const ignoresCase = pattern.startsWith('(?i)')
  return new Reader(ignoresCase ? pattern.slice(4) : pattern, ignoresCase).whole()
}

class Reader {
  readonly #text: string
  readonly #ignoresCase: boolean
  #at = 0

  constructor(text: string, ignoresCase: boolean) {
    this.#text = text
    this.#ignoresCase = ignoresCase
  }

  whole(): Node {
    const node = this.#choice()
    if (this.#at < this.#text.length) throw new PatternError('there is a ) too many')
    return node
  }

  #choice(): Node {
    const options = [this.#sequence()]
    while (this.#takeIf('|')) options.push(this.#sequence())
    return options.length === 1 && options[0] ? options[0] : { kind: 'one', of: options }
  }

  #sequence(): Node {
    const parts: Node[] = []
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek())
      parts.push(this.#repeated(this.#atom()))
    return { kind: 'all', of: parts }
  }

  #atom(): Node {
    const char = this.#take()
    switch (char) {
      case '^':
        return { kind: 'start' }
      case '$':
        return { kind: 'end' }
      case '.':
        return { kind: 'char', takes: () => true }
      case '(':
        return this.#group()
      case '[':
        return { kind: 'char', takes: this.#set() }
      case '\\':
        return { kind: 'char', takes: this.#escaped() }
      case '*':
      case '+':
      case '?':
        throw new PatternError(`there is nothing before ${char} to repeat`)
      default:
        return { kind: 'char', takes: this.#same(char.charCodeAt(0)) }
    }
  }

  #group(): Node {
    if (this.#takeIf('?') && !this.#takeIf(':'))
      throw new PatternError('of groups that begin with (? there is (?:…) only, and (?i) at the beginning')
    const inner = this.#choice()
    if (!this.#takeIf(')')) throw new PatternError('a ( has no )')
    return inner
  }

  #repeated(node: Node): Node {
    const bounds = this.#bounds()
    if (!bounds) return node
    // Lazy or not, it is the same question
    this.#takeIf('?')
    if (node.kind === 'start' || node.kind === 'end') throw new PatternError('^ and $ cannot be repeated')
    const again = this.#bounds()
    if (again) throw new PatternError('one sign of repetition is enough')
    return { kind: 'repeat', of: node, ...bounds }
  }

  #bounds(): { readonly least: number; readonly most: number } | undefined {
    if (this.#takeIf('*')) return { least: 0, most: Number.POSITIVE_INFINITY }
    if (this.#takeIf('+')) return { least: 1, most: Number.POSITIVE_INFINITY }
    if (this.#takeIf('?')) return { least: 0, most: 1 }
    const [all = '', from = '', comma = '', to = ''] =
      /^\{(\d+)(,?)(\d*)\}/.exec(this.#text.slice(this.#at, this.#at + 12)) ?? []
    if (all === '') return undefined
    this.#at += all.length
    const least = Number(from)
    const most = comma === '' ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to)
    if (Math.max(least, most === Number.POSITIVE_INFINITY ? 0 : most) > mostRepeats || most < least)
      throw new PatternError(`${all}: from a smaller to a larger number, ${mostRepeats} at most`)
    return { least, most }
  }

  #set(): Takes {
    const negated = this.#takeIf('^')
    const takes: Takes[] = []
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#peek() === '') throw new PatternError('a [ has no ]')
      if (first && this.#peek() === ']') throw new PatternError('[] takes nothing')
      takes.push(this.#member())
    }
    this.#take()
    const any: Takes = (code) => takes.some((each) => each(code))
    return negated ? not(any) : any
  }

  #member(): Takes {
    const char = this.#take()
    if (char === '\\' && Object.hasOwn(classes, this.#peek())) return this.#escaped()
    const from = this.#codeOf(char)
    if (this.#peek() !== '-' || this.#text[this.#at + 1] === ']') return this.#same(from)
    this.#take()
    const to = this.#codeOf(this.#take())
    if (to < from) throw new PatternError('a range in [] goes from a smaller to a larger character')
    const within: Takes = (code) => code >= from && code <= to
    return this.#ignoresCase ? (code) => casesOf(code).some(within) : within
  }

  #codeOf(char: string): number {
    if (char !== '\\') return char.charCodeAt(0)
    const next = this.#take()
    return controls[next] ?? this.#plain(next)
  }

  #escaped(): Takes {
    const char = this.#take()
    const known = Object.hasOwn(classes, char) ? classes[char] : undefined
    return known ?? this.#same(controls[char] ?? this.#plain(char))
  }

  #plain(char: string): number {
    if (char === 'b' || char === 'B')
      throw new PatternError('\\b is not understood; write what stands beside the word')
    if (/[1-9k]/.test(char)) throw new PatternError('references back are not understood')
    if (/[A-Za-z]/.test(char)) throw new PatternError(`\\${char} is not understood`)
    return char.charCodeAt(0)
  }

  #same(wanted: number): Takes {
    if (!this.#ignoresCase) return (code) => code === wanted
    const wants = casesOf(wanted)
    return (code) => wants.includes(code)
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #take(): string {
    const char = this.#text[this.#at]
    if (char === undefined) throw new PatternError('it ends in the middle')
    this.#at += 1
    return char
  }

  #takeIf(char: string): boolean {
    if (this.#peek() !== char) return false
    this.#at += 1
    return true
  }
}

function casesOf(code: number): readonly number[] {
  const char = String.fromCharCode(code)
  return [char.toLowerCase().charCodeAt(0), char.toUpperCase().charCodeAt(0)]
}
