/** A block of lines that stood further above already: told by its first line and its length. Lossless. */

const leastLines = 4
const leastCharacters = 160
/** How much of a block's first line names it. */
const clip = 80

/** Where a step of a CI job begins and where it fails: each is told for itself, for that is where a reader looks. */
const landmark = /^##\[(?:error\]|group\]Run )/

const isLandmark = (line: string): boolean => line.startsWith('##[') && landmark.test(line)

/**
 * Every later copy of a block becomes one note. The block it means begins at the first line above that starts with the
 * quoted words, so that a reader finds it and a test can put it back.
 */
export function referBack(lines: readonly string[]): readonly string[] {
  const firstAt = new Map<string, number>()
  const kept: string[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const source = firstAt.get(line.slice(0, clip))
    const length = source === undefined || line === '' || isLandmark(line) ? 0 : copyLength(lines, source, at)
    if (length >= leastLines && charactersOf(lines, at, length) >= leastCharacters) {
      kept.push(`[${length} lines as above, from "${line.slice(0, clip)}"]`)
      at += length
      continue
    }
    if (source === undefined) firstAt.set(line.slice(0, clip), at)
    kept.push(line)
    at += 1
  }
  return kept
}

/** The copy may not reach into itself: repeats that follow each other are told otherwise. */
function copyLength(lines: readonly string[], source: number, at: number): number {
  let length = 0
  while (source + length < at && at + length < lines.length) {
    const line = lines[at + length] ?? ''
    if (lines[source + length] !== line || isLandmark(line)) break
    length += 1
  }
  return length
}

function charactersOf(lines: readonly string[], at: number, length: number): number {
  let characters = 0
  for (let offset = 0; offset < length; offset += 1) characters += (lines[at + offset]?.length ?? 0) + 1
  return characters
}
