/** Hunks of a unified diff: headers that say where in the new file they start, and less around the changes. */

export interface Hunk {
  /** The header, as it came. */
  readonly header: string
  readonly lines: readonly string[]
}

interface Side {
  /** Number of its first line; of the next one, where it has none. */
  readonly start: number
  readonly count: number
}

interface Header {
  readonly old: Side
  readonly now: Side
  /** What follows the second `@@`: the function it is in. */
  readonly within: string
}

/** Where nothing is on a side, the number in the header is that of the line before. */
function sideOf(number: string | undefined, counted: string | undefined): Side {
  const count = Number(counted ?? 1)
  return { start: Number(number) + (count === 0 ? 1 : 0), count }
}

function readHeader(line: string): Header | undefined {
  const found = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
  if (!found) return undefined
  return {
    old: sideOf(found[1], found[2]),
    now: sideOf(found[3], found[4]),
    within: line.slice(found[0].length),
  }
}

const isChange = (line: string | undefined): boolean =>
  line !== undefined && (line.startsWith('+') || line.startsWith('-'))

/** `\ No newline at end of file` belongs to the line above it. */
const isNote = (line: string | undefined): boolean => line?.startsWith('\\') === true

/** A line without a word (blank, a closing brace) does not tell where a change is. */
const isTelling = (line: string | undefined): boolean => line !== undefined && /\w/.test(line.slice(0, 400))

/** A header of its own costs about this many characters: a gap that is shorter stays. */
const headerChars = 16

/** Changes, and the line above each run that only adds; the line below it where that one tells nothing. */
function nearChanges(lines: readonly string[]): boolean[] {
  const kept = lines.map((line) => isChange(line) || isNote(line))
  for (const at of lines.keys()) {
    const isFirst = isChange(lines[at]) && kept[at - 1] !== true
    if (!isFirst) continue
    let end = at
    while (kept[end] === true) end += 1
    // What went tells where it was.
    if (lines.slice(at, end).some((line) => line.startsWith('-') && isTelling(line))) continue
    if (isTelling(lines[at - 1])) kept[at - 1] = true
    else if (isTelling(lines[end])) kept[end] = true
  }
  return kept
}

/** Which lines are changes, or tell where one is, or are too little to leave out. */
function keptLines(lines: readonly string[]): readonly boolean[] {
  const kept = nearChanges(lines)
  let gap: number[] = []
  let gapChars = 0
  let isInside = false
  for (const [at, line] of lines.entries()) {
    if (kept[at] !== true) {
      gap.push(at)
      gapChars += line.length + 1
      continue
    }
    if (isInside && gapChars < headerChars) for (const one of gap) kept[one] = true
    isInside = true
    gap = []
    gapChars = 0
  }
  return kept
}

interface Part {
  /** Line of the new file. */
  readonly start: number
  readonly lines: string[]
}

/** The runs of kept lines, each with the line of the new file it starts at. */
function partsOf(lines: readonly string[], kept: readonly boolean[], start: number): readonly Part[] {
  const parts: Part[] = []
  let now = start
  let isOpen = false
  for (const [at, line] of lines.entries()) {
    if (kept[at] === true) {
      if (!isOpen) parts.push({ start: now, lines: [] })
      parts.at(-1)?.lines.push(line)
    }
    isOpen = kept[at] === true
    if (!isNote(line) && !line.startsWith('-')) now += 1
  }
  return parts
}

/** `--word-diff` marks changes inside of lines. */
const isMarkedInside = (line: string): boolean =>
  (line.includes('{+') && line.includes('+}')) || (line.includes('[-') && line.includes('-]'))

const countOf = (lines: readonly string[], sign: string): number =>
  lines.reduce((count, line) => count + (line.startsWith(sign) ? 1 : 0), 0)

/** It has as many lines as its header announces. */
function isWhole({ old, now }: Header, lines: readonly string[]): boolean {
  const own = lines.length - countOf(lines, '\\')
  return own - countOf(lines, '+') === old.count && own - countOf(lines, '-') === now.count
}

export interface ToldHunks {
  readonly lines: readonly string[]
  /** How many lines beside the changes are not there. */
  readonly gone: number
}

/**
 * The hunks of one file, in their order: `@@ 12 within`, with the line of the new file where the lines below start. Where
 * that is in the old file follows from what changed above. `isNarrow`: every changed line, and what tells where it is.
 * A header that says something else stays as it is.
 */
export function toldHunks(hunks: readonly Hunk[], isNarrow: boolean): ToldHunks {
  const out: string[] = []
  let gone = 0
  let shift = 0
  for (const { header, lines } of hunks) {
    const read = readHeader(header)
    const follows = read !== undefined && read.now.start - read.old.start === shift && isWhole(read, lines)
    if (read !== undefined) shift = read.now.start - read.old.start + read.now.count - read.old.count
    if (!read || !follows || lines.some((line) => !isChange(line) && isMarkedInside(line))) {
      out.push(header, ...lines)
      continue
    }
    const kept = isNarrow ? keptLines(lines) : lines.map(() => true)
    // What the header is within is true of the first part only.
    for (const [index, part] of partsOf(lines, kept, read.now.start).entries())
      out.push(`@@ ${part.start}${index === 0 ? read.within : ''}`, ...part.lines)
    gone += kept.reduce((count, stays) => count + (stays ? 0 : 1), 0)
  }
  return { lines: out, gone }
}

const came = /^@@ -0,0 \+1(?:,\d+)? @@$/
const went = /^@@ -1(?:,\d+)? \+0,0 @@$/

/** The lines of a file that came or went as a whole, without their sign; undefined where some of it was and some of it is. */
export function oneSided(hunks: readonly Hunk[], which: 'came' | 'went'): readonly string[] | undefined {
  const [hunk, second] = hunks
  const read = readHeader(hunk?.header ?? '')
  if (!hunk || !read || second || !(which === 'came' ? came : went).test(hunk.header)) return undefined
  if (!isWhole(read, hunk.lines)) return undefined
  return hunk.lines.map((line) => (isNote(line) ? line : line.slice(1)))
}

/** Lines of a file that its hunk has, notes left aside. */
export const lengthOf = ({ lines }: Hunk): number => lines.length - countOf(lines, '\\')
