/** git add and commit, with their hooks: what failed and what was committed; hooks that passed are counted. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { braced } from './text/braces.ts'
import { areManyRows, bars, isStatLine, saidStat } from './text/diff-stat.ts'
import { hookNoise } from './text/hook-noise.ts'
import { harmlessFrom, leaveOut } from './text/noise.ts'
import { isVerb } from './text/verb.ts'

const noiseOf = harmlessFrom(hookNoise)

const lineEnds = /^warning: in the working copy of '(.{1,400})', ((?:LF|CRLF) will be replaced by .*)$/

/** `warning: LF will be replaced …` once, with all its paths. */
function saidLineEnds(lines: readonly string[]): readonly string[] {
  const paths = new Map<string, string[]>()
  for (const line of lines) {
    const found = lineEnds.exec(line.slice(0, 600))
    if (found) paths.set(found[2] ?? '', [...(paths.get(found[2] ?? '') ?? []), found[1] ?? ''])
  }
  if ([...paths.values()].every((some) => some.length < 2)) return lines
  const told = new Set<string>()
  return lines.flatMap((line) => {
    const what = lineEnds.exec(line.slice(0, 600))?.[2]
    if (what === undefined) return [line]
    if (told.has(what)) return []
    told.add(what)
    return [`warning: in the working copy of ${braced(paths.get(what) ?? []).join(' ')}, ${what}`]
  })
}

function shorten({ lines, tier, hidden }: Reading): Shortened | undefined {
  const stat = saidStat(lines, tier > 0 && areManyRows(lines))
  const told = saidLineEnds(stat.lines)
  if (tier < 1) return told === lines ? undefined : { lines: told, tier: 0 }
  const left = leaveOut(told, noiseOf, { hidden, lastStays: false })
  if (left === lines) return undefined
  if (stat.gone > 0) return { lines: [...left, hidden(stat.gone, bars)], tier: 1 }
  return { lines: left, tier: left === told ? 0 : 1 }
}

export const gitCommit: Filter = {
  id: 'git-commit',
  suggests: (command) =>
    isVerb(command, 'git', [
      'add',
      'commit',
      'stash',
      'am',
      'cherry-pick',
      'revert',
      'rm',
      'mv',
      'checkout',
    ]) || ['pre-commit', 'lint-staged', 'lefthook', 'husky', 'prek'].includes(command.program),
  confirms: (lines) =>
    lines.some(
      (line) => isStatLine(line) || noiseOf(line) !== undefined || lineEnds.test(line.slice(0, 600)),
    ),
  shorten,
  examples: [
    {
      name: 'hooks, one of which failed',
      commandLine: 'git commit -m "Listen on loopback only"',
      failed: true,
      output: `trim trailing whitespace.................................................Passed
fix end of files.........................................................Passed
check yaml...........................................(no files to check)Skipped
eslint...................................................................Failed
- hook id: eslint
- exit code: 1

src/server/listen.ts
  12:5  error  'port' is never used  no-unused-vars

check for large files....................................................Passed
check for merge conflicts................................................Passed
check that scripts can be run............................................Passed`,
      becomes: `[+3 lines hidden: hooks that passed — clutch show r7f3a2]
eslint...................................................................Failed
- hook id: eslint
- exit code: 1

src/server/listen.ts
  12:5  error  'port' is never used  no-unused-vars

[+3 lines hidden: hooks that passed — clutch show r7f3a2]`,
    },
    {
      name: 'line ends, and what was committed',
      commandLine: 'git add -A && git commit -m "Pages"',
      output: `warning: in the working copy of 'web/index.html', LF will be replaced by CRLF the next time Git touches it
warning: in the working copy of 'web/about.html', LF will be replaced by CRLF the next time Git touches it
[main 4f1c2d3] Pages
 2 files changed, 80 insertions(+)
 create mode 100644 web/index.html
 create mode 100644 web/about.html`,
      becomes: `warning: in the working copy of web/{index.html,about.html}, LF will be replaced by CRLF the next time Git touches it
[main 4f1c2d3] Pages
 2 files changed, 80 insertions(+)
 create mode 100644 web/{index.html,about.html}`,
      losslessly: `warning: in the working copy of web/{index.html,about.html}, LF will be replaced by CRLF the next time Git touches it
[main 4f1c2d3] Pages
 2 files changed, 80 insertions(+)
 create mode 100644 web/{index.html,about.html}`,
    },
  ],
}
