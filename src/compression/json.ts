/** JSON without its layout: uniform lists become one line of names and a line of values each. Every value stays. Lossless. */
import { isObject, type Json, type JsonObject, parseJson, writeJson } from '../wire/json.ts'
import { type Column, columnsOf, leastFull, withoutNames } from './json-columns.ts'
import { derivedFrom, derivedInside } from './json-derived.ts'
import { isTellableOnce, toldOnce } from './json-same.ts'

/** Deeper documents are left as they are. */
const deepest = 60
const leastRows = 3
const leastColumns = 2
/** Stands where a row has no such name. */
const absentMarks = ['~', '∅', '\u2205~']
/** Words around a document: warnings before it, an exit code after it. */
const wordsAround = 20

/** The same document, shorter; undefined where the text is no JSON document, or one that is no longer than a line. */
export function shortenJson(text: string): string | undefined {
  const span = documentIn(text)
  if (!span) return undefined
  const { before, body, after } = span
  const shorter = documentShort(body) ?? linesShort(body)
  return shorter === undefined ? undefined : before + shorter + after
}

interface DocumentSpan {
  readonly before: string
  readonly body: string
  readonly after: string
}

/** Where a document stands: alone, or after lines of words that are no part of it. */
function documentIn(text: string): DocumentSpan | undefined {
  const start = lineStart(text, /^[ \t]*[[{]/, 'first')
  const end = lineStart(text, /[\]}][ \t\r]*$/, 'last')
  if (start === undefined || end === undefined || end < start) return undefined
  const close = text.indexOf('\n', end)
  const stop = close === -1 ? text.length : close
  return { before: text.slice(0, start), body: text.slice(start, stop), after: text.slice(stop) }
}

/** The start of the first or last line that looks so, within so many lines of that end. */
function lineStart(text: string, looks: RegExp, which: 'first' | 'last'): number | undefined {
  let at = which === 'first' ? 0 : text.lastIndexOf('\n', text.length - 2) + 1
  for (let count = 0; count < wordsAround; count += 1) {
    const end = text.indexOf('\n', at)
    const line = text.slice(at, end === -1 ? undefined : end)
    const probe = which === 'first' ? line.slice(0, 80) : line.slice(-80)
    if (looks.test(probe)) return at
    if (which === 'first' ? end === -1 : at === 0) return undefined
    at = which === 'first' ? end + 1 : text.lastIndexOf('\n', at - 2) + 1
  }
  return undefined
}

/** How a document begins; trying to read what does not costs more. */
const begins = /^\s*(?:\{\s*["}]|\[\s*[[{"\]\dtfn-])/

function documentShort(body: string): string | undefined {
  const value = begins.test(body) ? tryParse(body) : undefined
  return value === undefined || value === null || typeof value !== 'object' ? undefined : writeShort(value)
}

/** A document on every line: rows of one list. */
function linesShort(body: string): string | undefined {
  if (!/^\s*\{/.test(body)) return undefined
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  if (lines.length < leastRows || !lines.every((line) => /^\s*\{/.test(line))) return undefined
  const rows = lines.map(tryParse)
  if (!rows.every(isObject)) return undefined
  const table = tableOf(rows, 0)
  return table === undefined ? undefined : `${rows.length} JSON lines: ${writeTable(table)}`
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

const writeShort = (value: Json): string => {
  const short = shortValue(value, 0)
  return isTable(short) ? writeTable(short) : writeJson(short)
}

type Row = Readonly<Record<string, Json | undefined>>
interface Table extends JsonObject {
  /** What every row has alike. */
  readonly same?: Row
  /** Texts that follow from other cells of their row, which stand there as `{name}`. */
  readonly made?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  /** What stands in a cell for a name that this row does not have. */
  readonly absent?: string
  readonly rows: readonly (readonly Json[])[]
}

const tables = new WeakSet<object>()
const isTable = (value: Json): value is Table =>
  typeof value === 'object' && value !== null && tables.has(value)

/** A table of its own has a line for every row. */
function writeTable({ rows, ...head }: Table): string {
  const lines = rows.map((row) => writeJson(row)).join(',\n')
  return `${writeJson(head).slice(0, -1)},"rows":[\n${lines}]}`
}

function shortValue(value: Json, depth: number): Json {
  if (typeof value === 'string') return shortString(value, depth)
  if (value === null || typeof value !== 'object') return value
  if (depth > deepest) return value
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, shortValue(each ?? null, depth + 1)]),
    )
  const rows = value.every(isObject) ? value : undefined
  return (rows && tableOf(rows, depth)) ?? value.map((each) => shortValue(each, depth + 1))
}

/** A document inside a string is a document still. */
function shortString(text: string, depth: number): string {
  if (text.length < 400 || depth > 4 || !/^\s*[[{]/.test(text)) return text
  const value = tryParse(text)
  if (value === undefined || value === null || typeof value !== 'object') return text
  const short = writeShort(value)
  return short.length < text.length ? short : text
}

/** Rows of the same names, as names once and values; undefined where they are not alike. */
function tableOf(objects: readonly JsonObject[], depth: number): Table | undefined {
  if (objects.length < leastRows || objects.some(isTableLike)) return undefined
  const all = columnsOf(objects)
  if (all === undefined || all.length < leastColumns) return undefined
  const cells = all.reduce((sum, column) => sum + column.cells.filter((cell) => cell !== undefined).length, 0)
  const isFull = cells === all.length * objects.length
  const absent = isFull ? undefined : absentMark(all)
  if (cells < all.length * objects.length * leastFull || (!isFull && absent === undefined)) return undefined
  const different = all.filter((column) => !isSame(column))
  const same = different.length === 0 ? [] : all.filter(isSame)
  const derived = derivedFrom(different.length === 0 ? all : different)
  const nested = derived.columns.map((column) => derivedInside(withoutNames(column) ?? column))
  const short = nested.map(({ column }) => column)
  const made = Object.assign({}, derived.made, ...nested.map((each) => each.made))
  const table: Table = {
    ...(same.length > 0 && {
      same: toldOnce(same),
    }),
    ...(Object.keys(made).length > 0 && { made }),
    columns: short.map(({ name }) => name),
    ...(absent !== undefined && { absent }),
    rows: objects.map((_, row) => short.map((column) => cellOf(column, row, depth, absent))),
  }
  tables.add(table)
  return table
}

function cellOf({ cells }: Column, row: number, depth: number, absent: string | undefined): Json {
  const cell = cells[row]
  return cell === undefined ? (absent ?? null) : shortValue(cell, depth + 1)
}

/** The same in every row. */
function isSame({ cells }: Column): boolean {
  const [first] = cells
  if (first === undefined || !isTellableOnce(first)) return false
  if (first === null || typeof first !== 'object') return cells.every((cell) => cell === first)
  const text = writeJson(first)
  return cells.every((cell) => cell !== null && typeof cell === 'object' && writeJson(cell) === text)
}

/** What is a table already stays one. */
const isTableLike = (row: JsonObject): boolean => Array.isArray(row['columns']) && Array.isArray(row['rows'])

/** A mark that no cell holds as its value. */
const absentMark = (columns: readonly Column[]): string | undefined =>
  absentMarks.find((mark) => columns.every(({ cells }) => cells.every((cell) => cell !== mark)))
