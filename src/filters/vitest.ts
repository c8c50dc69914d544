/** Vitest: failures whole, passing tests and what they printed left out. */
import type { Filter } from './filter.ts'
import { alikeLeftOut, type Failure, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { hundredPercent } from './text/coverage.ts'
import { isForeignFrame } from './text/frames.ts'
import { looksGrave } from './text/grave.ts'
import { endsHave, mayRun } from './text/launchers.ts'
import { endsOfTitles, startsOfTitles } from './text/titles.ts'

const passing = /^ *[✓√] \S/
const skipped = /^ *[↓] \S|^ *- \S.* \[skipped\]$/
const failing = /^ *[×✗] (\S.*?)(?: \d+(?:\.\d+)?m?s)?(?: \(retry x\d+\))?$/
const reason = /^ +→ (.+)$/
const failHeader = /^ ?(?:FAIL|Unhandled) {1,2}(\S.*)$/
const printed = /^[·x*-]*(?:stdout|stderr) \| (\S.*)$/
const rule = /^⎯+(?: .* ⎯+|\[\d+\/\d+\]⎯)?$/
/** After it, no line is one of the list. */
const opening = /^⎯+ (?:Failed|Unhandled) \S.* ⎯+$/
const sourceLine = /^ +\d*\| ?/
const caret = /^ +\| +\^+$/
const place = /^ ❯ (?:\S.* )?\S+:\d+(?::\d+)?$/
const ownLine = /^ {4,}\d+\| /
const failedFile = /^ *❯ (?:\|\S+\| )?(\S.*?) \(\d+ tests?\b[^)]*\bfailed\b/
const files = /^ *[✓❯×] (?:\|\S+\| )?\S.* \(\d+ tests?\b/
const summary = /^ *(?:Test Files|Tests|Snapshots) {2}/
const dots = /^[·x\-*]+$/

/** Below this an output is read whole anyway, and what tests print may be what was asked for. */
const shortLines = 60

interface Told {
  /** Of each failure that is told at length: its title and what that ends with, its title and what that begins with. */
  readonly ends: ReadonlySet<string>
  readonly starts: ReadonlySet<string>
  readonly messages: ReadonlySet<string>
}

/** Without the project before it, and the file again behind it, as it is said of a file that could not be read. */
const withoutProject = (title: string): string => title.replace(/^\|\S+\| /, '').replace(/ \[ \S+ \]$/, '')

function toldAtLength(lines: readonly string[]): Told {
  const titles: string[] = []
  const messages = new Set<string>()
  for (const [at, line] of lines.entries()) {
    const title = line.length < 2000 ? failHeader.exec(line)?.[1] : undefined
    if (title === undefined) continue
    titles.push(withoutProject(title))
    for (const each of lines.slice(at + 1, at + 4)) {
      messages.add(each)
      messages.add(each.slice(each.indexOf(': ') + 2))
    }
  }
  return { ends: endsOfTitles(titles, ' > '), starts: startsOfTitles(titles, ' > '), messages }
}

/** The lines that a test printed: up to the next line that the reporter says. */
function printedLength(lines: readonly string[], from: number): number {
  let at = from + 1
  const ends = (line: string) =>
    passing.test(line) ||
    failing.test(line) ||
    printed.test(line) ||
    rule.test(line) ||
    place.test(line) ||
    summary.test(line) ||
    failHeader.test(line) ||
    skipped.test(line) ||
    files.test(line) ||
    dots.test(line)
  while (at < lines.length && !ends((lines[at] ?? '').slice(0, 400))) at += 1
  return at - from
}

function readPrinted(lines: readonly string[], from: number, told: Told, whats: What[]): number {
  const who = printed.exec((lines[from] ?? '').slice(0, 2000))?.[1] ?? ''
  const length = printedLength(lines, from)
  const isOfFailure = told.starts.has(withoutProject(who))
  const isGrave = lines.slice(from, from + length).some(looksGrave)
  if (!isOfFailure && !isGrave) whats.fill('output of passing tests', from, from + length)
  return from + length
}

/** In a failure: the source around the line that failed, frames of others, and the rule that ends it. */
function ofFailure(lines: readonly string[], at: number): What {
  const line = (lines[at] ?? '').slice(0, 400)
  if (rule.test(line) && !/ Failed | Unhandled /.test(line)) return { aside: 'rules' }
  if (isForeignFrame(line)) return { aside: 'frames of libraries' }
  if (!sourceLine.test(line)) return undefined
  const marked = caret.test((lines[at + 1] ?? '').slice(0, 4000))
  return marked ? undefined : { aside: 'source around failures' }
}

/** What a line of the reporter is by itself. */
function whatOf(lines: readonly string[], at: number, { ends, starts, messages }: Told): What {
  const line = (lines[at] ?? '').slice(0, 2000)
  if (passing.test(line)) return 'passing tests'
  if (dots.test(line)) return 'progress'
  if (skipped.test(line)) return 'skipped tests'
  const path = failedFile.exec(line)?.[1]
  if (path !== undefined && starts.has(path)) return 'failures told below'
  const name = failing.exec(line)?.[1]
  const why = reason.exec(line)?.[1]
  const isTold = name !== undefined && ends.has(withoutProject(name))
  if (isTold || (why !== undefined && messages.has(why))) return 'failures told below'
  return hundredPercent(line) ? 'fully covered files' : ofFailure(lines, at)
}

/** From its title to the next one, or to a rule. */
function failuresIn(lines: readonly string[]): readonly Failure[] {
  return rangesBetween(
    lines,
    (line) => failHeader.test(line),
    (line) => rule.test(line) || summary.test(line),
  )
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const told = toldAtLength(lines)
  const isLong =
    lines.length > shortLines && lines.filter((line) => files.test(line.slice(0, 400))).length !== 1
  const list = lines.findIndex((line) => opening.test(line.slice(0, 400)))
  const whats = lines.map((line, at): What => {
    if (list < 0 || at < list) return whatOf(lines, at, told)
    return hundredPercent(line.slice(0, 2000)) ? 'fully covered files' : ofFailure(lines, at)
  })
  for (let at = 0; isLong && at < lines.length; ) {
    at = printed.test((lines[at] ?? '').slice(0, 2000)) ? readPrinted(lines, at, told, whats) : at + 1
  }
  return alikeLeftOut(lines, whats, failuresIn(lines), (line) => place.test(line) || ownLine.test(line))
}

export const vitest: Filter = {
  id: 'vitest',
  suggests: (command) => mayRun(command, ['vitest', 'vite']),
  confirms: (lines) =>
    endsHave(lines, /^ *(?:Test Files|Tests) {2}\d+ (?:passed|failed|skipped|todo)/) ||
    endsHave(lines, /^ (?:RUN|DEV) {2}v\d/),
  shorten: (reading) => withoutNoise(reading, whatsOf),
  leavesLog: 'where too long',
  examples: [
    {
      name: 'a failure among passing tests',
      commandLine: 'npx vitest run',
      failed: true,
      output: ` RUN  v4.1.12 /home/dev/shop

 ❯ test/basket.test.ts (4 tests | 1 failed) 18ms
     ✓ adds one item to a basket 2ms
     ✓ adds two items to a basket and sums them up 1ms
     ✓ adds nothing to a basket 0ms
     × has the count of the basket 7ms
 ✓ test/order.test.ts (13 tests) 9ms

⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  test/basket.test.ts > basket > has the count of the basket
AssertionError: expected { count: 1 } to deeply equal { count: 9 }

- Expected
+ Received

  {
-   "count": 9,
+   "count": 1,
  }

 ❯ test/basket.test.ts:36:27
     34|   it('has the count of the basket', async () => {
     35|     const it = await loadBasket(3)
     36|     expect(it.items[0]).toEqual({ count: 9 })
       |                         ^
     37|   })
     38| })

⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯


 Test Files  1 failed | 1 passed (2)
      Tests  1 failed | 16 passed (17)`,
      becomes: ` RUN  v4.1.12 /home/dev/shop

[+7 lines hidden: failures told below, passing tests — clutch show r7f3a2]
⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯

 FAIL  test/basket.test.ts > basket > has the count of the basket
AssertionError: expected { count: 1 } to deeply equal { count: 9 }

- Expected
+ Received

  {
-   "count": 9,
+   "count": 1,
  }

 ❯ test/basket.test.ts:36:27
     36|     expect(it.items[0]).toEqual({ count: 9 })

[+6 lines hidden: source around failures, rules — clutch show r7f3a2]


 Test Files  1 failed | 1 passed (2)
      Tests  1 failed | 16 passed (17)`,
    },
  ],
}
