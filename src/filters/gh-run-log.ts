/** gh run view --log: each job and step once, its lines under it, without the time before each. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { stepStart, underStarts } from './text/same-start.ts'
import { isVerb } from './text/verb.ts'

const looked = 20
const time = /^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ?/

/** Its own mark of a group, or what runners say of themselves. */
function withoutTimes(lines: readonly string[]): { readonly lines: string[]; readonly count: number } {
  const told = lines.map((line) => line.replace(time, ''))
  return { lines: told, count: told.filter((line, at) => line.length < (lines[at]?.length ?? 0)).length }
}

function shorten({ lines, tier, hidden }: Reading): Shortened | undefined {
  const told = underStarts(lines, stepStart)
  if (!told) return undefined
  if (tier < 1) return { lines: told, tier: 0 }
  const untimed = withoutTimes(told)
  if (untimed.count === 0) return { lines: told, tier: 0 }
  return { lines: [...untimed.lines, hidden(untimed.count, 'times of the lines')], tier: 1 }
}

export const ghRunLog: Filter = {
  id: 'gh-run-log',
  leavesLog: true,
  suggests: (command) => isVerb(command, 'gh', ['run view', 'run watch']),
  confirms: (lines) => {
    const some = lines.slice(0, looked)
    return some.length > 3 && some.every((line) => stepStart.read(line) !== undefined)
  },
  shorten,
  examples: [
    {
      name: 'the log of a run that failed',
      commandLine: 'gh run view 12 --log-failed',
      output: `test (20)\tRun npm test\t2026-03-03T10:12:00.1234567Z ##[group]Run npm test
test (20)\tRun npm test\t2026-03-03T10:12:00.1300000Z npm test
test (20)\tRun npm test\t2026-03-03T10:12:00.1310000Z ##[endgroup]
test (20)\tRun npm test\t2026-03-03T10:12:09.0000000Z FAIL src/cart.test.ts
test (20)\tRun npm test\t2026-03-03T10:12:09.0100000Z   expected 3 to be 4
test (20)\tComplete job\t2026-03-03T10:12:10.0000000Z ##[error]Process completed with exit code 1.`,
      becomes: `test (20)\tRun npm test
##[group]Run npm test
npm test
##[endgroup]
FAIL src/cart.test.ts
  expected 3 to be 4
test (20)\tComplete job
##[error]Process completed with exit code 1.
[+6 lines hidden: times of the lines — clutch show r7f3a2]`,
      losslessly: `test (20)\tRun npm test
2026-03-03T10:12:00.1234567Z ##[group]Run npm test
2026-03-03T10:12:00.1300000Z npm test
2026-03-03T10:12:00.1310000Z ##[endgroup]
2026-03-03T10:12:09.0000000Z FAIL src/cart.test.ts
2026-03-03T10:12:09.0100000Z   expected 3 to be 4
test (20)\tComplete job
2026-03-03T10:12:10.0000000Z ##[error]Process completed with exit code 1.`,
    },
  ],
}
