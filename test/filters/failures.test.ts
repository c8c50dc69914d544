import { describe, expect, it } from 'vitest'
import { filters } from '../../src/filters/index.ts'
import { linesOf, readThrough } from './needles.ts'
import { recorded } from './recordings.ts'

const filter = (id: string) => filters.find((each) => each.id === id)!
const through = (id: string, commandLine: string, output: string, failed = true): string | undefined =>
  readThrough(filter(id), { commandLine, output, failed })?.lines.join('\n')

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at + 1)).join('\n')

const vitestRun = (middle: string, failures: string): string =>
  ` RUN  v4.1.12 /home/dev/shop\n\n${middle}\n ✓ test/other.test.ts (40 tests) 9ms\n${failures}\n Test Files  1 failed | 2 passed (3)\n      Tests  1 failed | 80 passed (81)\n`

const vitestFailure = `
 FAIL  test/basket.test.ts > basket > has the count
AssertionError: expected 1 to be 9

 ❯ test/basket.test.ts:36:27
`

describe('a run that failed', () => {
  it.each([
    [
      'vitest',
      'npx vitest run',
      ` RUN  v4\n${many(80, (at) => ` ✓ test/a${at}.test.ts (3 tests) 5ms`)}\n Test Files  80 passed (80)\n`,
    ],
    [
      'pytest',
      'pytest -v',
      `=== test session starts ===\n${many(80, (at) => `tests/test_a.py::test_${at} PASSED`)}\n=== 80 passed in 0.21s ===\n`,
    ],
    ['go-test', 'go test -v ./...', many(40, (at) => `=== RUN   TestA${at}\n--- PASS: TestA${at} (0.00s)`)],
    ['mocha', 'npx mocha', `\n  a\n${many(80, (at) => `    ✔ does ${at} things`)}\n\n  80 passing (3ms)\n`],
    [
      'cargo',
      'cargo test',
      `running 80 tests\n${many(80, (at) => `test a_${at} ... ok`)}\n\ntest result: ok. 80 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.02s\n`,
    ],
  ])('is left alone where %s says nothing of it', (id, commandLine, output) => {
    expect(through(id, commandLine, output, false)).toBeDefined()
    expect(through(id, commandLine, output)).toBeUndefined()
  })

  it('keeps lines that nobody knows', () => {
    const strange = 'Segmentation fault (core dumped) while something else went on'
    for (const [id, commandLine, name] of [
      ['vitest', 'npx vitest run', 'vitest'],
      ['cargo', 'cargo test', 'cargo-test'],
      ['compilers', 'make', 'make-gcc-errors'],
      ['pytest', 'pytest -v', 'pytest-v'],
      ['tsc', 'tsc', 'tsc'],
      ['jest', 'jest --verbose', 'jest-verbose'],
    ] as const) {
      const lines = linesOf(recorded(name))
      const at = lines.indexOf('')
      const output = [...lines.slice(0, at), strange, ...lines.slice(at)].join('\n')
      expect(through(id, commandLine, output), id).toContain(strange)
    }
  })
})

describe('what tests print', () => {
  it('stays where its test failed', () => {
    const printed =
      'stdout | test/basket.test.ts > basket > has the count\nthe basket was empty at midnight\n'
    const shortened = through(
      'vitest',
      'npx vitest run',
      vitestRun(`${many(80, (at) => ` ✓ test/a${at}.test.ts (3 tests) 5ms`)}\n${printed}`, vitestFailure),
    )
    expect(shortened).toContain('the basket was empty at midnight')
  })

  it('goes where its test passed, but not a warning', () => {
    const passing = (said: string, at: number) =>
      `stdout | test/a${at}.test.ts > a > does it\n${said}\n\n ✓ test/a${at}.test.ts (3 tests) 5ms`
    const shortened = through(
      'vitest',
      'npx vitest run',
      vitestRun(
        `${many(40, (at) => passing('all is quiet here', at))}\n${passing('DeprecationWarning: old() goes away', 41)}`,
        vitestFailure,
      ),
    )
    expect(shortened).not.toContain('all is quiet here')
    expect(shortened).toContain('DeprecationWarning: old() goes away')
  })

  it('stays where one file was run: it may be what was asked for', () => {
    const output = vitestRun('', vitestFailure).replace(
      ' ✓ test/other.test.ts (40 tests) 9ms\n',
      ` ❯ test/basket.test.ts (40 tests | 1 failed) 9ms\n${many(60, (at) => `   ✓ does ${at} things 1ms`)}\nstdout | test/basket.test.ts > basket > passes\nthe answer is 42\n\n`,
    )
    expect(through('vitest', 'npx vitest run test/basket.test.ts', output)).toContain('the answer is 42')
  })
})

