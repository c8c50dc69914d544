/** The one form in which anything left out is told, and how the next mouth knows it. */

/** `count` lines of the original, one after the other, are not here; `clutch show` prints them. */
export const omission = (count: number, what: string, originalId: string): string =>
  `[+${count} lines hidden: ${what} — clutch show ${originalId}]`

const trailer = ' — clutch show r'
const trailerEnd = /^ — clutch show r[0-9a-f]{4,}\](?=$|[\r\n<])/
/** Inside of JSON a line ends as an escape, or with the text. */
const trailerEndInJson = /^ — clutch show r[0-9a-f]{4,}\](?=$|[\r\n<"]|\\[nr])/
const opening = /^\[\+\d+ lines hidden: /
/** What others put before a line: `packages/web test: `, `web-1  | `, a time, a tag. */
const label = /(?:[:|] |Z |>)[ \t]*$/
/** What does not put it there, but quotes it: code, a search hit. */
const quoting = /["'`]|^(?:\S+:)?\d+[:-](?!\d)/
const longestLabel = 160
const reachChars = 800

/**
 * Some mouth has been here before: what it left is left alone. A line that only quotes one of ours (a search hit, a line of
 * source) does not count: ours begins its line.
 */
export function wasShortened(text: string): boolean {
  const isJson = /^\s{0,99}[[{]/.test(text)
  for (let at = text.indexOf(trailer); at >= 0; at = text.indexOf(trailer, at + trailer.length))
    if (standsAlone(text, at, isJson)) return true
  return false
}

function standsAlone(text: string, at: number, isJson: boolean): boolean {
  if (!(isJson ? trailerEndInJson : trailerEnd).test(text.slice(at, at + 80))) return false
  const start = Math.max(0, at - reachChars)
  const near = text.slice(start, at)
  const open = near.lastIndexOf('[+')
  if (open < 0 || !opening.test(near.slice(open, open + 40))) return false
  const said = near.slice(lineStart(near, open, isJson), open)
  return said.trim() === '' || (said.length <= longestLabel && label.test(said) && !quoting.test(said))
}

/** After the last line end before the place, or after the quote that opens a text of JSON. */
function lineStart(text: string, at: number, isJson: boolean): number {
  const plain = afterLast(text, '\n', at)
  return isJson ? Math.max(plain, afterLast(text, '\\n', at), afterLast(text, '"', at)) : plain
}

const afterLast = (text: string, mark: string, at: number): number => {
  const found = text.lastIndexOf(mark, at)
  return found < 0 ? 0 : found + mark.length
}

const counted = /^\[\+(\d+) lines hidden: /

/** How many lines this one stands for; 0 where it is a line of the output itself. */
export const linesBehind = (line: string): number => Number(counted.exec(line.slice(0, 60))?.[1] ?? 0)

export const hiddenLinesIn = (text: string): number => (text.includes(trailer) ? countedIn(text) : 0)

const counting = ' lines hidden: '

/** Only the first in a line can be ours. */
function countedIn(text: string): number {
  let sum = 0
  let last = -1
  for (let at = text.indexOf(counting); at >= 0; at = text.indexOf(counting, at + 1)) {
    const start = text.lastIndexOf('\n', at) + 1
    if (start !== last) sum += linesBehind(text.slice(start, at + counting.length).trimStart())
    last = start
  }
  return sum
}
