/** Biome's diagnostics: the place, the rule and what it says, told by file or by message; frames and diffs left out. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import {
  besideItem,
  findingItems,
  type Item,
  lineItem,
  noiseItem,
  type Reader,
  readItems,
  toldShorter,
} from './text/report.ts'
import { unruled } from './text/rules.ts'

const headline =
  /^(\S[^:]*?)(?::(\d+):(\d+))? ((?:lint|assist|format|parse|syntax|suppressions|organizeImports|internalError|plugin|type)\S*(?: {2}(?:FIXABLE|DEPRECATED|VERBOSE|INTERNAL|SAFE))*) +━+$/
const verdict = /^(?:check|lint|format|ci) ━+$/
const advice = /^ {2}[×!i✖⚠ℹ] \S/
const frame = /^ {2}(?:[\s\d>·→+-]*│| *\.\.\.$)/
const summary = /^(?:Checked|Formatted|Found|Skipped|Diagnostics not shown|The number of diagnostics)\b/

interface Section {
  readonly text: readonly string[]
  readonly noise: readonly Item[]
  readonly next: number
}

function section(lines: readonly string[], from: number): Section {
  const text: string[] = []
  const noise: Item[] = []
  let at = from
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const judged = line.slice(0, 400)
    if (line === '') continue
    if (advice.test(judged)) text.push(line.slice(2))
    else if (frame.test(judged)) noise.push(noiseItem('source of findings', line))
    else if (line.startsWith('  ') && line.length < 4000) text.push(line)
    else break
  }
  return { text, noise, next: at }
}

const sectionReader: Reader = (lines, from) => {
  const line = lines[from] ?? ''
  const [, path, row, column, rule = ''] = (!verdict.test(line) && headline.exec(line)) || []
  if (path === undefined) return undefined
  const { text, noise, next } = section(lines, from + 1)
  const place = `${row}:${column}`
  const said = [`${rule} ${text[0] ?? ''}`.trimEnd(), ...text.slice(1)]
  const items =
    row === undefined
      ? [[path, ...said].join(' ')].map(besideItem)
      : findingItems({ path, at: place, text: said }, lines.slice(from, next))
  return { items: [...items, ...noise], next }
}

const otherwise = (line: string) => (summary.test(line) ? besideItem(line) : lineItem(unruled(line)))

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:lint|assist|format|parse|syntax)\b/

export const biome: Filter = {
  id: 'biome',
  suggests: (command) => mayRun(command, ['biome']),
  confirms: (lines) => endsHave(lines, headline) || isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, [sectionReader], otherwise), reading),
  examples: [
    {
      name: 'lint with frames',
      commandLine: 'npx biome check src',
      failed: true,
      output: `src/basket.ts:12:3 lint/suspicious/noConsole ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  × Don't use console.

    10 │ export function add(basket: Basket, item: Item): Basket {
    11 │   const items = [...basket.items, item]
  > 12 │   console.log(items)
       │   ^^^^^^^^^^^
    13 │   return { ...basket, items }
    14 │ }


src/order.ts:9:3 lint/suspicious/noConsole ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  × Don't use console.

     8 │   const id = next()
  >  9 │   console.log(id)
       │   ^^^^^^^^^^^
    10 │   return id


Checked 14 files in 21ms. No fixes applied.
Found 2 errors.
check ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━

  × Some errors were emitted while running checks.`,
      becomes: `lint/suspicious/noConsole × Don't use console.
 src/basket.ts 12:3 src/order.ts 9:3
Checked 14 files in 21ms. No fixes applied.
Found 2 errors.
[+10 lines hidden: source of findings — clutch show r7f3a2]
check ━

  × Some errors were emitted while running checks.`,
    },
  ],
}
