/** pytest: failures with their assertions, values and places; passing tests, sources around failures and library frames left out. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { alikeLeftOut, type Failure, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { looksGrave } from './text/grave.ts'
import { endsHave, mayRun } from './text/launchers.ts'
import { intoTitles } from './text/pytest-summary.ts'
import { tracebackWhats } from './text/python-traceback.ts'

const section = /^={3,} (\S.*?) ={3,}$/
const verdict =
  /^(?:\[gw\d+\] \[ *\d+%\] )?(?:(PASSED|FAILED|ERROR|SKIPPED|XFAIL) )?(\S+\.py::\S.*?)(?: (PASSED|FAILED|ERROR|SKIPPED|XFAIL)(?: \(.*\))?(?: +\[ *\d+%\])?)?$/
const dots = /^(?:\S+\.(?:py|txt|rst|md) )?[.FEsxXR]+ *(?:\[ *\d+%\])?$/
const listed = /^(FAILED|ERROR|PASSED|SKIPPED) (\S.*?)(?: - .*)?$/
const covered = /^\S+\.py +\d+ +0(?: +\d+ +0)? +100%$/
const title = /^_{3,} \S.* _{3,}$/
const captured = /^-{3,} Captured .* -{3,}$/

type Section = 'session' | 'failures' | 'passes' | 'list' | 'other'

function sectionOf(name: string): Section {
  if (/^test session starts/.test(name)) return 'session'
  if (/^(?:FAILURES|ERRORS)$/.test(name)) return 'failures'
  if (name === 'PASSES') return 'passes'
  return /^short test summary/.test(name) ? 'list' : 'other'
}

function progressWhat(line: string, told: ReadonlySet<string>): What {
  const [, before, id = '', after] = verdict.exec(line) ?? []
  const how = before ?? after
  if (how === 'PASSED') return 'passing tests'
  if (how === 'SKIPPED' || how === 'XFAIL') return 'skipped tests'
  if (how !== undefined) return told.has(id) ? 'failures told below' : undefined
  if (!dots.test(line) || line === '') return undefined
  return told.size > 0 || !/[FE]/.test(line.slice(line.indexOf(' ') + 1)) ? 'progress' : undefined
}

/** Each test's output is a piece of its own. */
function passesWhats(lines: readonly string[]): What[] {
  const whats = new Array<What>(lines.length).fill(undefined)
  let from = 0
  for (let at = 1; at <= lines.length; at += 1) {
    if (at < lines.length && !title.test((lines[at] ?? '').slice(0, 400))) continue
    if (!lines.slice(from, at).some(looksGrave)) whats.fill('output of passing tests', from, at)
    from = at
  }
  return whats
}

function whatsOfSection(kind: Section, lines: readonly string[], told: ReadonlySet<string>): readonly What[] {
  if (kind === 'failures') return tracebackWhats(lines)
  if (kind === 'passes') return passesWhats(lines)
  return lines.map((whole): What => {
    const line = whole.slice(0, 1000)
    if (covered.test(line)) return 'fully covered files'
    if (kind === 'list') return listed.exec(line)?.[1] === 'PASSED' ? 'passing tests' : undefined
    return progressWhat(line, told)
  })
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const told = new Set<string>()
  for (const line of lines) {
    const [, how, id] = listed.exec(line.slice(0, 1000)) ?? []
    if (id !== undefined && (how === 'FAILED' || how === 'ERROR')) told.add(id)
  }
  const whats: What[] = []
  let kind: Section = 'session'
  let from = 0
  for (let at = 0; at <= lines.length; at += 1) {
    const name = section.exec((lines[at] ?? '').slice(0, 400))?.[1]
    if (at < lines.length && name === undefined) continue
    whats.push(...whatsOfSection(kind, lines.slice(from, at), told))
    if (at < lines.length) whats.push(undefined)
    kind = sectionOf(name ?? '')
    from = at + 1
  }
  return whats
}

/** From its title to the next one, or to what it printed. */
function failuresIn(lines: readonly string[]): readonly Failure[] {
  return rangesBetween(
    lines,
    (line) => title.test(line),
    (line) => section.test(line) || captured.test(line),
  )
}

const summary: What = { aside: 'summary of what is told above' }

function shorten(reading: Reading): Shortened | undefined {
  const { lines, told } = intoTitles(reading.lines)
  const whats = whatsOf(reading.lines).map((what, at) => (told.has(at) ? summary : what))
  const isPlace = (line: string): boolean => !line.startsWith('E')
  const left = alikeLeftOut(reading.lines, whats, failuresIn(reading.lines), isPlace)
  return withoutNoise(reading, () => left, lines)
}

export const pytest: Filter = {
  id: 'pytest',
  suggests: (command) => mayRun(command, ['pytest', 'coverage']),
  confirms: (lines) =>
    endsHave(lines, /^=+ test session starts =+$/) ||
    endsHave(
      lines,
      /^(?:=+ )?(?:\d+ (?:passed|failed|errors?|skipped|xfailed|warnings?|deselected),? )+in [\d.]+s/,
    ),
  shorten,
  leavesLog: 'where too long',
  examples: [
    {
      name: 'verbose, with a failure',
      commandLine: 'python -m pytest -v',
      failed: true,
      output: `============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0
rootdir: /home/dev/shop
collected 4 items

tests/test_order.py::test_is_placed_once PASSED                          [ 25%]
tests/test_order.py::test_is_placed_for_many_items PASSED                [ 50%]
tests/test_order.py::test_is_not_placed_for_an_empty_basket PASSED       [ 75%]
tests/test_basket.py::test_has_the_count FAILED                          [100%]

=================================== FAILURES ===================================
______________________________ test_has_the_count ______________________________

self = <test_basket.TestLoaded object at 0x7f3044dbe2d0>

    def test_has_the_count(self):
        loaded = load_basket(3)
        first = loaded.items[0]
>       assert first['count'] == 9
E       assert 1 == 9

tests/test_basket.py:15: AssertionError
=========================== short test summary info ============================
FAILED tests/test_basket.py::test_has_the_count - assert 1 == 9
========================= 1 failed, 3 passed in 0.21s ==========================`,
      becomes: `============================= test session starts ==============================
platform linux -- Python 3.11.7, pytest-9.2.0, pluggy-1.7.0
rootdir: /home/dev/shop
collected 4 items

[+5 lines hidden: passing tests, failures told below — clutch show r7f3a2]
=================================== FAILURES ===================================
FAILED tests/test_basket.py::test_has_the_count
>       assert first['count'] == 9
E       assert 1 == 9

tests/test_basket.py:15: AssertionError
========================= 1 failed, 3 passed in 0.21s ==========================
[+6 lines hidden: source around failures, summary of what is told above — clutch show r7f3a2]`,
    },
  ],
}
