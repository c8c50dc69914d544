/** Jest: failures whole; passing tests, what they printed, and the source around failures left out. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { alikeLeftOut, type Failure, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { shortCalls } from './text/console-calls.ts'
import { hundredPercent } from './text/coverage.ts'
import { isForeignFrame } from './text/frames.ts'
import { looksGrave } from './text/grave.ts'
import { endsHave, mayRun } from './text/launchers.ts'
import { endsOfTitles } from './text/titles.ts'

const file = /^(PASS|FAIL|RUNS) {1,2}(?:\S+ )?(\S+)(?: \(.*\))?$/
const header = /^ {2}● (.+)$/
const passed = /^ +[✓√] \S/
const left = /^ +[○✎] \S/
const failed = /^ +[✕×] (\S.*?)(?: \(\d+(?:\.\d+)? m?s\))?$/
const consoleCall = /^ *console\.(\w+)$/
const source = /^ +\d+ \|/
const caret = /^ +\| +\^+$/
const summary = /^(?:Test Suites|Tests|Snapshots|Time): /
const again = /^Summary of all failing tests$/
const legend = /^ {4}(?:- Expected {2}-|\+ Received {2}\+) \d+$/
const advice = /^ {4}Jest failed to parse a file\. /
const adviceEnd = /^ {4}Details:$/
const place = /^ +(?:at |> \d+ \|)/

const shortLines = 60
const mostAdvice = 30

interface Run {
  readonly lines: readonly string[]
  /** The names of failures that are told at length, and what these end with. */
  readonly told: ReadonlySet<string>
  /** Paths of files with failures. */
  readonly failing: ReadonlySet<string>
  readonly whats: What[]
  readonly hidesOutput: boolean
}

function newRun(lines: readonly string[]): Run {
  const heads = lines.map((line) => line.slice(0, 1000))
  const headers = heads.flatMap((line) => header.exec(line)?.[1] ?? [])
  const files = heads.flatMap((line) => {
    const [, verdict, path] = file.exec(line) ?? []
    return path === undefined ? [] : [{ verdict, path }]
  })
  const failing = new Set(files.filter(({ verdict }) => verdict === 'FAIL').map(({ path }) => path))
  const hidesOutput = lines.length > shortLines && new Set(files.map(({ path }) => path)).size > 1
  return {
    lines,
    told: endsOfTitles(headers, ' › '),
    failing,
    whats: new Array<What>(lines.length).fill(undefined),
    hidesOutput,
  }
}

function treeLength(lines: readonly string[], from: number): number {
  const isTree = (line: string) => line.startsWith(' ') && !header.test(line.slice(0, 1000))
  let end = from
  while (end < lines.length && isTree(lines[end] ?? '')) end += 1
  return end - from
}

function treeWhat(line: string, isTold: boolean): What {
  if (passed.test(line)) return 'passing tests'
  if (!isTold) return undefined
  if (failed.test(line)) return 'failures told below'
  return left.test(line) ? 'skipped tests' : 'passing tests'
}

/** After a file's line, up to a blank one: the tree of its tests. */
function readTree(run: Run, from: number): number {
  const length = treeLength(run.lines, from)
  const tree = run.lines.slice(from, from + length).map((line) => line.slice(0, 1000))
  if (!tree.some((line) => passed.test(line) || failed.test(line))) return from
  const names = tree.flatMap((line) => failed.exec(line)?.[1] ?? [])
  const isAllTold = names.every((name) => run.told.has(name))
  for (const [at, line] of tree.entries()) run.whats[from + at] = treeWhat(line, isAllTold)
  return from + length
}

/** `console.log`, what was said, and the frame that says where: of which file it is. */
function readConsole(run: Run, from: number): number {
  const { lines, whats, failing } = run
  const ends = (line: string) =>
    [/^ +at /, file, header, consoleCall].some((form) => form.test(line.slice(0, 1000)))
  let end = from + 1
  while (end < lines.length && !ends(lines[end] ?? '')) end += 1
  const where = lines[end] ?? ''
  if (!/^ +at /.test(where)) return end
  const isOfFailure = [...failing].some((path) => where.includes(path))
  const isGrave = lines.slice(from, end).some(looksGrave)
  if (!isOfFailure && !isGrave && run.hidesOutput) whats.fill('output of passing tests', from, end + 1)
  return end + 1
}

function whatOf(run: Run, at: number): What {
  const line = (run.lines[at] ?? '').slice(0, 1000)
  const verdict = file.exec(line)?.[1]
  if (verdict === 'PASS' || verdict === 'RUNS') return 'passing tests'
  if (isForeignFrame(line)) return { aside: 'frames of libraries' }
  if (source.test(line) || caret.test(line)) return { aside: 'source around failures' }
  return hundredPercent(line) ? 'fully covered files' : undefined
}

