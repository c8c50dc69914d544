/** Very long lines are kept away from patterns: a filter sees their beginning and a mark, and the whole line comes back after it. */

const shown = 400
const longest = 2000
const opening = '\ue0a1'
const closing = '\ue0a2'
const marked = new RegExp(`${opening}(\\d+)${closing}`, 'g')

export interface Shielded {
  readonly lines: readonly string[]
  readonly restore: (lines: readonly string[]) => readonly string[]
}

/** Undefined where the text holds our marks already. */
export function shield(lines: readonly string[]): Shielded | undefined {
  if (!lines.some((line) => line.length > longest)) return { lines, restore: (after) => after }
  if (lines.some((line) => line.includes(opening))) return undefined
  const rests: string[] = []
  const shielded = lines.map((line) => {
    if (line.length <= longest) return line
    rests.push(line.slice(shown))
    return `${line.slice(0, shown)}${opening}${rests.length - 1}${closing}`
  })
  const restore = (after: readonly string[]): readonly string[] =>
    after.map((line) =>
      line.includes(opening) ? line.replace(marked, (_, index: string) => rests[Number(index)] ?? '') : line,
    )
  return { lines: shielded, restore }
}
