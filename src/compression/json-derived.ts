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
const longestText = 500
const leastShared = 8

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

/** What all of them begin and end with, up to the last sign that is no letter or digit. */
function sharedEnds(texts: Words): readonly [string, string] {
  let [start, end] = [texts[0] ?? '', texts[0] ?? '']
  for (const text of texts) {
    while (!text.startsWith(start)) start = start.slice(0, -1)
    while (!text.endsWith(end)) end = end.slice(1)
  }
  const before = /^.*[^A-Za-z0-9]/s.exec(start)?.[0] ?? ''
  const rest = Math.min(...texts.map((text) => text.length)) - before.length
  const after = /[^A-Za-z0-9].*$/s.exec(end.slice(Math.max(end.length - rest, 0)))?.[0] ?? ''
  return [before, after]
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
    if (ends && isClear(ends, names)) return `${ends[0]}{${name}}${ends[1]}`
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
    const saved = (before.length + after.length) * (words.length - 1)
    if (before.length + after.length < leastShared || saved < 2 * name.length + 24) {
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
