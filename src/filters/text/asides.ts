/** Leaves out noise in runs, and what stands beside each of many failures alike (source, rules) all told once, after them. */
import type { Reading, Shortened } from '../filter.ts'
import { leaveOutRuns } from './runs.ts'
import { tellsFailure } from './verdict.ts'

/** Per line: what noise it is. An aside goes with its like, wherever they stand. */
export type What = string | { readonly aside: string } | undefined

/** Less than this is cheaper to keep than to tell about. */
const leastChars = 90

const asideOf = (what: What): string | undefined => (typeof what === 'object' ? what.aside : undefined)
const runOf = (what: What): string | undefined => (typeof what === 'string' ? what : undefined)

/** The line that ends the paragraph of the last aside. */
function endOfLast(lines: readonly string[], whats: readonly What[]): number {
  let at = whats.findLastIndex((what) => asideOf(what) !== undefined)
  while (at + 1 < lines.length && lines[at + 1] !== '') at += 1
  return at
}

interface Asides {
  /** Lines that are not blank. */
  readonly gone: number
  readonly chars: number
  readonly kinds: string
}

function asidesOf(lines: readonly string[], whats: readonly What[]): Asides {
  const kinds = new Set<string>()
  let [gone, chars] = [0, 0]
  for (let at = 0; at < whats.length; at += 1) {
    const aside = asideOf(whats[at])
    if (aside === undefined) continue
    kinds.add(aside)
    const line = lines[at] ?? ''
    if (line === '') continue
    gone += 1
    chars += line.length + 1
  }
  return { gone, chars, kinds: [...kinds].join(', ') }
}

function leaveOutAll(
  lines: readonly string[],
  whats: readonly What[],
  hidden: (count: number, what: string) => string,
): readonly string[] {
  const { gone, chars, kinds } = asidesOf(lines, whats)
  if (chars < leastChars) return leaveOutRuns(lines, whats.map(runOf), hidden)
  const last = endOfLast(lines, whats)
  const kept: string[] = []
  const keptWhats: (string | undefined)[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const what = whats[at]
    const isAside = asideOf(what) !== undefined
    const doubled =
      line === '' && what === undefined && (kept.at(-1) ?? '') === '' && asideOf(whats[at - 1]) !== undefined
    if (!isAside && !doubled) {
      kept.push(line)
      keptWhats.push(runOf(what))
    }
    if (at !== last) continue
    kept.push(hidden(gone, kinds))
    keptWhats.push(undefined)
  }
  return leaveOutRuns(kept, keptWhats, hidden)
}

/** So many runs are each told where they are; more would cost more than they say. */
const mostRuns = 3

/** The noise of many runs goes with the asides: how much there was of it, not where. */
function gathered(lines: readonly string[], whats: readonly What[]): readonly What[] {
  let runs = 0
  let inRun = false
  for (let at = 0; at < lines.length; at += 1) {
    const isNoise = runOf(whats[at]) !== undefined
    if (isNoise && !inRun) runs += 1
    inRun = isNoise || (inRun && lines[at] === '')
  }
  if (runs <= mostRuns) return whats
  const asides = new Map<string, What>()
  return whats.map((what) => {
    if (typeof what !== 'string') return what
    const aside = asides.get(what) ?? { aside: what }
    asides.set(what, aside)
    return aside
  })
}

/**
 * The reading without its noise; `lines` where they are not those that were printed. Undefined where there is none, none
 * may go, or a failed run would no longer read like one.
 */
export function withoutNoise(
  { lines: printed, tier, failed, hidden }: Reading,
  whatsOf: (lines: readonly string[]) => readonly What[],
  lines: readonly string[] = printed,
): Shortened | undefined {
  if (tier === 0) return undefined
  const kept = leaveOutAll(lines, gathered(lines, whatsOf(lines)), hidden)
  if (kept.length >= printed.length || (failed && !kept.some(tellsFailure))) return undefined
  return { lines: kept, tier: 1 }
}
