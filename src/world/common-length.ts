/** How far two runs of bytes are the same: compared in pieces by the runtime, never byte by byte. */

const firstPiece = 1024
const longestPiece = 256 * 1024

/** How many bytes `a` from `aFrom` on and `b` from `bFrom` on have in common. */
export function commonLength(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number): number {
  const left = Buffer.from(a.buffer, a.byteOffset, a.byteLength)
  const isSame = (from: number, until: number): boolean =>
    left.compare(b, bFrom + from, bFrom + until, aFrom + from, aFrom + until) === 0
  const limit = Math.min(a.length - aFrom, b.length - bFrom)
  let same = 0
  for (let piece = firstPiece; same < limit; piece = Math.min(piece * 4, longestPiece)) {
    const until = Math.min(limit, same + piece)
    if (!isSame(same, until)) return firstDifference(same, until, isSame)
    same = until
  }
  return same
}

/** Of a range that is known to differ. */
function firstDifference(
  from: number,
  until: number,
  isSame: (from: number, until: number) => boolean,
): number {
  let low = from
  let high = until
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (isSame(low, middle)) low = middle
    else high = middle
  }
  return low
}