/** Jest tells all failures a second time after many files. */
function readSecondTelling(run: Run, from: number): number {
  const end = run.lines.findIndex((line, at) => at > from && summary.test(line))
  if (end < 0) return from + 1
  run.whats.fill('failures told above', from, end)
  return end
}

/** Of a file that could not be read, jest says at length what may be done; why it could not stands after that. */
function readAdvice(run: Run, from: number): number {
  const length = run.lines.slice(from, from + mostAdvice).findIndex((line) => adviceEnd.test(line))
  if (length < 0) return from + 1
  run.whats.fill({ aside: 'advice' }, from, from + length)
  return from + length
}

/** Reads what starts at a line; gives the line to go on from. */
function readAt(run: Run, at: number): number {
  const line = (run.lines[at] ?? '').slice(0, 1000)
  run.whats[at] = whatOf(run, at)
  if (again.test(line)) return readSecondTelling(run, at)
  if (file.test(line)) return readTree(run, at + 1)
  if (advice.test(line)) return readAdvice(run, at)
  return consoleCall.test(line) ? readConsole(run, at) : at + 1
}

/** From its title to the next, or to the next file. */
function failuresIn(lines: readonly string[]): readonly Failure[] {
  const isConsole = (line: string) => line === '  ● Console'
  return rangesBetween(
    lines,
    (line) => header.test(line) && !isConsole(line),
    (line) => isConsole(line) || file.test(line) || summary.test(line),
  )
}

/** What the signs of a difference mean is said once. */
function withoutLegends(lines: readonly string[], whats: readonly What[]): readonly What[] {
  const first = lines.findIndex((line) => legend.test(line))
  return whats.map((what, at) =>
    what === undefined && at > first + 1 && legend.test((lines[at] ?? '').slice(0, 100))
      ? { aside: 'legends' }
      : what,
  )
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const run = newRun(lines)
  let verdict: string | undefined
  for (let at = 0; at < lines.length; ) {
    const from = at
    verdict = file.exec((lines[from] ?? '').slice(0, 1000))?.[1] ?? verdict
    at = readAt(run, from)
    if (verdict === 'PASS' && run.hidesOutput && lines[from] === '  ● Console')
      run.whats[from] = 'output of passing tests'
  }
  return alikeLeftOut(lines, withoutLegends(lines, run.whats), failuresIn(lines), (line) => place.test(line))
}

function shorten(reading: Reading): Shortened | undefined {
  const { lines, whats } = shortCalls(reading.lines, whatsOf(reading.lines))
  return withoutNoise(reading, () => whats, lines)
}

export const jest: Filter = {
  id: 'jest',
  suggests: (command) =>
    mayRun(command, ['jest', 'react-scripts', 'vue-cli-service', 'ng', 'craco', 'lerna']),
  confirms: (lines) => endsHave(lines, /^Test Suites: .*\d+ total$/),
  shorten,
  leavesLog: 'where too long',
  examples: [
    {
      name: 'a failure among passing tests',
      commandLine: 'npx jest --verbose',
      failed: true,
      output: `PASS test/order.test.js
  order
    ✓ is placed once (3 ms)
    ✓ is placed for a basket with many items
    ✓ is not placed for an empty basket
FAIL test/basket.test.js
  basket
    ✓ adds two items and sums them up (15 ms)
    ✕ has the count of the basket (16 ms)

  ● basket › has the count of the basket

    expect(received).toBe(expected) // Object.is equality

    Expected: 9
    Received: 1

      33 |   it('has the count of the basket', async () => {
      34 |     const it = await loadBasket(3)
    > 35 |     expect(it.count).toBe(9)
         |                      ^
      36 |   })
      37 | })

      at Object.toBe (test/basket.test.js:35:22)
      at Promise.then.completed (node_modules/jest-circus/build/utils.js:298:28)

Test Suites: 1 failed, 1 passed, 2 total
Tests:       1 failed, 4 passed, 5 total
Snapshots:   0 total
Time:        1.317 s`,
      becomes: `[+5 lines hidden: passing tests — clutch show r7f3a2]
FAIL test/basket.test.js
[+4 lines hidden: passing tests, failures told below — clutch show r7f3a2]
  ● basket › has the count of the basket

    expect(received).toBe(expected) // Object.is equality

    Expected: 9
    Received: 1

    > 35 |     expect(it.count).toBe(9)

      at Object.toBe (test/basket.test.js:35:22)
[+6 lines hidden: source around failures, frames of libraries — clutch show r7f3a2]

Test Suites: 1 failed, 1 passed, 2 total
Tests:       1 failed, 4 passed, 5 total
Snapshots:   0 total
Time:        1.317 s`,
    },
  ],
}
