/** RSpec's progress and documentation formats: failures whole; passing examples, what they printed and library frames left out. */
import type { Filter } from './filter.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { endsHave, mayRun } from './text/launchers.ts'
import { leadsToPassing } from './text/printed.ts'

const dots = /^[.F*]+$/
const failed = /^ +\S.* \(FAILED - (\d+)\)$/
const pending = /^ +\S.* \(PENDING: .*\)$/
const documented = /^ {2,}\S/
const told = /^ {2}(\d+)\) /
const counted = /^\d+ examples?, \d+ failures?/
const libraryFrame = /^ +# (?:\S*\/(?:gems|rubygems|vendor|lib\/ruby)\/|<internal:)/

/** Shorter outputs are read whole, and what examples print may be what was asked for. */
const shortLines = 60

const reads = {
  isPassed: (line: string) => documented.test(line) && !failed.test(line) && !pending.test(line),
  isOther: (line: string) => failed.test(line) || pending.test(line),
}

function treeWhat(line: string, numbers: ReadonlySet<string>): What {
  if (dots.test(line)) return 'progress'
  if (reads.isPassed(line)) return 'passing examples'
  const number = failed.exec(line)?.[1]
  return number !== undefined && numbers.has(number) ? 'failures told below' : undefined
}

function whatsOf(lines: readonly string[]): readonly What[] {
  const at = lines.findIndex((line) => /^(?:Failures:|Pending: |Finished in )/.test(line))
  const tree = lines.slice(0, Math.max(at, 0))
  const after = lines.slice(tree.length)
  const numbers = new Set(after.flatMap((line) => told.exec(line.slice(0, 100))?.[1] ?? []))
  const leads = leadsToPassing(tree, reads)
  const isLong = lines.length > shortLines
  return [
    ...tree.map((line, index): What => {
      const what = treeWhat(line.slice(0, 1000), numbers)
      const isPrinted = what === undefined && isLong && line !== '' && !reads.isOther(line.slice(0, 1000))
      return isPrinted && leads[index] === true ? 'groups and output of passing examples' : what
    }),
    ...after.map(
      (line): What => (libraryFrame.test(line.slice(0, 400)) ? { aside: 'frames of libraries' } : undefined),
    ),
  ]
}

export const rspec: Filter = {
  id: 'rspec',
  suggests: (command) => mayRun(command, ['rspec', 'rails', 'parallel_rspec', 'guard']),
  confirms: (lines) => endsHave(lines, counted),
  shorten: (reading) => withoutNoise(reading, whatsOf),
  leavesLog: 'where too long',
  examples: [
    {
      name: 'documentation',
      commandLine: 'bundle exec rspec -fd',
      failed: true,
      output: `
Order
  is placed once
  is placed for a basket with many items
  is not placed for an empty basket

Basket
  adds two items and sums them up
  has the count (FAILED - 1)

Failures:

  1) Basket has the count
     Failure/Error: expect(Basket.load(3).count).to eq(9)

       expected: 9
            got: 1
     # ./spec/basket_spec.rb:13:in \`block (2 levels) in <top (required)>'

Finished in 0.14258 seconds (files took 0.30833 seconds to load)
5 examples, 1 failure

Failed examples:

rspec ./spec/basket_spec.rb:13 # Basket has the count`,
      becomes: `
Order
[+4 lines hidden: passing examples — clutch show r7f3a2]
Basket
  adds two items and sums them up
  has the count (FAILED - 1)

Failures:

  1) Basket has the count
     Failure/Error: expect(Basket.load(3).count).to eq(9)

       expected: 9
            got: 1
     # ./spec/basket_spec.rb:13:in \`block (2 levels) in <top (required)>'

Finished in 0.14258 seconds (files took 0.30833 seconds to load)
5 examples, 1 failure

Failed examples:

rspec ./spec/basket_spec.rb:13 # Basket has the count`,
    },
  ],
}
