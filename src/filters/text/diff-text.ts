/** A diff, or several, told shorter: what `git diff`, `git show` and `git log -p` have in common. */
import { bars } from './diff-stat.ts'
import {
  bodyLengthOf,
  countsOf,
  type FileDiff,
  fileDiffs,
  foldedFile,
  isGenerated,
  pathOf,
  readFileDiff,
  startOfDiff,
  toldFile,
} from './unified-diff.ts'

/** A fold stands for at least this many lines. */
const worthFolding = 12

type Hidden = (count: number, what: string) => string

export interface ToldDiff {
  readonly lines: readonly string[]
  /** How many lines are gone that no line stands for. */
  readonly gone: number
  /** Some file is only counted. */
  readonly isFolded: boolean
}

export interface HowToTell {
  /** What the command line says; a file that is named there is wanted whole. */
  readonly asked: readonly string[]
  /** With less beside the changes. */
  readonly isNarrow: boolean
  readonly hidden: Hidden
}

/** Every line of it where `isNarrow` is false; the same lines if there is no diff in it. */
export function shorterDiff(lines: readonly string[], { asked, isNarrow, hidden }: HowToTell): ToldDiff {
  const start = startOfDiff(lines)
  if (start < 0) return { lines, gone: 0, isFolded: false }
  const diffs = fileDiffs(lines.slice(start)).map(readFileDiff)
  const others = diffs.some((diff) => !isGenerated(diff))
  const out: string[] = lines.slice(0, start)
  let gone = 0
  let folded = 0
  for (const diff of diffs) {
    const isCounted = isNarrow && others && isCountable(diff, asked)
    const told = isCounted
      ? foldedFile(diff, hidden(bodyLengthOf(diff), `${pathOf(diff.head)} ${countsOf(diff)}`))
      : toldFile(diff, isNarrow)
    gone += told.gone
    folded += isCounted ? 1 : 0
    for (const line of told.lines) out.push(line)
  }
  return { lines: out, gone, isFolded: folded > 0 }
}

function isCountable(diff: FileDiff, asked: readonly string[]): boolean {
  const path = pathOf(diff.head)
  const isNamed = asked.some((word) => word !== '' && path.endsWith(word.replace(/^\.\//, '')))
  return !isNamed && isGenerated(diff) && bodyLengthOf(diff) >= worthFolding
}

/** What is not there any more and has no line of its own: bars behind rows of a table, lines beside changes. */
export function goneNotes(beside: number, drawn: number, hidden: Hidden): string[] {
  return [
    ...(drawn > 0 ? [hidden(drawn, bars)] : []),
    ...(beside > 0 ? [hidden(beside, 'lines beside the changes, blob hashes')] : []),
  ]
}
