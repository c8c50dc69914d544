/** The table of changed files that diff --stat, pull, merge and commit print, told by folder. Nothing is lost but, where asked for, the bars. */
import { append } from './append.ts'
import { braced } from './braces.ts'
import { inLines, splitPath } from './folders.ts'

interface Row {
  readonly path: string
  /** `12 ++++---`, `Bin 0 -> 120 bytes` */
  readonly change: string
}

const longest = 600
const blank = 32

function rowOf(line: string): Row | undefined {
  const isRow = line.charCodeAt(0) === blank && line.charCodeAt(1) !== blank
  if (!isRow || line.length > longest) return undefined
  const bar = line.lastIndexOf(' | ')
  if (bar < 2) return undefined
  const change = line.slice(bar + 3).trim()
  if (!/^(?:\d+(?: [+-]+)?|Bin(?: .*)?)$/.test(change)) return undefined
  return { path: line.slice(1, bar).trimEnd(), change }
}

const modeOf = (line: string): string | undefined =>
  line.startsWith(' mode ', 7) ? /^ (?:create|delete) mode \d{6} /.exec(line.slice(0, 40))?.[0] : undefined

export const isStatLine = (line: string): boolean =>
  line.charCodeAt(0) === blank && line.charCodeAt(1) !== blank && isOfStat(line)

const isOfStat = (line: string): boolean =>
  rowOf(line) !== undefined ||
  modeOf(line) !== undefined ||
  /^ \d+ files? changed|^ (?:rename|copy|rewrite|mode change) /.test(line.slice(0, 60))

/** A rename (`src/{a => b}.ts`) and a cut path (`.../a.ts`) stand for themselves. */
const isPlain = (path: string): boolean => !/[{}]| => |^\.\.\./.test(path)

interface Group {
  readonly folder: string
  readonly rows: Row[]
}

/** Rows of one folder that follow each other. */
function groupsOf(rows: readonly Row[]): readonly Group[] {
  const groups: Group[] = []
  for (const row of rows) {
    const folder = isPlain(row.path) ? splitPath(row.path).folder : ''
    const last = groups.at(-1)
    if (last !== undefined && folder !== '' && last.folder === folder) last.rows.push(row)
    else groups.push({ folder, rows: [row] })
  }
  return groups
}

function saidGroup({ folder, rows }: Group): string[] {
  if (rows.length === 1) return rows.map(({ path, change }) => ` ${path} | ${change}`)
  return [` ${folder}`, ...rows.map(({ path, change }) => `  ${splitPath(path).name} | ${change}`)]
}

/** `12`, `12+` of lines that came only, `12-` of lines that went only: the bar drawn behind it is an estimate. */
function countOf(change: string): string {
  const found = /^(\d+) (\++|-+)$/.exec(change)
  return found ? `${found[1]}${found[2]?.[0]}` : change.replace(/ [+-]+$/, '')
}

/** ` src/server/: listen.ts 12, refuse.ts 4+` */
function briefly({ folder, rows }: Group): string[] {
  const isOne = rows.length === 1 || folder === ''
  const [first = '', ...others] = rows.map(
    ({ path, change }) => `${isOne ? path : splitPath(path).name} ${countOf(change)}`,
  )
  return inLines([isOne ? first : `${folder}: ${first}`, ...others], ' ', ', ')
}

function saidModes(lines: readonly string[]): string[] {
  const mode = modeOf(lines[0] ?? '') ?? ''
  return braced(lines.map((line) => line.slice(mode.length))).map((paths) => mode + paths)
}

interface Told {
  readonly lines: readonly string[]
  /** How many rows are told without their bar. */
  readonly gone: number
}

/** What is told when bars are. */
export const bars = 'bars of + and -'

function saidTable(lines: readonly string[], isBrief: boolean): string[] {
  const out: string[] = []
  let rows: Row[] = []
  let modes: string[] = []
  const flush = () => {
    if (rows.length + modes.length === 0) return
    for (const group of groupsOf(rows)) append(out, isBrief ? briefly(group) : saidGroup(group))
    if (modes.length > 0) append(out, saidModes(modes))
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

/** The table stands above the diff; in there, a line that looks like a row is text. */
function tableEnd(lines: readonly string[]): number {
  const diff = lines.findIndex((line) => line.startsWith('diff ') || line.startsWith('--- '))
  return diff < 0 ? lines.length : diff
}

/** Fewer rows with their bars are not worth telling that the bars are gone. */
const worthTelling = 8

const endsLikeBar = (line: string): boolean => line.endsWith('+') || line.endsWith('-')

/** Counts no further than to `most`. */
function drawnRows(lines: readonly string[], most = Number.POSITIVE_INFINITY): number {
  let rows = 0
  for (let at = 0; at < lines.length && rows < most; at += 1)
    if (endsLikeBar(lines[at] ?? '') && / [+-]+$/.test(rowOf(lines[at] ?? '')?.change ?? '')) rows += 1
  return rows
}

/** There are enough rows to tell them briefly. */
export const areManyRows = (lines: readonly string[]): boolean =>
  drawnRows(lines.slice(0, tableEnd(lines)), worthTelling) >= worthTelling

/** Lines that are not of the table stay where they are, and so does a diff below it. `isBrief`: without the bars. */
export function saidStat(lines: readonly string[], isBrief: boolean): Told {
  const end = tableEnd(lines)
  const table = end < lines.length ? lines.slice(0, end) : lines
  if (!table.some(isStatLine)) return { lines, gone: 0 }
  const told = saidTable(table, isBrief)
  if (end < lines.length) append(told, lines.slice(end))
  return { lines: told, gone: isBrief ? drawnRows(table) : 0 }
}
