/** What pylint finds: told by file or by message. */
import type { Filter, Tier } from './filter.ts'
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

const found = /^(?<path>\S[^:]*(?::[\\/][^:]*)?):(?<row>\d+):(?<column>\d+): (?<said>[CRWEFI]\d{4}: .*)$/
const similar = /^(\S[^:]*(?::[\\/][^:]*)?):(\d+):(\d+): (R0801: Similar lines in \d+ files)$/
const stretch = /^==\S+:\[\d+:\d+\]$/
const similarEnd = ' (duplicate-code)'
const mostSimilar = 2000
const module = /^\*{13} Module (\S+)$/

/** The first line from there on that fits, within reach; -1 where none does. */
function reach(lines: readonly string[], from: number, fits: (line: string) => boolean): number {
  const end = Math.min(lines.length, from + mostSimilar)
  for (let at = from; at < end; at += 1) if (fits(lines[at] ?? '')) return at
  return -1
}

/** Where lines are alike, and then the lines: they are no more than source. */
const similarReader =
  (tier: Tier): Reader =>
  (lines, from) => {
    const line = lines[from] ?? ''
    const [, path, row = '', column = '', said = ''] = (line.endsWith('files') && similar.exec(line)) || []
    if (path === undefined) return undefined
    const first = reach(lines, from + 1, (line) => !stretch.test(line.slice(0, 400)))
    const last = reach(lines, first, (line) => line.endsWith(similarEnd))
    if (first <= from + 1 || last < 0) return undefined
    const text = `${[said, ...lines.slice(from + 1, first)].join(' ')}${similarEnd}`
    const source = [...lines.slice(first, last), (lines[last] ?? '').slice(0, -similarEnd.length)]
    const isLossless = tier === 0
    const finding = { path, at: `${row}:${column}`, text: isLossless ? [text, ...source] : [text] }
    const noise = isLossless ? [] : source.map((line) => noiseItem('lines that are alike', line))
    return { items: [...findingItems(finding, lines.slice(from, last + 1)), ...noise], next: last + 1 }
  }

const nameOf = (path: string): string =>
  path
    .replace(/\.pyi?$/, '')
    .replace(/[\\/]__init__$/, '')
    .replaceAll(/[\\/]/g, '.')

/** The headings of modules say no more than the paths do: those that are named otherwise are told in one line. */
function itemsOf(lines: readonly string[], tier: Tier): readonly Item[] {
  const modules: string[] = []
  const others: string[] = []
  for (const line of lines) {
    const name = line.startsWith('***') ? module.exec(line.slice(0, 400))?.[1] : undefined
    if (name === undefined) others.push(line)
    else modules.push(name)
  }
  const items = readItems(others, [similarReader(tier), oneLineReader(found)], lineItem)
  const paths = new Set(items.map((item) => (item.kind === 'finding' ? item.finding.path : '')))
  const names = new Set([...paths].map(nameOf))
  const odd = modules.filter((name) => !names.has(name))
  return odd.length === 0 ? items : [besideItem(`************* Module ${odd.join(' ')}`), ...items]
}

/** How what it finds begins, also where it is grouped already. */
const said = /^[CRWEFI]\d{4}: /

export const pylint: Filter = {
  id: 'pylint',
  suggests: (command) => mayRun(command, ['pylint']),
  confirms: (lines) => endsHave(lines, module) || endsHave(lines, found) || isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(itemsOf(reading.lines, reading.tier), reading),
  examples: [
    {
      name: 'several modules',
      commandLine: 'pylint shop',
      failed: true,
      output: `************* Module shop.basket
shop/basket.py:1:0: C0114: Missing module docstring (missing-module-docstring)
shop/basket.py:20:8: W0612: Unused variable 'spare' (unused-variable)
************* Module shop.order
shop/order.py:1:0: C0114: Missing module docstring (missing-module-docstring)
shop/order.py:32:11: E1101: Instance of 'Order' has no 'missing' member (no-member)

-----------------------------------
Your code has been rated at 7.21/10`,
      becomes: `C0114: Missing module docstring (missing-module-docstring)
 shop/basket.py,shop/order.py 1:0
shop/basket.py:20:8 W0612: Unused variable 'spare' (unused-variable)
shop/order.py:32:11 E1101: Instance of 'Order' has no 'missing' member (no-member)
-----------------------------------
Your code has been rated at 7.21/10`,
      losslessly: `C0114: Missing module docstring (missing-module-docstring)
 shop/basket.py,shop/order.py 1:0
shop/basket.py:20:8 W0612: Unused variable 'spare' (unused-variable)
shop/order.py:32:11 E1101: Instance of 'Order' has no 'missing' member (no-member)
-----------------------------------
Your code has been rated at 7.21/10`,
    },
    {
      name: 'lines that are alike',
      commandLine: 'pylint shop',
      failed: true,
      output: `************* Module shop.order
shop/order.py:12:4: W0212: Access to a protected member _items of a client class (protected-access)
shop/order.py:19:4: W0212: Access to a protected member _total of a client class (protected-access)
shop/order.py:1:0: R0801: Similar lines in 2 files
==shop.basket:[4:9]
==shop.order:[12:17]
    total = 0
    for item in items:
        total += item.cents * item.count
    if total > limit:
        raise TooMuch(total) (duplicate-code)

------------------------------------------------------------------
Your code has been rated at 8.75/10 (previous run: 8.75/10, +0.00)`,
      becomes: `W0212: Access to a protected member {} of a client class (protected-access)
 shop/order.py 12:4=_items 19:4=_total
shop/order.py:1:0 R0801: Similar lines in 2 files ==shop.basket:[4:9] ==shop.order:[12:17] (duplicate-code)
[+5 lines hidden: lines that are alike — clutch show r7f3a2]
------------------------------------------------------------------
Your code has been rated at 8.75/10 (previous run: 8.75/10, +0.00)`,
      losslessly: `W0212: Access to a protected member {} of a client class (protected-access)
 shop/order.py 12:4=_items 19:4=_total
shop/order.py:1:0 R0801: Similar lines in 2 files ==shop.basket:[4:9] ==shop.order:[12:17] (duplicate-code)
      total = 0
      for item in items:
          total += item.cents * item.count
      if total > limit:
          raise TooMuch(total)
------------------------------------------------------------------
Your code has been rated at 8.75/10 (previous run: 8.75/10, +0.00)`,
    },
  ],
}
