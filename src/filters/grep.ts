/** Search hits of grep, rg, ag, git grep: each file once, its hits under it. */
import type { Filter } from './filter.ts'
import { splitPath } from './text/folders.ts'
import { tellsEnds } from './text/hit-ends.ts'
import { type Hit, isHeaded, numberedHit, plainHit } from './text/hit-rows.ts'
import { underFolders, underHeadings } from './text/hits.ts'
import { losslessExample } from './text/lossless-example.ts'
import { hasOption, isVerb } from './text/verb.ts'

const programs = new Set(['grep', 'egrep', 'fgrep', 'zgrep', 'rg', 'ripgrep', 'ag', 'ack'])

const folderOf = (hit: Hit | undefined): string | undefined => hit && splitPath(hit.path).folder

/** How many lines are looked at before deciding. */
const looked = 60

export const grep: Filter = {
  id: 'grep',
  suggests: (command) => programs.has(command.program) || isVerb(command, 'git', ['grep']),
  confirms: (lines) => {
    if (isHeaded(lines)) return true
    const some = lines.slice(0, looked).filter((line) => line !== '' && line !== '--')
    const hits = some.flatMap((line) => numberedHit(line) ?? plainHit(line) ?? [])
    const beside = lines.includes('--') || some.some((line) => /-\d+-/.test(line.slice(0, 400)))
    const isTold = beside || hits.some((hit, at) => folderOf(hits[at + 1]) === folderOf(hit))
    return isTold && hits.length >= some.length * (beside ? 0.1 : 0.7)
  },
  shorten: ({ lines, command }) => {
    if (tellsEnds(lines[0])) return undefined
    const hasColumns = command !== undefined && hasOption(command, '', ['--column', '--vimgrep'])
    const found = isHeaded(lines) ? underFolders(lines, hasColumns) : underHeadings(lines, hasColumns)
    return found && { lines: found, tier: 0 }
  },
  examples: [
    losslessExample({
      name: 'hits with line numbers',
      commandLine: 'grep -rn "port" src',
      output: `src/server/listen.ts:3:export const port = 8080
src/server/listen.ts:9:  server.listen(port)
src/server/listen.ts:14:  return \`http://\${host}:\${port}\`
grep: src/server/private: Permission denied
src/client/dial.ts:2:import { port } from '../server/listen.ts'
src/client/dial.ts:30:dial(host, port)`,
      becomes: `src/server/listen.ts
3 export const port = 8080
9   server.listen(port)
14   return \`http://\${host}:\${port}\`
grep: src/server/private: Permission denied
src/client/dial.ts
2 import { port } from '../server/listen.ts'
30 dial(host, port)`,
    }),
    losslessExample({
      name: 'lines beside the hits',
      commandLine: 'rg -n -C1 retry src',
      output: `src/call/again.ts-11-
src/call/again.ts:12:  if (retry) continue
src/call/again.ts-13-  break
--
src/call/again.ts-40-// how often
src/call/again.ts:41:const retryLimit = 3
src/call/again.ts-42-
--
src/call/wait-2-times.ts-6-  // then
src/call/wait-2-times.ts:7:  await retry()
src/call/wait-2-times.ts-8-}`,
      becomes: `src/call/again.ts
11-
12:  if (retry) continue
13-  break
--
40-// how often
41:const retryLimit = 3
42-
src/call/wait-2-times.ts
6-  // then
7:  await retry()
8-}`,
    }),
    losslessExample({
      name: 'hits without numbers',
      commandLine: 'git grep TODO',
      output: `docs/plan.md:- TODO write this
docs/plan.md:- TODO: and that: soon
src/plan.ts:  // TODO later
src/plan.ts:// TODO never`,
      becomes: `docs/plan.md
\t- TODO write this
\t- TODO: and that: soon
src/plan.ts
\t  // TODO later
\t// TODO never`,
    }),
    losslessExample({
      name: 'files of one folder, and several hits in one line',
      commandLine: 'rg --vimgrep port src',
      output: `src/server/listen.ts:3:14:export const port = 8080
src/server/listen.ts:9:3:port(port)
src/server/listen.ts:9:8:port(port)
src/client/dial.ts:2:10:import { port } from '../server/listen.ts'
src/server/open.ts:5:9:  dial(port)`,
      becomes: `src/server/*.ts
 listen
3:14 export const port = 8080
9:3,8 port(port)
 open:5:9   dial(port)
src/client/dial.ts:2:10 import { port } from '../server/listen.ts'`,
    }),
    losslessExample({
      name: 'hits under headings',
      commandLine: 'rg -n --heading port src',
      output: `src/server/listen.ts
3:export const port = 8080
9:  server.listen(port)

src/server/open.ts
5:  dial(port)`,
      becomes: `src/server/*.ts
 listen
3 export const port = 8080
9   server.listen(port)
 open:5   dial(port)`,
    }),
    losslessExample({
      name: 'hits that begin and end alike',
      commandLine: 'rg -ni says src',
      output: `src/call/open.ts:3:  /** Opens what it says. */
src/call/refuse.ts:4:  /** Refuses what it says. */
src/call/refuse.ts:9:  return says(port)
src/call/reply.ts:5:  /** Replies what it says. */
src/call/retry.ts:6:  /** Retries what it says. */
src/call/shape.ts:7:  /** Shapes what it says. */
src/call/speak.ts:8:  /** Speaks what it says. */
src/call/start.ts:9:  /** Starts what it says. */
src/call/wait.ts:10:  /** Waits what it says. */
src/call/watch.ts:11:  /** Watches what it says. */
src/call/write.ts:12:  /** Writes what it says. */
src/call/yield.ts:13:  /** Yields what it says. */
src/call/zip.ts:14:  /** Zips what it says. */
src/call/accept.ts:15:  /** Accepts what it says. */
src/call/admit.ts:16:  /** Admits what it says. */`,
      becomes: `[hits behind a blank or tab begin with "  /** " and end with ". */"; those behind :: are whole]
src/call/*.ts
 open:3 Opens what it says
 refuse
4 Refuses what it says
9::  return says(port)
 reply:5 Replies what it says
 retry:6 Retries what it says
 shape:7 Shapes what it says
 speak:8 Speaks what it says
 start:9 Starts what it says
 wait:10 Waits what it says
 watch:11 Watches what it says
 write:12 Writes what it says
 yield:13 Yields what it says
 zip:14 Zips what it says
 accept:15 Accepts what it says
 admit:16 Admits what it says`,
    }),
  ],
}
