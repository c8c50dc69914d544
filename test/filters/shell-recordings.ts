/** What commands of a shell printed over this project and small generated ones: what each holds, and what is saved of it. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { drawn } from '../../src/filters/text/drawing.ts'
import { listedFile } from '../../src/filters/text/long-listing.ts'
import { differences, type Fact, linesOf, lostFacts } from './needles.ts'
import {
  changesOf,
  commitsTold,
  fromDiff,
  fromFolders,
  fromHits,
  fromListing,
  fromLog,
  fromSized,
  unbraced,
} from './told-back.ts'

export function recordedShell(name: string): string {
  const path = new URL(`./shell-recordings/${name}.txt`, import.meta.url)
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return gunzipSync(readFileSync(new URL(`${path.href}.gz`))).toString('utf8')
  }
}

const clean = (name: string): readonly string[] => linesOf(recordedShell(name)).map((line) => line.trimEnd())

/** Nothing that should be there is missing, nothing is there that should not be. */
type Proof = (name: string, told: readonly string[]) => readonly unknown[]

const tellsBack =
  (back: (lines: readonly string[]) => readonly string[]): Proof =>
  (name, told) =>
    differences(clean(name), back(told))

const keeps =
  (
    factsOf: (lines: readonly string[]) => readonly Fact[],
    back: (lines: readonly string[]) => readonly string[] = (lines) => lines,
  ): Proof =>
  (name, told) =>
    lostFacts(factsOf(clean(name)), back(told).join('\n'))

const startsDiff = (line: string): boolean => line.startsWith('diff --git ')

/** What `--graph` draws stands before every line. */
const undrawn = (line: string): string => line.replace(/^(?=.*[*|])[|\\/_ *.-]+/, '')

/** Every commit's hash to ten digits, author with address, and date; as printed by whichever format. */
const commitsIn = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line, at) => {
    const hash = /^[|\\/_ *.-]*commit ([0-9a-f]{10})/.exec(line)?.[1]
    if (hash === undefined) return []
    const headers = lines.slice(at, at + 7).map((each) => each.replace(/^[|\\/_ *.-]+/, ''))
    const said = (name: RegExp) => headers.find((each) => name.test(each))?.replace(/^\w+: +/, '') ?? ''
    return [`${hash} ${said(/^(?:Author)?Date:/)} ${said(/^Author:/)}`]
  })

const sameCommits: Proof = (name, told) =>
  differences(
    commitsIn(clean(name)),
    commitsTold(told).map(({ hash, date, author }) => `${hash} ${date} ${author}`),
  )

/** The words of every message, as they are, above the first diff of its commit. */
const messages = (lines: readonly string[]): readonly Fact[] => {
  let isAbove = true
  return lines.map(undrawn).flatMap((line): readonly Fact[] => {
    if (line.startsWith('commit ')) isAbove = true
    if (startsDiff(line)) isAbove = false
    return isAbove && /^ {4}\S/.test(line) ? [[line.trim()]] : []
  })
}

/** Who committed, and when, where that was not the author at once. */
const committers = (lines: readonly string[]): readonly Fact[] =>
  lines.flatMap((line, at): readonly Fact[] => {
    const author = /^Author: +(.*)$/.exec(line)?.[1]
    if (author === undefined) return []
    const [, written = '', by = '', when = ''] = lines
      .slice(at, at + 4)
      .map((each) => each.replace(/^\w+: +/, ''))
    return by === author && when === written ? [] : [[by], [when]]
  })

const shortHashes = (line: string): string => line.replace(/^commit ([0-9a-f]{10})[0-9a-f]{30}/, 'commit $1')

const wholeLog: Proof = (name, told) => differences(clean(name).map(shortHashes), fromLog(told))

/** Every changed file with how many lines of it changed. */
const changedFiles = (lines: readonly string[]): readonly Fact[] =>
  lines.flatMap((line): readonly Fact[] => {
    const found = /^ (\S+) +\| +(\d+) [+-]+$/.exec(line)
    if (!found || found[1]?.includes('{') === true) return []
    return [[`${found[1]?.split('/').at(-1)} ${found[2]}`]]
  })

const changedAlike: Proof = (name, told) => differences(changesOf(clean(name)), changesOf(fromDiff(told)))

/** A lockfile is only counted. */
const isRead = ({ path }: { readonly path: string }): boolean => path !== 'yarn.lock'

/** Hits that stood under headings, as they would without. */
const headedHits: Proof = (name, told) => {
  let path = ''
  const hits = clean(name).flatMap((line, at, all) => {
    if (at === 0 || all[at - 1] === '') path = line
    return /^\d+:/.test(line) ? [`${path}:${line}`] : []
  })
  return differences(hits, fromHits(told))
}

