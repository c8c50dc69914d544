/** ESLint's findings in its stylish, compact and unix formats, and those of tools that print the same. */
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

const row = /^ +(\d+:\d+) +(error|warning|info|✖|⚠|×|!) +(\S.*)$/
const compact = /^(?<path>\S.*): line (?<row>\d+), col (?<column>\d+), (?<said>(?:Error|Warning) - .*)$/
const unix =
  /^(?<path>\S[^:]*(?::[\\/][^:]*)?):(?<row>\d+):(?<column>\d+): (?<said>.* \[(?:Error|Warning)[^\]]*\])$/
const summary = /^(?:✖ )?\d+ problems?\b/
const pathLike = /^(?:[A-Za-z]:)?[^\s:][^:]*[./\\][^:]*$/

/** A row's message and rule stand in columns; their blanks say nothing. */
const tidy = (severity: string, rest: string): string => `${severity} ${rest.replaceAll(/ {2,}/g, '  ')}`

/** A path, and its findings in rows under it. */
const fileReader: Reader = (lines, from) => {
  const path = lines[from] ?? ''
  if (!row.test((lines[from + 1] ?? '').slice(0, 4000)) || !pathLike.test(path.slice(0, 400)))
    return undefined
  const items: Item[] = []
  let at = from + 1
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const [, place = '', severity = '', rest = ''] = (line.length < 4000 && row.exec(line)) || []
    if (place === '') break
    items.push(...findingItems({ path, at: place, text: [tidy(severity, rest)] }, [line]))
  }
  return { items, next: at }
}

const readers = [fileReader, oneLineReader(compact), oneLineReader(unix)]

function otherwise(line: string): Item {
  if (/^ {2,}\d+ problems? \(/.test(line)) return noiseItem('counts by file', line)
  return summary.test(line) || /^ +\d+ errors? and /.test(line) ? besideItem(line) : lineItem(line)
}

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:error|warning|Error -|Warning -) |\[(?:Error|Warning)\b/

export const eslint: Filter = {
  id: 'eslint',
  suggests: (command) =>
    mayRun(command, ['eslint', 'oxlint', 'standard', 'xo', 'stylelint', 'next', 'ng', 'vue-cli-service']),
  confirms: (lines) =>
    (endsHave(lines, summary) && endsHave(lines, row)) ||
    [compact, unix].some((form) => endsHave(lines, form)) ||
    ends(lines).some((_, at, some) => fileReader(some, at) !== undefined) ||
    isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, readers, otherwise), reading),
  examples: [
    {
      name: 'stylish',
      commandLine: 'npx eslint src',
      failed: true,
      output: `/home/dev/shop/src/basket.js
   3:7   error    'spare' is assigned a value but never used   no-unused-vars
  12:5   warning  Unexpected console statement                 no-console
  19:5   warning  Unexpected console statement                 no-console

/home/dev/shop/src/order.js
  8:11  error    Expected '===' and instead saw '=='           eqeqeq
  9:3   warning  Unexpected console statement                  no-console

/home/dev/shop/test/order.js
  1:1  error  Parsing error: Unexpected token const

✖ 6 problems (3 errors, 3 warnings)`,
      becomes: `paths are under /home/dev/shop/
warning Unexpected console statement  no-console
 src/basket.js 12:5,19:5 src/order.js 9:3
src/basket.js:3:7 error 'spare' is assigned a value but never used  no-unused-vars
src/order.js:8:11 error Expected '===' and instead saw '=='  eqeqeq
test/order.js:1:1 error Parsing error: Unexpected token const
✖ 6 problems (3 errors, 3 warnings)`,
      losslessly: `paths are under /home/dev/shop/
warning Unexpected console statement  no-console
 src/basket.js 12:5,19:5 src/order.js 9:3
src/basket.js:3:7 error 'spare' is assigned a value but never used  no-unused-vars
src/order.js:8:11 error Expected '===' and instead saw '=='  eqeqeq
test/order.js:1:1 error Parsing error: Unexpected token const
✖ 6 problems (3 errors, 3 warnings)`,
    },
    {
      name: 'one finding a line',
      commandLine: 'npm run lint',
      failed: true,
      output: `src/basket.js:12:5: Unexpected console statement. [Warning/no-console]
src/basket.js:19:5: Unexpected console statement. [Warning/no-console]
src/order.js:8:11: Expected '===' and instead saw '=='. [Error/eqeqeq]
src/order.js:9:3: Unexpected console statement. [Warning/no-console]

4 problems`,
      becomes: `Unexpected console statement. [Warning/no-console]
 src/basket.js 12:5,19:5 src/order.js 9:3
src/order.js:8:11 Expected '===' and instead saw '=='. [Error/eqeqeq]
4 problems`,
      losslessly: `Unexpected console statement. [Warning/no-console]
 src/basket.js 12:5,19:5 src/order.js 9:3
src/order.js:8:11 Expected '===' and instead saw '=='. [Error/eqeqeq]
4 problems`,
    },
    {
      name: 'messages of one kind',
      commandLine: 'npx eslint src',
      failed: true,
      output: `
/home/dev/shop/src/basket.js
   3:7   error    'spare' is assigned a value but never used                       no-unused-vars
  12:5   error    Expected '===' and instead saw '=='                              eqeqeq
  40:1   warning  Function 'total' has too many lines (64). Maximum allowed is 50  max-lines-per-function

/home/dev/shop/src/order.js
   2:10  error    'price' is assigned a value but never used                       no-unused-vars
   8:11  error    Expected '!==' and instead saw '!='                              eqeqeq
   9:15  error    'left' is assigned a value but never used                        no-unused-vars
  31:1   warning  Function 'place' has too many lines (81). Maximum allowed is 50  max-lines-per-function

✖ 7 problems (5 errors, 2 warnings)`,
      becomes: `paths are under /home/dev/shop/src/
error '{}' is assigned a value but never used  no-unused-vars
 basket.js 3:7=spare order.js 2:10=price 9:15=left
error Expected '{}' and instead saw '{}'  eqeqeq
 basket.js 12:5='===','==' order.js 8:11=!==,!=
warning Function '{}' has too many lines ({}). Maximum allowed is 50  max-lines-per-function
 basket.js 40:1=total,64 order.js 31:1=place,81
✖ 7 problems (5 errors, 2 warnings)`,
      losslessly: `paths are under /home/dev/shop/src/
error '{}' is assigned a value but never used  no-unused-vars
 basket.js 3:7=spare order.js 2:10=price 9:15=left
error Expected '{}' and instead saw '{}'  eqeqeq
 basket.js 12:5='===','==' order.js 8:11=!==,!=
warning Function '{}' has too many lines ({}). Maximum allowed is 50  max-lines-per-function
 basket.js 40:1=total,64 order.js 31:1=place,81
✖ 7 problems (5 errors, 2 warnings)`,
    },
  ],
}
