/** What mypy and pyright find: told by file or by message. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import {
  besideItem,
  findingItems,
  lineItem,
  noiseItem,
  type Reader,
  readItems,
  toldShorter,
} from './text/report.ts'

const mypyLine = /^(\S[^:]*(?::[\\/][^:]*)?):(\d+)(?::(\d+))?(?::\d+:\d+)?: ((?:error|warning|note): .*)$/
const pyrightLine =
  /^ {2}(?<path>\S[^:]*(?::[\\/][^:]*)?):(?<row>\d+):(?<column>\d+) - (?<said>(?:error|warning|information): .*)$/
/** Deeper than a finding; its blanks may be ones that do not break. */
const reason = /^ {2}\s{2}/
const summary = /^(?:Found \d+ errors? in|Success: no issues|\d+ errors?, \d+ warnings?)/

/** `--pretty` wraps a message, then shows the source with a mark under it. */
function following(
  lines: readonly string[],
  from: number,
  said: string,
): { more: string[]; noise: string[]; next: number } {
  const more: string[] = []
  const noise: string[] = []
  let at = from
  const isMark = (line: string | undefined) => /^ {4,}\^[~^]*(?:\.\.\.)? *$/.test(line ?? '')
  while (at < lines.length && !isMark(lines[at]) && at < from + 6) at += 1
  if (!isMark(lines[at])) return { more, noise, next: from }
  for (const line of lines.slice(from, at + 1)) {
    if (mypyLine.test(line)) return { more: [], noise: [], next: from }
    if (line.startsWith('    ')) noise.push(line)
    else more.push(line)
  }
  return said.endsWith(']') && more.length > 0
    ? { more: [], noise: [], next: from }
    : { more, noise, next: at + 1 }
}

function noteOf(line = '', ...about: readonly (string | undefined)[]): string | undefined {
  if (!line.includes(': note: ') || line.length > 4000) return undefined
  const [, path, row, column, said = ''] = mypyLine.exec(line) ?? []
  const isAbout = [path, row, column].every((each, at) => each === about[at])
  return isAbout && said.startsWith('note: ') ? said : undefined
}

/** A message, and the notes that follow it about the same place: in their order, they read as one. */
const errorReader: Reader = (lines, from) => {
  const [, path, row = '', column, first = ''] = mypyLine.exec(lines[from] ?? '') ?? []
  if (path === undefined) return undefined
  const text: string[] = []
  const noise: string[] = []
  let at = from
  for (
    let said: string | undefined = first;
    said !== undefined;
    said = noteOf(lines[at], path, row, column)
  ) {
    const after = following(lines, at + 1, said)
    text.push(said, ...after.more)
    noise.push(...after.noise)
    at = after.next
  }
  const place = column === undefined ? row : `${row}:${column}`
  const items = findingItems({ path, at: place, text }, lines.slice(from, at))
  return { items: [...items, ...noise.map((each) => noiseItem('source of errors', each))], next: at }
}

/** Pyright says the path of a file above its findings, and in each of them: that one is enough. */
const pyrightHeading: Reader = (lines, at) => {
  const next = lines[at + 1] ?? ''
  const path = next.length < 4000 ? pyrightLine.exec(next)?.groups?.['path'] : undefined
  return path !== undefined && path === lines[at] ? { items: [], next: at + 1 } : undefined
}

/** A finding, and the chain of reasons below it. */
const pyrightReader: Reader = (lines, from) => {
  const { path, row, column, said } = pyrightLine.exec(lines[from] ?? '')?.groups ?? {}
  if (path === undefined || said === undefined) return undefined
  let at = from + 1
  while (reason.test((lines[at] ?? '').slice(0, 8))) at += 1
  const text = [said, ...lines.slice(from + 1, at).map((line) => line.slice(2))]
  return { items: findingItems({ path, at: `${row}:${column}`, text }, lines.slice(from, at)), next: at }
}

const readers = [errorReader, pyrightHeading, pyrightReader]

const otherwise = (line: string) => (summary.test(line) ? besideItem(line) : lineItem(line))

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:error|warning|note|information): /