describe('a failure that is told nowhere else', () => {
  it('stays in the list of tests', () => {
    const output = `=== test session starts ===\n${many(30, (at) => `tests/test_a.py::test_${at} PASSED`)}\ntests/test_a.py::test_odd FAILED\n=== 1 failed, 30 passed in 0.21s ===\n`
    expect(through('pytest', 'pytest -v --tb=no --no-summary', output)).toContain('test_odd FAILED')
    const list = ` RUN  v4\n ❯ test/a.test.ts (31 tests | 1 failed) 5ms\n${many(30, (at) => `   ✓ does ${at} things 1ms`)}\n   × does odd things 3ms\n     → expected 1 to be 2\n Test Files  1 failed (1)\n`
    expect(through('vitest', 'vitest', list)).toContain('   × does odd things 3ms\n     → expected 1 to be 2')
  })

  it('stays where a test of Go never ended', () => {
    const output = `=== RUN   TestFine\n--- PASS: TestFine (0.00s)\n${many(20, (at) => `=== RUN   TestFine${at}\n    a_test.go:1: fine\n--- PASS: TestFine${at} (0.00s)`)}\n=== RUN   TestHangsWhileItWaitsForTheLockThatNobodyEverReleasesBecauseTheOwnerDiedLongAgoAndNobodyLooked\n    a_test.go:9: waiting for the lock\npanic: test timed out after 1s\nFAIL\texample.com/a\t1.0s\n`
    const shortened = through('go-test', 'go test -v ./...', output)
    expect(shortened).toContain(
      '=== RUN   TestHangsWhileItWaitsForTheLockThatNobodyEverReleasesBecauseTheOwnerDiedLongAgoAndNobodyLooked\n    a_test.go:9: waiting for the lock\npanic: test timed out',
    )
    expect(shortened).not.toContain('fine')
  })
})

describe('failures that say the same', () => {
  const failure = (title: string, said: string, ...frames: readonly string[]) =>
    `\n FAIL  ${title}\n${said}\n${frames.map((each) => ` ❯ ${each}`).join('\n')}\n`
  const run = (...failures: readonly string[]) =>
    through(
      'vitest',
      'npx vitest run',
      vitestRun(
        many(80, (at) => ` ✓ test/a${at}.test.ts (3 tests) 5ms`),
        `\n⎯⎯⎯⎯ Failed Tests ${failures.length} ⎯⎯⎯⎯\n${failures.join('')}`,
      ),
    ) ?? ''
  const shared = ['rateOf src/shared/taxes/vat.ts:5:25', 'vatOf src/shared/taxes/vat.ts:9:30']

  it('keep their names, what they say and the frames that the one above has not', () => {
    const said = "TypeError: Cannot read properties of undefined (reading 'full')"
    const told = run(
      failure('test/a.test.ts > a > pays', said, ...shared, 'test/a.test.ts:7:1'),
      failure('test/a.test.ts > a > pays nothing', said, ...shared, 'test/a.test.ts:9:1'),
      failure('test/b.test.ts > b > pays', said, ...shared, 'test/b.test.ts:7:1'),
    )
    expect(told).toContain(
      ` FAIL  test/a.test.ts > a > pays nothing\n${said}\n ❯ test/a.test.ts:9:1\n\n FAIL  test/b.test.ts > b > pays\n${said}\n ❯ test/b.test.ts:7:1\n`,
    )
    expect(told.split(shared[0]!)).toHaveLength(2)
    expect(told).toContain('said by the last failure alike')
  })

  it('are told whole where what they say first begins something else too', () => {
    const of = (name: string, was: number) =>
      failure(
        `test/a.test.ts > ${name}`,
        `AssertionError: expected the count\n\nExpected: 9\nReceived: ${was}`,
        ...shared,
      )
    const told = run(of('one', 1), of('two', 2), of('two again', 2))
    expect(told.split('Received: 2')).toHaveLength(3)
    expect(told.split('Expected: 9')).toHaveLength(4)
  })

  it('say on the next line what a colon announces', () => {
    const of = (name: string) =>
      failure(
        `test/a.test.ts > ${name}`,
        'Error: the store said:\nno such record\nand more of it that nobody reads twice, since it is said above',
        ...shared,
      )
    const told = run(of('one'), of('two'), of('three'))
    expect(told.split('Error: the store said:\nno such record')).toHaveLength(4)
    expect(told.split('and more of it')).toHaveLength(2)
  })
})

