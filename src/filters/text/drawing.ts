/** Trees drawn with `├── `, told by indentation. Nothing is lost: what branches where follows from the depths. */
import { append } from './append.ts'
import { hasBlank, isBlankCode, startsBlank } from './blanks.ts'
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
  let offset = 0
  while (offset < reach && isStem(line.charCodeAt(offset))) offset += 1
  if (line.charCodeAt(offset - 1) === bar && line.startsWith('-- ', offset))
    return { offset: offset - 1, said: line.slice(offset + 3) }
  if (!isCorner(line.charCodeAt(offset))) return undefined
  const end = branchEnd(line, offset + 1)
  return end < 0 ? undefined : { offset, said: line.slice(end) }
}

const bar = 0x7c
const dash = 0x2d

const isStem = (code: number): boolean => code === 0x2502 || code === bar || isBlankCode(code)

/** One of `├└+` and a back quote. */
const isCorner = (code: number): boolean =>
  code === 0x251c || code === 0x2514 || code === 0x2b || code === 0x60

const isDash = (code: number): boolean => code === 0x2500 || code === dash

/** Behind the blank after `──`, `─┬` and their like: one to three dashes, or a fork behind one or two; otherwise -1. */
function branchEnd(line: string, start: number): number {
  let at = start
  while (at < start + 3 && isDash(line.charCodeAt(at))) at += 1
  if (at === start) return -1
  if (at < start + 3 && line.charCodeAt(at) === 0x252c) at += 1
  return isBlankCode(line.charCodeAt(at)) ? at + 1 : -1
}

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
  if (!rows.some((row) => row !== undefined && hasBlank(row.said, reach))) return ' '
  const hasGap = rows.some(
    (row) => row?.said.includes(',') === true && /,(?: |$)/.test(row.said.slice(0, reach)),
  )
  return hasGap ? undefined : ', '
}

/** Leaves that follow each other share a line. */
function joined(rows: readonly Row[], gap: string): string[] {
  const out: string[] = []
  let leaves: string[] = []
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]
    if (row === undefined) break
    leaves.push(row.said)
    const next = rows[at + 1]
    if (row.depth > 0 && next?.depth === row.depth) continue
    const indent = ' '.repeat(row.depth)
    const opener = next !== undefined && next.depth > row.depth ? leaves.pop() : undefined
    append(out, row.depth === 0 ? leaves : inLines(leaves, indent, gap))
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
    row === undefined
      ? startsBlank(line)
      : row.offset % step !== 0 || row.said === '' || startsBlank(row.said)
  if (found.some((row, at) => isOdd(row, lines[at] ?? ''))) return undefined
  const rows = found.map((row, at) =>
    row === undefined
      ? { depth: 0, said: lines[at] ?? '' }
      : { depth: row.offset / step + 1, said: row.said },
  )
  const gap = gapOf(found)
  return gap === undefined ? rows.map(({ depth, said }) => ' '.repeat(depth) + said) : joined(rows, gap)
}
