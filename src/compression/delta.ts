/** A file that is read again: what is as in the earlier reading becomes a line, what is new stays as it is. */

/** Lines beside a change that stay. */
const context = 3
/** Fewer are not worth a line. */
const leastRun = 8
const mostLines = 20_000

/** undefined: they have too little in common. `hidden` makes the line that stands for so many. */
export function deltaOf(before: string, now: string, hidden: (lines: number) => string): string | undefined {
  const old = before.split('\n')
  const lines = now.split('\n')
  if (old.length > mostLines || lines.length > mostLines) return undefined
  const mates = matesOf(old.map(unnumbered), lines.map(unnumbered))
  const told: string[] = []
  for (let at = 0; at < lines.length; ) {
    const end = endOfRun(mates, at)
    const from = mates[at] === 0 && at === 0 ? 0 : at + context
    const until = mates[end - 1] === old.length - 1 && end === lines.length ? end : end - context
    if (until - from >= leastRun)
      told.push(...lines.slice(at, from), hidden(until - from), ...lines.slice(until, end))
    else told.push(...lines.slice(at, end))
    at = end
  }
  return told.length < lines.length ? told.join('\n') : undefined
}

/** After the lines that follow each other in both readings; a line without a mate is alone. */
function endOfRun(mates: readonly number[], from: number): number {
  let at = from + 1
  while (at < mates.length && mates[at - 1] !== none && mates[at] === (mates[at - 1] ?? none) + 1) at++
  return at
}

const none = -1

/** Agents number the lines of a file; a line that moved is still the same. */
const unnumbered = (line: string): string => line.replace(/^\s*\d+(?:\t|→|: ?\|?)/, '')

/** For each line, where it stands in the earlier text, all in the same order; or nowhere. */
function matesOf(old: readonly string[], lines: readonly string[]): readonly number[] {
  const mates = lines.map(() => none)
  const fixed = new Map(anchors(old, lines))
  let before = none
  for (let at = 0; at < lines.length; at++) {
    const next = before + 1
    const mate = fixed.get(at) ?? (old[next] === lines[at] && noAnchorBehind(fixed, at, next) ? next : none)
    if (mate <= before) continue
    mates[at] = mate
    before = mate
  }
  return mates
}

const noAnchorBehind = (mates: ReadonlyMap<number, number>, at: number, mate: number): boolean => {
  const next = mates.get(at + 1)
  return next === undefined || next > mate
}

/** Lines that stand once in each, in the longest order that both have. */
function anchors(old: readonly string[], lines: readonly string[]): readonly (readonly [number, number])[] {
  const places = onlyOnce(old)
  const here = onlyOnce(lines)
  const pairs: (readonly [number, number])[] = []
  for (const [line, at] of here) {
    const mate = places.get(line)
    if (mate !== undefined) pairs.push([at, mate])
  }
  return longestRising(pairs.sort((a, b) => a[0] - b[0]))
}

function onlyOnce(lines: readonly string[]): ReadonlyMap<string, number> {
  const seen = new Map<string, number>()
  for (const [at, line] of lines.entries()) seen.set(line, seen.has(line) ? -1 : at)
  for (const [line, at] of seen) if (at < 0) seen.delete(line)
  return seen
}

function longestRising(
  pairs: readonly (readonly [number, number])[],
): readonly (readonly [number, number])[] {
  const ends: number[] = []
  const before: number[] = []
  for (const [index, [, mate]] of pairs.entries()) {
    let low = 0
    for (let high = ends.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((pairs[ends[middle] ?? 0]?.[1] ?? 0) < mate) low = middle + 1
      else high = middle
    }
    before[index] = ends[low - 1] ?? -1
    ends[low] = index
  }
  const rising: (readonly [number, number])[] = []
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at]
    if (pair) rising.push(pair)
  }
  return rising.reverse()
}
