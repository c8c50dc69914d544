/** `go test`, plain, -v and -json: failures whole; passing tests, what they logged and Go's own frames left out. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { alikeLeftOut, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { dumpWhats } from './text/go-dumps.ts'
import { printedByGoTest } from './text/go-events.ts'
import { endsHave, mayRun } from './text/launchers.ts'

const running = /^=== (?:RUN|PAUSE|CONT|NAME) +(\S+)/
const verdict = /^ *--- (PASS|FAIL|SKIP|BENCH): (\S+)/
const packageLine = /^(ok|FAIL|\?|---) *\t(\S+)/
const ended = /^(?:PASS|FAIL|exit status \d+|panic: |coverage: |testing: )/
/** Testify names the test once more, and heads its differences. */
const again = /^ +\tTest: +\t(\S+)$/
const legend = /^[ \t]+(?:Diff:|--- Expected|\+\+\+ Actual)$/
/** Where a test says something, and Testify's longer form of it. */
const placed = /^ +\S+\.go:\d+: *$|^ +\t(?:Error Trace: *)?\t?\s*\S+\.go:\d+$/
const stamp = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)? /

/** A package's lines: `from` up to and with its own line, and how each of its tests ended. */
interface Package {
  readonly from: number
  readonly to: number
  readonly verdicts: ReadonlyMap<string, string>
}

function packagesOf(lines: readonly string[]): readonly Package[] {
  const packages: Package[] = []
  let from = 0
  let verdicts = new Map<string, string>()
  for (const [at, whole] of lines.entries()) {
    const line = whole.slice(0, 400)
    const [, how, name] = verdict.exec(line) ?? []
    if (how !== undefined && name !== undefined) verdicts.set(name, how)
    if (!packageLine.test(line) && at < lines.length - 1) continue
    packages.push({ from, to: at + 1, verdicts })
    from = at + 1
    verdicts = new Map()
  }
  return packages
}

/** What a line is of a test that ended so; undefined: of a test that never ended, which passed nothing. */
function whatOfTest(how: string | undefined, isStart: boolean): What {
  if (how === 'PASS') return isStart ? 'passing tests' : 'logs of passing tests'
  return isStart && how !== undefined ? { aside: 'starts of tests' } : undefined
}

/** Which lines are of which test is said by `=== RUN` alone: what follows is its own, up to the next such line. */
function whatsOfTests(lines: readonly string[], { from, to, verdicts }: Package): What[] {
  let current: string | undefined
  return lines.slice(from, to).map((whole): What => {
    const line = whole.slice(0, 400)
    const start = running.exec(line)?.[1]
    const isEnd = [verdict, ended, packageLine].some((form) => form.test(line))
    if (isEnd) current = undefined
    current = start ?? current
    return current === undefined ? undefined : whatOfTest(verdicts.get(current), start !== undefined)
  })
}

function whatOf(lines: readonly string[], at: number, hasFailures: boolean): What {
  const line = (lines[at] ?? '').slice(0, 400)
  if (verdict.exec(line)?.[1] === 'PASS') return 'passing tests'
  const [, state] = packageLine.exec(line) ?? []
  const isPass = line === 'PASS' && packageLine.test((lines[at + 1] ?? '').slice(0, 400))
  if (isPass) return 'passing packages'
  if (hasFailures && (state === 'ok' || state === '?') && !line.includes('coverage:'))
    return 'passing packages'
  if (state === '?') return 'packages without tests'
  if (line === 'FAIL' && packageLine.test((lines[at + 1] ?? '').slice(0, 400)))
    return { aside: 'ends of packages' }
  return legend.test(line) ? { aside: 'legends' } : undefined
}

