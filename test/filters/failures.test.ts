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
