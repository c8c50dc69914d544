/** Mocha's spec and dot reporters: failures whole, passing tests and what they printed left out. */
import type { Filter } from './filter.ts'
import { alikeLeftOut, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { isForeignFrame } from './text/frames.ts'
import { mayRun } from './text/launchers.ts'
import { leadsToPassing } from './text/printed.ts'

const passed = /^ +[✔✓√] \S/
const left = /^ +- \S/
const numbered = /^ +(\d+)\) (\S.*)$/
const counted = /^ {2}\d+ (?:passing|failing|pending)\b/
/** A title takes several lines: each part of it one step deeper. */
const titleEnd = /^ {7,}\S.*:$/
const isFrame = (line: string): boolean => /^ +at /.test(line)
const dots = /^ {2}[.!,․]+$/

const shortLines = 60

const reads = {
  isPassed: (line: string) => passed.test(line),
  isOther: (line: string) => numbered.test(line),
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** A title is followed by what is under it, one step deeper. */
function isTitle(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? ''
  const next = lines[at + 1] ?? ''
  const isTree = (each: string) => passed.test(each) || numbered.test(each) || left.test(each)
  return /^ {2,}\S/.test(line) && !isTree(line) && indentOf(next) === indentOf(line) + 2
}

function treeWhat(tree: readonly string[], at: number, told: ReadonlySet<string>): What {
  const line = (tree[at] ?? '').slice(0, 400)
  if (passed.test(line)) return 'passing tests'
  if (dots.test(line)) return 'progress'
  if (left.test(line)) return 'skipped tests'
  const number = numbered.exec(line)?.[1]
  if (number !== undefined) return told.has(number) ? 'failures told below' : undefined
  return line !== '' && isTitle(tree, at) ? 'passing tests' : undefined
}

function treeWhats(lines: readonly string[], end: number): What[] {
  const told = new Set(
    lines.slice(end).flatMap((line) => /^ {2}(\d+)\) /.exec(line.slice(0, 100))?.[1] ?? []),
  )
  const isLong = lines.length > shortLines
  const tree = lines.slice(0, end)
  const leads = leadsToPassing(tree, reads)
  return tree.map((line, at): What => {
    const what = treeWhat(tree, at, told)
    if (what !== undefined || line === '' || numbered.test(line.slice(0, 400))) return what
    return isLong && leads[at] === true ? 'output of passing tests' : undefined
  })
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const end = lines.findIndex((line) => counted.test(line.slice(0, 100)))
  if (end < 0) return []
  const after = lines
    .slice(end)
    .map((line): What => (isForeignFrame(line) ? { aside: 'frames of libraries' } : undefined))
  const failures = rangesBetween(
    lines.slice(end),
    (line) => titleEnd.test(line),
    (line) => /^ {2}\d+\) /.test(line),
  )
  return [...treeWhats(lines, end), ...alikeLeftOut(lines.slice(end), after, failures, isFrame)]
}

export const mocha: Filter = {
  id: 'mocha',
  suggests: (command) => mayRun(command, ['mocha', 'nyc', 'c8', 'cypress', 'mochawesome']),
  confirms: (lines) => lines.some((line) => /^ {2}\d+ passing \(/.test(line)),
  shorten: (reading) => withoutNoise(reading, whatsOf),
  leavesLog: 'where too long',
  examples: [
    {
      name: 'a failure among passing tests',
      commandLine: 'npx mocha',
      failed: true,
      output: `  order
    ✔ is placed once
    ✔ is placed for a basket with many items
    ✔ is not placed for an empty basket

  basket
    ✔ adds two items and sums them up
    1) has the count of the basket


  4 passing (67ms)
  1 failing

  1) basket
       has the count of the basket:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

1 !== 9

      + expected - actual

      -1
      +9

      at Context.<anonymous> (test/basket.test.js:36:27)
      at process.processImmediate (node:internal/timers:483:21)`,
      becomes: `[+10 lines hidden: passing tests, failures told below — clutch show r7f3a2]
  4 passing (67ms)
  1 failing

  1) basket
       has the count of the basket:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

1 !== 9

      + expected - actual

      -1
      +9

      at Context.<anonymous> (test/basket.test.js:36:27)
      at process.processImmediate (node:internal/timers:483:21)`,
    },
  ],
}
