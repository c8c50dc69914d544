/** How often lines like one have been read before: what is said over and over says less each time. */
import { mouldOf, templateOf } from './signals.ts'

/** A program that writes one kind of error over and over is at work; who ends because of an error says it a few times. */
const mostCasts = 16
/** Lines that say less than this are no errors. */
const leastCast = 6

export interface Familiar {
  /** What a line's score is multiplied with. */
  readonly share: number
  /** The first of its kind, and its kind is not everywhere. */
  readonly isNews: boolean
}

export class Familiarity {
  readonly #templates = new Map<string, number>()
  readonly #moulds = new Map<string, number>()

  /** Another step is another program. */
  beginStep(): void {
    this.#moulds.clear()
  }

  read(line: string, score: number): Familiar {
    const template = templateOf(line)
    const times = countUp(this.#templates, template)
    const casts = score < leastCast ? 0 : countUp(this.#moulds, mouldOf(template))
    const fresh = times < 3 ? 1 - times * 0.05 : 0.85 * 0.96 ** Math.min(60, times - 2)
    const rare = casts < mostCasts ? 1 : 0.95 ** Math.min(60, casts - mostCasts)
    return { share: fresh * rare, isNews: times === 0 && casts < mostCasts }
  }
}

/** How often it was counted before. */
function countUp(counts: Map<string, number>, key: string): number {
  const before = counts.get(key) ?? 0
  counts.set(key, before + 1)
  return before
}
