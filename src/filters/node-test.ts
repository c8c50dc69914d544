/** Node's own test runner, as TAP and as its spec reporter: failures whole, passing tests and what they printed left out. */
import type { Filter } from './filter.ts'
import { alikeLeftOut, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { looksGrave } from './text/grave.ts'
import { endsHave, mayRun } from './text/launchers.ts'

const tapVerdict = /^( *)(not )?ok \d+(?: - .*)?$/
const subtest = /^ *# Subtest: /
const plan = /^ *1\.\.\d+$/
const counted = /^(?:#|ℹ) (?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/
const yamlNoise = /^ +(?:---|\.\.\.|duration_ms: [\d.]+|type: '\w+')$/
const tapStart = /^TAP version \d+$/
const spec = /^ *([✔✖▶﹣]) (\S.*?)(?: \(\d+(?:\.\d+)?ms\))?(?: # .*)?$/
const section = /^✖ failing tests:$/
const libraryPlace =
  /^ +(?:at )?(?:async )?(?:\S.* )?\(?(?:node:[\w/]+:\d+:\d+|\S*node_modules\/\S+)\)?,?(?: \{)?$|^ +(?:at )?async Promise\.all \(index \d+\)$/

/** Shorter outputs are read whole, and what tests print may be what was asked for. */
const shortLines = 60

/** Most lines are none, which is seen without the pattern. */
const mayBeOfLibrary = (line: string): boolean =>
  line.startsWith(' ') && (line.includes('node') || line.includes('Promise.all'))

const libraryWhat = (line: string): What =>
  mayBeOfLibrary(line) && !line.endsWith('{') && libraryPlace.test(line)
    ? { aside: 'frames of node' }
    : undefined

function tapWhat(line: string): What {
  if (counted.test(line) || tapStart.test(line)) return undefined
  const verdict = tapVerdict.exec(line)
  if (verdict) return verdict[2] === undefined ? 'passing tests' : undefined
  if (plan.test(line)) return 'passing tests'
  if (subtest.test(line)) return { aside: 'starts of tests' }
  return yamlNoise.test(line) ? { aside: 'times of tests' } : libraryWhat(line)
}

/** The YAML under a passing test goes with it; a comment goes where the test after it, that printed it, passes. */
function tapWhats(lines: readonly string[]): readonly What[] {
  const whats = lines.map((line) => tapWhat(line.slice(0, 1000)))
  let passing = false
  for (const [at, line] of lines.entries()) {
    if (tapVerdict.test(line.slice(0, 1000))) passing = whats[at] !== undefined
    if (passing && yamlNoise.test(line.slice(0, 1000))) whats[at] = 'passing tests'
  }
  let nextPasses = false
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = (lines[at] ?? '').slice(0, 1000)
    const verdict = tapVerdict.exec(line)
    if (verdict?.[1] === '') nextPasses = verdict[2] === undefined
    const isPrinted = line.startsWith('# ') && whats[at] === undefined && !counted.test(line)
    if (isPrinted && nextPasses && lines.length > shortLines && !looksGrave(line))
      whats[at] = 'output of passing tests'
  }
  return whats
}

/** What a file printed stands before the first of its suites; the verdicts of these are not indented. */
function printedByPassing(tree: readonly string[]): readonly boolean[] {
  const found = new Array<boolean>(tree.length).fill(false)
  let nextPasses = false
  for (let at = tree.length - 1; at >= 0; at -= 1) {
    const line = (tree[at] ?? '').slice(0, 1000)
    if (/^[✔✖] /.test(line)) nextPasses = line.startsWith('✔')
    else if (/^[^\s▶ℹ﹣]/.test(line)) found[at] = nextPasses && tree.length > shortLines && !looksGrave(line)
  }
  return found
}

/** In the tree, before the failures are told one by one: what stands under a failure that is told is told too. */
function treeWhats(tree: readonly string[], told: ReadonlySet<string>): What[] {
  const passes = printedByPassing(tree)
  let ofTold = false
  return tree.map((whole, at): What => {
    const [, mark, name = ''] = spec.exec(whole.slice(0, 1000)) ?? []
    if (mark !== undefined) ofTold = mark === '✖' && told.has(name)
    if (ofTold && (mark !== undefined || whole.startsWith(' '))) return 'failures told below'
    return mark === undefined ? printedWhat(passes[at]) : markWhat(mark)
  })
}

const markWhat = (mark: string): What => (mark === '✖' ? undefined : 'passing tests')
const printedWhat = (passes: boolean | undefined): What => (passes ? 'output of passing tests' : undefined)

function specWhats(lines: readonly string[]): readonly What[] {
  const at = lines.findIndex((line) => section.test(line))
  const end = at < 0 ? lines.length : at
  const after = lines.slice(end)
  const told = new Set(after.flatMap((line) => spec.exec(line.slice(0, 1000))?.[2] ?? []))
  const ofLibraries = after.map((line) => libraryWhat(line.slice(0, 1000)))
  const failures = rangesBetween(
    after,
    (line) => line.startsWith('✖ '),
    (line) => line.startsWith('test at '),
  )
  const whats = alikeLeftOut(after, ofLibraries, failures, (line) => /^ +at /.test(line))
  return [...treeWhats(lines.slice(0, end), told), ...whats]
}

export const nodeTest: Filter = {
  id: 'node-test',
  suggests: (command) => mayRun(command, ['node', 'tsx', 'tap']),
  confirms: (lines) => endsHave(lines, /^# fail \d+$/) || lines.some((line) => /^ℹ fail \d+$/.test(line)),
  shorten: (reading) =>
    withoutNoise(reading, (lines) =>
      lines.some((line) => tapStart.test(line)) ? tapWhats(lines) : specWhats(lines),
    ),
  leavesLog: 'where too long',
  examples: [
    {
      name: 'TAP',
      commandLine: 'node --test test/',
      failed: true,
      output: `TAP version 13
# Subtest: order
    # Subtest: is placed once
    ok 1 - is placed once
      ---
      duration_ms: 5.162187
      ...
    # Subtest: is placed for a basket with many items
    ok 2 - is placed for a basket with many items
      ---
      duration_ms: 0.710856
      ...
    1..2
ok 1 - order
  ---
  duration_ms: 7.1
  type: 'suite'
  ...
# Subtest: basket has the count
not ok 2 - basket has the count
  ---
  duration_ms: 114.717759
  location: '/home/dev/shop/test/basket.test.js:114:5'
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:

    1 !== 9
  code: 'ERR_ASSERTION'
  stack: |-
    TestContext.<anonymous> (/home/dev/shop/test/basket.test.js:116:27)
    async Test.run (node:internal/test_runner/test:797:9)
  ...
1..2
# tests 3
# pass 2
# fail 1
# duration_ms 3529.357988`,
      becomes: `TAP version 13
[+14 lines hidden: passing tests — clutch show r7f3a2]
not ok 2 - basket has the count
  location: '/home/dev/shop/test/basket.test.js:114:5'
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:

    1 !== 9
  code: 'ERR_ASSERTION'
  stack: |-
    TestContext.<anonymous> (/home/dev/shop/test/basket.test.js:116:27)
1..2
# tests 3
# pass 2
# fail 1
# duration_ms 3529.357988
[+8 lines hidden: starts of tests, times of tests, frames of node — clutch show r7f3a2]`,
    },
    {
      name: 'the spec reporter',
      commandLine: 'node --test',
      failed: true,
      output: `▶ order
  ✔ is placed once (7.272837ms)
  ✔ is placed for a basket with many items (6.627708ms)
✔ order (62.523067ms)
✖ basket has the count (44.764844ms)
ℹ tests 3
ℹ pass 2
ℹ fail 1
ℹ duration_ms 3478.98928

✖ failing tests:

test at test/basket.test.js:114:5
✖ basket has the count (44.764844ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

  1 !== 9

      at TestContext.<anonymous> (/home/dev/shop/test/basket.test.js:116:27)
      at async Test.run (node:internal/test_runner/test:797:9)
      at async Suite.processPendingSubtests (node:internal/test_runner/test:526:7)`,
      becomes: `[+5 lines hidden: passing tests, failures told below — clutch show r7f3a2]
ℹ tests 3
ℹ pass 2
ℹ fail 1
ℹ duration_ms 3478.98928

✖ failing tests:

test at test/basket.test.js:114:5
✖ basket has the count (44.764844ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

  1 !== 9

      at TestContext.<anonymous> (/home/dev/shop/test/basket.test.js:116:27)
[+2 lines hidden: frames of node — clutch show r7f3a2]`,
    },
  ],
}
