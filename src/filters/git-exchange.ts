/** git push, pull, fetch, clone, submodule: what moved and what was refused, without the counting of objects. */

import type { Filter, Reading, Shortened } from './filter.ts'
import { areManyRows, bars, isStatLine, saidStat } from './text/diff-stat.ts'
import { hookNoise } from './text/hook-noise.ts'
import { harmlessFrom, leaveOut } from './text/noise.ts'
import { isVerb } from './text/verb.ts'

const counting =
  /^(?:remote: )?(?:Enumerating objects|Counting objects|Compressing objects|Writing objects|Receiving objects|Resolving deltas|Unpacking objects|Updating files|Finding sources|Filtering content|Total \d+ \(delta)/

const noiseOf = harmlessFrom([
  ...hookNoise,
  ['counting of objects', counting],
  ['counting of objects', /^Delta compression using up to \d+ threads|^remote: Total \d+ \(delta /],
  ['blank remote lines', /^remote:\s*$/],
])

function shorten({ lines, tier, hidden }: Reading): Shortened | undefined {
  const { lines: told, gone } = saidStat(lines, tier > 0 && areManyRows(lines))
  if (tier < 1) return told === lines ? undefined : { lines: told, tier: 0 }
  const left = leaveOut(told, noiseOf, { hidden, lastStays: false })
  if (left === lines) return undefined
  if (gone > 0) return { lines: [...left, hidden(gone, bars)], tier: 1 }
  return { lines: left, tier: left === told ? 0 : 1 }
}

export const gitExchange: Filter = {
  id: 'git-exchange',
  suggests: (command) =>
    isVerb(command, 'git', [
      'push',
      'pull',
      'fetch',
      'clone',
      'merge',
      'rebase',
      'submodule',
      'remote update',
      'lfs',
    ]),
  confirms: (lines) => lines.some((line) => isStatLine(line) || noiseOf(line) !== undefined),
  shorten,
  examples: [
    {
      name: 'a push that was refused',
      commandLine: 'git push origin main',
      failed: true,
      output: `Enumerating objects: 128, done.
Counting objects: 100% (128/128), done.
Delta compression using up to 8 threads
Compressing objects: 100% (64/64), done.
Writing objects: 100% (88/88), 21.40 KiB | 2.10 MiB/s, done.
Total 88 (delta 41), reused 12 (delta 4), pack-reused 0
remote: Resolving deltas: 100% (41/41), completed with 12 local objects.
remote: error: protected branch: a review is needed
To example.org:ana/shop.git
 ! [remote rejected] main -> main (protected branch hook declined)
error: failed to push some refs to 'example.org:ana/shop.git'`,
      becomes: `[+7 lines hidden: counting of objects — clutch show r7f3a2]
remote: error: protected branch: a review is needed
To example.org:ana/shop.git
 ! [remote rejected] main -> main (protected branch hook declined)
error: failed to push some refs to 'example.org:ana/shop.git'`,
    },
    {
      name: 'a pull with what it changed',
      commandLine: 'git pull',
      output: `Updating 0a1b2c3..4f1c2d3
Fast-forward
 src/server/listen.ts       | 12 +++++++-----
 src/server/refuse.ts       |  4 ++++
 3 files changed, 11 insertions(+), 5 deletions(-)
 create mode 100644 src/server/refuse.ts
 create mode 100644 src/server/new.ts`,
      becomes: `Updating 0a1b2c3..4f1c2d3
Fast-forward
 src/server/
  listen.ts | 12 +++++++-----
  refuse.ts | 4 ++++
 3 files changed, 11 insertions(+), 5 deletions(-)
 create mode 100644 src/server/{refuse.ts,new.ts}`,
      losslessly: `Updating 0a1b2c3..4f1c2d3
Fast-forward
 src/server/
  listen.ts | 12 +++++++-----
  refuse.ts | 4 ++++
 3 files changed, 11 insertions(+), 5 deletions(-)
 create mode 100644 src/server/{refuse.ts,new.ts}`,
    },
  ],
}
