/** Versions as agents print them. */

/** The first x.y or x.y.z in a text. */
export const versionIn = (text: string): string | undefined => /\d+\.\d+(?:\.\d+)*/.exec(text)?.[0]

export function isBelow(version: string, other: string): boolean {
  const left = numbersOf(version)
  const right = numbersOf(other)
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

const numbersOf = (version: string): readonly number[] => version.split('.').map((part) => Number(part) || 0)
