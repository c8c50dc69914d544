/** Playwright's list, line and dot reporters: failures whole; progress, passing tests and the source around failures left out. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { alikeLeftOut, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { isForeignFrame } from './text/frames.ts'
import { looksGrave } from './text/grave.ts'
import { endsHave, mayRun } from './text/launchers.ts'
import { leadsToPassing } from './text/printed.ts'
import { beforeRule, unruled } from './text/rules.ts'

const progress = /^\[\d+\/\d+\] /
const passed = /^ {2}(?:✓|ok) +\d+ \S.{0,300}?:\d+:\d+ › /
const left = /^ {2}- +\d+ \S.{0,300}?:\d+:\d+ › /
const failed = /^ +(?:✘|x) +\d+ (\S.*?)(?: \(\d+(?:\.\d+)?m?s\))?$/
const header = /^ {2}\d+\) (\S.*)$/
const listed = /^ {4}(\S.* › .*)$/
const title = /^(?:\[\S+\] › )?\S+:\d+:\d+ › /
const source = /^ +\d+ \|/
const caret = /^ +\| +\^+$/
const place = /^ +(?:at |> \d+ \|)/
const attached = /^ {4}(?:Error Context: |attachment #\d+: )/
const counted = /^ {2}\d+ (?:failed|flaky|passed|skipped|interrupted|did not run)/
const dots = /^[·×F±°T]+$/

const shortLines = 60

const reads = {
  isPassed: (line: string) => passed.test(line),
  isOther: (line: string) => failed.test(line) || header.test(line) || counted.test(line) || left.test(line),
}

/** What a test printed comes under its title, up to the next line of the reporter. */
function printedLength(lines: readonly string[], from: number): number {
  let at = from + 1
  const ends = (line: string) =>
    progress.test(line) ||
    header.test(line) ||
    title.test(line) ||
    counted.test(line) ||
    passed.test(line) ||
    failed.test(line)
  while (at < lines.length && !ends((lines[at] ?? '').slice(0, 400))) at += 1
  return at - from
}

function whatOf(line: string, told: ReadonlySet<string>): What {
  if (progress.test(line) || dots.test(line)) return 'progress'
  if (passed.test(line)) return 'passing tests'
  if (left.test(line)) return 'skipped tests'
  const name = failed.exec(line)?.[1] ?? listed.exec(line)?.[1]
  if (name !== undefined && told.has(beforeRule(name))) return 'failures told elsewhere'
  if (isForeignFrame(line)) return { aside: 'frames of libraries' }
  if (source.test(line) || caret.test(line)) return { aside: 'source around failures' }
  return undefined
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const told = new Set(lines.flatMap((line) => header.exec(line.slice(0, 1000))?.[1] ?? []).map(beforeRule))
  const whats: What[] = []
  const isLong = lines.length > shortLines
  const leads = leadsToPassing(lines, reads)
  for (let at = 0; at < lines.length; ) {
    const line = (lines[at] ?? '').slice(0, 1000)
    const isPrinted = isLong && title.test(line)
    const length = isPrinted ? printedLength(lines, at) : 1
    const some = lines.slice(at, at + length)
    /** The list reporter says whose output it is by what comes next. */
    const isUnnamed = isLong && at > 2 && /^\S/.test(line) && leads[at] === true
    const isNoise = isPrinted && !told.has(line) && !some.some(looksGrave)
    const what = isNoise || (isUnnamed && length === 1) ? 'output of passing tests' : undefined
    whats.push(...some.map((each) => whatOf(each.slice(0, 1000), told) ?? (each === '' ? undefined : what)))
    at += length
  }
  const failures = rangesBetween(
    lines,
    (line) => header.test(line),
    (line) => counted.test(line) || attached.test(line),
  )
  return alikeLeftOut(lines, whats, failures, (line) => place.test(line))
}

function shorten(reading: Reading): Shortened | undefined {
  const shortened = withoutNoise(reading, whatsOf)
  return shortened && { ...shortened, lines: shortened.lines.map(unruled) }
}

export const playwright: Filter = {
  id: 'playwright',
  suggests: (command) => mayRun(command, ['playwright']),
  confirms: (lines) => endsHave(lines, /^Running \d+ tests? using \d+ workers?/),
  shorten,
  leavesLog: 'where too long',
  examples: [
    {
      name: 'list reporter',
      commandLine: 'npx playwright test',
      failed: true,
      output: `Running 4 tests using 1 worker

  ✓  1 test/order.spec.js:6:3 › order › is placed once (5ms)
  ✓  2 test/order.spec.js:9:3 › order › is placed for a basket with many items (5ms)
  ✓  3 test/order.spec.js:12:3 › order › is not placed for an empty basket (4ms)
  ✘  4 test/basket.spec.js:35:5 › basket › has the count of the basket (14ms)


  1) test/basket.spec.js:35:5 › basket › has the count of the basket ───────────────────────────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 9
    Received: 1

      35 |   it('has the count of the basket', async () => {
      36 |     const it = await loadBasket(3)
    > 37 |     expect(it.count).toBe(9)
         |                      ^
      38 |   })
        at /home/dev/shop/test/basket.spec.js:37:22

  1 failed
    test/basket.spec.js:35:5 › basket › has the count of the basket ────────────────────────────────
  3 passed (1.2s)`,
      becomes: `Running 4 tests using 1 worker

[+6 lines hidden: passing tests, failures told elsewhere — clutch show r7f3a2]
  1) test/basket.spec.js:35:5 › basket › has the count of the basket ─

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 9
    Received: 1

    > 37 |     expect(it.count).toBe(9)
        at /home/dev/shop/test/basket.spec.js:37:22
[+4 lines hidden: source around failures — clutch show r7f3a2]

  1 failed
    test/basket.spec.js:35:5 › basket › has the count of the basket ─
  3 passed (1.2s)`,
    },
  ],
}
