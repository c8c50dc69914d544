/** Columns of texts that follow from another column, or begin and end alike: `https://…/issues/{number}`. Lossless. */
import type { Json } from '../wire/json.ts'
import type { Column } from './json-columns.ts'

export interface Derived {
  /** Columns that are still told row by row. */
  readonly columns: readonly Column[]
  /** By name of the column: its text, with `{name}` for the cell of that column in the same row. */
  readonly made: Readonly<Record<string, string>>
}

/** What `writeJson` writes as a number though it is a text. */
const protectedNumber = '\ue0c1'
/** More columns are not compared with each other. */
const mostColumns = 60
/** Longer ones may be documents themselves, which are told otherwise. */
const longestText = 399
const leastShared = 3

const isText = (cell: Json | undefined): cell is string =>
  typeof cell === 'string' && cell.length <= longestText && !cell.includes(protectedNumber)

/** As it stands in a text: a number's digits, a text itself. */
const wordOf = (cell: Json | undefined): string | undefined =>
  isText(cell) ? cell : typeof cell === 'number' && Number.isSafeInteger(cell) ? String(cell) : undefined

type Words = readonly string[]

function wordsOf(cells: Column['cells']): Words | undefined {
  const words = cells.flatMap((cell) => wordOf(cell) ?? [])
  return words.length === cells.length ? words : undefined
}

/** What stands before and after the source's words in every text. */
function aroundWords(texts: Words, source: Words): readonly [string, string] | undefined {
  const [text = '', word = ''] = [texts[0], source[0]]
  const at = word.length < 2 ? -1 : text.lastIndexOf(word)
  if (at < 0) return undefined
  const [before, after] = [text.slice(0, at), text.slice(at + word.length)]
  return texts.every((each, row) => each === before + source[row] + after) ? [before, after] : undefined
}

/** What all of them begin with: up to a sign that is no letter or digit; of words with digits, such as ids, wherever they differ. */
function sharedStart(texts: Words): string {
  let start = texts[0] ?? ''
  for (const text of texts) while (!text.startsWith(start)) start = start.slice(0, -1)
  if (!texts.every((text) => isIdLike.test(text))) return /^.*[^A-Za-z0-9]/s.exec(start)?.[0] ?? ''
  const isWithinNumber = texts.some((text) => /\d/.test(text.charAt(start.length)))
  return isWithinNumber ? start.replace(/\d+$/, '') : start
}

const isIdLike = /^(?=\S*\d)\S+$/

/** What all of them end with: from a sign that is no letter or digit on, or the letters behind a number. */
function sharedEnd(texts: Words, mostChars: number): string {
  let end = texts[0] ?? ''
  for (const text of texts) while (!text.endsWith(end)) end = end.slice(1)
  const within = end.slice(Math.max(end.length - mostChars, 0))
  const signs = /[^A-Za-z0-9].*$/s.exec(within)?.[0]
  const letters = /[A-Za-z]+$/.exec(within)?.[0] ?? ''
  if (signs !== undefined) return signs
  return texts.every((text) => /\d/.test(text.charAt(text.length - letters.length - 1))) ? letters : ''
}

function sharedEnds(texts: Words): readonly [string, string] {
  const before = sharedStart(texts)
  const rest = texts.reduce((least, { length }) => Math.min(least, length), longestText) - before.length
  return [before, sharedEnd(texts, rest)]
}

/** Worth telling once under that name. */
function isWorthwhile([before, after]: readonly [string, string], name: string, times: number): boolean {
  const chars = before.length + after.length
  return chars >= leastShared && chars * (times - 1) >= 2 * name.length + 24
}

/** A text in which `{name}` stands for nothing but a cell. */
const isClear = (ends: readonly [string, string], names: ReadonlySet<string>): boolean =>
  ends.every((end) => [...end.matchAll(/\{([^{}]*)\}/g)].every(([, name = '']) => !names.has(name)))

interface Source {
  readonly name: string
  readonly words: Words
}

function fromSources(
  texts: Words,
  sources: readonly Source[],
  names: ReadonlySet<string>,
): string | undefined {
  for (const { name, words } of sources) {
    const ends = aroundWords(texts, words)
    if (!ends || !isClear(ends, names)) continue
    const template = `${ends[0]}{${name}}${ends[1]}`
    const chars = texts.reduce((sum, text) => sum + text.length + 3, 0)
    if (chars > template.length + 8) return template
  }
  return undefined
}

/** Told sources first, longest words first: the closest ones. */
export function derivedFrom(columns: readonly Column[]): Derived {
  if (columns.length > mostColumns) return { columns, made: {} }
  const names = new Set(columns.map(({ name }) => name))
  const worded = columns.map(({ name, cells }) => ({ name, words: wordsOf(cells) }))
  const sources: Source[] = []
  const made: Record<string, string> = {}
  const told = new Map<string, Column>()
  const byLength = worded
    .flatMap(({ name, words }) => (words ? [{ name, words }] : []))
    .sort((a, b) => (a.words[0]?.length ?? 0) - (b.words[0]?.length ?? 0))
  for (const { name, words } of byLength) {
    const isTexts = columns.find((column) => column.name === name)?.cells.every(isText) === true
    const template = isTexts ? fromSources(words, sources, names) : undefined
    if (template !== undefined) {
      made[name] = template
      continue
    }
    const [before, after] = isTexts ? sharedEnds(words) : ['', '']
    if (!isWorthwhile([before, after], name, words.length)) {
      sources.unshift({ name, words })
      continue
    }
    if (!isClear([before, after], names)) continue
    const cells = words.map((word) => word.slice(before.length, word.length - after.length))
    made[name] = `${before}{${name}}${after}`
    told.set(name, { name, cells })
    sources.unshift({ name, words: cells })
  }
  const left = columns.flatMap((column) =>
    made[column.name] === undefined ? [column] : (told.get(column.name) ?? []),
  )
  return { columns: left, made }
}

export interface DerivedColumn {
  readonly column: Column
  readonly made: Readonly<Record<string, string>>
}

const isList = (cell: Json | undefined): cell is readonly Json[] => Array.isArray(cell)

/** In a column of lists of values, `items[sku,price]`, what one of the values begins and ends with in all of them: `items[].sku`. */
export function derivedInside(column: Column): DerivedColumn {
  const [, list, inside] = /^(.*)\[([A-Za-z_][^\]]*)\]$/.exec(column.name) ?? []
  const made: Record<string, string> = {}
  if (list === undefined || inside === undefined) return { column, made }
  const rows = column.cells.flatMap((cell) => (isList(cell) ? cell.filter(isList) : []))
  const ends = inside.split(',').map((inner, at): readonly [string, string] => {
    const words = wordsOf(rows.map((values) => values[at]))
    const name = `${list}[].${inner}`
    if (!words || !rows.every((values) => isText(values[at]))) return ['', '']
    const shared = sharedEnds(words)
    if (!isWorthwhile(shared, name, words.length) || !isClear(shared, new Set([name]))) return ['', '']
    made[name] = `${shared[0]}{${name}}${shared[1]}`
    return shared
  })
  if (Object.keys(made).length === 0) return { column, made }
  const shorter = (values: Json): Json =>
    isList(values)
      ? values.map((value, at) => {
          const [before, after] = ends[at] ?? ['', '']
          return typeof value === 'string' ? value.slice(before.length, value.length - after.length) : value
        })
      : values
  const cells = column.cells.map((cell) => (isList(cell) ? cell.map(shorter) : cell))
  return { column: { name: column.name, cells }, made }
}
