/** Search hits (`path:line:text`) under a heading for each file, as `rg --heading` prints them; files of one folder under it. Nothing is lost. */
import { inFolders } from './hit-folders.ts'
import { headedRows, misleads, type Row, readRows, separator } from './hit-rows.ts'

/** Between two files `--` goes without saying, if it stood between every two. Undefined: it stood between some. */
function isSeparated(rows: readonly Row[]): boolean | undefined {
  let separated = 0
  let joined = 0
  let path: string | undefined
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]
    if (typeof row !== 'object') continue
    if (path !== undefined && path !== row.path) {
      if (rows[at - 1] === separator) separated += 1
      else joined += 1
    }
    path = row.path
  }
  if (separated > 0 && joined > 0) return undefined
  return separated > 0
}

const isBeside = (row: Row): boolean => typeof row !== 'string' && /^(?:\d+)?-/.test(row.said)

/** Of several files: those that follow each other without `--` we could not tell from lines beside the hits. */
function areOfSeveral(rows: readonly Row[]): boolean {
  let path: string | undefined
  for (const row of rows) {
    if (typeof row === 'string') continue
    if (path !== undefined && path !== row.path) return true
    path = row.path
  }
  return false
}

/** The separator at `at` stands between two files. */
function isTurn(rows: readonly Row[], at: number): boolean {
  const before = rows[at - 1]
  const after = rows[at + 1]
  return typeof before === 'object' && typeof after === 'object' && before.path !== after.path
}

/**
 * Undefined where the headings could not be told apart from what was found. `hasColumns`: a hit's column stands behind its
 * line's number.
 */
export function underHeadings(lines: readonly string[], hasColumns = false): string[] | undefined {
  const rows = readRows(lines)
  const isSeparate = isSeparated(rows)
  const hasBeside = rows.some(isBeside)
  if (isSeparate === undefined || (!isSeparate && hasBeside && areOfSeveral(rows))) return undefined
  if (rows.some(misleads)) return undefined
  return isSeparate || hasBeside || lines.includes(separator)
    ? printed(rows, isSeparate)
    : inFolders(rows, hasColumns)
}

function printed(rows: readonly Row[], isSeparate: boolean): string[] {
  const out: string[] = []
  let path: string | undefined
  for (const [at, row] of rows.entries()) {
    if (typeof row === 'string') {
      if (row === separator && isSeparate && isTurn(rows, at)) continue
      out.push(row)
      if (row !== separator) path = undefined
      continue
    }
    if (row.path !== path) out.push(row.path)
    path = row.path
    out.push(row.said)
  }
  return out
}

/** What stood under headings already, by folder; undefined where a line is neither heading nor hit. */
export function underFolders(lines: readonly string[], hasColumns: boolean): string[] | undefined {
  const rows = headedRows(lines)
  return rows && inFolders(rows, hasColumns)
}
