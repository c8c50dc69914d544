/** What a terminal would not show: colours, overwritten progress, trailing blanks. Facts stay: only what was painted over goes. */

const esc = String.fromCharCode(27)
const bell = String.fromCharCode(7)

/** Control sequences, titles and links, and two-character escapes. Each part reads a character once, whatever it holds. */
const ansi = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}\n]*(?:${bell}|${esc}\\\\)?|[PX^_][^${esc}\n]*(?:${esc}\\\\)?|[ -/]*[0-~])`,
  'g',
)
/** The same, as `cat -v` and some log collectors spell it. A regular expression may begin like one, so a few prove nothing. */
const spelled = /\^\[\[(?:\d+(?:;\d+)*)?[mK]/g
const fewest = 10

/** Bells, nulls and their like; tabs stay. */
const controls = new RegExp(
  `[${String.fromCharCode(0)}-${String.fromCharCode(8)}${String.fromCharCode(11, 12)}${String.fromCharCode(14)}-${String.fromCharCode(31)}]`,
  'g',
)

export interface Cleaned {
  readonly lines: readonly string[]
  /** What stood between lines. */
  readonly lineEnd: '\n' | '\r\n'
  /** The text ended with a line end. */
  readonly closed: boolean
}

export function clean(text: string): Cleaned {
  const start = text.startsWith('\ufeff') ? text.slice(1) : text
  const shown = unspelled(start.includes(esc) ? start.replace(ansi, '') : start)
  const printable = controls.test(shown) ? shown.replace(controls, '') : shown
  controls.lastIndex = 0
  const raw = printable.split('\n')
  const closed = raw.length > 1 && raw.at(-1) === ''
  if (closed) raw.pop()
  const windows =
    raw.length > 1 && raw.every((line, at) => line.endsWith('\r') || (!closed && at === raw.length - 1))
  const lines = printable.includes('\r') ? raw.flatMap(overwritten) : withoutTrailingBlanks(raw)
  return { lines, lineEnd: windows ? '\r\n' : '\n', closed }
}

/** In their place: most lines have none. */
function withoutTrailingBlanks(lines: string[]): string[] {
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const last = line.charCodeAt(line.length - 1)
    if (last <= 32 || last >= 128) lines[at] = line.trimEnd()
  }
  return lines
}

function unspelled(text: string): string {
  if (!text.includes('^[[')) return text
  return (text.match(/\^\[\[\d+(?:;\d+)*m/g)?.length ?? 0) < fewest ? text : text.replace(spelled, '')
}

export const joined = (lines: readonly string[], { lineEnd, closed }: Cleaned): string =>
  lines.join(lineEnd) + (closed ? lineEnd : '')

/** A line written over itself: of what only counts on, the last state stays; anything else that was there stays too. */
function overwritten(line: string): readonly string[] {
  if (!line.includes('\r')) return [line.trimEnd()]
  const states = line.split('\r').map((state) => state.trimEnd())
  const kept = states.filter((state) => state !== '')
  if (kept.length === 0) return ['']
  return kept.filter((state, at) => at === kept.length - 1 || shapeOf(state) !== shapeOf(kept[at + 1] ?? ''))
}

/** The words of a line, without numbers, units, bars and spinners. */
const shapeOf = (state: string): string =>
  state
    .slice(0, 200)
    .replace(/[\d.,:%/|\\=\-#>< \u2580-\u259f\u2800-\u28ff[\]()…]+/g, ' ')
    .replace(/\b(?:[KMG]i?B|B|bytes|s|ms|done)\b/g, '')
    .replace(/ +/g, ' ')
    .trim()
