/** A unified diff of git: every changed line, less around them, folded where nobody reads. */
import { type Hunk, narrowed } from './hunks.ts'

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

/** Cut before every `diff --git`. */
export function fileDiffs(lines: readonly string[]): readonly (readonly string[])[] {
  const starts = lines.flatMap((line, at) => (isStart(line) ? [at] : []))
  return starts.map((start, index) => lines.slice(start, starts[index + 1] ?? lines.length))
}

const blobs = /^index [0-9a-f]+\.\.[0-9a-f]+/
/** What git says for itself beside a change: the usual mode, how alike two names are, and the paths that the next lines repeat. */
const spare = /^(?:diff --git |(?:new|deleted) file mode 100644$|similarity index )/

/** Where nothing but the head tells what happened (an empty file, a mode, a name), it stays. */
function headOf({ head, hunks }: FileDiff): readonly string[] {
  const isNamed = hunks.length > 0 && head.some((line) => line.startsWith('+++ '))
  return head.filter((line) => !blobs.test(line) && !(isNamed && spare.test(line)))
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

/** The file's diff with less beside its changes. */
export function narrowedFile(diff: FileDiff): string[] {
  return [...headOf(diff), ...diff.hunks.flatMap(narrowed), ...diff.rest]
}

/** The file's diff without its hunks, for which `fold` stands. */
export const foldedFile = (diff: FileDiff, fold: string): string[] => [...headOf(diff), fold, ...diff.rest]
