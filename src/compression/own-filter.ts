/** A filter that somebody wrote as data: what it says is tried in linear time, and means what `docs/compression.md` tells. */
import type { Command, Example, Filter, Reading, Shortened } from '../filters/filter.ts'
import { LinearPattern } from '../filters/text/linear.ts'
import { leaveOut, type NoiseOf } from '../filters/text/noise.ts'

/** As it was read; every pattern is a text. */
export interface OwnFilterSpec {
  readonly name: string
  readonly match: { readonly programs: readonly string[]; readonly args?: string; readonly output?: string }
  readonly drop: readonly { readonly pattern: string; readonly what: string }[]
  readonly keep: readonly string[]
  readonly fold: readonly string[]
  readonly group?: string
  readonly limit?: { readonly head: number; readonly tail: number }
  readonly tests: readonly Example[]
}

/** Patterns are tried on so much of a line. */
const judgedChars = 2_000
/** So many lines at either end may confirm that an output is the command's. */
const confirmingLines = 40

const begun = (line: string): string => (line.length > judgedChars ? line.slice(0, judgedChars) : line)

type Hidden = Reading['hidden']

/** Throws PatternError. */
export function ownFilter(spec: OwnFilterSpec): Filter {
  const { match, tests } = spec
  const args = match.args === undefined ? undefined : new LinearPattern(match.args)
  const output = match.output === undefined ? undefined : new LinearPattern(match.output)
  const steps = stepsOf(spec)
  return {
    id: `own:${spec.name}`,
    suggests: ({ program, args: words }: Command) =>
      match.programs.includes(program) && (args?.test(words.join(' ')) ?? true),
    confirms: (lines) => {
      if (!output) return true
      const ends = [...lines.slice(0, confirmingLines), ...lines.slice(-confirmingLines)]
      return ends.some((line) => output.test(begun(line)))
    },
    shorten: (reading) => shortenWith(steps, reading),
    examples: tests,
  }
}

interface Steps {
  readonly fold: (lines: readonly string[], hidden: Hidden) => readonly string[]
  readonly drop: (lines: readonly string[], hidden: Hidden) => readonly string[]
  /** Not where the command failed: what is not asked for may say why. */
  readonly keep: (lines: readonly string[], hidden: Hidden) => readonly string[]
  readonly limit: (lines: readonly string[], hidden: Hidden) => readonly string[]
  /** Nothing is lost by it. */
  readonly group: (lines: readonly string[]) => readonly string[]
}

function shortenWith(steps: Steps, { lines, failed, tier, hidden }: Reading): Shortened | undefined {
  if (tier === 0) return changed(lines, steps.group(lines), 0)
  const dropped = steps.drop(steps.fold(lines, hidden), hidden)
  const chosen = failed ? dropped : steps.limit(steps.keep(dropped, hidden), hidden)
  const lossless = chosen.length === lines.length
  return changed(lines, steps.group(chosen), lossless ? 0 : 1)
}

const changed = (before: readonly string[], after: readonly string[], tier: 0 | 1): Shortened | undefined =>
  after.length === before.length && after.every((line, at) => line === before[at])
    ? undefined
    : { lines: after, tier }

function stepsOf({ drop, keep, fold, group, limit }: OwnFilterSpec): Steps {
  const dropped = drop.map(({ pattern, what }) => [what, new LinearPattern(pattern)] as const)
  const kept = keep.map((pattern) => new LinearPattern(pattern))
  const folded = fold.map((pattern) => new LinearPattern(pattern))
  const heading = group === undefined ? undefined : new LinearPattern(group)
  const droppedAs: NoiseOf = (line) => dropped.find(([, pattern]) => pattern.test(begun(line)))?.[0]
  const notKept: NoiseOf = (line) =>
    isMark(line) || kept.some((pattern) => pattern.test(begun(line))) ? undefined : 'other lines'
  return {
    fold: (lines, hidden) => (folded.length === 0 ? lines : foldRuns(lines, folded, hidden)),
    drop: (lines, hidden) =>
      dropped.length === 0 ? lines : leaveOut(lines, droppedAs, { hidden, lastStays: false }),
    keep: (lines, hidden) =>
      kept.length === 0 ? lines : leaveOut(lines, notKept, { hidden, lastStays: false }),
    limit: (lines, hidden) => (limit ? endsOf(lines, limit.head, limit.tail, hidden) : lines),
    group: (lines) => (heading ? underHeadings(lines, heading) : lines),
  }
}

/** A line that already stands for others. */
const isMark = (line: string): boolean => line.startsWith('[+') && line.includes(' hidden: ')

/** Of lines in a row that fit one pattern the first stays. */
function foldRuns(
  lines: readonly string[],
  patterns: readonly LinearPattern[],
  hidden: Hidden,
): readonly string[] {
  let last: LinearPattern | undefined
  const alike = new Set<number>()
  for (const [at, line] of lines.entries()) {
    const fits = patterns.find((pattern) => pattern.test(begun(line)))
    if (fits !== undefined && fits === last) alike.add(at)
    last = fits
  }
  const numbered = lines.map((line, at) => ({ line, at }))
  const runs: string[] = []
  let run: string[] = []
  const endRun = (): void => {
    if (run.length > 1) runs.push(hidden(run.length, 'more like the line above'))
    else runs.push(...run)
    run = []
  }
  for (const { line, at } of numbered) {
    if (alike.has(at)) run.push(line)
    else {
      endRun()
      runs.push(line)
    }
  }
  endRun()
  return runs
}

/** What is left out in the middle follows each other, unless something in it already stands for other lines. */
function endsOf(lines: readonly string[], head: number, tail: number, hidden: Hidden): readonly string[] {
  const left = lines.slice(head, Math.max(head, lines.length - tail))
  if (left.length < 2 || left.some(isMark)) return lines
  return [...lines.slice(0, head), hidden(left.length, 'the middle'), ...lines.slice(lines.length - tail)]
}

/** Lines in a row that begin alike: the beginning once, the rest of each below it. */
function underHeadings(lines: readonly string[], heading: LinearPattern): readonly string[] {
  const out: string[] = []
  let run: { readonly head: string; readonly rest: string }[] = []
  const endRun = (): void => {
    const heads = [...new Set(run.map(({ head }) => head))]
    if (heads.length === run.length) out.push(...run.map(({ head, rest }) => head + rest))
    else
      for (const head of heads)
        out.push(head, ...run.filter((each) => each.head === head).map(({ rest }) => `  ${rest}`))
    run = []
  }
  for (const line of lines) {
    const length = isMark(line) ? -1 : heading.prefixOf(begun(line))
    if (length > 0) run.push({ head: line.slice(0, length), rest: line.slice(length) })
    else {
      endRun()
      out.push(line)
    }
  }
  endRun()
  return out
}