export const mypy: Filter = {
  id: 'mypy',
  suggests: (command) => mayRun(command, ['mypy', 'dmypy', 'pyright', 'basedpyright']),
  confirms: (lines) =>
    endsHave(lines, /^\S[^:]*\.(?:pyi?|ipynb):\d+(?::\d+)*: (?:error|note): /) ||
    endsHave(lines, pyrightLine) ||
    isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, readers, otherwise), reading),
  examples: [
    {
      name: 'the same error in several places',
      commandLine: 'mypy shop',
      failed: true,
      output: `shop/basket.py:6: error: Function is missing a type annotation  [no-untyped-def]
shop/basket.py:11: error: Function is missing a type annotation  [no-untyped-def]
shop/basket.py:21: error: Incompatible return value type (got "list[str]", expected "str")  [return-value]
shop/order.py:6: error: Function is missing a type annotation  [no-untyped-def]
shop/order.py:30: note: Use "-> None" if function does not return a value
Found 4 errors in 2 files (checked 5 source files)`,
      becomes: `error: Function is missing a type annotation  [no-untyped-def]
 shop/basket.py 6,11 shop/order.py 6
shop/basket.py:21 error: Incompatible return value type (got "list[str]", expected "str")  [return-value]
shop/order.py:30 note: Use "-> None" if function does not return a value
Found 4 errors in 2 files (checked 5 source files)`,
      losslessly: `error: Function is missing a type annotation  [no-untyped-def]
 shop/basket.py 6,11 shop/order.py 6
shop/basket.py:21 error: Incompatible return value type (got "list[str]", expected "str")  [return-value]
shop/order.py:30 note: Use "-> None" if function does not return a value
Found 4 errors in 2 files (checked 5 source files)`,
    },
    {
      name: 'pyright',
      commandLine: 'npx pyright shop',
      failed: true,
      output: `/home/dev/shop/basket.py
  /home/dev/shop/basket.py:12:9 - error: Cannot access attribute "cents" for class "Item"
    Attribute "cents" is unknown (reportAttributeAccessIssue)
  /home/dev/shop/basket.py:14:9 - error: Cannot access attribute "count" for class "Item"
    Attribute "count" is unknown (reportAttributeAccessIssue)
/home/dev/shop/order.py
  /home/dev/shop/order.py:30:16 - error: Type "str | None" is not assignable to return type "str"
    Type "str | None" is not assignable to type "str"
      "None" is not assignable to "str" (reportReturnType)
3 errors, 0 warnings, 0 informations`,
      becomes: `paths are under /home/dev/shop/
error: Cannot access attribute "{}" for class "Item"
    Attribute "{1}" is unknown (reportAttributeAccessIssue)
 basket.py 12:9=cents 14:9=count
order.py:30:16 error: Type "str | None" is not assignable to return type "str"
    Type "str | None" is not assignable to type "str"
      "None" is not assignable to "str" (reportReturnType)
3 errors, 0 warnings, 0 informations`,
      losslessly: `paths are under /home/dev/shop/
error: Cannot access attribute "{}" for class "Item"
    Attribute "{1}" is unknown (reportAttributeAccessIssue)
 basket.py 12:9=cents 14:9=count
order.py:30:16 error: Type "str | None" is not assignable to return type "str"
    Type "str | None" is not assignable to type "str"
      "None" is not assignable to "str" (reportReturnType)
3 errors, 0 warnings, 0 informations`,
    },
    {
      name: 'notes about the place before',
      commandLine: 'mypy --strict shop',
      failed: true,
      output: `shop/basket.py:6: error: Function is missing a return type annotation  [no-untyped-def]
shop/basket.py:6: note: Use "-> None" if function does not return a value
shop/basket.py:14: error: Name "price" is not defined  [name-defined]
shop/order.py:11: error: Function is missing a return type annotation  [no-untyped-def]
shop/order.py:11: note: Use "-> None" if function does not return a value
shop/order.py:30: error: Name "total" is not defined  [name-defined]
Found 4 errors in 2 files (checked 5 source files)`,
      becomes: `error: Name "{}" is not defined  [name-defined]
 shop/basket.py 14=price shop/order.py 30=total
error: Function is missing a return type annotation  [no-untyped-def]
  note: Use "-> None" if function does not return a value
 shop/basket.py 6 shop/order.py 11
Found 4 errors in 2 files (checked 5 source files)`,
      losslessly: `error: Name "{}" is not defined  [name-defined]
 shop/basket.py 14=price shop/order.py 30=total
error: Function is missing a return type annotation  [no-untyped-def]
  note: Use "-> None" if function does not return a value
 shop/basket.py 6 shop/order.py 11
Found 4 errors in 2 files (checked 5 source files)`,
    },
  ],
}
