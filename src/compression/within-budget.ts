/** What fits a budget: lines in the order of their worth, then the end and the beginning; what is between is counted. */
import { linesBehind } from './omission.ts'
import { estimateTokens } from './tokens.ts'

/** What one note of an omission costs. */
const noteTokens = 18
/** Gaps this short are not worth a note. */
const smallestGap = 3
const smallestGapCharacters = 100
/** A line is told so far; longer where there are few. */
const longestLine = 1000
const allLinesCharacters = 7000
/** Of a line that is cut, so much is from its end. */
const endShare = 0.25
/** Worth less than this, a line is not told for itself. */
const leastWorth = 0.8

export interface Budget {
  readonly tokens: number
  /** Of it, so much may go to lines for their worth; the rest to both ends. */
  readonly share: number
}

type Hidden = (count: number, what: string) => string

export function withinBudget(
  lines: readonly string[],
  worth: Float64Array,
  { tokens, share }: Budget,
  hidden: Hidden,
): readonly string[] {
  const longest = Math.max(longestLine, Math.floor(allLinesCharacters / lines.length))
  const kept = new Uint8Array(lines.length)
  const costs = (at: number): number => estimateTokens((lines[at] ?? '').slice(0, longest)) + 1
  const spent = keepBest(kept, worth, costs, tokens * share - 2 * noteTokens)
  keepEnds(kept, costs, tokens - spent - 2 * noteTokens)
  closeGaps(kept, lines)
  return told(lines, kept, longest, hidden)
}

type Costs = (at: number) => number

/** What was spent. Of equals, the later is kept. */
function keepBest(kept: Uint8Array, worth: Float64Array, costs: Costs, tokens: number): number {
  const order = Array.from(worth.keys()).filter((at) => (worth[at] ?? 0) > leastWorth)
  order.sort((a, b) => (worth[b] ?? 0) - (worth[a] ?? 0) || b - a)
  let spent = 0
  for (const at of order) {
    const neighbours = (kept[at - 1] ?? 0) + (kept[at + 1] ?? 0)
    const cost = costs(at) + noteTokens * (1 - neighbours)
    if (spent + cost > tokens) continue
    spent += cost
    kept[at] = 1
    if (tokens - spent < noteTokens) break
  }
  return spent
}

/** Lines of the end and of the beginning, in turn, as long as they fit. */
function keepEnds(kept: Uint8Array, costs: Costs, tokens: number): void {
  let [first, last, left] = [0, kept.length - 1, tokens]
  for (let turn = 0; first <= last; turn += 1) {
    const at = turn % 2 === 0 ? last : first
    const cost = kept[at] === 1 ? 0 : costs(at)
    if (cost > left) return
    left -= cost
    kept[at] = 1
    if (turn % 2 === 0) last -= 1
    else first += 1
  }
}

function closeGaps(kept: Uint8Array, lines: readonly string[]): void {
  let gapStart = -1
  for (let at = 0; at < kept.length; at += 1) {
    if (kept[at] === 0) {
      if (gapStart === -1) gapStart = at
      continue
    }
    const gap = gapStart === -1 ? 0 : at - gapStart
    if (gap > 0 && gap <= smallestGap && lines.slice(gapStart, at).join('').length < smallestGapCharacters)
      kept.fill(1, gapStart, at)
    gapStart = -1
  }
}

function told(
  lines: readonly string[],
  kept: Uint8Array,
  longest: number,
  hidden: Hidden,
): readonly string[] {
  const out: string[] = []
  let gap = 0
  const flush = (): void => {
    if (gap > 0) out.push(hidden(gap, 'log'))
    gap = 0
  }
  for (const [at, line] of lines.entries()) {
    if (kept[at] !== 1) {
      gap += linesBehind(line) || 1
      continue
    }
    flush()
    out.push(...cut(line, longest, hidden))
  }
  flush()
  return out
}

/** The beginning and the end of a line that is too long, and a note between them. */
function cut(line: string, longest: number, hidden: Hidden): readonly string[] {
  if (line.length <= longest) return [line]
  const end = Math.floor(longest * endShare)
  const note = hidden(1, `${line.length - longest} characters of this line`)
  return [line.slice(0, longest - end), note, line.slice(line.length - end)]
}
