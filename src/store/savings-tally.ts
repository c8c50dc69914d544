/** What the journal of savings comes to: every output counted once, and what was asked for again taken off. */
import type { Firing, SavingsLine } from './savings.ts'

export const tallyGroups = ['filter', 'agent', 'project', 'mouth'] as const
export type TallyGroup = (typeof tallyGroups)[number]

export interface Tally {
  readonly key: string
  /** Outputs that were made shorter, each once. */
  readonly firings: number
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly recalls: number
  readonly reruns: number
  /** Shown again by either. */
  readonly tokensBack: number
}

export const savedTokens = ({ tokensBefore, tokensAfter }: Tally): number => tokensBefore - tokensAfter
/** May be less than nothing. */
export const netTokens = (tally: Tally): number => savedTokens(tally) - tally.tokensBack

type Growing = { -readonly [Name in keyof Tally]: Tally[Name] }

/** Most saved first. */
export function tallyOf(lines: readonly SavingsLine[], by: TallyGroup): readonly Tally[] {
  const firings = new Map<string, Firing>()
  for (const line of lines)
    if (line.kind === 'firing' && !firings.has(line.original)) firings.set(line.original, line)
  const rows = new Map<string, Growing>()
  const rowFor = (key: string): Growing => {
    const row = rows.get(key) ?? emptyTally(key)
    rows.set(key, row)
    return row
  }
  for (const firing of firings.values()) {
    const row = rowFor(firing[by] ?? 'unknown')
    row.firings += 1
    row.tokensBefore += firing.tokensBefore
    row.tokensAfter += firing.tokensAfter
  }
  for (const line of lines) {
    const firing = line.kind === 'firing' ? undefined : firings.get(line.original)
    if (line.kind === 'firing' || !firing) continue
    const row = rowFor(firing[by] ?? 'unknown')
    row[line.kind === 'recall' ? 'recalls' : 'reruns'] += 1
    row.tokensBack += line.tokens
  }
  return [...rows.values()].toSorted((a, b) => savedTokens(b) - savedTokens(a) || (a.key < b.key ? -1 : 1))
}

const emptyTally = (key: string): Growing => ({
  ...{ key, firings: 0, tokensBefore: 0, tokensAfter: 0 },
  ...{ recalls: 0, reruns: 0, tokensBack: 0 },
})

export const totalTally = (rows: readonly Tally[]): Tally =>
  rows.reduce<Growing>((sum, row) => {
    sum.firings += row.firings
    sum.tokensBefore += row.tokensBefore
    sum.tokensAfter += row.tokensAfter
    sum.recalls += row.recalls
    sum.reruns += row.reruns
    sum.tokensBack += row.tokensBack
    return sum
  }, emptyTally('total'))

/** Fewer say nothing. */
const leastFirings = 200
const mostRegrets = 0.05

/**
 * Filters whose outputs were asked for again too often: of those with what was left out, more than one in twenty. A
 * lossless filter can be regretted as well, but there is nothing below it. Who looks through an original in five pieces
 * has regretted it once.
 */
export class RegretTally {
  readonly #originals = new Map<string, Set<string>>()
  readonly #regretted = new Set<string>()

  note(line: SavingsLine): void {
    if (line.kind !== 'firing') this.#regretted.add(line.original)
    else if (line.tier > 0) for (const filter of line.filter.split('+')) this.#fired(filter, line.original)
  }

  /** By their ids, sorted. */
  get filters(): readonly string[] {
    return [...this.#originals.keys()].filter((filter) => this.#isTooMuch(filter)).toSorted()
  }

  #fired(filter: string, original: string): void {
    const known = this.#originals.get(filter)
    if (known) known.add(original)
    else this.#originals.set(filter, new Set([original]))
  }

  #isTooMuch(filter: string): boolean {
    const originals = this.#originals.get(filter) ?? new Set()
    if (originals.size < leastFirings) return false
    let regrets = 0
    for (const original of this.#regretted) if (originals.has(original)) regrets += 1
    return regrets / originals.size > mostRegrets
  }
}

export function regretted(lines: readonly SavingsLine[]): readonly string[] {
  const tally = new RegretTally()
  for (const line of lines) tally.note(line)
  return tally.filters
}
