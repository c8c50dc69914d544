/** Trees drawn with `├── `, told by indentation. Nothing is lost: what branches where follows from the depths. */
import { inLines } from './folders.ts'

/** Where a drawing can be is in this many characters. */
const reach = 400

export interface Drawn {
  /** Characters before the branch. */
  readonly offset: number
  readonly said: string
}

/** `│   ├── name` of tree and cargo, `│ ├─┬ name` of npm, `|   |-- name` without the drawing characters. */
export function drawn(line: string): Drawn | undefined {
  if (!/[\s│|├└+`]/.test(line[0] ?? '')) return undefined
  const offset = stems.exec(line.slice(0, reach))?.[0].length ?? 0
  const rest = line.slice(offset, offset + 8)
  if (line[offset - 1] === '|' && rest.startsWith('-- '))
    return { offset: offset - 1, said: line.slice(offset + 3) }
  const branch = branches.exec(rest)
  return branch ? { offset, said: line.slice(offset + branch[0].length) } : undefined
}

const stems = /^[│|\s]*/
const branches = /^[├└+`][─-]{1,2}[─┬-]?\s/

/** How many characters one level takes: 4 as `tree` draws, 2 as npm does. */
function stepOf(rows: readonly (Drawn | undefined)[]): number {
  return rows.every((row) => row === undefined || row.offset % 4 === 0) ? 4 : 2
}

interface Row {
  readonly depth: number
  readonly said: string
}

/** What may stand between leaves that share a line: nothing that a name has in it. */
function gapOf(rows: readonly (Drawn | undefined)[]): string | undefined {
  const some = (pattern: RegExp) =>
    rows.some((row) => row !== undefined && pattern.test(row.said.slice(0, reach)))
  if (!some(/\s/)) return ' '
  return some(/,(?: |$)/) ? undefined : ', '
}

/** Leaves that follow each other share a line. */
function joined(rows: readonly Row[], gap: string): string[] {
  const out: string[] = []
  let leaves: string[] = []
  for (const [at, row] of rows.entries()) {
    leaves.push(row.said)
    const next = rows[at + 1]
    if (row.depth > 0 && next?.depth === row.depth) continue
    const indent = ' '.repeat(row.depth)
    const opener = next !== undefined && next.depth > row.depth ? leaves.pop() : undefined
    out.push(...(row.depth === 0 ? leaves : inLines(leaves, indent, gap)))
    if (opener !== undefined) out.push(indent + opener)
    leaves = []
  }
  return out
}

/** Undefined where a line that is not drawn starts with a blank: it would read as a branch. */
export function indented(lines: readonly string[]): string[] | undefined {
  const found = lines.map(drawn)
  const step = stepOf(found)
  const isOdd = (row: Drawn | undefined, line: string) =>
    row === undefined ? /^\s/.test(line) : row.offset % step !== 0 || row.said === '' || /^\s/.test(row.said)
  if (found.some((row, at) => isOdd(row, lines[at] ?? ''))) return undefined
  const rows = found.map((row, at) =>
    row === undefined
      ? { depth: 0, said: lines[at] ?? '' }
      : { depth: row.offset / step + 1, said: row.said },
  )
  const gap = gapOf(found)
  return gap === undefined ? rows.map(({ depth, said }) => ' '.repeat(depth) + said) : joined(rows, gap)
}
