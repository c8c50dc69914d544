/** The TypeScript compiler's errors, plain or pretty: told by file or by message. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import { findingItems, lineItem, noiseItem, type Reader, readItems, toldShorter } from './text/report.ts'

const plain = /^(\S[^():]*)\((\d+),(\d+)\): ((?:error|warning|message) TS\d+: .*)$/
const pretty = /^(\S[^:]*(?::[\\/][^:]*)?):(\d+):(\d+) - ((?:error|warning|message) TS\d+: .*)$/
const related = /^ {2}(\S[^:]*:\d+:\d+)$/
const excerpt = /^ *\d+ |^ *\d+$|^ +~+ *$|^ *\.\.\. *$/
const perFile = /^ *\d+ {2}\S+:\d+$|^Errors {2}Files$/

const errorAt = (line: string): { path: string; at: string; said: string } | undefined => {
  const found = plain.exec(line) ?? pretty.exec(line)
  const [, path = '', row = '', column = '', said = ''] = found ?? []
  return found ? { path, at: `${row}:${column}`, said } : undefined
}

/** What follows an error's first line: its chain of reasons, related places, and pieces of source. */
function following(
  lines: readonly string[],
  from: number,
  isPretty: boolean,
): { more: string[]; noise: string[]; next: number } {
  const more: string[] = []
  const noise: string[] = []
  let at = from
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line === '' && !isPretty) break
    if (line === '') continue
    if (isPretty && excerpt.test(line) && !perFile.test(line)) noise.push(line)
    else if (/^ {2}/.test(line) && !perFile.test(line)) more.push(related.exec(line)?.[1] ?? line)
    else break
  }
  return { more, noise, next: at }
}

const errorReader: Reader = (lines, from) => {
  const line = lines[from] ?? ''
  const error = errorAt(line)
  if (!error) return undefined
  const { more, noise, next } = following(lines, from + 1, pretty.test(line))
  const finding = { path: error.path, at: error.at, text: [error.said, ...more] }
  const items = findingItems(finding, lines.slice(from, next))
  return { items: [...items, ...noise.map((each) => noiseItem('source of errors', each))], next }
}

const otherwise = (line: string) =>
  perFile.test(line.slice(0, 400)) ? noiseItem('errors counted by file', line) : lineItem(line)

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:error|warning|message) TS\d+: /

export const tsc: Filter = {
  id: 'tsc',
  suggests: (command) => mayRun(command, ['tsc', 'tsgo', 'vue-tsc', 'tsup', 'ng', 'next']),
  confirms: (lines) => endsHave(lines, plain) || endsHave(lines, pretty) || isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, [errorReader], otherwise), reading),
  examples: [
    {
      name: 'the same errors in several files',
      commandLine: 'npx tsc --noEmit',
      failed: true,
      output: `src/basket.ts(3,22): error TS2307: Cannot find module './price.ts' or its corresponding type declarations.
src/basket.ts(14,9): error TS2322: Type 'string' is not assignable to type 'number'.
src/order.ts(2,22): error TS2307: Cannot find module './price.ts' or its corresponding type declarations.
src/order.ts(40,3): error TS2345: Argument of type '{ id: string; }' is not assignable to parameter of type 'Item'.
  Property 'cents' is missing in type '{ id: string; }' but required in type 'Item'.
src/order.ts(51,9): error TS2322: Type 'string' is not assignable to type 'number'.
src/order.ts(58,9): error TS2322: Type 'string' is not assignable to type 'number'.`,
      becomes: `error TS2307: Cannot find module './price.ts' or its corresponding type declarations.
 src/basket.ts 3:22 src/order.ts 2:22
error TS2322: Type 'string' is not assignable to type 'number'.
 src/basket.ts 14:9 src/order.ts 51:9,58:9
src/order.ts:40:3 error TS2345: Argument of type '{ id: string; }' is not assignable to parameter of type 'Item'.
    Property 'cents' is missing in type '{ id: string; }' but required in type 'Item'.`,
      losslessly: `error TS2307: Cannot find module './price.ts' or its corresponding type declarations.
 src/basket.ts 3:22 src/order.ts 2:22
error TS2322: Type 'string' is not assignable to type 'number'.
 src/basket.ts 14:9 src/order.ts 51:9,58:9
src/order.ts:40:3 error TS2345: Argument of type '{ id: string; }' is not assignable to parameter of type 'Item'.
    Property 'cents' is missing in type '{ id: string; }' but required in type 'Item'.`,
    },
    {
      name: 'pretty',
      commandLine: 'tsc -b --pretty',
      failed: true,
      output: `src/basket.ts:14:9 - error TS2322: Type 'string' is not assignable to type 'number'.

14   const sum: number = items.map((item) => item.cents).join('+')
           ~~~

src/order.ts:40:3 - error TS2554: Expected 2 arguments, but got 1.

40   add(basket)
     ~~~

  src/basket.ts:9:37
    9 export function add(basket: Basket, item: Item): Basket {
                                          ~~~~~~~~~~
    An argument for 'item' was not provided.


Found 2 errors in 2 files.

Errors  Files
     1  src/basket.ts:14
     1  src/order.ts:40`,
      becomes: `src/basket.ts:14:9 error TS2322: Type 'string' is not assignable to type 'number'.
src/order.ts:40:3 error TS2554: Expected 2 arguments, but got 1.
  src/basket.ts:9:37
      An argument for 'item' was not provided.
[+6 lines hidden: source of errors — clutch show r7f3a2]
Found 2 errors in 2 files.
Errors  Files
     1  src/basket.ts:14
     1  src/order.ts:40`,
    },
  ],
}
