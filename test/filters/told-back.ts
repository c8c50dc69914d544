/** What the lossless readings made of an output, told back: the proof that nothing was lost. */

import type { Finding } from '../../src/filters/text/findings.ts'

/** The words of one line of ours: plain, or quoted. */
function wordsOf(line: string): string[] {
  return (line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((found) => {
    if (!found.startsWith('"')) return found
    const told: unknown = JSON.parse(found)
    return typeof told === 'string' ? told : found
  })
}

/** `src/wire/*.ts`: the folder, and what its names end with. */
function headingTold(line: string): readonly [folder: string, ending: string] {
  const ending = /\/\*((?:\.\w+){1,2})$/.exec(line)?.[1] ?? ''
  return ending === '' ? [line, ''] : [line.slice(0, -ending.length - 1), ending]
}

/** The paths again: the same ones, each folder's next to each other. */
export function fromFolders(lines: readonly string[]): string[] {
  const paths: string[] = []
  let [folder, ending] = ['', '']
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('  ')) paths.push(...wordsOf(line).map((name) => folder + name + ending))
    else if (lines[at + 1]?.startsWith('  ') === true) [folder, ending] = headingTold(line)
    else paths.push(line)
  }
  return paths
}

/** The paths again. */
export function unbraced(entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    const open = entry.indexOf('/{')
    if (open < 0 || !entry.endsWith('}')) return [entry]
    const folder = entry.slice(0, open + 1)
    return entry
      .slice(open + 2, -1)
      .split(',')
      .map((name) => folder + name)
  })
}

/** What was drawn, row by row: how deep, and what. `gap`: what stands between leaves that share a line. */
export function fromIndented(lines: readonly string[], gap: string): { depth: number; said: string }[] {
  return lines.flatMap((line) => {
    const depth = line.search(/[^ ]|$/)
    const said = line.slice(depth)
    const words = depth > 0 ? said.split(gap) : [said]
    return words.map((word) => ({ depth, said: word }))
  })
}

/** The rows again, each folder's next to each other. */
export function fromSized(lines: readonly string[]): string[] {
  let [folder, ending] = ['', '']
  return lines.flatMap((line, at) => {
    if (line.startsWith('  '))
      return line
        .trim()
        .split('  ')
        .map((row) => row.replace(' ', `\t${folder}`) + ending)
    if (lines[at + 1]?.startsWith('  ') !== true) return [line]
    ;[folder, ending] = headingTold(line)
    return []
  })
}

const isHit = (line: string | undefined): boolean => line !== undefined && /^(?:\d+[:-]|[:-])/.test(line)

/** Hits with lines beside them again, in their order. */
function fromHeadings(lines: readonly string[]): string[] {
  const out: string[] = []
  let path: string | undefined
  for (const [at, line] of lines.entries()) {
    if (line === '--') out.push(line)
    else if (isHit(line))
      out.push(`${path}${/^[:-]/.test(line) ? '' : /^\d+-/.test(line) ? '-' : ':'}${line}`)
    else if (isHit(lines[at + 1]) && lines[at + 1] !== '--') {
      if (path !== undefined && isHit(lines[at - 1])) out.push('--')
      path = line
    } else out.push(line)
  }
  return out
}

/** `12 `, `12:5 `; with `::` behind where the text is whole though others have ends told above. */
const place = /^(\d+(?::[\d,]+)?)(?: |::)/

/** A start without indentation stands behind that of the text. */
const wholeAgain = (inner: string, [start, end]: readonly [string, string]): string =>
  /^[ \t]/.test(start) ? start + inner + end : inner.replace(/^[ \t]*/, (indent) => indent + start) + end

/** What follows the path of a hit, from its mark on; of several columns in one line, each. */
function hitsSaid(said: string, [start, end]: readonly [string, string]): string[] {
  if (said.startsWith('\t')) return [`:${wholeAgain(said.slice(1), [start, end])}`]
  if (said.startsWith('::')) return [said.slice(1)]
  if (said === ':') return [said]
  const [whole = '', at = ''] = place.exec(said) ?? []
  const [line = '', columns] = at.split(':')
  const text = whole.endsWith('::')
    ? said.slice(whole.length)
    : wholeAgain(said.slice(whole.length), [start, end])
  return columns === undefined
    ? [`:${line}:${text}`]
    : columns.split(',').map((column) => `:${line}:${column}:${text}`)
}

const isBelow = (line: string | undefined): boolean =>
  line !== undefined && (place.test(line) || line.startsWith('\t') || line === ':' || line.startsWith('::'))

