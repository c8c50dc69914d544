/** PHPUnit, plain and as testdox: failures whole; passing tests, progress and frames of packages left out. */
import type { Filter } from './filter.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { endsHave, mayRun } from './text/launchers.ts'

const progress = /^[.FEWIRSDN]+ +\d+ \/ \d+ \( *\d+%\)$/
const passed = /^ ✔ \S/
const packageFrame = /^(?:phar:\/\/)?\S*\/vendor\/\S+:\d+$/

function whatOf(whole: string): What {
  const line = whole.slice(0, 1000)
  if (progress.test(line)) return 'progress'
  if (passed.test(line)) return 'passing tests'
  return packageFrame.test(line) ? { aside: 'frames of packages' } : undefined
}

export const phpunit: Filter = {
  id: 'phpunit',
  suggests: (command) => mayRun(command, ['phpunit', 'pest', 'paratest', 'php', 'composer', 'artisan']),
  confirms: (lines) =>
    endsHave(lines, /^PHPUnit \d+\.\d+/) &&
    endsHave(lines, /^(?:OK \(\d+ tests?, |Tests: \d+, Assertions: \d+|OK, but )/),
  shorten: (reading) => withoutNoise(reading, (lines) => lines.map(whatOf)),
  leavesLog: 'where too long',
  examples: [
    {
      name: 'testdox',
      commandLine: 'vendor/bin/phpunit --testdox',
      failed: true,
      output: `PHPUnit 9.6.7 by Sebastian Bergmann and contributors.

Basket
 ✔ Sums up one item of a kind
 ✔ Sums up two items of a kind
 ✔ Sums up many items of many kinds
 ✔ Is empty when it is made
 ✘ Has the count
   │
   │ Failed asserting that 1 is identical to 9.
   │
   │ /home/dev/shop/tests/BasketTest.php:7
   │

FAILURES!
Tests: 5, Assertions: 5, Failures: 1.`,
      becomes: `PHPUnit 9.6.7 by Sebastian Bergmann and contributors.

Basket
[+4 lines hidden: passing tests — clutch show r7f3a2]
 ✘ Has the count
   │
   │ Failed asserting that 1 is identical to 9.
   │
   │ /home/dev/shop/tests/BasketTest.php:7
   │

FAILURES!
Tests: 5, Assertions: 5, Failures: 1.`,
    },
  ],
}
