/** The files that Prettier, black and ruff's formatter would change: each folder once. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { type What, withoutNoise } from './text/asides.ts'
import { braced } from './text/braces.ts'
import { endsHave, mayRun } from './text/launchers.ts'

const warned = /^(\[warn\]|would reformat|Would reformat:) (\S.*)$/
const unchanged = /^\S.* \d+(?:\.\d+)?m?s \(unchanged\)$/
const written = /^(\S+) \d+(?:\.\d+)?m?s$/

/** A path, and nothing said of it. */
const isPath = (said: string): boolean => /^\S+\.\w+$/.test(said)

function grouped(lines: readonly string[]): readonly string[] {
  const out: string[] = []
  let paths: string[] = []
  let told = ''
  const flush = () => {
    out.push(...braced(paths).map((entry) => `${told} ${entry}`))
    paths = []
  }
  for (const line of lines) {
    const [, mark = '', said = ''] = warned.exec(line.slice(0, 1000)) ?? []
    if (mark !== told) flush()
    told = mark
    if (mark !== '' && isPath(said)) paths.push(said)
    else {
      flush()
      out.push(line)
    }
  }
  flush()
  return out
}

function shorten(reading: Reading): Shortened | undefined {
  const lines = grouped(reading.lines)
  const quiet = withoutNoise(reading, whatsOf, lines)
  if (quiet && quiet.lines.length < lines.length) return quiet
  return lines.length < reading.lines.length ? { lines, tier: 0 } : undefined
}

function whatsOf(lines: readonly string[]): readonly What[] {
  return lines.map((line) => (unchanged.test(line.slice(0, 1000)) ? 'unchanged files' : undefined))
}

export const prettier: Filter = {
  id: 'prettier',
  suggests: (command) => mayRun(command, ['prettier', 'black', 'ruff']),
  confirms: (lines) =>
    endsHave(lines, /^\[warn\] (?:\S+\.\w+$|Code style issues|Run Prettier)|^[Ww]ould reformat:? \S+$/) ||
    endsHave(lines, unchanged) ||
    endsHave(lines, written),
  shorten,
  examples: [
    {
      name: 'files that would change',
      commandLine: 'npx prettier --check .',
      failed: true,
      output: `Checking formatting...
[warn] src/basket/add.ts
[warn] src/basket/remove.ts
[warn] src/basket/total.ts
[warn] README.md
[warn] Code style issues found in 4 files. Run Prettier with --write to fix.`,
      becomes: `Checking formatting...
[warn] src/basket/{add.ts,remove.ts,total.ts}
[warn] README.md
[warn] Code style issues found in 4 files. Run Prettier with --write to fix.`,
      losslessly: `Checking formatting...
[warn] src/basket/{add.ts,remove.ts,total.ts}
[warn] README.md
[warn] Code style issues found in 4 files. Run Prettier with --write to fix.`,
    },
    {
      name: 'files that did not change',
      commandLine: 'npx prettier --write src',
      output: `src/basket/add.ts 48ms (unchanged)
src/basket/remove.ts 12ms
src/basket/total.ts 9ms (unchanged)
src/order/index.ts 7ms (unchanged)
src/order/place.ts 11ms (unchanged)`,
      becomes: `src/basket/add.ts 48ms (unchanged)
src/basket/remove.ts 12ms
[+3 lines hidden: unchanged files — clutch show r7f3a2]`,
    },
  ],
}