/** `name:12 text`, or a tab before the text */
const besideName = /^(.*?)(?::(?=\d+(?::[\d,]+)?(?: |::))|(?=\t|::|:$))(.*)$/

const endsTold =
  /^\[hits behind a blank or tab (?:begin(?: \(indented or not\))? with ("(?:[^"\\]|\\.)*"))?(?: and )?(?:end with ("(?:[^"\\]|\\.)*"))?; those behind :: are whole\]$/

/** Search hits again; those of one folder next to each other. */
export function fromHits(told: readonly string[]): string[] {
  const found = endsTold.exec(told[0] ?? '')
  const ends = [JSON.parse(found?.[1] ?? '""'), JSON.parse(found?.[2] ?? '""')] as const
  return hitsFrom(found ? told.slice(1) : told, ends)
}

function hitsFrom(lines: readonly string[], ends: readonly [string, string]): string[] {
  if (lines.some((line) => line === '--' || /^(?:\d+)?-/.test(line))) return fromHeadings(lines)
  const out: string[] = []
  let [path, folder, ending] = ['', '', '']
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1]
    const name = line.startsWith(' ') ? line.slice(1) : undefined
    const own = (said: string) => (name === undefined ? said : `${folder}${said}${ending}`)
    const found = besideName.exec(name ?? line)
    if (isBelow(line)) out.push(...hitsSaid(line, ends).map((said) => path + said))
    else if (name === undefined && next?.startsWith(' ')) {
      ;[folder, ending] = headingTold(line)
    } else if (found) out.push(...hitsSaid(found[2] ?? '', ends).map((said) => own(found[1] ?? '') + said))
    else if (isBelow(next)) path = own(name ?? line)
    else out.push(line)
  }
  return out
}

interface Change {
  readonly path: string
  readonly sign: string
  readonly text: string
  /** In the old file where it is gone, in the new one where it came. */
  readonly line: number
}

/** What a diff changes, where its headers say it does. */
export function changesOf(diff: readonly string[]): readonly Change[] {
  const changes: Change[] = []
  let path = ''
  const old = { line: 0, left: 0 }
  const now = { line: 0, left: 0 }
  const pass = (side: { line: number; left: number }) => {
    side.left -= 1
    side.line += 1
    return side.line - 1
  }
  for (const line of diff) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    const isOutside = old.left <= 0 && now.left <= 0
    if (header && isOutside) {
      old.left = Number(header[2] ?? 1)
      now.left = Number(header[4] ?? 1)
      old.line = Number(header[1]) + (old.left === 0 ? 1 : 0)
      now.line = Number(header[3]) + (now.left === 0 ? 1 : 0)
    } else if (isOutside) path = /^(?:---|\+\+\+) (?!\/dev)/.test(line) ? line.slice(6) : path
    else if (line.startsWith('-')) changes.push({ path, sign: '-', text: line.slice(1), line: pass(old) })
    else if (line.startsWith('+')) changes.push({ path, sign: '+', text: line.slice(1), line: pass(now) })
    else if (!line.startsWith('\\')) {
      pass(old)
      pass(now)
    }
  }
  return changes
}

const hints: Readonly<Record<string, readonly string[]>> = {
  'Changes to be committed:': ['  (use "git restore --staged <file>..." to unstage)'],
  'Changes not staged for commit:': [
    '  (use "git add/rm <file>..." to update what will be committed)',
    '  (use "git restore <file>..." to discard changes in working directory)',
  ],
  'Untracked files:': ['  (use "git add <file>..." to include in what will be committed)'],
}

/** A status again, as git prints it: states in their column, hints and blank lines where git puts them. */
export function fromStatus(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    if (/^Your branch is ahead/.test(line)) return [line, '  (use "git push" to publish your local commits)']
    if (line in hints) return ['', line, ...(hints[line] ?? [])]
    if (line.startsWith('no changes')) return ['', `${line} (use "git add" and/or "git commit -a")`]
    const [, state = '', paths = ''] = /^\t((?:[a-z ]+:(?= ))?) ?(.*)$/.exec(line) ?? []
    if (!line.startsWith('\t')) return [line]
    return unbraced([paths]).map((path) => `\t${state === '' ? '' : state.padEnd(12)}${path}`)
  })
}

/** Lines with their start again: `heading` recognizes what stands above them, `whole` puts both together. */
export function fromStarts(
  lines: readonly string[],
  heading: RegExp,
  whole: (heading: string, said: string) => string | undefined,
): readonly string[] {
  let above: string | undefined
  return lines.flatMap((line, at) => {
    const next = lines[at + 1]
    if (heading.test(line) && next !== undefined && whole(line, next) !== undefined) {
      above = line
      return []
    }
    return [(above === undefined ? undefined : whole(above, line)) ?? line]
  })
}