/** Every name with its size, in its folder. */
const listedFiles: Proof = (name, told) => {
  let folder = ''
  const files = clean(name).flatMap((line) => {
    const file = listedFile(line)
    if (!file && line.endsWith(':')) folder = `${line.slice(0, -1)}/`
    if (!file || /^\.\.?$/.test(file.name)) return []
    const runs = file.mode.startsWith('-') && file.mode.includes('x') ? '*' : ''
    return [
      file.mode.startsWith('d') ? `${folder}${file.name}/` : `${file.size} ${folder}${file.name}${runs}`,
    ]
  })
  return differences(files, fromListing(told.filter((line) => !line.startsWith('[+'))))
}

const drawnNames = (lines: readonly string[]): readonly Fact[] =>
  lines.flatMap((line): readonly Fact[] => [[drawn(line)?.said ?? line]])

/** Every package with its version, below the one that needs it; by its name alone where that is told with its version elsewhere. */
const neededBy = (lines: readonly string[]): readonly Fact[] => {
  const above: string[] = []
  return lines.flatMap((line): readonly Fact[] => {
    const { offset = -2, said = line } = drawn(line) ?? {}
    const depth = offset / 2 + 1
    above.length = depth
    above.push(said)
    const needs = above.at(-2)
    if (said.startsWith('UNMET OPTIONAL')) return []
    const name = said.replace(/(?<=.)@\S+ deduped$/, '')
    return [needs === undefined ? [said] : [name, needs]]
  })
}

const words =
  (pattern: RegExp) =>
  (lines: readonly string[]): readonly Fact[] =>
    lines.flatMap((line) => [...line.matchAll(pattern)].map((found): Fact => [found[1] ?? found[0]]))

/** Paths of a status, with the state before each. */
const statesOf = (lines: readonly string[]): readonly string[] =>
  lines
    .filter((line) => line.startsWith('\t'))
    .flatMap((line) => {
      const [, state = '', paths = ''] = /^\t((?:[a-z ]+: +)?)(.*)$/.exec(line) ?? []
      return unbraced([paths]).map((path) => `${state.trim()} ${path}`)
    })

const shortStatesOf = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => unbraced([line.slice(3)]).map((path) => `${line.slice(0, 2)} ${path}`))

const all =
  (...proofs: readonly Proof[]): Proof =>
  (name, told) =>
    proofs.flatMap((proof) => proof(name, told))

/**
 * [recording, what printed it, the least that is saved in percent, what must be there]. Counted in tokens of o200k.
 */
