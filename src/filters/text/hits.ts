/** Search hits (`path:line:text`) under a heading for each file, as `rg --heading` prints them; files of one folder under it. Nothing is lost. */

import { splitPath } from './folders.ts'

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
  return /^(?:\d+[:-]|:)/.test(line.slice(0, 40))
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
  if (rows.some((row) => misleads(typeof row === 'string' ? row : row.path))) return undefined
  return isSeparate || rows.includes(separator) ? printed(rows, isSeparate) : inFolders(groupsOf(rows))
}

/** It would read as a hit, or as a name in a folder. */
const misleads = (line: string): boolean => looksSaid(line) || line.startsWith(' ')

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

/** A file and its hits that follow each other, or a line of its own. */
type Group = { readonly path: string; readonly said: string[] } | string

function groupsOf(rows: readonly Row[]): readonly Group[] {
  const groups: Group[] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (typeof row === 'string') groups.push(row)
    else if (typeof last === 'object' && last.path === row.path) last.said.push(row.said)
    else groups.push({ path: row.path, said: [row.said] })
  }
  return groups
}

const folderOf = (group: Group | undefined): string =>
  typeof group === 'object' ? splitPath(group.path).folder : ''

/** A file with one hit is told on one line. */
function saidGroup(name: string, said: readonly string[]): readonly string[] {
  const [only = ''] = said
  const line = name + (only.startsWith(':') ? '' : ':') + only
  return said.length === 1 && !looksSaid(line) ? [line] : [name, ...said]
}

/** Files of one folder that follow each other, by name behind a blank under it. */
function inFolders(groups: readonly Group[]): string[] {
  const out: string[] = []
  for (const [at, group] of groups.entries()) {
    if (typeof group === 'string') {
      out.push(group)
      continue
    }
    const { folder, name } = splitPath(group.path)
    const isSecond = folder !== '' && folderOf(groups[at - 1]) === folder
    const isFirst = folder !== '' && !isSecond && folderOf(groups[at + 1]) === folder
    if (isFirst) out.push(folder)
    out.push(...saidGroup(isFirst || isSecond ? ` ${name}` : group.path, group.said))
  }
  return out
}