/** The cells of a table again, header first. */
export function fromTable(lines: readonly string[]): readonly (readonly string[])[] {
  const [first = '', ...rest] = lines
  const isShared = first.startsWith('every row: ')
  const shared = isShared
    ? first
        .slice('every row: '.length)
        .split(', ')
        .map((pair) => pair.split(' '))
    : []
  const body = isShared ? rest : lines
  const gap = body.some((line) => line.includes('  ')) ? '  ' : ' '
  return body.map((line, at) => {
    const cells = line.split(gap).map((cell) => (cell === '""' ? '' : cell))
    const told = shared.map(([name = '', cell = '']) => (at === 0 ? name : cell === '""' ? '' : cell))
    return [...told, ...cells]
  })
}

/** `apt list` again. */
export function fromAptList(lines: readonly string[]): readonly string[] {
  let key = ''
  return lines.flatMap((line) => {
    if (line.endsWith(':')) key = line.slice(0, -1)
    if (line.endsWith(':')) return []
    if (!line.startsWith('  ')) return [line]
    const [, archive = '', architecture = '', state = ''] = /^(\S+) (\S+)(.*)$/.exec(key) ?? []
    return line
      .trim()
      .split(', ')
      .map((each) => each.split(' '))
      .map(([name = '', version = '']) => `${name}/${archive} ${version} ${architecture}${state}`)
  })
}

interface ToldFile {
  readonly path: string
  readonly notes: readonly string[]
}

/** `diff src/a.ts, new file, its 12 lines:` */
function fileTold(line: string): ToldFile {
  const [path = '', ...notes] = line.slice('diff '.length).replace(/:$/, '').split(', ')
  return { path, notes }
}

const after = (notes: readonly string[], start: string): string | undefined =>
  notes.find((note) => note.startsWith(start))?.slice(start.length)

/** What git puts above the hunks of a file. */
function headLines({ path, notes }: ToldFile, hasHunks: boolean): string[] {
  const came = after(notes, 'new file')
  const went = after(notes, 'deleted file')
  const [before, now] = after(notes, 'mode ')?.split(' to ') ?? []
  const [renamed, copied] = [after(notes, 'renamed from '), after(notes, 'copied from ')]
  const moved = renamed ?? copied
  const verb = renamed === undefined ? 'copy' : 'rename'
  const alike = notes.find((note) => note.endsWith('% alike'))?.split(' ')[0] ?? '100%'
  const blobs = after(notes, 'blobs ')
  const mode = came === undefined && went === undefined && now === undefined ? ` ${before ?? '100644'}` : ''
  const ofMode = (note: string) => note.replace(' of mode ', '') || '100644'
  return [
    `diff --git a/${moved ?? path} b/${path}`,
    ...(now === undefined ? [] : [`old mode ${before}`, `new mode ${now}`]),
    ...(came === undefined ? [] : [`new file mode ${ofMode(came)}`]),
    ...(went === undefined ? [] : [`deleted file mode ${ofMode(went)}`]),
    ...(moved === undefined
      ? []
      : [`similarity index ${alike}`, `${verb} from ${moved}`, `${verb} to ${path}`]),
    ...(blobs === undefined ? [] : [`index ${blobs}${mode}`]),
    ...(hasHunks
      ? [
          came === undefined ? `--- a/${moved ?? path}` : '--- /dev/null',
          went === undefined ? `+++ b/${path}` : '+++ /dev/null',
        ]
      : []),
  ]
}

const counted = (start: number, count: number): string =>
  count === 0 ? `${start - 1},0` : count === 1 ? `${start}` : `${start},${count}`

/** A hunk with its header as git writes it; `shift`: how many lines more there are above it than there were. */
function hunkLines(header: string, body: readonly string[], shift: number): readonly [string[], number] {
  const [, start = '', within = ''] = /^@@ (\d+)(.*)$/.exec(header) ?? []
  const own = body.filter((line) => !line.startsWith('\\'))
  const old = own.filter((line) => !line.startsWith('+')).length
  const now = own.filter((line) => !line.startsWith('-')).length
  const places = `-${counted(Number(start) - shift, old)} +${counted(Number(start), now)}`
  return [[`@@ ${places} @@${within}`, ...body], shift + now - old]
}