/** What Testify says again of the test that is named above it. */
function namedAgain(lines: readonly string[]): readonly boolean[] {
  let failed: string | undefined
  return lines.map((whole) => {
    const line = whole.slice(0, 400)
    failed = verdict.exec(line)?.[2] ?? running.exec(line)?.[1] ?? failed
    return again.exec(line)?.[1] === failed && failed !== undefined
  })
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const hasFailures = lines.some((line) => /^(?:FAIL|panic: | *--- FAIL: )/.test(line.slice(0, 100)))
  const ofTests = packagesOf(lines).flatMap((each) => whatsOfTests(lines, each))
  const ofDumps = dumpWhats(lines)
  const isNamed = namedAgain(lines)
  const whats = lines.map((_, at): What => {
    const named: What = isNamed[at] ? { aside: 'names told above' } : undefined
    return whatOf(lines, at, hasFailures) ?? ofTests[at] ?? ofDumps[at] ?? named
  })
  const failures = rangesBetween(
    lines,
    (line) => verdict.test(line),
    (line) => /^\S/.test(line),
  )
  return alikeLeftOut(lines, whats, failures, (line) => placed.test(line))
}

/** The time that a log writes is told where it is another than before. */
function withTimesOnce(lines: readonly string[]): readonly string[] {
  let last: string | undefined
  return lines.map((line) => {
    const time = stamp.exec(line.slice(0, 100))?.[0]
    if (time === undefined || time !== last) {
      last = time ?? last
      return line
    }
    return line.slice(time.length)
  })
}

function shorten(reading: Reading): Shortened | undefined {
  const lines = printedByGoTest(reading.lines) ?? reading.lines
  const whats = whatsOf(lines)
  return withoutNoise(reading, () => whats, withTimesOnce(lines))
}

export const goTest: Filter = {
  id: 'go-test',
  suggests: (command) => mayRun(command, ['go', 'gotestsum', 'richgo']),
  confirms: (lines) =>
    endsHave(
      lines,
      /^(?:ok|FAIL) *\t\S+\t(?:[\d.]+s|\(cached\)|\[)|^=== RUN +Test|^--- (?:PASS|FAIL|SKIP): /,
    ) || endsHave(lines, /^\{"Time":"[^"]*","Action":"(?:run|output|pass|fail|start)",/),
  shorten,
  leavesLog: 'where too long',
  examples: [
    {
      name: 'verbose',
      commandLine: 'go test -v ./...',
      failed: true,
      output: `=== RUN   TestTotal
=== RUN   TestTotal/two_items
    order_test.go:8: adding 2
--- PASS: TestTotal (0.00s)
    --- PASS: TestTotal/two_items (0.00s)
PASS
ok  	example.com/shop/order	0.002s
=== RUN   TestLoad
    basket_test.go:22: Items[0].Count = 1, want 9
--- FAIL: TestLoad (0.00s)
FAIL
FAIL	example.com/shop/basket	0.002s
FAIL`,
      becomes: `[+7 lines hidden: passing tests, logs of passing tests, passing packages — clutch show r7f3a2]
=== RUN   TestLoad
    basket_test.go:22: Items[0].Count = 1, want 9
--- FAIL: TestLoad (0.00s)
FAIL
FAIL	example.com/shop/basket	0.002s
FAIL`,
    },
    {
      name: 'a panic',
      commandLine: 'go test ./...',
      failed: true,
      output: `ok  	example.com/shop/order	0.002s
--- FAIL: TestLoad (0.00s)
panic: runtime error: index out of range [3] with length 1 [recovered]

goroutine 28 [running]:
testing.tRunner.func1.2({0x55d9c0, 0x6d0e80})
	/usr/local/go/src/testing/testing.go:1974 +0x232
panic({0x55d9c0?, 0x6d0e80?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
example.com/shop/basket.TestLoad(0x24a16e3a3b08?)
	/home/dev/shop/basket/basket_test.go:35 +0x16
testing.tRunner(0x24a16e3a3b08, 0x596690)
	/usr/local/go/src/testing/testing.go:2036 +0xea
FAIL	example.com/shop/basket	0.004s
FAIL`,
      becomes: `ok  	example.com/shop/order	0.002s
--- FAIL: TestLoad (0.00s)
panic: runtime error: index out of range [3] with length 1 [recovered]

goroutine 28 [running]:
example.com/shop/basket.TestLoad(0x24a16e3a3b08?)
	/home/dev/shop/basket/basket_test.go:35 +0x16
FAIL	example.com/shop/basket	0.004s
FAIL
[+6 lines hidden: frames of Go itself — clutch show r7f3a2]`,
    },
  ],
}
