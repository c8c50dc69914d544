/** Tier 2: of what is longer than any client keeps, the lines that say why, with what stands around them. */
import { linesBehind } from './omission.ts'
import { templateOf, weigh } from './signals.ts'
import { estimateTokens } from './tokens.ts'

/** What one note of an omission costs. */
const noteTokens = 18
/** Gaps this short are not worth a note. */
const smallestGap = 2
/** A line is cut here: what is longer is data. */
const longestLine = 1000

export interface Selection {
  readonly lines: readonly string[]
  readonly hiddenLines: number
}

export function select(
  lines: readonly string[],
  budgetTokens: number,
  hidden: (count: number, what: string) => string,
): Selection {
  const priorities = spread(lines, scores(lines))
  const kept = fill(lines, priorities, budgetTokens)
  closeGaps(kept, lines)
  return written(lines, kept, hidden)
}

/** How much each line says by itself: repeated words say less each time; where a step failed and where it all ends says more. */
function scores(lines: readonly string[]): Float64Array {
  const scores = new Float64Array(lines.length)
  const seen = new Map<string, number>()
  for (const [at, line] of lines.entries()) {
    const { score, strong } = weigh(line)
    if (score === 0) continue
    const template = templateOf(line)
    const times = seen.get(template) ?? 0
    seen.set(template, times + 1)
    const fresh = times < 3 ? 1 - times * 0.08 : 0.8 * 0.9 ** Math.min(40, times - 2)
    scores[at] = score * fresh + (strong && times === 0 ? 0.5 : 0)
  }
  raiseEnds(lines, scores)
  return scores
}

/** The end of a failed step; without steps, the end of it all. */
function raiseEnds(lines: readonly string[], scores: Float64Array): void {
  const ends = lines.flatMap((line, at) => (/^##\[error\]/.test(line) ? [at] : []))
  for (const end of ends.slice(-6)) {
    raise(scores, end, 60, 5.2)
    const start = lines.findLastIndex((line, at) => at < end && line.startsWith('##[group]Run '))
    for (let at = start; start >= 0 && at < Math.min(start + 12, end); at += 1)
      scores[at] = Math.max(scores[at] ?? 0, 6.5 - (at - start) * 0.2)
  }
  if (ends.length === 0) raise(scores, lines.length - 1, 40, 6)
  const beginning = Math.min(lines.length, 6)
  for (let at = 0; at < beginning; at += 1) scores[at] = Math.max(scores[at] ?? 0, 3)
}

/** The `reach` lines up to `end`, the nearest most. */
function raise(scores: Float64Array, end: number, reach: number, most: number): void {
  for (let back = 0; back < reach && end - back >= 0; back += 1) {
    const bonus = most * (1 - back / reach)
    const own = scores[end - back] ?? 0
    scores[end - back] = own >= 4 ? own + bonus * 0.5 : Math.max(own, bonus)
  }
}

const before = { decay: 0.8, reach: 6 }
const after = { decay: 0.9, reach: 14 }

/** A line is worth what it says, or what it stands beside: more after than before, most where it is indented under it. */
function spread(lines: readonly string[], scores: Float64Array): Float64Array {
  const priorities = Float64Array.from(scores)
  const lift = (at: number, worth: number): void => {
    if (worth > (priorities[at] ?? worth)) priorities[at] = worth
  }
  for (const [at, own] of scores.entries()) {
    if (own < 4) continue
    let below = own
    for (let step = 1; step <= after.reach; step += 1) {
      below *= fades(lines[at + step] ?? '')
      lift(at + step, below)
    }
    for (let step = 1; step <= before.reach; step += 1) lift(at - step, own * before.decay ** step)
  }
  return priorities
}

const fades = (line: string): number => {
  if (line === '') return after.decay * 0.9
  return /^(?:\s|\||\d+ \|)/.test(line) ? 0.95 : after.decay
}

/** The best lines that the budget pays for, in order of worth; of equals, the later. */
function fill(lines: readonly string[], priorities: Float64Array, budgetTokens: number): Uint8Array {
  const kept = new Uint8Array(lines.length)
  const order = Array.from(priorities.keys()).filter((at) => (priorities[at] ?? 0) > 0.8)
  order.sort((a, b) => (priorities[b] ?? 0) - (priorities[a] ?? 0) || b - a)
  let left = budgetTokens - 2 * noteTokens
  for (const at of order) {
    const neighbours = (kept[at - 1] ?? 0) + (kept[at + 1] ?? 0)
    const cost = estimateTokens((lines[at] ?? '').slice(0, longestLine)) + 1 + noteTokens * (1 - neighbours)
    if (cost > left) continue
    left -= cost
    kept[at] = 1
    if (left < noteTokens) break
  }
  return kept
}

/** A note costs more than a short line or two. */
function closeGaps(kept: Uint8Array, lines: readonly string[]): void {
  let gapStart = -1
  for (let at = 0; at < kept.length; at += 1) {
    if (kept[at] === 0) {
      if (gapStart === -1) gapStart = at
      continue
    }
    const gap = gapStart === -1 ? 0 : at - gapStart
    if (gap > 0 && gap <= smallestGap && lines.slice(gapStart, at).join('').length < 80)
      kept.fill(1, gapStart, at)
    gapStart = -1
  }
}

function written(
  lines: readonly string[],
  kept: Uint8Array,
  hidden: (count: number, what: string) => string,
): Selection {
  const out: string[] = []
  let gap = 0
  let hiddenLines = 0
  const flush = (): void => {
    if (gap > 0) out.push(hidden(gap, 'log'))
    hiddenLines += gap
    gap = 0
  }
  for (const [at, line] of lines.entries()) {
    if (kept[at] !== 1) {
      gap += linesBehind(line) || 1
      continue
    }
    flush()
    out.push(cut(line))
  }
  flush()
  return { lines: out, hiddenLines }
}

const cut = (line: string): string =>
  line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine)}… (${line.length - longestLine} more characters)`
