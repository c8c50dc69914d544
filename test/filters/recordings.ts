/** Outputs of real tools over small projects with planted mistakes, and over the project itself: what each holds, read from it without any filter. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { Fact } from './needles.ts'

/** A diagnostic, as its tool printed it: path, place, and what it says. */
export type Diagnostic = readonly [path: string, at: string, said: string]

export interface Recording {
  readonly name: string
  readonly commandLine: string
  readonly failed: boolean
  /** Share of tokens that the engine saves at `balanced`, at least. */
  readonly saved: number
  /** What must be told back from the shortened text, all of it and as often; empty where the tool runs tests. */
  readonly diagnostics?: (lines: readonly string[]) => readonly Diagnostic[]
  readonly facts?: (lines: readonly string[]) => readonly Fact[]
  /** Nothing is left out: the diagnostics come back from tier 0 too. */
  readonly losslessly?: true
}

export function recorded(name: string): string {
  const path = new URL(`recordings/${name}.txt`, import.meta.url)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return gunzipSync(readFileSync(new URL(`recordings/${name}.txt.gz`, import.meta.url))).toString('utf8')
  }
}

/** Lines that fit, whole: none of their words may be missing. */
const linesLike =
  (...patterns: readonly RegExp[]) =>
  (lines: readonly string[]): readonly Fact[] =>
    lines.filter((line) => patterns.some((pattern) => pattern.test(line))).map((line): Fact => [line.trim()])

const oneLine =
  (pattern: RegExp) =>
  (lines: readonly string[]): readonly Diagnostic[] =>
    lines.flatMap((line) => {
      const { path = '', row = '', column, said = '' } = pattern.exec(line)?.groups ?? {}
      return path === '' ? [] : [[path, column ? `${row}:${column}` : row, said] as const]
    })

const places = oneLine(/^(?<path>[^\s:][^:]*):(?<row>\d+):(?<column>\d+): (?<said>.*)$/)

/** A headline, then `--> path:row:column`. */
const arrows = (lines: readonly string[]): readonly Diagnostic[] =>
  lines.flatMap((line, at) => {
    const found = /^ *--> ([^/].*):(\d+):(\d+)$/.exec(line)
    const head = lines[at - 1] ?? ''
    return found && /^\S/.test(head) && !/^(?:help|note)/.test(head)
      ? [[found[1]!, `${found[2]}:${found[3]}`, head] as const]
      : []
  })

