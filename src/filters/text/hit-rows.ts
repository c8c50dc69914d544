/** Search hits read from lines: `path:12:text`, `path:text`, lines beside them, and what stands under headings already. */

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
  return hitAt(line, plainEnd(line))
}

/** Where the path ends; otherwise -1. */
function plainEnd(line: string): number {
  const drive = /^[A-Za-z]:[\\/]/.test(line) ? 2 : 0
  const at = line.indexOf(':', drive)
  if (at <= 0 || at > reach) return -1
  return /^[^\s'"`]*[./\\][^\s'"`]*$/.test(line.slice(0, at)) ? at : -1
}

/** `path-12-text`, or `path-text` where no hit has a number, beside a match in the same file. */
function besideHit(line: string, paths: ReadonlySet<string>, isNumbered: boolean): Hit | undefined {
  for (let at = line.indexOf('-', 1); at > 0 && at < reach; at = line.indexOf('-', at + 1)) {
    if ((isNumbered && afterNumber(line, at, '-') < 0) || !paths.has(line.slice(0, at))) continue
    return { path: line.slice(0, at), said: line.slice(isNumbered ? at + 1 : at) }
  }
  return undefined
}

const hitAt = (line: string, end: number): Hit | undefined =>
  end < 0 ? undefined : { path: line.slice(0, end), said: line.slice(end) }

function pathsOf(hits: readonly (Hit | undefined)[]): ReadonlySet<string> {
  const paths = new Set<string>()
  let last: string | undefined
  for (const hit of hits) {
    if (hit !== undefined && hit.path !== last) paths.add(hit.path)
    last = hit?.path
  }
  return paths
}

export type Row = Hit | string

export const separator = '--'

/** Most hits have a number; then lines beside them have one too. Without, they are told from hits by `--` alone. */
export function readRows(lines: readonly string[]): readonly Row[] {
  const numbered = lines.map((line) => (line === separator ? undefined : numberedHit(line)))
  const plain = lines.map((line) => (line === separator ? -1 : plainEnd(line)))
  const hits = numbered.filter((hit) => hit !== undefined).length
  const isNumbered = hits > 0 && hits >= plain.filter((end) => end >= 0).length / 2
  const matches = lines.map((line, at) =>
    isNumbered && numbered[at] !== undefined ? numbered[at] : hitAt(line, plain[at] ?? -1),
  )
  if (!isNumbered && !lines.includes(separator)) return lines.map((line, at) => matches[at] ?? line)
  const paths = pathsOf(isNumbered ? numbered : matches)
  return lines.map((line, at) =>
    line === separator ? line : (besideHit(line, paths, isNumbered) ?? matches[at] ?? line),
  )
}

/** A line of its own that would read as a hit under the heading above it. */
export function looksSaid(line: string): boolean {
  const first = line[0]
  return (
    first === ':' ||
    first === '\t' ||
    first === '-' ||
    (isDigit(first) && /^\d+[ :-]/.test(line.slice(0, 40)))
  )
}

/** It would read as a hit, or as a name in a folder. */
export function misleads(row: Row): boolean {
  if (row === separator) return false
  const line = typeof row === 'string' ? row : row.path
  return looksSaid(line) || line.startsWith(' ') || (typeof row === 'object' && row.said === separator)
}

/** Rows as `rg --heading` prints them: a path, its hits with their numbers, a blank line before the next. */
export function headedRows(lines: readonly string[]): readonly Row[] | undefined {
  const rows: Row[] = []
  let path = ''
  for (const [at, line] of lines.entries()) {
    if (at === 0 || lines[at - 1] === '') path = line
    else if (/^\d+:/.test(line.slice(0, 20))) rows.push({ path, said: line })
    else if (line !== '' || lines[at + 1] === undefined) return undefined
  }
  return rows.some((row) => misleads(row) || isEmptyHeading(row)) ? undefined : rows
}

const isEmptyHeading = (row: Row): boolean => typeof row === 'object' && !/[./\\]/.test(row.path)

/** It starts as `rg --heading` does. */
export const isHeaded = (lines: readonly string[]): boolean =>
  lines.length > 3 && /^\S{1,300}$/.test(lines[0] ?? '') && /^\d+:/.test(lines[1]?.slice(0, 20) ?? '')