/** How far a header of git's own shifts what follows it. */
function shiftOf(header: string): number {
  const [, a, b = '1', c, d = '1'] = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(header) ?? []
  const first = (start: string | undefined, count: string) => Number(start) + (count === '0' ? 1 : 0)
  return first(c, d) - first(a, b) + Number(d) - Number(b)
}

/** The diff again, as git prints it; without what was left out beside its changes. */
export function fromDiff(lines: readonly string[]): readonly string[] {
  const out: string[] = []
  let shift = 0
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? ''
    at += 1
    if (/^diff (?!--git )/.test(line)) {
      const file = fileTold(line)
      const own = Number(/its (\d+) lines:$/.exec(line)?.[1] ?? 0)
      out.push(...headLines(file, own > 0 || lines[at]?.startsWith('@@ ') === true))
      shift = 0
      if (own === 0) continue
      const sign = after(file.notes, 'new file') === undefined ? '-' : '+'
      const range = own === 1 ? '1' : `1,${own}`
      out.push(sign === '+' ? `@@ -0,0 +${range} @@` : `@@ -${range} +0,0 @@`)
      out.push(...lines.slice(at, at + own).map((text) => sign + text))
      at += own
    } else if (/^@@ \d/.test(line)) {
      const end = lines.findIndex((text, index) => index >= at && !/^(?:[ +\\-]|$)/.test(text))
      const body = lines.slice(at, end < 0 ? lines.length : end)
      const [hunk, next] = hunkLines(line, body, shift)
      out.push(...hunk)
      shift = next
      at += body.length
    } else {
      if (line.startsWith('@@ -')) shift = shiftOf(line)
      out.push(line)
    }
  }
  return out
}

export interface ToldCommit {
  readonly hash: string
  readonly author: string
  readonly date: string
  readonly refs: string
}

const headLine = new RegExp(
  [
    '^(?:[|\\\\/_ .-]*\\*[|\\\\/_ .-]+)?([0-9a-f]{10}|[0-9a-f]{40})',
    '(?: (\\w{3} \\w{3} \\d+|\\d{4}-\\d\\d-\\d\\d))?',
    '(?: (\\d\\d:\\d\\d:\\d\\d))?',
    '(?: ((?:\\d{4} )?[+-]\\d{4}))?',
    '(?: ([^(]*?))?(?: (\\(.*\\)))?$',
  ].join(''),
)

/** The commits that the lines of a log tell of, each with all that its own line leaves to the one above. */
export function commitsTold(lines: readonly string[]): readonly ToldCommit[] {
  const emails = new Map<string, string>()
  let [day, zone, author] = ['', '', '']
  return lines.flatMap((line) => {
    const found = headLine.exec(line)
    if (!found) return []
    day = found[2] ?? day
    zone = found[4] ?? zone
    author = found[5] || author
    author = emails.get(author) ?? author
    emails.set(author.replace(/ <.*/, ''), author)
    const date = found[3] === undefined ? '' : `${day} ${found[3]} ${zone}`
    return [{ hash: found[1] ?? '', author, date, refs: found[6] ?? '' }]
  })
}

/** A log again, as `git log` prints it. */
export function fromLog(lines: readonly string[]): readonly string[] {
  const commits = [...commitsTold(lines)]
  return lines.flatMap((line, at) => {
    if (line.startsWith('[') && at === 0) return []
    if (line.startsWith('Merge: ') && headLine.test(lines[at - 1] ?? '')) return []
    if (!headLine.test(line)) return [line === '' ? '' : `   ${line}`]
    const { hash = '', author, date, refs } = commits.shift() ?? {}
    const merge = lines[at + 1]?.startsWith('Merge: ') ? [lines[at + 1] ?? ''] : []
    const said = [
      `commit ${hash}${refs ? ` ${refs}` : ''}`,
      ...merge,
      `Author: ${author}`,
      `Date:   ${date}`,
      '',
    ]
    return hash === commitsTold(lines)[0]?.hash ? said : ['', ...said]
  })
}

interface Block {
  readonly heading: string
  readonly more: string[]
  readonly children: { readonly line: string; readonly more: string[] }[]
}

/** Lines that are not indented, each with those that are: by one blank below it, by two what continues a line. */
function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = []
  for (const line of lines) {
    const block = blocks.at(-1)
    if (line.startsWith('  ')) (block?.children.at(-1)?.more ?? block?.more)?.push(line.slice(2))
    else if (line.startsWith(' ')) block?.children.push({ line: line.slice(1), more: [] })
    else blocks.push({ heading: line, more: [], children: [] })
  }
  return blocks
}

