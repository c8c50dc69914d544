/** Search hits (`path:line:text`) under a heading for each file, as `rg --heading` prints them. Nothing is lost. */

export interface Hit {
  readonly path: string
  /** What follows the path, from its mark on: `12:text` of a match, `12-text` beside one, `:text` without a number. */
  readonly said: string
}

/** A path is looked for in this many characters. */
const reach = 400

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9'
}

/** Where `:12:` (or `-12-`) starts at `at`, the index after its digits; otherwise -1. */
function afterNumber(line: string, at: number, mark: string): number {
  let end = at + 1
  while (isDigit(line[end]) && end - at < 10) end += 1
  return end > at + 1 && line[end] === mark ? end : -1
}

/** `path:12:text` */
export function numberedHit(line: string): Hit | undefined {
  for (let at = line.indexOf(':', 1); at > 0 && at < reach; at = line.indexOf(':', at + 1)) {
    if (afterNumber(line, at, ':') > 0) return { path: line.slice(0, at), said: line.slice(at + 1) }
  }
  return undefined
}

/** `path:text`, where the path reads like one. */
export function plainHit(line: string): Hit | undefined {
  const drive = /^[A-Za-z]:[\\/]/.test(line) ? 2 : 0
  const at = line.indexOf(':', drive)
  if (at <= 0 || at > reach) return undefined
  const path = line.slice(0, at)
  return /^[^\s'"`]*[./\\][^\s'"`]*$/.test(path) ? { path, said: line.slice(at) } : undefined
}

/** `path-12-text`, beside a match in the same file. */
function besideHit(line: string, paths: ReadonlySet<string>): Hit | undefined {
  for (let at = line.indexOf('-', 1); at > 0 && at < reach; at = line.indexOf('-', at + 1)) {
    if (afterNumber(line, at, '-') > 0 && paths.has(line.slice(0, at)))
      return { path: line.slice(0, at), said: line.slice(at + 1) }
  }
  return undefined
}

type Row = Hit | string

const separator = '--'

function readRows(lines: readonly string[]): readonly Row[] {
  const matches = lines.map((line) =>
    line === separator ? undefined : (numberedHit(line) ?? plainHit(line)),
  )
  const paths = new Set(matches.flatMap((match) => (match === undefined ? [] : [match.path])))
  return lines.map((line, at) => {
    if (line === separator) return line
    const beside = besideHit(line, paths)
    return beside ?? matches[at] ?? line
  })
}

/** A line of its own that would read as a hit under the heading above it. */
function looksSaid(line: string): boolean {
  return /^(?:\d+[:-]|:)/.test(line)
}

/** Between two files `--` goes without saying, if it stood between every two. Undefined: it stood between some. */
function isSeparated(rows: readonly Row[]): boolean | undefined {
  let separated = 0
  let joined = 0
  let path: string | undefined
  for (const [at, row] of rows.entries()) {
    if (typeof row === 'string') continue
    if (path !== undefined && path !== row.path) {
      if (rows[at - 1] === separator) separated += 1
      else joined += 1
    }
    path = row.path
  }
  if (separated > 0 && joined > 0) return undefined
  return separated > 0
}

/** Lines beside the hits, and files that follow each other without `--`: we could not say where it stood. */
function isRunTogether(rows: readonly Row[]): boolean {
  const files = new Set(rows.flatMap((row) => (typeof row === 'string' ? [] : [row.path])))
  return files.size > 1 && rows.some((row) => typeof row !== 'string' && /^\d+-/.test(row.said))
}

/** The separator at `at` stands between two files. */
function isTurn(rows: readonly Row[], at: number): boolean {
  const before = rows[at - 1]
  const after = rows[at + 1]
  return typeof before === 'object' && typeof after === 'object' && before.path !== after.path
}

/** Undefined where the headings could not be told apart from what was found. */
export function underHeadings(lines: readonly string[]): string[] | undefined {
  const rows = readRows(lines)
  const isSeparate = isSeparated(rows)
  if (isSeparate === undefined || (!isSeparate && isRunTogether(rows))) return undefined
  if (rows.some((row) => looksSaid(typeof row === 'string' ? row : row.path))) return undefined
  const told = isSeparate ? rows : rows.map((row, at) => loneHit(rows, at) ?? row)
  return printed(told, isSeparate)
}

/** The only hit in its file, on one line as it came: a heading would be longer. */
function loneHit(rows: readonly Row[], at: number): string | undefined {
  const row = rows[at]
  if (typeof row !== 'object') return undefined
  const isBeside = [rows[at - 1], rows[at + 1]].some(
    (other) => other === separator || (typeof other === 'object' && other.path === row.path),
  )
  const line = row.path + (row.said.startsWith(':') ? '' : ':') + row.said
  return isBeside || looksSaid(line) ? undefined : line
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
