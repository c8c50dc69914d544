/** What pylint finds: told by file or by message. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import { besideItem, type Item, lineItem, oneLineReader, readItems, toldShorter } from './text/report.ts'

const found = /^(?<path>\S[^:]*(?::[\\/][^:]*)?):(?<row>\d+):(?<column>\d+): (?<said>[CRWEFI]\d{4}: .*)$/
const module = /^\*{13} Module (\S+)$/

/** The headings of modules say no more than the paths do: they are told in one line. */
function itemsOf(lines: readonly string[]): readonly Item[] {
  const modules = lines.flatMap((line) => module.exec(line.slice(0, 400))?.[1] ?? [])
  const others = lines.filter((line) => !module.test(line.slice(0, 400)))
  const items = readItems(others, [oneLineReader(found)], lineItem)
  if (modules.length === 0) return items
  return [besideItem(`************* Module ${modules.join(' ')}`), ...items]
}

/** How what it finds begins, also where it is grouped already. */
const said = /^[CRWEFI]\d{4}: /

export const pylint: Filter = {
  id: 'pylint',
  suggests: (command) => mayRun(command, ['pylint']),
  confirms: (lines) => endsHave(lines, module) || endsHave(lines, found) || isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(itemsOf(reading.lines), reading),
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
  shop/basket.py 1:0
  shop/order.py 1:0
shop/basket.py
  20:8 W0612: Unused variable 'spare' (unused-variable)
shop/order.py
  32:11 E1101: Instance of 'Order' has no 'missing' member (no-member)
************* Module shop.basket shop.order
-----------------------------------
Your code has been rated at 7.21/10`,
      losslessly: `C0114: Missing module docstring (missing-module-docstring)
  shop/basket.py 1:0
  shop/order.py 1:0
shop/basket.py
  20:8 W0612: Unused variable 'spare' (unused-variable)
shop/order.py
  32:11 E1101: Instance of 'Order' has no 'missing' member (no-member)
************* Module shop.basket shop.order
-----------------------------------
Your code has been rated at 7.21/10`,
    },
  ],
}
