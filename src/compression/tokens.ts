/** How many tokens a text is about: fast enough for every result, close enough to decide whether shortening pays. */

const blank = 1
const letter = 2
const digit = 3
const mark = 4
const other = 5

/** What each of the first 128 characters is. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 9 || code === 10 || code === 13 || code === 32) return blank
  if (code >= 48 && code <= 57) return digit
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return letter
  return mark
})

/**
 * A word is one token, a long one some more; digits go in threes; signs nearly alone; a blank belongs to the word after
 * it. Within some percent of o200k over logs, code and JSON.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  let run = 0
  let last = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const kind = code < 128 ? (kinds[code] ?? mark) : other
    if (kind === last) run += 1
    else {
      tokens += costOf(last, run)
      last = kind
      run = 1
    }
  }
  return Math.ceil(tokens + costOf(last, run))
}

function costOf(kind: number, run: number): number {
  switch (kind) {
    case letter:
      return run <= 7 ? 1 : 1 + (run - 7) / 5
    case digit:
      return Math.ceil(run / 3)
    case mark:
      return run === 1 ? 0.75 : 1 + (run - 2) / 8
    case other:
      return run * 0.8
    default:
      return run === 1 ? 0.1 : 0.6 + run / 60
  }
}
