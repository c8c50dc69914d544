/** Python's unittest, and Django's test runner: failures whole; passing tests and frames of the standard library left out. */
import type { Filter } from './filter.ts'
import { alikeLeftOut, rangesBetween } from './text/alike.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { endsHave, mayRun } from './text/launchers.ts'

const verdict = /^(\w+) \((\S+)\) \.\.\. (ok|FAIL|ERROR|skipped .*)$/
const header = /^(?:FAIL|ERROR): (\w+ \(\S+\))/
const dots = /^[.sFExu]{4,}$/
const counted = /^Ran \d+ tests? in [\d.]+s$/
const opening = 'Traceback (most recent call last):'
const place = /^ {2}File "(.*)", line \d+, in /
const library = /[/\\](?:site-packages|dist-packages|lib[/\\]python\d[\d.]*)[/\\]|^<frozen /

function verdictWhat(line: string, told: ReadonlySet<string>): What {
  const [, name = '', test = '', how = ''] = verdict.exec(line) ?? []
  if (how === 'ok') return 'passing tests'
  if (how.startsWith('skipped')) return 'skipped tests'
  if (how !== '') return told.has(`${name} (${test})`) ? 'failures told below' : undefined
  return dots.test(line) ? 'progress' : undefined
}

/** A frame is its place and what stands under it, deeper. */
function frameWhats(lines: readonly string[]): readonly What[] {
  let inLibrary = false
  return lines.map((whole): What => {
    const line = whole.slice(0, 1000)
    const path = place.exec(line)?.[1]
    if (path !== undefined) inLibrary = library.test(path)
    else if (!line.startsWith('    ')) inLibrary = false
    return inLibrary ? { aside: 'frames of libraries' } : undefined
  })
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const told = new Set(lines.flatMap((line) => header.exec(line.slice(0, 1000))?.[1] ?? []))
  const frames = frameWhats(lines)
  const whats = lines.map((line, at): What => verdictWhat(line.slice(0, 1000), told) ?? frames[at])
  const failures = rangesBetween(
    lines,
    (line) => line === opening,
    (line) => /^={70}$/.test(line) || counted.test(line),
  )
  return alikeLeftOut(lines, whats, failures, (line) => line.startsWith('  '))
}

export const unittest: Filter = {
  id: 'unittest',
  suggests: (command) => mayRun(command, ['unittest', 'python', 'python3', 'manage.py', 'django-admin']),
  confirms: (lines) => endsHave(lines, counted),
  shorten: (reading) => withoutNoise(reading, whatsOf),
  leavesLog: 'where too long',
  examples: [
    {
      name: 'verbose, with a failure',
      commandLine: 'python -m unittest -v',
      failed: true,
      output: `test_is_placed_once (tests.test_order.TestOrder.test_is_placed_once) ... ok
test_is_placed_for_many (tests.test_order.TestOrder.test_is_placed_for_many) ... ok
test_can_be_read (tests.test_basket.TestBasket.test_can_be_read) ... ERROR

======================================================================
ERROR: test_can_be_read (tests.test_basket.TestBasket.test_can_be_read)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/home/dev/shop/tests/test_basket.py", line 73, in test_can_be_read
    json.loads('{"a": }')
  File "/usr/lib/python3.11/json/__init__.py", line 346, in loads
    return _default_decoder.decode(s)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^
json.decoder.JSONDecodeError: Expecting value: line 1 column 7 (char 6)

----------------------------------------------------------------------
Ran 3 tests in 0.024s

FAILED (errors=1)`,
      becomes: `[+4 lines hidden: passing tests, failures told below — clutch show r7f3a2]
======================================================================
ERROR: test_can_be_read (tests.test_basket.TestBasket.test_can_be_read)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/home/dev/shop/tests/test_basket.py", line 73, in test_can_be_read
    json.loads('{"a": }')
json.decoder.JSONDecodeError: Expecting value: line 1 column 7 (char 6)
[+3 lines hidden: frames of libraries — clutch show r7f3a2]

----------------------------------------------------------------------
Ran 3 tests in 0.024s

FAILED (errors=1)`,
    },
  ],
}
