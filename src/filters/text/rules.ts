/** A rule drawn to the end of a line says no more than its first strokes. */

const strokes = new Set(['━', '─', '⎯', '═'])

export function unruled(line: string): string {
  const stroke = line.at(-1) ?? ''
  if (!strokes.has(stroke)) return line
  let end = line.length
  while (end > 0 && line[end - 1] === stroke) end -= 1
  return line.slice(0, end + 1)
}

/** The same without any of it: what the rule was drawn after. */
export const beforeRule = (line: string): string => {
  const short = unruled(line)
  return strokes.has(short.at(-1) ?? '') ? short.slice(0, -1).trimEnd() : short
}
