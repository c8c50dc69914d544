/** git log and git show: each commit's hash, date, author and message; what it changed as git-diff tells it. */

import type { Command, Filter, Reading, Shortened } from './filter.ts'
import { abbreviated, authorsOf, type CommitHead, commitHead } from './text/commits.ts'
import { areManyRows, isStatLine, saidStat } from './text/diff-stat.ts'
import { goneNotes, shorterDiff } from './text/diff-text.ts'
import { saidNames } from './text/name-lists.ts'
import { isVerb, operandsOf } from './text/verb.ts'

interface Block {
  readonly head: CommitHead | undefined
  /** Its message and what it changed, or what stands above the first commit. */
  readonly body: readonly string[]
}

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: { head: CommitHead | undefined; body: string[] }[] = [{ head: undefined, body: [] }]
  for (let at = 0; at < lines.length; ) {
    const head = commitHead(lines, at)
    if (head) blocks.push({ head, body: [] })
    else blocks.at(-1)?.body.push(lines[at] ?? '')
    at += head ? head.taken : 1
  }
  return blocks
}

/** A date that ends with its year or its zone is over there; behind another one (`3 days ago`) a wider gap says so. */
const endsClearly = /\d$/

function headLines(head: CommitHead, author: string, tier: number): string[] {
  const hash = tier < 1 ? head.hash : abbreviated(head.hash)
  const gap = endsClearly.test(head.date) ? ' ' : '  '
  return [[hash, head.date, author, head.refs].filter((part) => part !== '').join(gap), ...head.others]
}

/** The blank lines around a commit say nothing: its head starts at the margin, its message does not. */
function trimmed(lines: readonly string[]): readonly string[] {
  let end = lines.length
  while (end > 0 && lines[end - 1] === '') end -= 1
  return lines.slice(0, end)
}

/** A message stands behind one blank instead of four, where no diff stands below it. */
const outdented = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => (line.startsWith('    ') ? line.slice(3) : line))

const isMessage = ({ head, body }: Block): boolean =>
  head === undefined || body.every((line) => line === '' || line.startsWith('    ') || isStatLine(line))

/** A message, then names; anything else may be source. */
const isNameList = (body: readonly string[]): boolean =>
  body.every(
    (line) =>
      line === '' || line.startsWith('    ') || /^(?:[A-Z]\d*\t)?\S+(?:\t\S+)?$/.test(line.slice(0, 400)),
  )

function shorten({ lines, command, tier, hidden }: Reading): Shortened | undefined {
  const blocks = blocksOf(lines)
  const heads = blocks.flatMap(({ head }) => head ?? [])
  if (heads.length === 0) return undefined
  const authorOf = authorsOf(heads)
  const asked = command === undefined ? [] : operandsOf(command).slice(1)
  const messages = blocks.every(isMessage)
  const isBrief = tier > 0 && areManyRows(lines)
  const stats = blocks.map(({ head, body }) =>
    saidStat(head && isNameList(body) ? saidNames(body) : body, isBrief),
  )
  const out: string[] = []
  let gone = 0
  for (const [at, { head }] of blocks.entries()) {
    if (head) out.push(...headLines(head, authorOf(head.author), tier))
    const body = stats[at]?.lines ?? []
    const told = tier < 1 ? { lines: body, gone: 0 } : shorterDiff(body, asked, hidden)
    gone += told.gone
    out.push(...trimmed(messages ? outdented(told.lines) : told.lines))
  }
  const drawn = stats.reduce((sum, stat) => sum + stat.gone, 0)
  return { lines: [...out, ...goneNotes(gone, drawn, hidden)], tier: tier < 1 ? 0 : 1 }
}

/** `git show HEAD:src/a.ts` prints the file. */
const asksForFile = (command: Command): boolean => operandsOf(command).some((word) => word.includes(':'))

export const gitLog: Filter = {
  id: 'git-log',
  suggests: (command) =>
    isVerb(command, 'git', ['log', 'show', 'whatchanged', 'reflog', 'stash list']) && !asksForFile(command),
  confirms: (lines) =>
    lines.some((line, at) => line.startsWith('commit ') && commitHead(lines, at) !== undefined),
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
      becomes: `4f1c2d3e5a Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org> (HEAD -> main, tag: v2)
 Listen on loopback only

 Nobody else on the network should reach it.
0a1b2c3d4e Mon Mar 2 08:15:44 2026 +0100 Ana Sol
Merge: 1111111 2222222
 Merge branch 'ports'`,
      losslessly: `4f1c2d3e5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d Tue Mar 3 10:12:00 2026 +0100 Ana Sol <ana@example.org> (HEAD -> main, tag: v2)
 Listen on loopback only

 Nobody else on the network should reach it.
0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 Mon Mar 2 08:15:44 2026 +0100 Ana Sol
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
  ],
}
