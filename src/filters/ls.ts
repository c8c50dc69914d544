/** Long listings: every name and size; permissions, owners and dates only where they are not the usual ones or are asked for. */
import type { Command, Filter, Reading, Shortened } from './filter.ts'
import { inListing, type ListedName } from './text/listing-groups.ts'
import { isTellingMode, isUsualMode, type ListedFile, listedFile, markedName } from './text/long-listing.ts'
import { hasOption } from './text/verb.ts'

const looked = 40

/** For each line, the file that it lists. */
type Files = readonly (ListedFile | undefined)[]

/** Sorted by time, or with a time of its own: dates are what it is about. */
const wantsDates = (command: Command | undefined): boolean =>
  command !== undefined && hasOption(command, 'tuc', ['--sort', '--time', '--time-style', '--full-time'])

/** In some order that was asked for. */
const wantsOrder = (command: Command | undefined): boolean =>
  wantsDates(command) || (command !== undefined && hasOption(command, 'SUfv'))

/** Of more files than so many, one with unusual permissions is nothing to look at; it is told with them. */
const manyFiles = 20

/** Somebody is looking at permissions, or was refused. */
function wantsModes({ lines, failed }: Reading, files: Files): boolean {
  if (failed) return true
  const listed = files.filter((file) => file !== undefined && !isSelf(file))
  const telling = listed.filter((file) => file !== undefined && isTellingMode(file.mode))
  return (
    telling.length > listed.length / manyFiles ||
    lines.some((line, at) => files[at] === undefined && /denied|EACCES|EPERM|not permitted/i.test(line))
  )
}

const isSelf = (file: ListedFile): boolean => file.name === '.' || file.name === '..'

