/** What ruff and flake8 find, in ruff's full, concise and grouped forms: told by file or by message. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import {
  besideItem,
  findingItems,
  type Item,
  lineItem,
  noiseItem,
  oneLineReader,
  type Reader,
  readItems,
  toldShorter,
} from './text/report.ts'

const concise =
  /^(?<path>\S[^:]*(?::[\\/][^:]*)?):(?<row>\d+):(?<column>\d+): (?<said>(?:[A-Z]+\d+ |invalid-syntax: |SyntaxError: ).*)$/
const headline = /^(?:[A-Z]+\d+ |invalid-syntax: |unformatted: )\S.*$/
const arrow = /^ *--> (\S.*):(\d+):(\d+)$/
const excerpt = /^ *\d* *(?:\||[-+])(?: |$)|^ *\d* *\|$|^\s*\.\.\.$|^-{20,}$/
const help = /^(?: *= )?(?:help|note|info): /
const drawnHelp = /^ *= /
const summary =
  /^(?:Found \d+ errors?|\[\*\] \d+ fixable|All checks passed|No fixes available|\d+ files? would be)/
const cell = /^ +(\d+:\d+) +([A-Z]+\d+ .*)$/

/** What stands under a finding: the source, and what would help. */
function under(lines: readonly string[], from: number): { helps: string[]; noise: Item[]; next: number } {
  const helps: string[] = []
  const noise: Item[] = []
  let at = from
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line === '') continue
    if (help.test(line)) helps.push(line.replace(drawnHelp, ''))
    else if (excerpt.test(line.slice(0, 400))) noise.push(noiseItem('source of findings', line))
    else break
  }
  return { helps, noise, next: at }
}

/** From a headline on: the place, the source under it, and what would help. */
const fullReader: Reader = (lines, from) => {
  if (!headline.test(lines[from] ?? '')) return undefined
  const place = arrow.exec((lines[from + 1] ?? '').slice(0, 1000))
  if (!place) return undefined
  const { helps, noise, next } = under(lines, from + 2)
  const [, path = '', row = '', column = ''] = place
  const finding = { path, at: `${row}:${column}`, text: [lines[from] ?? '', ...helps] }
  return { items: [...findingItems(finding, lines.slice(from, from + 2)), ...noise], next }
}

/** The full form of older versions: the place and what it says on one line, the source under it. */
const olderReader: Reader = (lines, from) => {
  if (!excerpt.test((lines[from + 1] ?? '').slice(0, 400))) return undefined
  const { path, row, column, said } = concise.exec(lines[from] ?? '')?.groups ?? {}
  if (path === undefined || said === undefined) return undefined
  const { helps, noise, next } = under(lines, from + 1)
  const finding = { path, at: `${row}:${column}`, text: [said, ...helps] }
  return { items: [...findingItems(finding, lines.slice(from, from + 1)), ...noise], next }
}

/** The grouped form: a path with a colon, and its findings under it. */
const fileReader: Reader = (lines, from) => {
  const line = lines[from] ?? ''
  if (!/^\S.*:$/.test(line) || !cell.test((lines[from + 1] ?? '').slice(0, 4000))) return undefined
  const items: Item[] = []
  let at = from + 1
  for (; at < lines.length; at += 1) {
    const [, place, said = ''] = cell.exec((lines[at] ?? '').slice(0, 4000)) ?? []
    if (place === undefined) break
    items.push(...findingItems({ path: line.slice(0, -1), at: place, text: [said] }, lines.slice(at, at + 1)))
  }
  return { items, next: at }
}

const readers = [fullReader, olderReader, oneLineReader(concise), fileReader]

const otherwise = (line: string) => (summary.test(line) ? besideItem(line) : lineItem(line))

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:[A-Z]+\d+ |invalid-syntax: |SyntaxError: )/

export const ruff: Filter = {
  id: 'ruff',
  suggests: (command) => mayRun(command, ['ruff', 'flake8', 'pycodestyle', 'pyflakes', 'pre-commit']),
  confirms: (lines) =>
    [concise, arrow, cell].some((form) => endsHave(lines, form)) || isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, readers, otherwise), reading),
  examples: [
    {
      name: 'full',
      commandLine: 'ruff check',
      failed: true,
      output: `F401 [*] \`os\` imported but unused
 --> shop/basket.py:1:8
  |
1 | import os
  |        ^^
2 | from typing import List
  |
help: Remove unused import: \`os\`

F401 [*] \`os\` imported but unused
 --> shop/order.py:3:8
  |
1 | """What an order is."""
2 |
3 | import os
  |        ^^
  |
help: Remove unused import: \`os\`

Found 2 errors.
[*] 2 fixable with the \`--fix\` option.`,
      becomes: `F401 [*] \`os\` imported but unused
  help: Remove unused import: \`os\`
 shop/basket.py 1:8 shop/order.py 3:8
Found 2 errors.
[*] 2 fixable with the \`--fix\` option.
[+11 lines hidden: source of findings — clutch show r7f3a2]`,
    },
    {
      name: 'concise',
      commandLine: 'ruff check --output-format concise shop',
      failed: true,
      output: `shop/basket.py:1:8: F401 [*] \`os\` imported but unused
shop/basket.py:23:89: E501 Line too long (130 > 88)
shop/order.py:3:8: F401 [*] \`os\` imported but unused
Found 3 errors.
[*] 2 fixable with the \`--fix\` option.`,
      becomes: `F401 [*] \`os\` imported but unused
 shop/basket.py 1:8 shop/order.py 3:8
shop/basket.py:23:89 E501 Line too long (130 > 88)
Found 3 errors.
[*] 2 fixable with the \`--fix\` option.`,
      losslessly: `F401 [*] \`os\` imported but unused
 shop/basket.py 1:8 shop/order.py 3:8
shop/basket.py:23:89 E501 Line too long (130 > 88)
Found 3 errors.
[*] 2 fixable with the \`--fix\` option.`,
    },
    {
      name: 'full, of older versions',
      commandLine: 'ruff check',
      failed: true,
      output: `shop/basket.py:1:8: F401 [*] \`os\` imported but unused
  |
1 | import os
  |        ^^ F401
2 | from typing import List
  |
  = help: Remove unused import: \`os\`

shop/order.py:3:8: F401 [*] \`re\` imported but unused
  |
1 | """What an order is."""
2 |
3 | import re
  |        ^^ F401
  |
  = help: Remove unused import: \`re\`

Found 2 errors.
[*] 2 fixable with the \`--fix\` option.`,
      becomes: `F401 [*] \`{}\` imported but unused
  help: Remove unused import: \`{1}\`
 shop/basket.py 1:8=os shop/order.py 3:8=re
Found 2 errors.
[*] 2 fixable with the \`--fix\` option.
[+11 lines hidden: source of findings — clutch show r7f3a2]`,
    },
  ],
}
