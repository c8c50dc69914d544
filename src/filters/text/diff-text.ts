/** A diff, or several, told shorter: what `git diff`, `git show` and `git log -p` have in common. */
import { bars } from './diff-stat.ts'
import {
  bodyLengthOf,
  countsOf,
  type FileDiff,
  fileDiffs,
  foldedFile,
  isGenerated,
  narrowedFile,
  pathOf,
  readFileDiff,
} from './unified-diff.ts'

/** A fold stands for at least this many lines. */
const worthFolding = 12

type Hidden = (count: number, what: string) => string

export interface ToldDiff {
  readonly lines: readonly string[]
  /** How many lines are gone that no line stands for. */
  readonly gone: number
}

/** `asked`: what the command line says; a file that is named there is wanted whole. */
export function shorterDiff(lines: readonly string[], asked: readonly string[], hidden: Hidden): ToldDiff {
  const start = lines.findIndex((line) => line.startsWith('diff --git '))
  if (start < 0) return { lines, gone: 0 }
  const diffs = fileDiffs(lines.slice(start)).map(readFileDiff)
  const others = diffs.some((diff) => !isGenerated(diff))
  const out: string[] = lines.slice(0, start)
  let gone = 0
  for (const diff of diffs) {
    if (others && isFolded(diff, asked)) {
      const counts = `${pathOf(diff.head)} ${countsOf(diff)}`
      const told = foldedFile(diff, hidden(bodyLengthOf(diff), counts))
      gone += diff.head.length - (told.length - 1 - diff.rest.length)
      out.push(...told)
      continue
    }
    const told = narrowedFile(diff)
    gone += Math.max(diff.head.length + bodyLengthOf(diff) + diff.rest.length - told.length, 0)
    out.push(...told)
  }
  return { lines: out, gone }
}

function isFolded(diff: FileDiff, asked: readonly string[]): boolean {
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
