/** The nearest of the valid names to one that looks misspelt. */

/** Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (before[column - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY
      current[column] = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced, swapped)
    }
    before = last
    last = current
  }
  return last[b.length] ?? 0
}

/** Compared without regard to case; undefined when nothing is within `reach` edits. */
export function nearest(name: string, valid: Iterable<string>, reach = 2): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let distance = Math.min(reach, Math.max(1, Math.floor(name.length / 3))) + 1
  for (const candidate of valid) {
    if (Math.abs(candidate.length - name.length) >= distance) continue
    const edits = editDistance(wanted, candidate.toLowerCase())
    if (edits >= distance) continue
    best = candidate
    distance = edits
  }
  return best
}
