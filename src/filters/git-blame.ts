/** git blame: each commit once above the lines that are its; the code as it is. Nothing is lost but alignment. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb } from './text/verb.ts'

/** `4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100  12) code`, with a path behind the hash where it moved. */
const row =
  /^(\^?[0-9a-f]{4,40}(?: +[^()]{1,200}?)?) +\((.{1,120}?) +(\S+ [\d:]+ [+-]\d{4}|\d{4}-\d\d-\d\d|\d+) +(\d+)\)(.*)$/

interface Line {
  readonly commit: string
  readonly said: string
}

function blamed(line: string): Line | undefined {
  const close = line.slice(0, 400).indexOf(') ')
  const head = close < 0 ? line.slice(0, 400) : line.slice(0, close + 1)
  const found = row.exec(head)
  if (!found) return undefined
  const [, hash = '', author = '', when = '', number = ''] = found
  return {
    commit: `${hash.replace(/ +/g, ' ')} (${author} ${when})`,
    said: `${number})${line.slice(head.length)}`,
  }
}

function shorten({ lines }: Reading): Shortened | undefined {
  const out: string[] = []
  let commit = ''
  for (const line of lines) {
    const read = blamed(line)
    if (!read) return undefined
    if (read.commit !== commit) out.push(read.commit)
    commit = read.commit
    out.push(read.said)
  }
  return { lines: out, tier: 0 }
}

export const gitBlame: Filter = {
  id: 'git-blame',
  suggests: (command) => isVerb(command, 'git', ['blame', 'annotate']),
  confirms: (lines) => lines.length > 3 && lines.slice(0, 10).every((line) => blamed(line) !== undefined),
  shorten,
  examples: [
    losslessExample({
      name: 'a file of two commits',
      commandLine: 'git blame -L 10,16 src/server/listen.ts',
      output: `4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100 10) export function listen(port: number) {
4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100 11)   const server = createServer()
0a1b2c3d (Bo      2026-03-02 08:15:44 +0100 12)   server.on('error', (gone) => fail(gone))
4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100 13)   server.listen(port, '127.0.0.1')
4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100 14)
4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100 15)   return server
4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100 16) }`,
      becomes: `4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100)
10) export function listen(port: number) {
11)   const server = createServer()
0a1b2c3d (Bo 2026-03-02 08:15:44 +0100)
12)   server.on('error', (gone) => fail(gone))
4f1c2d3e (Ana Sol 2026-03-03 10:12:00 +0100)
13)   server.listen(port, '127.0.0.1')
14)
15)   return server
16) }`,
    }),
  ],
}
