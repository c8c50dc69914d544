/** git log and git show: each commit's hash, date, author and message; what it changed as git-diff tells it. */

import type { Command, Filter, Reading, Shortened } from './filter.ts'
import { abbreviated, toldHeads } from './text/commits.ts'
import { areManyRows, isStatLine, saidStat } from './text/diff-stat.ts'
import { goneNotes, shorterDiff } from './text/diff-text.ts'
import { afterArt, type Commit, historyOf } from './text/history.ts'
import { saidNames } from './text/name-lists.ts'
import { startOfDiff } from './text/unified-diff.ts'
import { isVerb, operandsOf } from './text/verb.ts'

/** The blank lines around a commit say nothing: its head starts at the margin, its message does not. */
function trimmed(lines: readonly string[]): readonly string[] {
  let end = lines.length
  while (end > 0 && lines[end - 1] === '') end -= 1
  return end < lines.length ? lines.slice(0, end) : lines
}

/** A message stands behind one blank instead of four, where no diff stands below it. */
const outdented = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line.startsWith('    ') ? line.slice(3) : line))

const isMessage = ({ head, body }: Commit): boolean =>
  head === undefined || body.every((line) => line === '' || line.startsWith('    ') || isStatLine(line))

/** A message, then names; anything else may be source. */
const isNameList = (body: readonly string[]): boolean =>
  body.every(
    (line) =>
      line === '' || line.startsWith('    ') || /^(?:[A-Z]\d*\t)?\S+(?:\t\S+)?$/.test(line.slice(0, 400)),
  )

/** `hash subject`, as `--oneline --no-abbrev` and `--format=%H` print it: the hash is enough when it is unique. */
const wholeHash = /^((?:[|\\/_ *.-]{0,40} )?)([0-9a-f]{40})(?= |$)/

const isHexCode = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 97 && code <= 102)

const hasWholeHash = (line: string): boolean =>
  isHexCode(line.charCodeAt(afterArt(line))) && wholeHash.test(line.slice(0, 200))

/** What other formats print, with what they changed below each line. */
function saidLines({ lines, command, tier, hidden }: Reading): Shortened | undefined {
  const asked = command === undefined ? [] : operandsOf(command).slice(1)
  const isLong = tier > 0 && lines.some(hasWholeHash)
  const cut = (line: string) =>
    line.replace(wholeHash, (_, art: string, hash: string) => art + abbreviated(hash))
  const stat = saidStat(isLong ? lines.map(cut) : lines, tier > 0 && areManyRows(lines))
  const told = shorterDiff(stat.lines, { asked, isNarrow: tier > 0, hidden })
  if (told.lines === lines) return undefined
  const isLess = isLong || told.gone > 0 || told.isFolded || stat.gone > 0
  return { lines: [...told.lines, ...goneNotes(told.gone, stat.gone, hidden)], tier: isLess ? 1 : 0 }
}

function shorten(reading: Reading): Shortened | undefined {
  const { lines, command, tier, hidden } = reading
  const history = historyOf(lines)
  const heads = history.flatMap(({ head }) => head ?? [])
  if (heads.length === 0) return saidLines(reading)
  const asked = command === undefined ? [] : operandsOf(command).slice(1)
  const messages = history.every(isMessage)
  const isBrief = tier > 0 && areManyRows(lines)
  const { legend, lines: said } = toldHeads(heads, tier < 1)
  const out: string[] = []
  let gone = 0
  let drawn = 0
  for (const [at, { head, body, art, forks, joins }] of history.entries()) {
    const [first = '', ...others] = head ? (said[at - 1] ?? []) : []
    if (head) out.push(art + first, ...forks, ...others)
    const stat = saidStat(head && isNameList(body) ? saidNames(body) : body, isBrief)
    const told = shorterDiff(stat.lines, { asked, isNarrow: tier > 0, hidden })
    gone += told.gone
    drawn += stat.gone
    out.push(...trimmed(messages ? outdented(told.lines) : told.lines), ...joins)
  }
  return { lines: [...legend, ...out, ...goneNotes(gone, drawn, hidden)], tier: tier < 1 ? 0 : 1 }
}

/** `git show HEAD:src/a.ts` prints the file. */
const asksForFile = (command: Command): boolean => operandsOf(command).some((word) => word.includes(':'))

const firstLine = /^(?:[|\\/_ *.-]{0,60}\* [|\\/_ .-]{0,60})?commit [0-9a-f]{7}/

/** `commit` begins like a hash. */
function startsCommit(line: string): boolean {
  if (!isHexCode(line.charCodeAt(afterArt(line)))) return false
  const start = line.slice(0, 200)
  return firstLine.test(start) || wholeHash.test(start)
}

