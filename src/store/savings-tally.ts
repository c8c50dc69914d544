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
 * lossless filter can be regretted as well, but there is nothing below it.
 */
export function regretted(lines: readonly SavingsLine[]): readonly string[] {
  const regrets = onceEach(lines.filter((line) => line.kind !== 'firing'))
  const lossy = lines.filter((line) => line.kind !== 'firing' || line.tier > 0)
  const each = lossy.flatMap((line) =>
    line.kind === 'firing' ? line.filter.split('+').map((filter) => ({ ...line, filter })) : [],
  )
  return [...new Set(each.map(({ filter }) => filter))]
    .filter((filter) => {
      const own = each.filter((line) => line.filter === filter)
      const [row] = tallyOf([...own, ...regrets], 'filter').filter(({ key }) => key === filter)
      return row !== undefined && row.firings >= leastFirings && isTooMuch(row)
    })
    .toSorted()
}

/** Who looks through an original in five pieces has regretted it once. */
const onceEach = (lines: readonly SavingsLine[]): readonly SavingsLine[] => [
  ...new Map(lines.map((line) => [line.original, line])).values(),
]

const isTooMuch = ({ recalls, reruns, firings }: Tally): boolean => (recalls + reruns) / firings > mostRegrets
