/** git status: every path and what became of it; without the hints that git prints under each heading. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { braced } from './text/braces.ts'
import { isVerb } from './text/verb.ts'

/** Always the same words under the same heading. */
const hint =
  /^ {2}\((?:use "git |commit or discard the untracked|all conflicts fixed: run "git |fix conflicts and )/
const trailingHint = / \((?:use "git [^()]*|create\/copy files and use "git add" to track)\)$/

const stateRow =
  /^\t((?:new file|modified|deleted|renamed|copied|typechange|both modified|both added|both deleted|added by us|added by them|deleted by us|deleted by them):) +(.*)$/

const headings =
  /^(?:Changes to be committed|Changes not staged for commit|Untracked files|Ignored files|Unmerged paths):$/

const branch = /^(?:On branch |HEAD detached |Not currently on any branch|No commits yet|interactive rebase)/

interface Section {
  readonly heading: string
  readonly rows: string[]
}

/** `modified: src/{a.ts,b.ts}`: paths of one state together. A rename and a path with a remark stand alone. */
function saidRows(rows: readonly string[]): string[] {
  const states = new Map<string, string[]>()
  for (const row of rows) {
    const found = stateRow.exec(row)
    const state = found?.[1] ?? ''
    const paths = states.get(state)
    const path = found?.[2] ?? row.slice(1)
    if (paths === undefined) states.set(state, [path])
    else paths.push(path)
  }
  return [...states].flatMap(([state, paths]) =>
    braced(paths).map((said) => `\t${state === '' ? '' : `${state} `}${said}`),
  )
}

/** The last words of a status; what stands behind them is none of it. */
const ending =
  /^(?:no changes added to commit|nothing added to commit|nothing to commit|It took [\d.]+ seconds)/

const isOfSection = (line: string): boolean => line === '' || line.startsWith('\t') || hint.test(line)

/** Where the status ends: behind its last words, or at the first line below a heading that belongs to no section. */
function endOf(lines: readonly string[], first: number): number {
  const last = lines.findIndex((line, at) => at > first && !isOfSection(line) && !headings.test(line))
  if (last < 0) return lines.length
  return ending.test(lines[last] ?? '') ? last + 1 : last
}

function sectionsOf(lines: readonly string[]): readonly Section[] {
  const sections: Section[] = []
  for (const line of lines) {
    if (headings.test(line)) sections.push({ heading: line, rows: [] })
    else sections.at(-1)?.rows.push(line)
  }
  return sections
}

function saidSection({ heading, rows }: Section): string[] {
  const said = rows.filter((row) => row !== '' && !row.startsWith('\t') && !hint.test(row))
  const paths = rows.filter((row) => row.startsWith('\t'))
  return [heading, ...saidRows(paths), ...said.map((row) => row.replace(trailingHint, ''))]
}

/** What stands above the first heading, without hints and without the blank lines around them. */
const saidTop = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line !== '' && !hint.test(line))

function saidLong(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => headings.test(line))
  const start = lines.findIndex((line) => branch.test(line.slice(0, 60)))
  const end = endOf(lines, first)
  return [
    ...lines.slice(0, start),
    ...saidTop(lines.slice(start, first)),
    ...sectionsOf(lines.slice(first, end)).flatMap(saidSection),
    ...lines.slice(end),
  ]
}

/** `git status -s`: two letters and a path. */
const shortRow = /^(?:[ MADRCUT?!]{2}) \S/

/** Paths of one state under it, told by folder. Branch and renames stand for themselves. */
function saidShort(lines: readonly string[]): string[] | undefined {
  const states = new Map<string, string[]>()
  const alone: string[] = []
  for (const line of lines) {
    const state = line.slice(0, 2)
    if (!shortRow.test(line.slice(0, 8)) || line.includes(' -> ')) alone.push(line)
    else {
      const paths = states.get(state)
      if (paths === undefined) states.set(state, [line.slice(3)])
      else paths.push(line.slice(3))
    }
  }
  const told = [...states].flatMap(([state, paths]) => braced(paths).map((said) => `${state} ${said}`))
  return told.length + alone.length < lines.length ? [...alone, ...told] : undefined
}

function shorten({ lines }: Reading): Shortened | undefined {
  const first = lines.findIndex((line) => headings.test(line))
  const start = lines.findIndex((line) => branch.test(line.slice(0, 60)))
  if (first >= 0) return start < 0 || start > first ? undefined : { lines: saidLong(lines), tier: 0 }
  const told = saidShort(lines)
  return told && { lines: told, tier: 0 }
}

const changes = `On branch main
Your branch is ahead of 'origin/main' by 2 commits.
  (use "git push" to publish your local commits)

Changes to be committed:
  (use "git restore --staged <file>..." to unstage)
\tnew file:   src/server/refuse.ts
\trenamed:    src/old.ts -> src/server/new.ts

Changes not staged for commit:
  (use "git add/rm <file>..." to update what will be committed)
  (use "git restore <file>..." to discard changes in working directory)
\tmodified:   src/server/listen.ts
\tdeleted:    src/server/gone.ts
\tmodified:   src/server/main.ts
\tmodified:   vendor/lib (new commits)

Untracked files:
  (use "git add <file>..." to include in what will be committed)
\tnotes/
\ttest/server/listen.test.ts
\ttest/server/refuse.test.ts

no changes added to commit (use "git add" and/or "git commit -a")`

const told = `On branch main
Your branch is ahead of 'origin/main' by 2 commits.
Changes to be committed:
\tnew file: src/server/refuse.ts
\trenamed: src/old.ts -> src/server/new.ts
Changes not staged for commit:
\tmodified: src/server/{listen.ts,main.ts}
\tmodified: vendor/lib (new commits)
\tdeleted: src/server/gone.ts
Untracked files:
\tnotes/
\ttest/server/{listen.test.ts,refuse.test.ts}
no changes added to commit`

const short = `## main...origin/main [ahead 2]
 M src/server/listen.ts
 M src/server/main.ts
R  src/old.ts -> src/server/new.ts
?? test/server/listen.test.ts
?? test/server/refuse.test.ts
UU src/both.ts`

const shortTold = `## main...origin/main [ahead 2]
R  src/old.ts -> src/server/new.ts
 M src/server/{listen.ts,main.ts}
?? test/server/{listen.test.ts,refuse.test.ts}
UU src/both.ts`

export const gitStatus: Filter = {
  id: 'git-status',
  suggests: (command) => isVerb(command, 'git', ['status', 'commit', 'st']),
  confirms: (lines) =>
    lines.some((line) => headings.test(line.slice(0, 60))) ||
    (lines.length > 1 &&
      lines.slice(0, 20).every((line) => /^## /.test(line) || shortRow.test(line.slice(0, 8)))),
  shorten,
  examples: [
    {
      name: 'changes of every kind',
      commandLine: 'git status',
      output: changes,
      becomes: told,
      losslessly: told,
    },
    {
      name: 'the short form',
      commandLine: 'git status -sb',
      output: short,
      becomes: shortTold,
      losslessly: shortTold,
    },
  ],
}
