/** Objects of one list as columns: what is inside of them spread out, `user.login`, `ports[0].name`, `labels[id,name]`. */
import { isObject, type Json, type JsonObject, writeJson } from '../wire/json.ts'

/** A cell for each row; undefined where the row has no such name. */
export interface Column {
  readonly name: string
  readonly cells: readonly (Json | undefined)[]
}

/** Deeper objects stay whole. */
const mostSteps = 8
/** Of all cells that spreading would make, so many hold something. */
export const leastFull = 0.8
/** Lists of the same length, and no longer, are spread by place. */
const longestSpread = 4

const isPresent = (cell: Json | undefined): cell is Json => cell !== undefined
/** Names that leave no doubt where a path has its steps. */
export const isPlainName = (name: string): boolean => name !== '' && !/[.,[\]{}]/.test(name)
/** Others are quoted: `labels['app.example.org/name']`. */
const isQuotable = (name: string): boolean => name !== '' && !/['"\\{}\n]/.test(name)
const isListed = (value: Json): value is readonly Json[] => Array.isArray(value)

const isSpreadable = (value: Json): value is JsonObject =>
  isObject(value) && Object.keys(value).length > 0 && Object.keys(value).every(isQuotable)

const below = (name: string, inner: string): string =>
  isPlainName(inner) ? `${name}.${inner}` : `${name}['${inner}']`

const namesOf = (objects: readonly JsonObject[]): readonly string[] => [
  ...new Set(objects.flatMap((each) => Object.keys(each))),
]

/** `{user: {login: 1}}` as `user.login`, where most rows have most of its names. */
function spreadObjects({ name, cells }: Column): readonly Column[] | undefined {
  const objects = cells.filter(isPresent)
  if (objects.length === 0 || !objects.every(isSpreadable)) return undefined
  const names = namesOf(objects)
  const full = objects.reduce((sum, each) => sum + Object.keys(each).length, 0)
  if (full < names.length * objects.length * leastFull) return undefined
  return names.map((inner) => ({
    name: below(name, inner),
    cells: cells.map((cell) =>
      isObject(cell) && Object.hasOwn(cell, inner) ? (cell[inner] ?? null) : undefined,
    ),
  }))
}

const isScalar = (value: Json): boolean => value === null || typeof value !== 'object'

const hasDifferent = (values: readonly Json[]): boolean => {
  const first = writeJson(values[0])
  return values.some((value) => writeJson(value) !== first)
}

/** `{ports: [{name: 1}]}` as `ports[0]`, where every row has as many. */
function spreadLists({ name, cells }: Column): readonly Column[] | undefined {
  const lists = cells.filter(isPresent)
  const length = lists[0] !== undefined && isListed(lists[0]) ? lists[0].length : 0
  if (length === 0 || length > longestSpread || lists.length < cells.length) return undefined
  if (!lists.every((list) => isListed(list) && list.length === length)) return undefined
  const all = lists.flatMap((list) => (isListed(list) ? list : []))
  if (!all.every(isSpreadable) && !(all.every(isScalar) && hasDifferent(lists))) return undefined
  return Array.from({ length }, (_, place) => ({
    name: `${name}[${place}]`,
    cells: cells.map((cell) => (cell !== undefined && isListed(cell) ? cell[place] : undefined)),
  }))
}

/** `labels: [{id: 1, name: 'a'}, …]` as `labels[id,name]: [[1, 'a'], …]`, where all of them have the same names. */
export function withoutNames({ name, cells }: Column): Column | undefined {
  const all = cells.filter(isPresent)
  if (!all.every(isListed)) return undefined
  const objects = all.flat()
  const [first] = objects
  if (objects.length < 2 || !first || !objects.every(isSpreadable) || !isObject(first)) return undefined
  const names = Object.keys(first)
  const isAlike = objects.every(
    (each) => Object.keys(each).length === names.length && names.every((inner) => Object.hasOwn(each, inner)),
  )
  if (!isAlike || names.length < 2 || !names.every((inner) => isPlainName(inner) && /^[A-Za-z_]/.test(inner)))
    return undefined
  const valuesOf = (each: Json): Json => (isObject(each) ? names.map((inner) => each[inner] ?? null) : each)
  return {
    name: `${name}[${names.join(',')}]`,
    cells: cells.map((cell) => (cell !== undefined && isListed(cell) ? cell.map(valuesOf) : cell)),
  }
}

function spread(column: Column, steps: number): readonly Column[] {
  const parts = steps < mostSteps ? (spreadObjects(column) ?? spreadLists(column)) : undefined
  return parts === undefined ? [column] : parts.flatMap((part) => spread(part, steps + 1))
}

/** Undefined where a name could be read as a path. */
export function columnsOf(rows: readonly JsonObject[]): readonly Column[] | undefined {
  const names = namesOf(rows)
  if (!names.every(isPlainName)) return undefined
  return names.flatMap((name) =>
    spread(
      { name, cells: rows.map((row) => (Object.hasOwn(row, name) ? (row[name] ?? null) : undefined)) },
      0,
    ),
  )
}
