/** A compiler's or linter's output, read line by line into what it found and what stands around it, and told shorter. */
import type { Reading, Shortened } from '../filter.ts'
import { append } from './append.ts'
import { canGroup, type Finding, inGroups, isGrouped, isRooted } from './findings.ts'
import { tellsFailure } from './verdict.ts'

export type Item =
  | { readonly kind: 'finding'; readonly finding: Finding }
  /** Stays where it is. */
  | { readonly kind: 'line'; readonly line: string }
  /** Stays, after the findings it stands between. */
  | { readonly kind: 'beside'; readonly line: string }
  | { readonly kind: 'noise'; readonly what: string; readonly line: string }
  /** Noise that stands beside each of many failures alike: told once, at the end. */
  | { readonly kind: 'aside'; readonly what: string; readonly line: string }

export const lineItem = (line: string): Item => ({ kind: 'line', line })
export const besideItem = (line: string): Item => ({ kind: 'beside', line })
export const noiseItem = (what: string, line: string): Item => ({ kind: 'noise', what, line })
export const asideItem = (what: string, line: string): Item => ({ kind: 'aside', what, line })

/** Longer lines are nobody's diagnostics. */
const longestLine = 4000

/** As a finding if it can be told back, otherwise as the lines it was. */
export function findingItems(finding: Finding, raw: readonly string[]): readonly Item[] {
  if (!canGroup(finding) || raw.some((line) => line.length > longestLine)) return raw.map(lineItem)
  return [{ kind: 'finding', finding }]
}

/** What stands in some lines, and the index of the first line after them. */
export interface Read {
  readonly items: readonly Item[]
  readonly next: number
}

/** Undefined where nothing of its kind starts at that line. Called with lines that are not too long. */
export type Reader = (lines: readonly string[], at: number) => Read | undefined

function firstRead(readers: readonly Reader[], lines: readonly string[], at: number): Read | undefined {
  if ((lines[at] ?? '').length > longestLine) return undefined
  for (const reader of readers) {
    const read = reader(lines, at)
    if (read) return read
  }
  return undefined
}

/** The first reader that reads a line reads it; a line that none reads is what `otherwise` says. */
export function readItems(
  lines: readonly string[],
  readers: readonly Reader[],
  otherwise: (line: string) => Item,
): readonly Item[] {
  const items: Item[] = []
  for (let at = 0; at < lines.length; ) {
    const read = firstRead(readers, lines, at)
    if (read) append(items, read.items)
    else items.push(otherwise(lines[at] ?? ''))
    at = read?.next ?? at + 1
  }
  return items
}

/** One finding on one line, by a pattern with `path`, `row`, perhaps `column`, and `said` as its groups' names. */
export function oneLineReader(pattern: RegExp): Reader {
  return (lines, at) => {
    const line = lines[at] ?? ''
    const { path, row, column, said } = pattern.exec(line)?.groups ?? {}
    if (path === undefined || row === undefined || said === undefined) return undefined
    const finding = { path, at: column === undefined ? row : `${row}:${column}`, text: [said] }
    return { items: findingItems(finding, [line]), next: at + 1 }
  }
}

/** Less than this is cheaper to keep than to tell about. */
const leastNoiseChars = 90

interface Left {
  readonly what: string
  readonly line: string
}

function told(noise: readonly Left[], hidden: Reading['hidden']): string[] {
  const chars = noise.reduce((sum, { line }) => sum + line.length + 1, 0)
  if (chars < leastNoiseChars) return noise.map(({ line }) => line)
  return [hidden(noise.length, [...new Set(noise.map(({ what }) => what))].join(', '))]
}

/** Findings that stand together, with what stands between them. */
interface Stretch {
  readonly findings: Finding[]
  readonly beside: string[]
  readonly noise: Left[]
  readonly blanks: string[]
}

const newStretch = (): Stretch => ({ findings: [], beside: [], noise: [], blanks: [] })

function linesOfStretch(
  { findings, beside, noise, blanks }: Stretch,
  hidden: Reading['hidden'],
): readonly string[] {
  if (findings.length + beside.length + noise.length === 0) return blanks.slice(0, 1)
  return [...inGroups(findings), ...beside, ...told(noise, hidden)]
}

/** Ends a stretch; what stands indented after findings would read as one of their group. */
function endStretch(lines: string[], stretch: Stretch, next: string, hidden: Reading['hidden']): void {
  for (const line of linesOfStretch(stretch, hidden)) lines.push(line)
  if (stretch.findings.length > 0 && /^\s/.test(next)) lines.push('')
}

const isEmpty = ({ findings, beside, noise, blanks }: Stretch): boolean =>
  findings.length + beside.length + noise.length + blanks.length === 0

function addTo(stretch: Stretch, asides: Left[], item: Exclude<Item, { kind: 'line' }>): void {
  if (item.kind === 'finding') stretch.findings.push(item.finding)
  else if (item.kind === 'noise') stretch.noise.push(item)
  else if (item.kind === 'aside') asides.push(item)
  else stretch.beside.push(item.line)
}

function linesOf(items: readonly Item[], hidden: Reading['hidden']): readonly string[] {
  const lines: string[] = []
  const asides: Left[] = []
  let stretch = newStretch()
  for (const item of items) {
    if (item.kind !== 'line') addTo(stretch, asides, item)
    else if (item.line === '') stretch.blanks.push('')
    else {
      if (!isEmpty(stretch)) {
        endStretch(lines, stretch, item.line, hidden)
        stretch = newStretch()
      }
      lines.push(item.line)
    }
  }
  return [...lines, ...linesOfStretch(stretch, hidden), ...told(asides, hidden)]
}

const anything = /^/

/** What is hardly shorter is no reading of it: others may have a better one. */
const leastWorth = 0.97

const charsOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length + 1, 0)

/**
 * What is told already stays as it is. Undefined where nothing was found, where telling it needs a higher tier than is
 * allowed, where it is not shorter, and where a failed run would no longer read like one.
 */
export function toldShorter(items: readonly Item[], reading: Reading): Shortened | undefined {
  if (items.every(({ kind }) => kind === 'line' || kind === 'beside'))
    return isGrouped(reading.lines, anything) ? { lines: reading.lines, tier: 0 } : undefined
  if (isRooted(reading.lines)) return { lines: reading.lines, tier: 0 }
  const isNoisy = items.some(({ kind }) => kind === 'noise' || kind === 'aside')
  if (isNoisy && reading.tier === 0) return undefined
  const lines = linesOf(items, reading.hidden)
  const isTold = !reading.failed || items.some(({ kind }) => kind === 'finding') || lines.some(tellsFailure)
  const isShorter = charsOf(lines) < charsOf(reading.lines) * leastWorth
  return isShorter && isTold ? { lines, tier: isNoisy ? 1 : 0 } : undefined
}