export const shellRecordings: readonly (readonly [string, string, number, Proof])[] = [
  ['git-status', 'git status', 55, (name, told) => differences(statesOf(clean(name)), statesOf(told))],
  [
    'git-status-short',
    'git status -s',
    45,
    (name, told) => differences(shortStatesOf(clean(name)), shortStatesOf(told)),
  ],
  ['git-log', 'git log -50', 50, all(sameCommits, wholeLog)],
  ['git-log-several', 'git log -60', 50, all(sameCommits, wholeLog)],
  ['git-log-iso', 'git log --date=iso -60', 50, all(sameCommits, keeps(messages))],
  ['git-log-stat', 'git log --stat -25', 40, all(sameCommits, keeps(messages), keeps(changedFiles))],
  ['git-log-stat-several', 'git log --stat -30', 39, all(sameCommits, keeps(messages), keeps(changedFiles))],
  ['git-log-names', 'git log --name-status -30', 39, all(sameCommits, keeps(messages))],
  ['git-log-fuller', 'git log --format=fuller -50', 55, all(sameCommits, keeps(messages), keeps(committers))],
  ['git-log-graph', 'git log --graph -60', 50, all(sameCommits, keeps(messages))],
  ['git-log-graph-stat', 'git log --graph --stat -25', 39, all(sameCommits, keeps(messages))],
  ['git-log-long-hashes', 'git log --pretty=oneline -80', 45, keeps(words(/^[0-9a-f]{10}|(?<=^\S{40}).*$/g))],
  ['git-log-p', 'git log -p -12 -- src/gateway', 39, all(sameCommits, changedAlike, keeps(messages))],
  [
    'git-log-p-graph',
    'git log -p --stat --graph -6 -- src/server',
    39,
    all(sameCommits, keeps(messages), (name, told) =>
      differences(changesOf(clean(name).map((line) => line.slice(2))), changesOf(fromDiff(told))),
    ),
  ],
  ['git-diff', 'git diff HEAD~1', 30, changedAlike],
  ['diff-ru', 'diff -ru old new', 30, changedAlike],
  [
    'git-diff-kinds',
    'git diff --cached -M',
    15,
    all(
      (name, told) => differences(changesOf(clean(name)).filter(isRead), changesOf(fromDiff(told))),
      keeps(
        words(
          /^(?:rename .*|old mode .*|new mode .*|Binary files .*|diff --git a\/new-empty.*|\\ No newline.*|(?:---|\+\+\+) (?!.*yarn).*)$/g,
        ),
        (told) => fromDiff(told),
      ),
    ),
  ],
  ['git-show', 'git show HEAD~34', 30, all(changedAlike, sameCommits, keeps(messages))],
  ['git-diff-lock', 'git diff HEAD~1', 90, keeps(words(/^\+\+\+ b\/(.*)/g))],
  ['git-blame', 'git blame src/gateway/handle.ts', 45, keeps(words(/\d+\)( .*)$/g))],
  ['grep-n', "rg -n 'export function' src", 32, tellsBack(fromHits)],
  ['grep-plain', "rg 'export function' src", 32, tellsBack(fromHits)],
  ['grep-column', 'rg --column -n return src/filters', 30, tellsBack(fromHits)],
  ['grep-vimgrep', 'rg --vimgrep tier src', 35, tellsBack(fromHits)],
  ['grep-imports', "rg -n 'from .node:' src", 34, tellsBack(fromHits)],
  ['grep-code', 'grep -rniE await src/cli src/server', 28, tellsBack(fromHits)],
  ['grep-after', "rg -n -A4 'suggests:' src/filters", 25, tellsBack(fromHits)],
  ['grep-plain-context', 'rg -C2 lines.length src/filters', 25, tellsBack(fromHits)],
  ['grep-comments', 'grep -rn CONTRACT src test', 26, tellsBack(fromHits)],
  ['grep-heading', "rg -n --heading 'export const' src", 26, headedHits],
  ['grep-context', 'grep -rn -C3 lost src/gateway', 32, tellsBack(fromHits)],
  ['grep-files', 'cd app && grep -rl import src test', 58, tellsBack(fromFolders)],
  ['find', "find src test -name '*.ts' | sort", 60, tellsBack(fromFolders)],
  ['fd', 'fd -e test.ts', 60, tellsBack(fromFolders)],
  ['rg-l', 'rg -l lost', 48, tellsBack(fromFolders)],
  ['grep-c', 'grep -rc lost src', 45, tellsBack(fromHits)],
  ['ls-la', 'ls -la', 80, listedFiles],
  ['ls-la-deep', 'ls -laR src', 80, listedFiles],
  ['ls-la-folder', 'ls -la src/dialects/openai-responses', 78, listedFiles],
  ['ls-l-deep', 'ls -lR docs src/store src/server', 80, listedFiles],
  ['tree', 'tree src', 62, keeps(drawnNames)],
  ['du', 'du -ah src', 25, tellsBack(fromSized)],
  ['du-a', 'du -a --apparent-size src docs', 30, tellsBack(fromSized)],
  [
    'wc',
    "find src -name '*.ts' -exec wc -l {} +",
    50,
    (name, told) =>
      differences(
        clean(name).map((line) => line.trim()),
        fromSized(told).map((line) => line.replace('\t', ' ')),
      ),
  ],
  ['npm-ls', 'npm ls --all', 65, keeps(neededBy)],
  ['npm-ls-app', 'npm ls --all', 58, keeps(neededBy)],
  ['pnpm-add', 'pnpm add express jest gulp', 50, keeps(words(/^\+ \S+ \S+|\S+@\d\S*/g))],
  ['npm-http', 'npm install --loglevel http', 95, keeps(words(/^added .*/g))],
  ['yarn', 'yarn add express request', 20, keeps(words(/\S+@\d\S+/g))],
  ['pip-install-many', 'pip install pandas fastapi', 85, keeps(words(/[\w-]+-\d+\.\d+(?:\.\d+)?$/g))],
  ['pip-install', 'pip install flask requests', 80, keeps(words(/[\w-]+-\d+\.\d+(?:\.\d+)?$/g))],
  [
    'apt-install',
    'sudo apt-get install -y figlet',
    75,
    keeps(words(/^(?:The following .*| {2}\S.*|\d+ upgraded.*|debconf: .*)$/g)),
  ],
  [
    'apt-list',
    'apt list --installed',
    30,
    keeps((lines) => lines.slice(1).map((line): Fact => [line.replace(/^([^/]+)\/\S+ (\S+) .*$/, '$1 $2')])),
  ],
  [
    'dpkg',
    'dpkg -l',
    15,
    keeps((lines) => lines.slice(5).map((line): Fact => [line.replace(/^ii +/, '').replace(/ +/g, ' ')])),
  ],
]