export const gitLog: Filter = {
  id: 'git-log',
  suggests: (command) =>
    isVerb(command, 'git', ['log', 'show', 'whatchanged', 'reflog', 'stash list']) && !asksForFile(command),
  confirms: (lines) => lines.some(startsCommit) || startOfDiff(lines) >= 0 || lines.some(isStatLine),
  shorten,
  examples: [
    {
      name: 'commits with their messages',
      commandLine: 'git log -2',
      output: `commit 4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d (HEAD -> main, tag: v2)
Author: Ana Sol <ana@example.org>
Date:   Tue Mar 3 10:12:00 2026 +0100

    Listen on loopback only

    Nobody else on the network should reach it.

commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567
Merge: 1111111 2222222
Author: Ana Sol <ana@example.org>
Date:   Mon Mar 2 08:15:44 2026 +0100

    Merge branch 'ports'`,
      becomes: `[author, day, year and zone: of the commit above, where not said]
4f1c2d3e5a Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org> (HEAD -> main, tag: v2)
 Listen on loopback only

 Nobody else on the network should reach it.
0a1b2c3d4e Mon Mar 2 08:15:44
Merge: 1111111 2222222
 Merge branch 'ports'`,
      losslessly: `[author, day, year and zone: of the commit above, where not said]
4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org> (HEAD -> main, tag: v2)
 Listen on loopback only

 Nobody else on the network should reach it.
0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 Mon Mar 2 08:15:44
Merge: 1111111 2222222
 Merge branch 'ports'`,
    },
    {
      name: 'a commit with the names of the files it changed',
      commandLine: 'git log -1 --name-status',
      output: `commit 4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d
Author: Ana Sol <ana@example.org>
Date:   Tue Mar 3 10:12:00 2026 +0100

    Listen on loopback only

M\tsrc/server/listen.ts
A\tsrc/server/refuse.ts
M\tsrc/server/open.ts
R100\tsrc/old.ts\tsrc/new.ts`,
      becomes: `4f1c2d3e5a Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org>
    Listen on loopback only

M\tsrc/server/{listen.ts,open.ts}
A\tsrc/server/refuse.ts
R100\tsrc/old.ts\tsrc/new.ts`,
      losslessly: `4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org>
    Listen on loopback only

M\tsrc/server/{listen.ts,open.ts}
A\tsrc/server/refuse.ts
R100\tsrc/old.ts\tsrc/new.ts`,
    },
    {
      name: 'a commit with the files it changed',
      commandLine: 'git show --stat HEAD',
      output: `commit 4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d
Author: Ana Sol <ana@example.org>
Date:   Tue Mar 3 10:12:00 2026 +0100

    Listen on loopback only

 src/server/listen.ts              | 12 +++++++-----
 src/server/refuse.ts              |  4 ++++
 test/{here => server}/new.test.ts |  0
 3 files changed, 11 insertions(+), 5 deletions(-)`,
      becomes: `4f1c2d3e5a Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org>
 Listen on loopback only

 src/server/
  listen.ts | 12 +++++++-----
  refuse.ts | 4 ++++
 test/{here => server}/new.test.ts | 0
 3 files changed, 11 insertions(+), 5 deletions(-)`,
      losslessly: `4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org>
 Listen on loopback only

 src/server/
  listen.ts | 12 +++++++-----
  refuse.ts | 4 ++++
 test/{here => server}/new.test.ts | 0
 3 files changed, 11 insertions(+), 5 deletions(-)`,
    },
    {
      name: 'branches drawn beside the commits, and who committed',
      commandLine: 'git log --graph --format=fuller',
      output: `*   commit 4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d
|\\  Merge: 0a1b2c3 7d8e9f0
| | Author:     Ana Sol <ana@example.org>
| | AuthorDate: Tue Mar 3 10:12:00 2026 +0100
| | Commit:     Ana Sol <ana@example.org>
| | CommitDate: Tue Mar 3 10:12:00 2026 +0100
| |
| |     Merge branch 'ports'
| |
| * commit 7d8e9f0a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e
|/  Author:     Bo Lind <bo@example.org>
|   AuthorDate: Tue Mar 3 08:15:44 2026 +0100
|   Commit:     Ana Sol <ana@example.org>
|   CommitDate: Tue Mar 3 10:11:02 2026 +0100
|
|       Ports from a list
|
* commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567
  Author:     Ana Sol <ana@example.org>
  AuthorDate: Mon Mar 2 09:30:10 2026 +0100
  Commit:     Ana Sol <ana@example.org>
  CommitDate: Mon Mar 2 09:30:10 2026 +0100

      Listen on loopback only`,
      becomes: `[author, day, year and zone: of the commit above, where not said; Commit, CommitDate: of the author, where not said]
*   4f1c2d3e5a Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org>
|\\
Merge: 0a1b2c3 7d8e9f0
 Merge branch 'ports'
| * 7d8e9f0a6b 08:15:44 Bo Lind <bo@example.org>
|/
Commit:     Ana Sol <ana@example.org>
CommitDate: Tue Mar 3 10:11:02 2026 +0100
 Ports from a list
* 0a1b2c3d4e Mon Mar 2 09:30:10 Ana Sol
 Listen on loopback only`,
      losslessly: `[author, day, year and zone: of the commit above, where not said; Commit, CommitDate: of the author, where not said]
*   4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org>
|\\
Merge: 0a1b2c3 7d8e9f0
 Merge branch 'ports'
| * 7d8e9f0a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e 08:15:44 Bo Lind <bo@example.org>
|/
Commit:     Ana Sol <ana@example.org>
CommitDate: Tue Mar 3 10:11:02 2026 +0100
 Ports from a list
* 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 Mon Mar 2 09:30:10 Ana Sol
 Listen on loopback only`,
    },
  ],
}
