/** A unified diff: every changed line, less around them, folded where nobody reads. */
import { readHead, saidHead } from './diff-heads.ts'
import { type Hunk, lengthOf, oneSided, toldHunks } from './hunks.ts'

export interface FileDiff {
  /** From `diff --git` to the first hunk. */
  readonly head: readonly string[]
  readonly hunks: readonly Hunk[]
  /** What stands behind the last hunk and is none of it. */
  readonly rest: readonly string[]
}

const isStart = (line: string): boolean => line.startsWith('diff --git ')
const isHunkHeader = (line: string): boolean => line.startsWith('@@ -')

/** How many lines of the old and of the new file the header announces. */
function announced(header: string): { old: number; now: number } {
  const found = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(header)
  return { old: Number(found?.[1] ?? 1), now: Number(found?.[2] ?? 1) }
}

/** The hunk whose header is at `at`: exactly as many lines as it announces. */
function readHunk(lines: readonly string[], at: number): Hunk {
  const header = lines[at] ?? ''
  const left = announced(header)
  let end = at + 1
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? ''
    if (line.startsWith('\\')) continue
    if (left.old <= 0 && left.now <= 0) break
    if (!/^[ +-]/.test(line) && line !== '') break
    if (!line.startsWith('+')) left.old -= 1
    if (!line.startsWith('-')) left.now -= 1
  }
  return { header, lines: lines.slice(at + 1, end) }
}

export function readFileDiff(lines: readonly string[]): FileDiff {
  const first = lines.findIndex(isHunkHeader)
  if (first < 0) return { head: lines, hunks: [], rest: [] }
  const hunks: Hunk[] = []
  let at = first
  while (at < lines.length && isHunkHeader(lines[at] ?? '')) {
    const hunk = readHunk(lines, at)
    hunks.push(hunk)
    at += hunk.lines.length + 1
  }
  return { head: lines.slice(0, first), hunks, rest: lines.slice(at) }
}

/** Two names, then a hunk: a file of `diff -u`, which has no line of its own above them. */
const isNamed = (lines: readonly string[], at: number): boolean =>
  lines[at]?.startsWith('--- ') === true &&
  lines[at + 1]?.startsWith('+++ ') === true &&
  isHunkHeader(lines[at + 2] ?? '')

/** Where the first file starts; -1: nowhere. */
export const startOfDiff = (lines: readonly string[]): number =>
  lines.findIndex((line, at) => isStart(line) || isNamed(lines, at))

/** Cut before every file. */
export function fileDiffs(lines: readonly string[]): readonly (readonly string[])[] {
  const starts: number[] = []
  let hasHunk = true
  for (const [at, line] of lines.entries()) {
    const opens: boolean = isStart(line) || (hasHunk && isNamed(lines, at))
    if (opens) starts.push(at)
    hasHunk = !opens && (hasHunk || isHunkHeader(line))
  }
  return starts.map((start, index) => lines.slice(start, starts[index + 1] ?? lines.length))
}

/** Written by programs, for programs. */
const generated =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|pdm\.lock|composer\.lock|Gemfile\.lock|go\.sum|flake\.lock|mix\.lock|pubspec\.lock|Podfile\.lock|packages\.lock\.json|deno\.lock|\.terraform\.lock\.hcl)$|\.min\.(?:js|css|mjs)$|\.(?:js|css|mjs)\.map$|\.snap$|\.bundle\.js$/

const longestRead = 4000

/** The new path, or the old one where the file is gone. */
export function pathOf(head: readonly string[]): string {
  const named = [...head].reverse().find((line) => /^(?:\+\+\+|---) [^/]/.test(line))
  return named === undefined
    ? (/ b\/(.*)$/.exec(head[0] ?? '')?.[1] ?? '')
    : named.slice(4).replace(/^[ab]\//, '')
}

export const isGenerated = ({ head, hunks }: FileDiff): boolean =>
  generated.test(pathOf(head)) ||
  hunks.some(({ lines }) => lines.some((line) => line.length > longestRead && /^[+-]/.test(line)))

/** `+120 -40` */
export function countsOf({ hunks }: FileDiff): string {
  const changed = (sign: string) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(sign)).length, 0)
  return `+${changed('+')} -${changed('-')}`
}

export const bodyLengthOf = ({ hunks }: FileDiff): number =>
  hunks.reduce((sum, { lines }) => sum + lines.length + 1, 0)

const blobs = /^index [0-9a-f]+\.\.[0-9a-f]+/

export interface ToldFile {
  readonly lines: readonly string[]
  /** How many lines are not there: beside the changes, hashes of blobs. */
  readonly gone: number
}

interface ToldHead extends ToldFile {
  /** Its lines all came or all went, and are told without their sign. */
  readonly own: readonly string[] | undefined
}

/** On one line where that says all, as it came otherwise; hashes of blobs in a whole telling only. */
function toldHead({ head, hunks }: FileDiff, isNarrow: boolean): ToldHead {
  const read = readHead(head)
  const kept = isNarrow ? head.filter((line) => !blobs.test(line)) : head
  const gone = head.length - kept.length
  if (read === undefined) return { lines: kept, gone, own: undefined }
  const [what = ''] = read.notes
  const which = what.startsWith('new file') ? 'came' : what.startsWith('deleted file') ? 'went' : undefined
  const own = which === undefined ? undefined : oneSided(hunks, which)
  const count = own && hunks[0] && lengthOf(hunks[0])
  return { lines: [saidHead(read, !isNarrow, count)], gone, own }
}

/** `isNarrow`: with less beside its changes. */
export function toldFile(diff: FileDiff, isNarrow: boolean): ToldFile {
  const head = toldHead(diff, isNarrow)
  const told = head.own ? { lines: head.own, gone: 0 } : toldHunks(diff.hunks, isNarrow)
  return { lines: [...head.lines, ...told.lines, ...diff.rest], gone: head.gone + told.gone }
}

/** The file's diff without its hunks, for which `fold` stands: it names the file. */
export function foldedFile(diff: FileDiff, fold: string): ToldFile {
  const { lines, gone } = toldHead({ ...diff, hunks: [] }, true)
  const isSaid = lines.length === 1 && lines[0] === `diff ${pathOf(diff.head)}`
  return { lines: [...(isSaid ? [] : lines), fold, ...diff.rest], gone }
}
