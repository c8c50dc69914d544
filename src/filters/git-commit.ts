/** git add and commit, with their hooks: what failed and what was committed; hooks that passed are counted. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { braced } from './text/braces.ts'
import { areManyRows, bars, isStatLine, saidStat } from './text/diff-stat.ts'
import { hookNoise } from './text/hook-noise.ts'
import { harmlessFrom, leaveOut } from './text/noise.ts'
import { isVerb } from './text/verb.ts'

const noiseOf = harmlessFrom(hookNoise)

const lineEnds = /^warning: in the working copy of '(.{1,400})', ((?:LF|CRLF) will be replaced by .*)$/

/** A path that would not be told from two, or from several in braces. */
const unsafe = /[\s{}']/

/** `warning: LF will be replaced …` once for those that follow each other, with all their paths. */
function saidLineEnds(lines: readonly string[]): readonly string[] {
  const out: string[] = []
  let what = ''
  let run: { readonly path: string; readonly line: string }[] = []
  const flush = () => {
    const paths = run.map(({ path }) => path)
    if (run.length < 2) out.push(...run.map(({ line }) => line))
    else out.push(`warning: in the working copy of ${braced(paths).join(' ')}, ${what}`)
    run = []
  }
  for (const line of lines) {
    const [, path = '', told = ''] = lineEnds.exec(line.slice(0, 600)) ?? []
    const joins = path !== '' && !unsafe.test(path)
    if (!joins || told !== what) flush()
    if (joins) run.push({ path, line })
    else out.push(line)
    what = told
  }
  flush()
  return out.length === lines.length ? lines : out
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
