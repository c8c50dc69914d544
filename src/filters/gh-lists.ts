/** gh pr checks, gh run list, gh pr list: every row; what all rows say, and how addresses start, is told once. Nothing is lost. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb } from './text/verb.ts'

const address = /https:\/\/[^\s\t]{1,300}/
const fewest = 3

/** What all addresses start with, up to a slash. */
function sharedStart(lines: readonly string[]): string | undefined {
  const found = lines.flatMap((line) => address.exec(line.slice(0, 1000))?.[0] ?? [])
  const [first] = found
  if (first === undefined || found.length < fewest) return undefined
  let end = first.length
  for (const other of found) while (!other.startsWith(first.slice(0, end))) end -= 1
  const start = first.slice(0, first.lastIndexOf('/', end - 1) + 1)
  return start.length > 20 ? start : undefined
}

const shareStart = (a: string, b: string): string => {
  let end = Math.min(a.length, b.length)
  while (!b.startsWith(a.slice(0, end))) end -= 1
  return a.slice(0, end)
}

const eachRow = 'each row: '

/** What the cells of a column have in common, and `{}` for what differs: a whole cell, or a start up to a mark. */
function columnOf(cells: readonly string[]): string {
  const [first = '', ...others] = cells
  const start = others.reduce(shareStart, first)
  if (cells.every((cell) => cell === first)) return first
  return `${/^.*[T:/-]/.exec(start)?.[0] ?? ''}{}`
}

/** `each row: completed\t{}\tCI`, and below it only what differs. */
function underTemplate(lines: readonly string[]): string[] | undefined {
  const rows = lines.map((line) => line.split('\t'))
  const width = rows[0]?.length ?? 0
  if (rows.length < fewest || width < 4 || rows.some((row) => row.length !== width)) return undefined
  if (lines.some((line) => line.length > 1000 || line.includes('{}') || line.startsWith(eachRow)))
    return undefined
  const columns = Array.from({ length: width }, (_, at) => columnOf(rows.map((row) => row[at] ?? '')))
  if (!columns.some((column) => column.endsWith('{}')) || columns.every((column) => column === '{}'))
    return undefined
  const told = rows.map((row) =>
    columns
      .flatMap((column, at) => (column.endsWith('{}') ? [(row[at] ?? '').slice(column.length - 2)] : []))
      .join('\t'),
  )
  return [eachRow + columns.join('\t'), ...told]
}

export const ghLists: Filter = {
  id: 'gh-lists',
  suggests: (command) =>
    isVerb(command, 'gh', [
      'pr checks',
      'pr list',
      'issue list',
      'run list',
      'pr status',
      'release list',
      'workflow list',
    ]),
  confirms: (lines) =>
    (sharedStart(lines) !== undefined && !lines.some((line) => line.startsWith('…'))) ||
    underTemplate(lines) !== undefined,
  shorten: ({ lines }) => {
    const told = underTemplate(lines)
    if (told) return { lines: told, tier: 0 }
    const start = sharedStart(lines)
    if (start === undefined || lines.some((line) => line.includes('…/'))) return undefined
    return {
      lines: [`… is ${start.slice(0, -1)}`, ...lines.map((line) => line.replace(start, '…/'))],
      tier: 0,
    }
  },
  examples: [
    losslessExample({
      name: 'checks of a pull request',
      commandLine: 'gh pr checks 14',
      output: `lint\tpass\t41s\thttps://github.example.org/ana/shop/actions/runs/9001/job/1
test (20)\tfail\t2m3s\thttps://github.example.org/ana/shop/actions/runs/9001/job/2
test (22)\tpass\t2m1s\thttps://github.example.org/ana/shop/actions/runs/9001/job/3`,
      becomes: `each row: {}\t{}\t{}\thttps://github.example.org/ana/shop/actions/runs/9001/job/{}
lint\tpass\t41s\t1
test (20)\tfail\t2m3s\t2
test (22)\tpass\t2m1s\t3`,
    }),
    losslessExample({
      name: 'runs of a workflow',
      commandLine: 'gh run list',
      output: `completed\tsuccess\tFix the total\tCI\tfix/total\tpull_request\t9876543210\t2m1s\t2026-03-03T10:12:00Z
completed\tfailure\tPorts\tCI\tfix/ports\tpull_request\t9876543177\t1m9s\t2026-03-03T09:40:00Z
in_progress\t\tPages\tCI\tpages\tpull_request\t9876543222\t9s\t2026-03-03T10:14:00Z`,
      becomes: `each row: {}\t{}\t{}\tCI\t{}\tpull_request\t{}\t{}\t2026-03-03T{}
completed\tsuccess\tFix the total\tfix/total\t9876543210\t2m1s\t10:12:00Z
completed\tfailure\tPorts\tfix/ports\t9876543177\t1m9s\t09:40:00Z
in_progress\t\tPages\tpages\t9876543222\t9s\t10:14:00Z`,
    }),
  ],
}
