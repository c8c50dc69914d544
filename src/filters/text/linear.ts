/**
 * A pattern of anybody's, tried on a line in time that grows with the line alone, whatever the pattern is: all ways to
 * read it go on side by side, and each set of them is worked out once.
 */
import { type Node, PatternError, readPattern, type Takes } from './linear-syntax.ts'

interface Step {
  takes?: Takes
  kind: 'char' | 'split' | 'start' | 'end' | 'accept'
  next: number[]
}

/** Where one may stand after some characters. */
interface Place {
  readonly steps: readonly number[]
  readonly accepts: boolean
  /** Nothing but the end of the line is missing. */
  readonly acceptsAtEnd: boolean
  readonly next: Map<number, Place>
}

const mostSteps = 3_000
/** Beyond it what was worked out is forgotten and worked out again. */
const mostPlaces = 400

export class LinearPattern {
  readonly #steps: Step[] = []
  readonly #first: number
  readonly #places = new Map<string, Place>()

  /** Throws PatternError. */
  constructor(pattern: string) {
    const accept = this.#add({ kind: 'accept', next: [] })
    this.#first = this.#build(readPattern(pattern), accept)
  }

  /** Is it anywhere in the line? */
  test(line: string): boolean {
    let place = this.#place([this.#first], true)
    for (let at = 0; at < line.length && !place.accepts; at++)
      place = this.#after(place, line.charCodeAt(at), true)
    return place.accepts || place.acceptsAtEnd
  }

  /** How many characters at the beginning fit, as many as can; -1: it does not begin so. */
  prefixOf(line: string): number {
    let place = this.#place([this.#first], true)
    let longest = place.accepts ? 0 : -1
    for (let at = 0; at < line.length && place.steps.length > 0; at++) {
      place = this.#after(place, line.charCodeAt(at), false)
      if (place.accepts) longest = at + 1
    }
    return place.acceptsAtEnd && place.steps.length > 0 ? line.length : longest
  }

  #after(place: Place, code: number, anywhere: boolean): Place {
    const key = anywhere ? code : -1 - code
    const known = place.next.get(key)
    if (known) return known
    const reached = place.steps.flatMap((at) => {
      const step = this.#steps[at]
      return step?.takes?.(code) ? step.next : []
    })
    const after = this.#place(anywhere ? [...reached, this.#first] : reached, false)
    place.next.set(key, after)
    return after
  }

  #place(from: readonly number[], atStart: boolean): Place {
    const steps = [...this.#closure(from, atStart, false)].toSorted((a, b) => a - b)
    const key = steps.join(',')
    const known = this.#places.get(key)
    if (known) return known
    const atEnd = this.#closure(steps, atStart, true)
    const made: Place = {
      steps,
      accepts: this.#hasAccept(steps),
      acceptsAtEnd: this.#hasAccept(atEnd),
      next: new Map(),
    }
    if (this.#places.size >= mostPlaces) {
      for (const place of this.#places.values()) place.next.clear()
      this.#places.clear()
    }
    this.#places.set(key, made)
    return made
  }

  #closure(from: Iterable<number>, atStart: boolean, atEnd: boolean): Set<number> {
    const seen = new Set<number>()
    const open = [...from]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      const step = this.#steps[at]
      const passes =
        step?.kind === 'split' || (step?.kind === 'start' && atStart) || (step?.kind === 'end' && atEnd)
      if (passes) open.push(...step.next)
    }
    return seen
  }

  #hasAccept(steps: Iterable<number>): boolean {
    for (const at of steps) if (this.#steps[at]?.kind === 'accept') return true
    return false
  }

  #add(step: Step): number {
    if (this.#steps.length >= mostSteps)
      throw new PatternError('it is too large: fewer repetitions of repetitions')
    this.#steps.push(step)
    return this.#steps.length - 1
  }

  /** The step with which `node` begins, when `next` follows it. */
  #build(node: Node, next: number): number {
    switch (node.kind) {
      case 'char':
        return this.#add({ kind: 'char', takes: node.takes, next: [next] })
      case 'start':
      case 'end':
        return this.#add({ kind: node.kind, next: [next] })
      case 'all':
        return node.of.reduceRight((after, part) => this.#build(part, after), next)
      case 'one':
        return this.#add({ kind: 'split', next: node.of.map((option) => this.#build(option, next)) })
      case 'repeat':
        return this.#buildRepeat(node, next)
    }
  }

  #buildRepeat({ of, least, most }: Extract<Node, { kind: 'repeat' }>, next: number): number {
    let begin = next
    if (most === Number.POSITIVE_INFINITY) {
      const loop: Step = { kind: 'split', next: [next] }
      begin = this.#add(loop)
      loop.next.push(this.#build(of, begin))
    } else
      for (let n = least; n < most; n++)
        begin = this.#add({ kind: 'split', next: [this.#build(of, begin), next] })
    for (let n = 0; n < least; n++) begin = this.#build(of, begin)
    return begin
  }
}