const stylish = (lines: readonly string[]): readonly Diagnostic[] => {
  let path = ''
  return lines.flatMap((line) => {
    if (/^\//.test(line)) path = line
    const found = /^ +(\d+:\d+) +(error|warning) +(.*)$/.exec(line)
    return found ? [[path, found[1]!, `${found[2]} ${found[3]!.replace(/ {2,}/g, '  ')}`] as const] : []
  })
}

const underPath = (lines: readonly string[]): readonly Diagnostic[] => {
  let path = ''
  return lines.flatMap((line) => {
    if (/^\S+:$/.test(line)) path = line.slice(0, -1)
    const found = /^ +(\d+:\d+) +([A-Z]+\d+ .*)$/.exec(line)
    return found ? [[path, found[1]!, found[2]!] as const] : []
  })
}

const biomeHeads = (lines: readonly string[]): readonly Diagnostic[] =>
  lines.flatMap((line, at) => {
    const found = /^(\S+?):(\d+:\d+) (\S+(?: {2}FIXABLE)?) +━+$/.exec(line)
    const said = lines.slice(at + 1).find((each) => each !== '') ?? ''
    return found ? [[found[1]!, found[2]!, `${found[3]} ${said.trim()}`] as const] : []
  })

/** Lines that are alike are told with where they are. */
const pylintFound = (lines: readonly string[]): readonly Diagnostic[] =>
  lines.flatMap((line, at) => {
    const rest = lines.slice(at + 1, at + 100)
    const where = rest.slice(
      0,
      rest.findIndex((each) => !each.startsWith('==')),
    )
    const isSimilar = / R0801: /.test(line)
    return places([isSimilar ? [line, ...where, '(duplicate-code)'].join(' ') : line])
  })

/** With the chain of reasons below it, in one line. */
const withReasons =
  (pattern: RegExp, reason: RegExp) =>
  (lines: readonly string[]): readonly Diagnostic[] =>
    lines.flatMap((line, at) => {
      const below = lines.slice(at + 1, at + 50)
      const end = below.findIndex((each) => !reason.test(each))
      const chain = below.slice(0, end === -1 ? below.length : end)
      return oneLine(pattern)([line]).map(
        ([path, place, said]): Diagnostic => [
          path,
          place,
          [said, ...chain].map((each) => each.trim()).join(' '),
        ],
      )
    })

const tscPlain = withReasons(/^(?<path>\S+)\((?<row>\d+),(?<column>\d+)\): (?<said>.*)$/, /^ {2}/)
const tscPretty = oneLine(/^(?<path>\S+?):(?<row>\d+):(?<column>\d+) - (?<said>error TS.*)$/)
const gcc = (lines: readonly string[]) =>
  places(lines).filter(([, , said]) => /^(?:fatal )?(?:error|warning): /.test(said))

const vitestFacts = (lines: readonly string[]): readonly Fact[] => [
  ...lines.flatMap((line, at): Fact[] => {
    const name = /^ FAIL {2}(.*)$/.exec(line)?.[1]
    return name === undefined ? [] : [[name], [String(lines[at + 1])]]
  }),
  ...linesLike(
    /^[-+] /,
    /^(?:Expected|Received):/,
    /^ ❯ (?:\w+ )?(?:src|test)\/\S+:\d+:\d+$/,
    /^ +(?:Test Files|Tests) /,
  )(lines),
]

const jestFacts = linesLike(
  /^ {2}● .* › /,
  /^ {4}(?:[-+] (?!(?:Expected {2}-|Received {2}\+) \d+$)|Expected|Received|expect\()/,
  /^ {6}at (?!Object\.log ).*\((?:src|test)\//,
  /^ {4}(?:\w*Error|thrown): /,
  /^(?:Tests|Test Suites): /,
  /^FAIL /,
)

const nodeFacts = linesLike(
  /^\s+not ok .*(?:count|missing|refuses|described)/,
  /^test at /,
  /Error/,
  /^\s+[-+] /,
  /location: /,
  /(?:actual|expected): ./,
  /(?:src|test)\/\w+(?:\.test)?\.js:\d+:\d+/,
  /^(?:#|ℹ) (?:tests|pass|fail) /,
)

/** Each failure's whole name; its error below that name; what it says, but not the marks under differences; where it happened. */
const pytestFacts = (lines: readonly string[]): readonly Fact[] => {
  const list = lines.findIndex((line) => /^=+ short test summary info/.test(line))
  const body = list < 0 ? lines : lines.slice(0, list)
  const ids = (how: string) =>
    lines.slice(list).flatMap((line) => new RegExp(`^${how} (\\S+)`).exec(line)?.[1] ?? [])
  const errorAfter = (at: number) => body.slice(at).find((line) => /^E {3}/.test(line)) ?? ''
  const titles = body.flatMap((line, at) =>
    /^_{3,} \S/.test(line) ? [{ isError: line.includes(' ERROR '), said: errorAfter(at) }] : [],
  )
  const named = [true, false].flatMap((isError) => {
    const those = titles.filter((each) => each.isError === isError)
    return ids(isError ? 'ERROR' : 'FAILED').map((id, at): Fact => {
      const said = those[at]?.said.slice(1).trim() ?? ''
      return said === '' ? [id] : [said, id]
    })
  })
  const said = linesLike(
    /^E {3}\s*(?!\? |Omitting \d|Use -v)\S/,
    /^(?:tests|shop)\/\S+:\d+: /,
    /^=+ .* in [\d.]+s/,
    /^\d+ failed/,
  )
  return [...named, ...said(body), ...said(lines.slice(list))]
}

/** The time that a log writes is no fact of a line: it is told once for several. */
const goFacts = (lines: readonly string[]): readonly Fact[] =>
  linesLike(
    /^ *--- FAIL/,
    /want \d+$/,
    /unexpected error/,
    /^panic: /,
    /^FAIL\t/,
    /\.go:\d+(?!: adding)/,
    /^\s+(?:expected|actual) *: /,
    /^\s+[-+] /,
    /no rates for/,
    / of nobody/,
    /^\tTest/,
  )(lines.filter((line) => !/^\t.*\/go\/src\/|^\t_testmain/.test(line))).concat(
    linesLike(/^loading /)(lines.map((line) => line.replace(/^\d{4}\/\d\d\/\d\d [\d:]+ /, ''))),
  )

/** What rustc writes under the source and its headline does not say: what it expected, and what it found there. */
const saidAbove =
  /^(?:unknown field|not found in this scope|use of undeclared|arguments to this|required by a bound introduced|`Article` does not have this|method cannot be called)/
const rustcLabels = (lines: readonly string[]): readonly Fact[] =>
  lines.flatMap((line): Fact[] => {
    const label = /^ *\| [ |]*\^+ (?!help: )(\S.*)$/.exec(line)?.[1]
    return label === undefined || saidAbove.test(label) ? [] : [[label]]
  })

const buildFacts = (lines: readonly string[]): readonly Fact[] => [
  ...linesLike(/^error: /)(lines),
  ...rustcLabels(lines),
]

const cargoTestFacts = linesLike(
  /^---- .* stdout/,
  /panicked at/,
  /^ *(?:left|right): /,
  /^assertion/,
  /^called `/,
  /^test result: (?:FAILED|ok\. [1-9])/,
  /^error: /,
)

const mochaFacts = linesLike(/^ {2}\d+\) /, /Error/, /^\s*[-+] /, /at .*\((?:src|test)\//, /passing|failing/)

/** Six hundred tests of which a few fail, each otherwise; and a shared function that fails many of them. */
const fewAndMany = (
  name: string,
  commandLine: string,
  [few, many]: readonly [number, number],
  facts: NonNullable<Recording['facts']>,
): readonly Recording[] => [
  { name: `${name}-few`, commandLine, failed: true, saved: few, facts },
  { name: `${name}-many`, commandLine, failed: true, saved: many, facts },
]

export const recordings: readonly Recording[] = [
  {
    name: 'tsc',
    commandLine: 'npx tsc --noEmit',
    failed: true,
    saved: 0.78,
    diagnostics: tscPlain,
    losslessly: true,
  },
  { name: 'tsc-pretty', commandLine: 'npx tsc --pretty', failed: true, saved: 0.85, diagnostics: tscPretty },
  {
    name: 'eslint',
    commandLine: 'npx eslint src',
    failed: true,
    saved: 0.68,
    diagnostics: stylish,
    losslessly: true,
  },
  {
    name: 'eslint-compact',
    commandLine: 'npx eslint -f compact src',
    failed: true,
    saved: 0.75,
    losslessly: true,
    diagnostics: oneLine(/^(?<path>\S+): line (?<row>\d+), col (?<column>\d+), (?<said>.*)$/),
  },
  {
    name: 'eslint-unix',
    commandLine: 'npx eslint -f unix src',
    failed: true,
    saved: 0.75,
    diagnostics: places,
    losslessly: true,
  },
  { name: 'biome', commandLine: 'npx biome check src', failed: true, saved: 0.85, diagnostics: biomeHeads },
  {
    name: 'mypy',
    commandLine: 'mypy --strict shop tests',
    failed: true,
    saved: 0.75,
    losslessly: true,
    diagnostics: oneLine(/^(?<path>\S+?):(?<row>\d+): (?<said>.*)$/),
  },
  {
    name: 'mypy-pretty',
    commandLine: 'mypy --pretty shop',
    failed: true,
    saved: 0.84,
    diagnostics: oneLine(/^(?<path>\S+?):(?<row>\d+): (?<said>.*)$/),
  },
  {
    name: 'pylint',
    commandLine: 'pylint pip',
    failed: true,
    saved: 0.67,
    diagnostics: pylintFound,
    losslessly: true,
  },
  {
    name: 'ruff-concise',
    commandLine: 'ruff check --output-format concise',
    failed: true,
    saved: 0.67,
    diagnostics: places,
    losslessly: true,
  },
  { name: 'ruff-full', commandLine: 'ruff check', failed: true, saved: 0.88, diagnostics: arrows },
  {
    name: 'ruff-grouped',
    commandLine: 'ruff check',
    failed: true,
    saved: 0.56,
    diagnostics: underPath,
    losslessly: true,
  },
  {
    name: 'flake8',
    commandLine: 'flake8 .',
    failed: true,
    saved: 0.7,
    diagnostics: places,
    losslessly: true,
  },
  { name: 'golangci', commandLine: 'golangci-lint run', failed: true, saved: 0.75, diagnostics: places },
  {
    name: 'tsc-refactor',
    commandLine: 'npx tsc --noEmit',
    failed: true,
    saved: 0.58,
    diagnostics: tscPlain,
    losslessly: true,
  },
  {
    name: 'eslint-middle',
    commandLine: 'npx eslint lib',
    failed: true,
    saved: 0.48,
    diagnostics: stylish,
    losslessly: true,
  },
  {
    name: 'pylint-middle',
    commandLine: 'pylint mccabe.py requests',
    failed: true,
    saved: 0.55,
    diagnostics: pylintFound,
    losslessly: true,
  },
  {
    name: 'mypy-middle',
    commandLine: 'mypy requests',
    failed: true,
    saved: 0.52,
    diagnostics: oneLine(/^(?<path>\S+?):(?<row>\d+): (?<said>.*)$/),
    losslessly: true,
  },
  {
    name: 'pyright',
    commandLine: 'npx pyright requests',
    failed: true,
    saved: 0.46,
    diagnostics: withReasons(/^ {2}(?<path>\/\S+):(?<row>\d+):(?<column>\d+) - (?<said>.*)$/, /^ {2}\s{2}/),
    losslessly: true,
  },
  {
    name: 'mypy-columns',
    commandLine: 'mypy --strict --show-column-numbers requests',
    failed: true,
    saved: 0.68,
    diagnostics: places,
    losslessly: true,
  },
  {
    name: 'ruff-grouped-many',
    commandLine: 'ruff check --output-format grouped',
    failed: true,
    saved: 0.56,
    diagnostics: underPath,
    losslessly: true,
  },
  { name: 'ruff-full-older', commandLine: 'ruff check', failed: true, saved: 0.78, diagnostics: places },
  { name: 'make-gcc', commandLine: 'make', failed: false, saved: 0.75, diagnostics: gcc },
  {
    name: 'make-gcc-errors',
    commandLine: 'make -k',
    failed: true,
    saved: 0.76,
    diagnostics: gcc,
    facts: linesLike(/^make: /),
  },
  {
    name: 'make-clang',
    commandLine: 'make -k CC=clang',
    failed: true,
    saved: 0.8,
    diagnostics: gcc,
    facts: linesLike(/^make: /, /generated\.$/),
  },
  { name: 'cmake-build', commandLine: 'cmake --build build', failed: false, saved: 0.89, diagnostics: gcc },
  {
    name: 'cmake-build-err',
    commandLine: 'cmake --build build',
    failed: true,
    saved: 0.56,
    diagnostics: gcc,
    facts: linesLike(/^gmake/),
  },
  {
    name: 'cargo-build',
    commandLine: 'cargo build',
    failed: false,
    saved: 0.9,
    diagnostics: arrows,
    facts: linesLike(/^warning: `/),
  },
  {
    name: 'cargo-build-errors',
    commandLine: 'cargo build --keep-going',
    failed: true,
    saved: 0.87,
    diagnostics: arrows,
    facts: buildFacts,
  },
  {
    name: 'cargo-build-many',
    commandLine: 'cargo build --keep-going',
    failed: true,
    saved: 0.81,
    diagnostics: arrows,
    facts: buildFacts,
  },
  { name: 'cargo-clippy', commandLine: 'cargo clippy', failed: false, saved: 0.92, diagnostics: arrows },
  {
    name: 'cargo-test',
    commandLine: 'cargo test --no-fail-fast',
    failed: true,
    saved: 0.86,
    diagnostics: arrows,
    facts: cargoTestFacts,
  },
  {
    name: 'ctest',
    commandLine: 'ctest',
    failed: true,
    saved: 0.77,
    facts: linesLike(/Failed/, /tests passed/),
  },
  {
    name: 'prettier',
    commandLine: 'npx prettier --check .',
    failed: true,
    saved: 0.56,
    facts: linesLike(/Code style issues/),
  },
  ...fewAndMany('vitest', 'npx vitest run', [0.77, 0.83], vitestFacts),
  ...fewAndMany('jest', 'npx jest', [0.77, 0.79], jestFacts),
  ...fewAndMany('mocha', 'npx mocha', [0.82, 0.8], mochaFacts),
  ...fewAndMany('playwright', 'npx playwright test', [0.9, 0.84], playwrightFacts),
  ...fewAndMany('node-spec', 'node --test', [0.86, 0.87], nodeFacts),
  ...fewAndMany('node-tap', 'node --test --test-reporter=tap', [0.9, 0.81], nodeFacts),
  ...fewAndMany('pytest', 'pytest', [0.71, 0.77], pytestFacts),
  ...fewAndMany('go-test', 'go test ./...', [0.54, 0.46], goFacts),
  { name: 'vitest', commandLine: 'npx vitest run', failed: true, saved: 0.79, facts: vitestFacts },
  {
    name: 'vitest-verbose',
    commandLine: 'npx vitest run --reporter=verbose',
    failed: true,
    saved: 0.9,
    facts: vitestFacts,
  },
  {
    name: 'vitest-dot',
    commandLine: 'npx vitest run --reporter=dot',
    failed: true,
    saved: 0.73,
    facts: vitestFacts,
  },
  { name: 'jest', commandLine: 'npx jest', failed: true, saved: 0.58, facts: jestFacts },
  { name: 'jest-verbose', commandLine: 'npx jest --verbose', failed: true, saved: 0.84, facts: jestFacts },
  {
    name: 'mocha',
    commandLine: 'npx mocha',
    failed: true,
    saved: 0.85,
    facts: mochaFacts,
  },
  { name: 'node-test', commandLine: 'node --test', failed: true, saved: 0.9, facts: nodeFacts },
  { name: 'node-spec', commandLine: 'node --test', failed: true, saved: 0.86, facts: nodeFacts },
  {
    name: 'rspec-doc',
    commandLine: 'rspec -fd',
    failed: true,
    saved: 0.55,
    facts: linesLike(
      /^ {2}\d+\) /,
      /Failure\/Error/,
      /^ +(?:expected|got)/,
      /^ +# \.\//,
      /^rspec \./,
      /examples, /,
    ),
  },
  {
    name: 'phpunit-testdox',
    commandLine: 'phpunit --testdox tests',
    failed: true,
    saved: 0.55,
    facts: linesLike(/^ ✘ /, / │ \S/, /^Tests: /),
  },
  {
    name: 'unittest-v',
    commandLine: 'python -m unittest -v',
    failed: true,
    saved: 0.86,
    facts: linesLike(/^(?:FAIL|ERROR): /, /^\S*Error: /, /^ {2}File "\/home/, /^[-+?] /, /^Ran /, /^FAILED /),
  },
  {
    name: 'playwright',
    commandLine: 'npx playwright test',
    failed: true,
    saved: 0.87,
    facts: playwrightFacts,
  },
  {
    name: 'playwright-line',
    commandLine: 'npx playwright test --reporter=line',
    failed: true,
    saved: 0.87,
    facts: playwrightFacts,
  },
  { name: 'pytest', commandLine: 'pytest', failed: true, saved: 0.57, facts: pytestFacts },
  { name: 'pytest-v', commandLine: 'python -m pytest -v', failed: true, saved: 0.87, facts: pytestFacts },
  {
    name: 'pytest-short',
    commandLine: 'pytest -q --tb=short',
    failed: true,
    saved: 0.43,
    facts: pytestFacts,
  },
  { name: 'pytest-rA', commandLine: 'pytest -rA', failed: true, saved: 0.92, facts: pytestFacts },
  { name: 'pytest-collect', commandLine: 'pytest', failed: true, saved: 0.68, facts: pytestFacts },
  { name: 'go-test', commandLine: 'go test ./...', failed: true, saved: 0.3, facts: goFacts },
  { name: 'go-test-v', commandLine: 'go test -v ./...', failed: true, saved: 0.88, facts: goFacts },
  {
    name: 'go-test-json',
    commandLine: 'go test -json ./...',
    failed: true,
    saved: 0.97,
    facts: goFactsOfEvents,
  },
]

function playwrightFacts(lines: readonly string[]): readonly Fact[] {
  const titles = lines.flatMap((line): Fact[] => {
    const name = /^ {2}\d+\) (.*?) ─+$/.exec(line)?.[1]
    return name === undefined ? [] : [[name]]
  })
  return [
    ...titles,
    ...linesLike(
      /^ {4}\w*Error: /,
      /^ {4}(?:[-+] |Expected|Received)/,
      /^ +at .*(?:src|test)\/\S+:\d+:\d+/,
      /^ {2}\d+ (?:failed|passed)/,
    )(lines),
  ]
}

/** The same facts, from the text that the events carry. */
function goFactsOfEvents(lines: readonly string[]): readonly Fact[] {
  const printed = lines.flatMap((line) => {
    const event: unknown = JSON.parse(line)
    return typeof event === 'object' && event !== null && 'Output' in event
      ? [String(event.Output).trimEnd()]
      : []
  })
  return goFacts(printed)
}
