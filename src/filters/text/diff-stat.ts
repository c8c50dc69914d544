/** The table of changed files that diff --stat, pull, merge and commit print, told by folder. Nothing is lost. */
import { braced } from './braces.ts'
import { splitPath } from './folders.ts'

interface Row {
  readonly path: string
  /** `12 ++++---`, `Bin 0 -> 120 bytes` */
  readonly change: string
}

const longest = 600

function rowOf(line: string): Row | undefined {
  if (!/^ \S/.test(line) || line.length > longest) return undefined
  const bar = line.lastIndexOf(' | ')
  const change = line.slice(bar + 3).trim()
  if (bar < 2 || !/^(?:\d+(?: [+-]+)?|Bin(?: .*)?)$/.test(change)) return undefined
  return { path: line.slice(1, bar).trimEnd(), change }
}

const modeOf = (line: string): string | undefined =>
  /^ (?:create|delete) mode \d{6} /.exec(line.slice(0, 40))?.[0]

export const isStatLine = (line: string): boolean =>
  rowOf(line) !== undefined ||
  modeOf(line) !== undefined ||
  /^ \d+ files? changed|^ (?:rename|copy|rewrite|mode change) /.test(line.slice(0, 60))

/** A rename (`src/{a => b}.ts`) and a cut path (`.../a.ts`) stand for themselves. */
const isPlain = (path: string): boolean => !/[{}]| => |^\.\.\./.test(path)

function saidRows(rows: readonly Row[]): string[] {
  const groups: { folder: string; rows: Row[] }[] = []
  for (const row of rows) {
    const folder = isPlain(row.path) ? splitPath(row.path).folder : ''
    const last = groups.at(-1)
    if (last !== undefined && folder !== '' && last.folder === folder) last.rows.push(row)
    else groups.push({ folder, rows: [row] })
  }
  return groups.flatMap(({ folder, rows: own }) => {
    if (own.length === 1) return own.map(({ path, change }) => ` ${path} | ${change}`)
    return [` ${folder}`, ...own.map(({ path, change }) => `  ${splitPath(path).name} | ${change}`)]
  })
}

function saidModes(lines: readonly string[]): string[] {
  const mode = modeOf(lines[0] ?? '') ?? ''
  return braced(lines.map((line) => line.slice(mode.length))).map((paths) => mode + paths)
}

/** Lines that are not of the table stay where they are. */
export function saidStat(lines: readonly string[]): string[] {
  const out: string[] = []
  let rows: Row[] = []
  let modes: string[] = []
  const flush = () => {
    out.push(...saidRows(rows), ...(modes.length === 0 ? [] : saidModes(modes)))
    rows = []
    modes = []
  }
  for (const line of lines) {
    const row = rowOf(line)
    const mode = row === undefined ? modeOf(line) : undefined
    if (rows.length > 0 ? row === undefined : mode === undefined || mode !== modeOf(modes[0] ?? '')) flush()
    if (row !== undefined) rows.push(row)
    else if (mode !== undefined) modes.push(line)
    else out.push(line)
  }
  flush()
  return out
}

/** The table stands above the diff; in the diff, a line that looks like one is text. */
export function withStat(lines: readonly string[]): readonly string[] {
  const diff = lines.findIndex((line) => line.startsWith('diff --git ') || line.startsWith('--- '))
  const table = diff < 0 ? lines : lines.slice(0, diff)
  return table.some(isStatLine) ? [...saidStat(table), ...(diff < 0 ? [] : lines.slice(diff))] : lines
}
