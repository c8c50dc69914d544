/** What a failed step names in its last words stood further above, in a line that by itself says nothing of trouble. */

/** Paths, versions, packages, identifiers: more than a word, less than a sentence. */
const name = /[\w@][\w@-]*(?:[./:@_-]+[\w@-]+)+/g
const leastLength = 8
const mostNames = 6
/** How many of the last lines with words are read. */
const lastWords = 3
const reach = 12
/** What stands everywhere names nothing. */
const mostTimes = 8
const probed = 320

/** The lines from `start` to `end`, not included, in which such a name stands, where they are few. */
export function namedAgain(lines: readonly string[], start: number, end: number): readonly number[] {
  const from = Math.max(start, end - reach)
  const last = lines
    .slice(from, end)
    .filter((line) => line !== '')
    .slice(-lastWords)
  const names = new Set(last.flatMap((line) => line.slice(0, probed).match(name) ?? []).filter(tells))
  return [...names].slice(-mostNames).flatMap((each) => fewWith(lines, each, start, from))
}

/** Times and counts are of everything. */
const tells = (each: string): boolean => each.length >= leastLength && /[A-Za-z]{3}/.test(each)

function fewWith(lines: readonly string[], text: string, start: number, end: number): readonly number[] {
  const found: number[] = []
  for (let at = start; at < end; at += 1) {
    if (!lines[at]?.includes(text)) continue
    if (found.length === mostTimes) return []
    found.push(at)
  }
  return found
}
