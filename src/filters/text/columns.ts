/** Tables with a header and aligned columns, told without their padding. What is the same in every row is told once. */

export interface Table {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const widest = 4000

/** Where columns start: after two blanks or more in the header. */
function startsOf(header: string): number[] {
  const starts = [0]
  for (const found of header.matchAll(/ {2,}(?=\S)/g)) starts.push(found.index + found[0].length)
  return starts
}

function cut(line: string, starts: readonly number[]): string[] | undefined {
  if (starts.some((start) => start > 0 && start <= line.length && line[start - 1] !== ' ')) return undefined
  return starts.map((start, at) => line.slice(start, starts[at + 1] ?? line.length).trim())
}

/** Cells under the first letter of their column's name; a name may be two words. */
function byPlace(lines: readonly string[]): Table | undefined {
  const [header = '', ...body] = lines
  const starts = startsOf(header)
  const names = cut(header, starts)
  const rows = body.map((line) => cut(line, starts))
  if (starts.length < 2 || !names || names[0] === '') return undefined
  return rows.every((row) => row !== undefined)
    ? { names, rows: rows.flatMap((row) => (row ? [row] : [])) }
    : undefined
}

/** As many words as the header has; what is left over belongs to the last column. */
function byWords(lines: readonly string[]): Table | undefined {
  const [header = '', ...body] = lines
  const names = header.trim().split(/\s+/)
  const row = new RegExp(`^\\s*${'(\\S+)\\s+'.repeat(names.length - 1)}(\\S.*)$`)
  const rows = body.map((line) => row.exec(line)?.slice(1))
  if (names.length < 2 || !rows.every((cells) => cells !== undefined)) return undefined
  return { names, rows: rows.flatMap((cells) => (cells ? [cells] : [])) }
}

/** `words`: the header's names are single words, and so are the cells of every column but the last. */
export function readTable(lines: readonly string[], words: boolean): Table | undefined {
  if (lines.length < 3 || lines.some((line) => line.length > widest || line === '' || line.includes('\t')))
    return undefined
  return words ? byWords(lines) : byPlace(lines)
}

/** The table without these columns; those it does not have are no matter. */
export function without({ names, rows }: Table, dropped: readonly string[]): Table {
  const kept = names.flatMap((name, at) => (dropped.includes(name) ? [] : [at]))
  return {
    names: kept.map((at) => names[at] ?? ''),
    rows: rows.map((row) => kept.map((at) => row[at] ?? '')),
  }
}

/** Worth a line of its own in a table of at least so many rows. */
const fewRows = 3

function constantsOf({ names, rows }: Table): readonly number[] {
  if (rows.length < fewRows) return []
  const found = names.flatMap((_, at) => (rows.every((row) => row[at] === rows[0]?.[at]) ? [at] : []))
  return found.length < names.length ? found : []
}

const shown = (cell: string): string => (cell === '' ? '""' : cell)

/** One blank between cells where no cell but the last has one inside, two otherwise. */
function gapOf({ names, rows }: Table): string {
  const last = names.length - 1
  const isWide = (cells: readonly string[]) => cells.some((cell, at) => at < last && cell.includes(' '))
  return isWide(names) || rows.some(isWide) ? '  ' : ' '
}

export function saidTable(table: Table): string[] {
  const constants = constantsOf(table)
  const { names, rows } = table
  const rest = without(
    table,
    constants.map((at) => names[at] ?? ''),
  )
  const gap = gapOf(rest)
  const told = [rest.names, ...rest.rows].map((cells) => cells.map(shown).join(gap))
  if (constants.length === 0) return told
  return [
    `every row: ${constants.map((at) => `${names[at]} ${shown(rows[0]?.[at] ?? '')}`).join(', ')}`,
    ...told,
  ]
}
