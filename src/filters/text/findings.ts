/** What compilers and linters find, told by file, or by message where many files have the same one. Nothing is lost. */

import { append } from './append.ts'
import { groupMessages, type Message } from './messages.ts'
import { isTellable, placeLines } from './places.ts'

export interface Finding {
  readonly path: string
  /** `12:3`, or `12` where no column was said. */
  readonly at: string
  /** What was said of it, in its own words: the first line and those that continue it. */
  readonly text: readonly string[]
}

const place = /^\d+(?::\d+)?$/
const rootMark = 'paths are under '

/** Told with the root of its paths said once: read again, they would lose it. */
export const isRooted = (lines: readonly string[]): boolean => lines.some((line) => line.startsWith(rootMark))

/** A finding that could not be told back from its group stays out of it. */
export function canGroup({ path, at, text }: Finding): boolean {
  return (
    path !== '' &&
    !/^\s|[\n\r]/.test(path) &&
    place.test(at) &&
    text.every((line) => !/[\n\r]/.test(line)) &&
    !path.startsWith(rootMark) &&
    !text[0]?.startsWith(rootMark)
  )
}

/** What was said of it, and the places by path, both in order of first appearance. */
function byText(findings: readonly Finding[]): readonly Message[] {
  const known = new Map<string, { readonly text: string; readonly places: Map<string, string[]> }>()
  for (const { path, at, text } of findings) {
    const key = text.length === 1 ? (text[0] ?? '') : text.join('\n')
    const message = known.get(key) ?? { text: key, places: new Map<string, string[]>() }
    known.set(key, message)
    const ats = message.places.get(path)
    if (ats === undefined) message.places.set(path, [at])
    else ats.push(at)
  }
  return [...known.values()]
}

const continued = (text: readonly string[]): string[] => text.slice(1).map((line) => `  ${line}`)

/** Several under their path, one beside it. */
function underPath(path: string, messages: readonly Placed[]): string[] {
  const [only] = messages
  if (messages.length === 1 && only && isTellable(path) && !/:\d/.test(path)) {
    const [ats, text] = only
    return [`${path}:${ats} ${text[0] ?? ''}`, ...continued(text)]
  }
  const lines = [path]
  for (const [ats, text] of messages) {
    lines.push(` ${ats} ${text[0] ?? ''}`)
    if (text.length > 1) append(lines, continued(text))
  }
  return lines
}

/** So often will a path be told at least: as often as paths and messages go together anew. */
function isToldOften(findings: readonly Finding[], least: number): boolean {
  const told = new Set<string>()
  for (const { path, text } of findings) {
    told.add(`${path} ${text[0] ?? ''}`)
    if (told.size === least) return true
  }
  return false
}

/** How long a root, and how often told, is worth saying once. */
const worthOf = (isAbsolute: boolean) => (isAbsolute ? { chars: 9, times: 3 } : { chars: 4, times: 10 })

/** The folder above all of them, with its slash, where it is worth saying once; otherwise nothing. */
function commonRoot(findings: readonly Finding[]): string {
  const first = findings[0]?.path ?? ''
  const worth = worthOf(first.startsWith('/'))
  let root = first.slice(0, first.lastIndexOf('/') + 1)
  let isOneFile = true
  for (const { path } of findings) {
    while (root !== '' && !path.startsWith(root))
      root = root.length < 2 ? '' : root.slice(0, root.lastIndexOf('/', root.length - 2) + 1)
    if (root === '') return ''
    isOneFile &&= path === first
  }
  if (root.length < worth.chars || (isOneFile && !first.startsWith('/'))) return ''
  return isToldOften(findings, worth.times) ? root : ''
}

export function inGroups(findings: readonly Finding[]): readonly string[] {
  const root = commonRoot(findings)
  if (root === '') return grouped(findings)
  const below = findings.map((finding) => ({ ...finding, path: finding.path.slice(root.length) }))
  return below.every(canGroup) ? [rootMark + root, ...grouped(below)] : grouped(findings)
}

function grouped(findings: readonly Finding[]): readonly string[] {
  const { groups, others } = groupMessages(byText(findings))
  const lines: string[] = []
  for (const { text, places } of groups) {
    const said = text.split('\n')
    lines.push(said[0] ?? '')
    append(lines, continued(said))
    append(lines, placeLines(places))
  }
  for (const [path, messages] of byPath(others)) append(lines, underPath(path, messages))
  return lines
}

type Placed = readonly [ats: string, text: readonly string[]]

function byPath(messages: readonly Message[]): ReadonlyMap<string, readonly Placed[]> {
  const known = new Map<string, Placed[]>()
  for (const { text, places } of messages) {
    const said = text.split('\n')
    for (const [path, ats] of places) {
      const placed: Placed = [ats.join(','), said]
      const under = known.get(path)
      if (under === undefined) known.set(path, [placed])
      else under.push(placed)
    }
  }
  return known
}

const placesFirst = /^ \d[\d:,]* (\S.*)$/
const placesLater = /^ \S+ \d[\d:,]*(?: |=|$)/

/** One of these lines is a group of ours already, of findings that read like this. */
export function isGrouped(lines: readonly string[], said: RegExp): boolean {
  return lines.some((line, at) => {
    const child = (lines[at + 1] ?? '').slice(0, 2000)
    if (/^\s|^$/.test(line) || !child.startsWith(' ')) return false
    const text = placesFirst.exec(child)?.[1]
    return (
      (text !== undefined && said.test(text)) || (said.test(line.slice(0, 2000)) && placesLater.test(child))
    )
  })
}
