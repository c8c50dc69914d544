/** A half-open range of bytes in a JSON body, and its replacement: what is not spliced stays byte-identical. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Splice {
  readonly span: Span
  readonly bytes: Uint8Array
}

/** The pieces of `source` with every splice put in; no piece is copied. Throws RangeError when splices overlap. */
export function applySplices(source: Uint8Array, splices: readonly Splice[]): Uint8Array[] {
  const ordered = splices.length > 1 ? [...splices].sort((a, b) => a.span.start - b.span.start) : splices
  const pieces: Uint8Array[] = []
  let at = 0
  for (const { span, bytes } of ordered) {
    if (span.start < at) throw new RangeError('splices overlap')
    if (span.start > at) pieces.push(source.subarray(at, span.start))
    pieces.push(bytes)
    at = span.end
  }
  if (at < source.length) pieces.push(source.subarray(at))
  return pieces
}
