/** git branch, git tag, git for-each-ref: refs of one remote or folder together, columns without their padding. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { byFolder, splitPath } from './text/folders.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb } from './text/verb.ts'

/** A name alone, as `git branch -a` prints it. */
const bare = /^(?:[*+ ] )?\S+$/
/** `* main  4f1c2d3e [ahead 1] subject` */
const verbose = /^[*+ ] (?:\(.*?\)|\S+) +[0-9a-f]{7,40} /

const isMarked = (line: string): boolean => /^[*+] /.test(line)

/** What git puts before a name that is not marked: two blanks beside marks, none in a list of tags; undefined: now this, now that. */
function indentOf(lines: readonly string[]): number | undefined {
  if (lines.every((line) => isMarked(line) || line.startsWith('  '))) return 2
  return lines.some((line) => line.startsWith('  ')) ? undefined : 0
}

/** A remote's HEAD and the branch we are on stand for themselves. */
const folderOf = (name: string): string => (name.includes(' ') ? '' : splitPath(name).folder)

/** Names by folder, where they follow each other: their order may be what was asked for. */
function saidNames(lines: readonly string[]): string[] | undefined {
  const indent = indentOf(lines)
  if (indent === undefined) return undefined
  const out: string[] = []
  let run: string[] = []
  const flush = () => {
    out.push(...(byFolder(run) ?? run))
    run = []
  }
  for (const line of lines) {
    const name = isMarked(line) ? line : line.slice(indent)
    const folder = folderOf(name)
    if (folder === '' || folder !== folderOf(run[0] ?? '')) flush()
    if (folder === '') out.push(name)
    else run.push(name)
  }
  flush()
  return out
}

function shorten({ lines }: Reading): Shortened | undefined {
  if (lines.every((line) => verbose.test(line.slice(0, 300))))
    return { lines: lines.map((line) => line.replace(/^(..(?:\([^)]*\)|\S+)) +/, '$1 ')), tier: 0 }
  const told = saidNames(lines)
  return told && { lines: told, tier: 0 }
}

export const gitBranch: Filter = {
  id: 'git-branch',
  suggests: (command) => isVerb(command, 'git', ['branch', 'tag', 'for-each-ref']),
  confirms: (lines) =>
    lines.length > 3 &&
    (lines.every((line) => bare.test(line) || / -> /.test(line) || /^\* \(/.test(line)) ||
      lines.every((line) => verbose.test(line.slice(0, 300)))),
  shorten,
  examples: [
    losslessExample({
      name: 'branches here and there',
      commandLine: 'git branch -a',
      output: `  fix/ports
  fix/typos
* main
  remotes/origin/HEAD -> origin/main
  remotes/origin/fix/ports
  remotes/origin/main
  remotes/origin/next`,
      becomes: `fix/
  ports typos
* main
remotes/origin/HEAD -> origin/main
remotes/origin/fix/ports
remotes/origin/
  main next`,
    }),
    losslessExample({
      name: 'branches with their last commit',
      commandLine: 'git branch -vv',
      output: `  a-branch-with-a-long-name 0a1b2c3d [origin/next: behind 3] Say it first
  fix                       1b2c3d4e Ports
* main                      4f1c2d3e [origin/main: ahead 1] Listen on loopback only
  next                      0a1b2c3d Say it first`,
      becomes: `  a-branch-with-a-long-name 0a1b2c3d [origin/next: behind 3] Say it first
  fix 1b2c3d4e Ports
* main 4f1c2d3e [origin/main: ahead 1] Listen on loopback only
  next 0a1b2c3d Say it first`,
    }),
  ],
}