describe('what only looks like a line of a reporter', () => {
  it('is a folder of Go named internal: what does not compile in it stays', () => {
    const error =
      'internal/login/login_test.go:73:14: undefined: Unknown\ninternal/login/a.go:4:2: cannot use login.New() (value of type int)'
    const output = `${many(20, (at) => `ok  \texample.com/shop/internal/a${at}\t0.003s`)}\n# example.com/shop/internal/login\n${error}\nFAIL\texample.com/shop/internal/login [build failed]\nFAIL\n`
    expect(through('go-test', 'go test ./...', output)).toContain(error)
  })

  it('is a removed line of a difference', () => {
    const list = many(
      40,
      (at) => `  ✓  ${at} test/a.spec.js:${at}:3 › a › does ${at} things (5ms)\nsomething printed`,
    )
    const output = `Running 41 tests using 1 worker\n\n${list}\n  ✘  41 test/b.spec.js:3:5 › b › is told (4ms)\n\n  1) test/b.spec.js:3:5 › b › is told ───\n\n    Error: expect(received).toBe(expected)\n\n      2 x pear\n    - 4 x fig\n    - 5 fig\n    + 3 x fig\n\n        at test/b.spec.js:4:1\n\n  1 failed\n    test/b.spec.js:3:5 › b › is told ───\n  40 passed (1.2s)\n`
    expect(through('playwright', 'npx playwright test', output)).toContain('    - 4 x fig\n    - 5 fig\n')
    const difference = '- Expected\n+ Received\n\n  a\n-\n--\n+ b\n'
    const vitestOutput = vitestRun(
      many(80, (at) => ` ✓ test/a${at}.test.ts (3 tests) 5ms`),
      `\n⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯\n${vitestFailure.replace('to be 9\n', `to be 9\n\n${difference}`)}`,
    )
    expect(through('vitest', 'npx vitest run', vitestOutput)).toContain(difference)
  })
})

describe("pytest's short summary", () => {
  const output = (summary: string) =>
    `=== test session starts ===\n${many(40, (at) => `tests/test_a.py::test_${at} PASSED`)}\ntests/test_b.py::TestB::test_c FAILED\n\n=== FAILURES ===\n___ TestB.test_c ___\n\n    def test_c():\n>       assert f() == 2\nE       assert 1 == 2\n\ntests/test_b.py:4: AssertionError\n=== short test summary info ===\n${summary}\n=== 1 failed, 40 passed in 0.21s ===\n`

  it('gives its names to the titles', () => {
    const told = through(
      'pytest',
      'pytest -v',
      output('FAILED tests/test_b.py::TestB::test_c - assert 1 == 2'),
    )
    expect(told).toContain(
      '=== FAILURES ===\nFAILED tests/test_b.py::TestB::test_c\n>       assert f() == 2\nE       assert 1 == 2\n',
    )
    expect(told).not.toContain('short test summary')
  })

  it('stays where it says something that no failure says', () => {
    for (const line of [
      'FAILED tests/test_b.py::TestB::test_c - Failed: something else',
      'FAILED tests/test_b.py::TestB::test_d - assert 1 == 2',
      'FAILED tests/test_b.py::TestB::test_c - assert 1 == 2\nERROR tests/test_e.py',
    ])
      expect(through('pytest', 'pytest -v', output(line))).toContain(line.split('\n').at(-1))
  })
})

describe('the goroutines of a panic', () => {
  it('are told once where several stand at one place, and not where they are of Go alone', () => {
    const worker = (id: number) =>
      `goroutine ${id} [select]:\nexample.com/shop/till.work(0x${id}a)\n\t/home/dev/shop/till/till.go:12 +0x6${id}\ncreated by example.com/shop/till.Start in goroutine 7\n\t/home/dev/shop/till/till.go:9 +0x37\n`
    const ofGo =
      'goroutine 99 [chan receive]:\ntesting.(*T).Run(0xc0)\n\t/usr/local/go/src/testing/testing.go:1 +0x1\nmain.main()\n\t_testmain.go:56 +0x9b\n'
    const output = `${many(30, (at) => `ok  \texample.com/shop/a${at}\t0.003s`)}\npanic: test timed out after 5s\n\n${ofGo}\n${many(9, worker)}\nFAIL\texample.com/shop/till\t5.0s\nFAIL\n`
    const told = through('go-test', 'go test ./...', output) ?? ''
    expect(told.split('till.go:12')).toHaveLength(2)
    expect(told.split(/goroutine \d+ \[select\]:/)).toHaveLength(10)
    expect(told).not.toContain('goroutine 99 [')
  })
})
