/** Long listings: every name and size; permissions, owners and dates only where they are not the usual ones or are asked for. */
import type { Command, Filter, Reading, Shortened } from './filter.ts'
import { isTellingMode, isUsualMode, type ListedFile, listedFile, markedName } from './text/long-listing.ts'
import { hasOption } from './text/verb.ts'

const looked = 40

/** Sorted by time, or with a time of its own: dates are what it is about. */
const wantsDates = (command: Command | undefined): boolean =>
  command !== undefined && hasOption(command, 'tuc', ['--sort', '--time', '--time-style', '--full-time'])

/** Somebody is looking at permissions, or was refused. */
function wantsModes({ lines, failed }: Reading, files: readonly (ListedFile | undefined)[]): boolean {
  if (failed) return true
  return (
    files.some((file) => file !== undefined && !/^\.\.?$/.test(file.name) && isTellingMode(file.mode)) ||
    lines.some((line, at) => files[at] === undefined && /denied|EACCES|EPERM|not permitted/i.test(line))
  )
}

/** The owner of most files. */
function usualOwner(files: readonly (ListedFile | undefined)[]): string | undefined {
  const counts = new Map<string, number>()
  for (const file of files) if (file !== undefined) counts.set(file.owner, (counts.get(file.owner) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

interface Told {
  readonly dates: boolean
  readonly owner: string | undefined
}

function say(file: ListedFile, { dates, owner }: Told): string {
  const odd = [
    isUsualMode(file.mode) ? '' : file.mode,
    file.owner === owner ? '' : file.owner.replace(/\s+/, ':'),
  ]
  const size = file.mode.startsWith('d') ? '' : file.size
  return [...odd, size, dates ? file.when : '', markedName(file)].filter((word) => word !== '').join(' ')
}

/** The sum above a listing, and the blank line above the next one's name. */
function isBetween(lines: readonly string[], at: number): boolean {
  const next = lines[at + 1] ?? ''
  if (/^total \S+$/.test(lines[at] ?? '')) return listedFile(next) !== undefined
  return lines[at] === '' && next.endsWith(':')
}

const isSelf = (file: ListedFile): boolean => file.name === '.' || file.name === '..'

function shorten(reading: Reading): Shortened | undefined {
  const files = reading.lines.map(listedFile)
  if (reading.tier < 1 || wantsModes(reading, files)) return undefined
  const told = { dates: wantsDates(reading.command), owner: usualOwner(files) }
  const lines: string[] = []
  let reworded = 0
  for (const [at, line] of reading.lines.entries()) {
    const file = files[at]
    const isGone = file === undefined ? isBetween(reading.lines, at) : isSelf(file)
    if (file !== undefined || isGone) reworded += 1
    if (!isGone) lines.push(file === undefined ? line : say(file, told))
  }
  const what = told.dates ? 'permissions, owners' : 'permissions, owners, dates'
  return { lines: [...lines, reading.hidden(reworded, what)], tier: 1 }
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
      becomes: `-rw------- 220 .env
.git/
812 build*
11 latest -> releases/14
1833 package.json
src/
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
  ],
}
