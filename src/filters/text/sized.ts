/** Rows of a size and a path, told by folder: `4.0K bytes.ts  16K spans.ts` under `src/wire/`. Nothing is lost. */
import type { Filter } from '../filter.ts'
import { sharedEnding, withoutEnding } from './endings.ts'
import { inLines, splitPath } from './folders.ts'

interface Sized {
  readonly size: string
  readonly path: string
}

/** `4.0K<TAB>src/wire` of du, ` 120 src/main.ts` of wc. */
function sized(line: string): Sized | undefined {
  const found = line.length > 600 ? null : /^ *(\d[\d.,]*[KMGTP]?)(?:\t| (?=\S))(.*)$/.exec(line)
  return found ? { size: found[1] ?? '', path: found[2] ?? '' } : undefined
}

const units = 'KMGTP'

function bytesOf(size: string): number {
  const number = Number.parseFloat(size.replace(',', '.'))
  const unit = units.indexOf(size.slice(-1)) + 1
  return number * 1024 ** unit
}

/** In the order of their sizes: somebody sorted them. */
function isSorted(rows: readonly Sized[]): boolean {
  let rises = true
  let falls = true
  let before = bytesOf(rows[0]?.size ?? '')
  for (let at = 1; at < rows.length && (rises || falls); at += 1) {
    const size = bytesOf(rows[at]?.size ?? '')
    rises &&= before <= size
    falls &&= before >= size
    before = size
  }
  return rises || falls
}

interface Row extends Sized {
  readonly name: string
}

/** By folder; a row that is in none, or is no row, is on its own. */
function foldersOf(
  lines: readonly string[],
  rows: readonly (Sized | undefined)[],
): ReadonlyMap<string, Row[]> {
  const folders = new Map<string, Row[]>()
  for (let at = 0; at < lines.length; at += 1) {
    const { folder, name } = splitPath(rows[at]?.path ?? '')
    const key = folder === '' ? `\t${at}` : folder
    const row = { size: rows[at]?.size ?? '', path: lines[at] ?? '', name }
    const there = folders.get(key)
    if (there === undefined) folders.set(key, [row])
    else there.push(row)
  }
  return folders
}

/** Undefined where the order is the point, or a name could not be told from two. */
export function sizedByFolder(lines: readonly string[]): string[] | undefined {
  const rows = lines.map(sized)
  const known = rows.filter((row) => row !== undefined)
  const isUnsafe =
    known.some(({ path }) => /\s/.test(path)) ||
    lines.some((line, at) => rows[at] === undefined && /^\s/.test(line))
  if (isUnsafe || isSorted(known)) return undefined
  return [...foldersOf(lines, rows)].flatMap(([folder, files]) =>
    folder.startsWith('\t') ? files.map(({ path }) => path.trimStart()) : inFolder(folder, files),
  )
}

/** Folders among them have no ending, and are told with it then. */
function inFolder(folder: string, files: readonly Row[]): string[] {
  const ending = files.length === 1 || folder.includes('*') ? '' : sharedEnding(files.map(({ name }) => name))
  const rows = files.map(({ size, name }) => `${size} ${withoutEnding(name, ending)}`)
  return [ending === '' ? folder : `${folder}*${ending}`, ...inLines(rows, '  ', '  ')]
}

/** Rows looked at before deciding. */
const looked = 40

/** A program that prints such rows, and how one of its rows looks. */
export const sizedFilter = ({
  row,
  ...filter
}: Pick<Filter, 'id' | 'suggests' | 'examples'> & { readonly row: RegExp }): Filter => ({
  ...filter,
  confirms: (lines) => {
    const some = lines.slice(0, looked)
    return some.length > 3 && some.filter((line) => row.test(line.slice(0, 400))).length >= some.length * 0.8
  },
  shorten: ({ lines }) => {
    const told = sizedByFolder(lines)
    return told && { lines: told, tier: 0 }
  },
})