/** The owner of most files. */
function usualOwner(files: Files): string | undefined {
  const counts = new Map<string, number>()
  for (const file of files) if (file !== undefined) counts.set(file.owner, (counts.get(file.owner) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

interface Told {
  readonly dates: boolean
  readonly owner: string | undefined
}

function named(file: ListedFile, { dates, owner }: Told): ListedName {
  const odd = [
    isUsualMode(file.mode) ? '' : file.mode,
    file.owner === owner ? '' : file.owner.replace(/\s+/, ':'),
  ].filter((word) => word !== '')
  const name = markedName(file)
  const isFolder = file.mode.startsWith('d')
  const said = [...odd, isFolder ? '' : file.size, dates ? file.when : '', name].filter((word) => word !== '')
  const isPlain = odd.length === 0 && /^[^\s"*]+$/.test(name)
  return {
    said: said.join(' '),
    isFolder: isFolder && isPlain,
    file: isPlain && file.mode.startsWith('-') ? { size: file.size, name } : undefined,
  }
}

/** The sum above a listing, and the blank line above the next one's name. */
function isBetween(lines: readonly string[], at: number): boolean {
  const next = lines[at + 1] ?? ''
  if (/^total \S+$/.test(lines[at] ?? '')) return listedFile(next) !== undefined
  return lines[at] === '' && next.endsWith(':')
}

const isHeading = (line: string | undefined, above: string | undefined): line is string =>
  line?.endsWith(':') === true && (above === undefined || above === '')

interface Section {
  readonly heading?: string
  /** Stands for itself. */
  readonly line?: string
  readonly names: ListedName[]
}

/** Names under the folder they are in, and lines that name nothing. */
function sectionsOf(lines: readonly string[], files: Files, told: Told): readonly Section[] {
  const sections: Section[] = [{ names: [] }]
  for (const [at, line] of lines.entries()) {
    const file = files[at]
    if (file === undefined ? isBetween(lines, at) : isSelf(file)) continue
    if (file !== undefined) sections.at(-1)?.names.push(named(file, told))
    else if (isHeading(line, lines[at - 1])) sections.push({ heading: line, names: [] })
    else sections.push({ line, names: [] })
  }
  return sections
}

function shorten(reading: Reading): Shortened | undefined {
  const { lines, command, tier, hidden } = reading
  const files = lines.map(listedFile)
  if (tier < 1 || wantsModes(reading, files)) return undefined
  const told = { dates: wantsDates(command), owner: usualOwner(files) }
  const inOrder = wantsOrder(command)
  const out = sectionsOf(lines, files, told).flatMap(({ heading, line, names }) => {
    const above = line === undefined ? [] : [line]
    if (!inOrder) return [...above, ...inListing(names, heading)]
    return [...above, ...(heading === undefined ? [] : [heading]), ...names.map(({ said }) => said)]
  })
  const reworded = lines.filter((_, at) => files[at] !== undefined || isBetween(lines, at)).length
  const what = told.dates ? 'permissions, owners' : 'permissions, owners, dates'
  return { lines: [...out, hidden(reworded, what)], tier: 1 }
}

export const ls: Filter = {
  id: 'ls',
  suggests: ({ program }) => ['ls', 'gls', 'dir', 'vdir'].includes(program),
  confirms: (lines) => {
    const some = lines.slice(0, looked).filter((line) => line !== '' && !/^total |:$/.test(line))
    return some.length > 3 && some.filter((line) => listedFile(line)).length >= some.length * 0.8
  },
  shorten,
  examples: [
    {
      name: 'names and sizes',
      commandLine: 'ls -la',
      output: `total 60
drwxr-xr-x  5 ana  staff   4096 Mar  3 10:12 .
drwxr-xr-x 18 ana  staff   4096 Mar  1 09:00 ..
-rw-------  1 ana  staff    220 Mar  3 10:12 .env
drwxr-xr-x  8 ana  staff   4096 Mar  3 10:10 .git
-rwxr-xr-x  1 ana  staff    812 Feb 27 18:44 build
lrwxrwxrwx  1 ana  staff     11 Feb 27 18:44 latest -> releases/14
-rw-r--r--  1 ana  staff   1833 Mar  2 08:15 package.json
drwxr-xr-x  4 ana  staff   4096 Mar  2 08:15 src
-rw-r--r--  1 root root       7 Mar  2 08:15 stamp`,
      becomes: `.git/ src/
-rw------- 220 .env
812 build*
11 latest -> releases/14
1833 package.json
root:root 7 stamp
[+10 lines hidden: permissions, owners, dates — clutch show r7f3a2]`,
    },
    {
      name: 'the newest last: dates are asked for',
      commandLine: 'ls -ltr build',
      output: `total 48
-rw-r--r-- 1 ana staff 10240 Jan  9 11:02 app.0.js
-rw-r--r-- 1 ana staff 11264 Feb 20 16:30 app.1.js
-rw-r--r-- 1 ana staff 11301 Mar  2 08:15 app.2.js
-rw-r--r-- 1 ana staff 11388 Mar  3 10:12 app.3.js`,
      becomes: `10240 Jan  9 11:02 app.0.js
11264 Feb 20 16:30 app.1.js
11301 Mar  2 08:15 app.2.js
11388 Mar  3 10:12 app.3.js
[+5 lines hidden: permissions, owners — clutch show r7f3a2]`,
    },
    {
      name: 'folders in folders',
      commandLine: 'ls -laR src',
      output: `src:
total 20
drwxr-xr-x  4 ana staff 4096 Mar  3 10:12 .
drwxr-xr-x 18 ana staff 4096 Mar  1 09:00 ..
-rw-r--r--  1 ana staff  220 Mar  3 10:12 main.ts
drwxr-xr-x  2 ana staff 4096 Mar  3 10:12 server
drwxr-xr-x  2 ana staff 4096 Mar  3 10:12 wire

src/server:
total 12
drwxr-xr-x 2 ana staff 4096 Mar  3 10:12 .
drwxr-xr-x 4 ana staff 4096 Mar  3 10:12 ..
-rw-r--r-- 1 ana staff 1203 Mar  3 10:12 listen.ts
-rw-r--r-- 1 ana staff  804 Mar  3 10:12 open.ts
-rw-r--r-- 1 ana staff  612 Mar  3 10:12 refuse.ts

src/wire:
total 8
drwxr-xr-x 2 ana staff 4096 Mar  3 10:12 .
drwxr-xr-x 4 ana staff 4096 Mar  3 10:12 ..
-rw-r--r-- 1 ana staff 2250 Mar  3 10:12 bytes.ts
-rw-r--r-- 1 ana staff  731 Mar  3 10:12 notes.md
-rw-r--r-- 1 ana staff  390 Mar  3 10:12 skim.ts
-rw-r--r-- 1 ana staff  412 Mar  3 10:12 spans.ts`,
      becomes: `src: server/ wire/
220 main.ts
src/server/*.ts:
1203 listen
804 open
612 refuse
src/wire:
731 notes.md
*.ts:
2250 bytes
390 skim
412 spans
[+21 lines hidden: permissions, owners, dates — clutch show r7f3a2]`,
    },
  ],
}
