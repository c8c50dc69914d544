/** A hunk of a unified diff with less around its changes. Its header says what is left, as git would say it. */

export interface Hunk {
  /** The header, as it came. */
  readonly header: string
  readonly lines: readonly string[]
}

interface Header {
  readonly before: number
  readonly after: number
  /** What follows the second `@@`: the function it is in. */
  readonly within: string
}

function readHeader(line: string): Header | undefined {
  const found = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line)
  if (!found) return undefined
  return { before: Number(found[1]), after: Number(found[2]), within: line.slice(found[0].length) }
}

const isChange = (line: string | undefined): boolean =>
  line !== undefined && (line.startsWith('+') || line.startsWith('-'))

/** `\ No newline at end of file` belongs to the line above it. */
const isNote = (line: string | undefined): boolean => line?.startsWith('\\') === true

/** A line without a word (blank, a closing brace) does not tell where a change is. */
const isTelling = (line: string | undefined): boolean => line !== undefined && /\w/.test(line.slice(0, 400))

/** A header of its own costs about this many characters: a gap that is shorter stays. */
const headerChars = 44

/** Changes, and the line above each run of them; the line below it where that one tells nothing. */
function nearChanges(lines: readonly string[]): boolean[] {
  const kept = lines.map((line) => isChange(line) || isNote(line))
  for (const at of lines.keys()) {
    const isFirst = isChange(lines[at]) && kept[at - 1] !== true
    if (!isFirst) continue
    let end = at
    while (kept[end] === true) end += 1
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

const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`)

interface Part {
  readonly before: number
  readonly after: number
  readonly lines: string[]
}

/** The runs of kept lines, each with the line numbers it starts at. */
function partsOf(lines: readonly string[], header: Header): readonly Part[] {
  const kept = keptLines(lines)
  const parts: Part[] = []
  let { before, after } = header
  let isOpen = false
  for (const [at, line] of lines.entries()) {
    if (kept[at] === true) {
      if (!isOpen) parts.push({ before, after, lines: [] })
      parts.at(-1)?.lines.push(line)
    }
    isOpen = kept[at] === true
    if (isNote(line)) continue
    if (!line.startsWith('+')) before += 1
    if (!line.startsWith('-')) after += 1
  }
  return parts
}

function headerOf({ before, after, lines }: Part, within: string): string {
  const own = lines.filter((line) => !isNote(line))
  const old = own.filter((line) => !line.startsWith('+')).length
  const now = own.filter((line) => !line.startsWith('-')).length
  // Where nothing is on a side, its number is that of the line before.
  const oldStart = old === 0 ? Math.max(before - 1, 0) : before
  const newStart = now === 0 ? Math.max(after - 1, 0) : after
  return `@@ -${range(oldStart, old)} +${range(newStart, now)} @@${within}`
}

/** `--word-diff` marks changes inside of lines. */
const isMarkedInside = (line: string): boolean =>
  (line.includes('{+') && line.includes('+}')) || (line.includes('[-') && line.includes('-]'))

/** Every changed line, and what tells where it is. A hunk without old or new lines is as short as it gets. */
export function narrowed({ header, lines }: Hunk): string[] {
  const read = readHeader(header)
  const whole = [header, ...lines]
  if (lines.some((line) => !isChange(line) && isMarkedInside(line))) return whole
  if (!read || /^@@ -\d+,0 |^@@ -\S+ \+\d+,0 /.test(header)) return whole
  // What the header is within is true of the first part only.
  const told = partsOf(lines, read).flatMap((part, index) => [
    headerOf(part, index === 0 ? read.within : ''),
    ...part.lines,
  ])
  return told.length < whole.length && told.length > 0 ? told : whole
}