const placesOf = (ats: string, path: string, text: readonly string[]): Finding[] =>
  ats.split(',').map((at) => ({ path, at, text }))

/** What stands behind `3:4=`: as many values as the message has slots, quoted or bare, or one to the end of the line. */
function valuesOf(rest: string, slots: number): { values: string[]; length: number } {
  if (rest.startsWith(' ')) return { values: [rest.slice(1)], length: rest.length }
  const values: string[] = []
  let length = 0
  while (values.length < slots) {
    if (values.length > 0) length += 1
    const value = /^(?:'[^']*'|"[^"]*"|`[^`]*`|[^\s,]+)/.exec(rest.slice(length))?.[0] ?? ''
    values.push(value)
    length += value.length
  }
  return { values, length }
}

/** One message above its places: ` src/a.ts 3:4,9:2 src/b.ts,src/c.ts 1:1=name`. */
function fromPlaces(message: string, children: readonly string[]): Finding[] {
  const slots = message.split('{}').length - 1
  const findings: Finding[] = []
  let paths: readonly string[] = []
  const add = (ats: string, values: readonly string[]) => {
    let next = 0
    const text = message.replaceAll(/(['"`]?)\{(\d*)\}/g, (mark, quote: string, number: string) => {
      if (values.length === 0) return mark
      next += number === '' ? 1 : 0
      const value = values[(number === '' ? next : Number(number)) - 1] ?? ''
      const isQuoted = /^(['"`]).*\1$/s.test(value)
      return quote + (quote !== '' && isQuoted ? value.slice(1, -1) : value)
    })
    for (const path of paths) findings.push(...placesOf(ats, path, text.split('\n')))
  }
  for (const line of children) {
    for (let at = 0; at < line.length; at += 1) {
      const [entry = '', ats = '', sign] = /^(\d[\d:,]*)(=|(?= |$))/.exec(line.slice(at)) ?? []
      const word = /^\S*/.exec(line.slice(at))?.[0] ?? ''
      if (entry === '') paths = word.split(',')
      const { values, length } =
        sign === '=' ? valuesOf(line.slice(at + entry.length), slots) : { values: [], length: 0 }
      if (entry !== '') add(ats, values)
      at += entry === '' ? word.length : entry.length + length
    }
  }
  return findings
}

function fromBlock({ heading, more, children }: Block): Finding[] {
  const [first] = children
  if (first === undefined) {
    const [, path = '', ats = '', said = ''] = /^(\S+?):(\d[\d:,]*) (.*)$/.exec(heading) ?? []
    return path === '' ? [] : placesOf(ats, path, [said, ...more])
  }
  if (!/^\d[\d:,]* /.test(first.line))
    return fromPlaces(
      [heading, ...more].join('\n'),
      children.map(({ line }) => line),
    )
  return children.flatMap(({ line, more: continued }) => {
    const gap = line.indexOf(' ')
    return placesOf(line.slice(0, gap), heading, [line.slice(gap + 1), ...continued])
  })
}

/** The findings of compilers and linters again; lines that are none of them are passed over. */
export function fromGroups(lines: readonly string[]): readonly Finding[] {
  const rootMark = 'paths are under '
  let root = ''
  return blocksOf(lines).flatMap((block) => {
    const findings = fromBlock(block)
    if (findings.length === 0)
      root = block.heading.startsWith(rootMark) ? block.heading.slice(rootMark.length) : ''
    return findings.map((finding) => ({ ...finding, path: root + finding.path }))
  })
}

/** Each file with its size, each folder with its slash, as `folder/name`, of a long listing. */
export function fromListing(lines: readonly string[]): readonly string[] {
  let [folder, ending] = ['', '']
  return lines.flatMap((line) => {
    const [, under, shared] = /^(?:(\S+)\/)?\*(\.[\w.]+):$/.exec(line) ?? []
    const [, heading, beside = ''] = /^(\S+):(?: (.*))?$/.exec(line) ?? []
    if (shared !== undefined) {
      ending = shared
      folder = under === undefined ? folder : `${under}/`
      return []
    }
    if (heading !== undefined) [folder, ending] = [`${heading}/`, '']
    const folders = (heading === undefined ? line : beside).split(' ').filter((word) => word !== '')
    if (folders.every((word) => word.endsWith('/'))) return folders.map((word) => folder + word)
    const [, size, name] = /^(?:\S{10} )?(?:\S+:\S+ )?(?:(\d\S*) )?(.*)$/.exec(line) ?? []
    return [`${size === undefined ? '' : `${size} `}${folder}${name}${ending}`]
  })
}
