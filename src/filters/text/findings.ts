/** What compilers and linters find, told by file, or by message where many files have the same one. Nothing is lost. */

export interface Finding {
  readonly path: string
  /** `12:3`, or `12` where no column was said. */
  readonly at: string
  /** What was said of it, in its own words: the first line and those that continue it. */
  readonly text: readonly string[]
}

interface Told {
  readonly text: readonly string[]
  /** By path, in order of first appearance. */
  readonly places: Map<string, string[]>
}

const place = /^\d+(?::\d+)?$/
const startsLikePlaces = /^[\d:,]+(?: |$)/

/** A finding that could not be told back from its group stays out of it. */
export function canGroup({ path, at, text }: Finding): boolean {
  return (
    path !== '' && !/^\s|[\n\r]/.test(path) && place.test(at) && text.every((line) => !/[\n\r]/.test(line))
  )
}

function byText(findings: readonly Finding[]): readonly Told[] {
  const known = new Map<string, Told>()
  for (const { path, at, text } of findings) {
    const key = text.join('\n')
    const told = known.get(key) ?? { text, places: new Map<string, string[]>() }
    known.set(key, told)
    const ats = told.places.get(path)
    if (ats === undefined) told.places.set(path, [at])
    else ats.push(at)
  }
  return [...known.values()]
}

const charsOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0)

/** Saying it once, with the files under it, is shorter than saying it under each file. */
function isToldByMessage({ text, places }: Told): boolean {
  if (places.size < 2 || !/^\S/.test(text[0] ?? '')) return false
  const paths = [...places.keys()]
  if (paths.some((path) => startsLikePlaces.test(path))) return false
  const once = charsOf(text) + charsOf(paths)
  return once < charsOf(text) * places.size
}

const continued = (text: readonly string[]): string[] => text.slice(1).map((line) => `    ${line}`)

const rootMark = 'paths are under '

/** The folder above all of them, with its slash, where they are absolute and it is worth saying once; otherwise nothing. */
function commonRoot(findings: readonly Finding[]): string {
  const paths = [...new Set(findings.map(({ path }) => path))]
  const [first = ''] = paths
  if (paths.length < 3 || !first.startsWith('/')) return ''
  let end = first.lastIndexOf('/') + 1
  for (const path of paths) {
    while (end > 1 && !path.startsWith(first.slice(0, end))) end = first.lastIndexOf('/', end - 2) + 1
  }
  return end > 8 ? first.slice(0, end) : ''
}

/** `fromGroups` tells them back, as often as they were there. */
export function inGroups(findings: readonly Finding[]): readonly string[] {
  const root = commonRoot(findings)
  if (root === '') return grouped(findings)
  const below = findings.map((finding) => ({ ...finding, path: finding.path.slice(root.length) }))
  return below.every(canGroup) ? [rootMark + root, ...grouped(below)] : grouped(findings)
}

function grouped(findings: readonly Finding[]): readonly string[] {
  const all = byText(findings)
  const lines: string[] = []
  for (const told of all.filter(isToldByMessage)) {
    lines.push(told.text[0] ?? '', ...continued(told.text))
    for (const [path, ats] of told.places) lines.push(`  ${path} ${ats.join(',')}`)
  }
  const byPath = new Map<string, string[]>()
  for (const told of all.filter((each) => !isToldByMessage(each))) {
    for (const [path, ats] of told.places) {
      const under = byPath.get(path) ?? []
      byPath.set(path, under)
      under.push(`  ${ats.join(',')} ${told.text[0] ?? ''}`, ...continued(told.text))
    }
  }
  for (const [path, under] of byPath) lines.push(path, ...under)
  return lines
}

interface Child {
  readonly line: string
  readonly more: string[]
}

function findingsUnder(heading: string, more: readonly string[], children: readonly Child[]): Finding[] {
  const isFile = children.every(({ line }) => startsLikePlaces.test(line))
  return children.flatMap((child) => {
    const gap = isFile ? child.line.indexOf(' ') : child.line.lastIndexOf(' ')
    const [before, after] = [child.line.slice(0, gap), child.line.slice(gap + 1)]
    const ats = (isFile ? before : after).split(',')
    const text = isFile ? [after, ...child.more] : [heading, ...more]
    return ats.map((at) => ({ path: isFile ? heading : before, at, text }))
  })
}

/** The findings again; lines that are no part of a group are passed over. */
export function fromGroups(lines: readonly string[]): readonly Finding[] {
  const findings: Finding[] = []
  let heading = ''
  let more: string[] = []
  let children: Child[] = []
  let root = ''
  const flush = () => {
    const under = findingsUnder(heading, more, children)
    if (under.length === 0) root = heading.startsWith(rootMark) ? heading.slice(rootMark.length) : ''
    findings.push(...under.map((finding) => ({ ...finding, path: root + finding.path })))
    children = []
    more = []
  }
  for (const line of lines) {
    if (line.startsWith('    ')) (children.at(-1)?.more ?? more).push(line.slice(4))
    else if (line.startsWith('  ')) children.push({ line: line.slice(2), more: [] })
    else {
      flush()
      heading = line
    }
  }
  flush()
  return findings
}

const placesFirst = /^ {2}\d[\d:,]* (\S.*)$/
const placesLast = /^ {2}\S.* \d[\d:,]*$/

/** One of these lines is a group of ours already, of findings that read like this. */
export function isGrouped(lines: readonly string[], said: RegExp): boolean {
  return lines.some((line, at) => {
    const child = lines[at + 1] ?? ''
    if (/^\s|^$/.test(line) || !child.startsWith('  ') || child.length > 2000) return false
    const text = placesFirst.exec(child)?.[1]
    return (
      (text !== undefined && said.test(text)) || (said.test(line.slice(0, 2000)) && placesLast.test(child))
    )
  })
}
