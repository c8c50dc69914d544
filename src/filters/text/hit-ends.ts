/** What most search hits begin and end with, told once: `export const ` … ` => {`. Nothing is lost. */
import type { Hit } from './hit-rows.ts'

export interface HitEnds {
  readonly start: string
  readonly end: string
}

/** A hit's place (`12`, `12:5`, or nothing) and its text. */
export interface PlacedText {
  readonly place: string
  readonly text: string
}

export function placedText(said: string, hasColumns: boolean): PlacedText {
  const first = said.charCodeAt(0)
  if (!(first >= 48 && first <= 57)) return { place: '', text: said.slice(1) }
  const place = (hasColumns ? /^\d+:\d+(?=:)/ : /^\d+(?=:)/).exec(said.slice(0, 40))?.[0] ?? ''
  return { place, text: said.slice(place.length + 1) }
}

/** So many hits are looked at. */
const looked = 400
const mostWords = 3
/** What saying it costs, in tokens. */
const headingTokens = 32
/** Where more hits have other ends, nobody would see what is meant. */
const mostOthers = 0.4

const indentOf = (text: string): string => /^[ \t]*/.exec(text.slice(0, 200))?.[0] ?? ''

/** With its indentation, and without: its first word, two, three. What each of them costs in tokens. */
function startsOf(text: string): readonly (readonly [start: string, tokens: number])[] {
  const indent = indentOf(text)
  const starts: (readonly [string, number])[] = indent === '' ? [] : [[indent, 1]]
  let end = indent.length
  for (let words = 1; words <= mostWords; words += 1) {
    const blank = text.indexOf(' ', end)
    if (blank <= end || blank - end > 20) break
    end = blank + 1
    starts.push([text.slice(indent.length, end), words])
    if (indent !== '') starts.push([text.slice(0, end), words + 1])
  }
  return starts
}

/** The signs it ends with: all of them, or those behind the last blank. */
function endsOf(text: string): readonly string[] {
  const signs = /[^\p{L}\p{N}_]{1,8}$/u.exec(text.slice(-9))?.[0] ?? ''
  const blank = signs.lastIndexOf(' ')
  return blank > 0 ? [signs, signs.slice(blank)] : signs.length > 1 ? [signs] : []
}

/** What most is saved with: for each, how much each hit has of it. */
function best(scores: ReadonlyMap<string, number>): readonly [string, number] {
  let found: readonly [string, number] = ['', 0]
  for (const each of scores) if (each[1] > found[1]) found = each
  return found
}

const add = (scores: Map<string, number>, key: string, more: number): void => {
  scores.set(key, (scores.get(key) ?? 0) + more)
}

function startOf(texts: readonly string[]): string {
  const scores = new Map<string, number>()
  for (const text of texts) for (const [start, tokens] of startsOf(text)) add(scores, start, tokens)
  return best(scores)[0]
}

const weightOf = (start: string): number => startsOf(start).at(-1)?.[1] ?? 0

/** Undefined where saying it costs more than it saves. */
export function endsOfHits(hits: readonly Hit[], hasColumns: boolean): HitEnds | undefined {
  const some = hits.slice(0, looked).map(({ said }) => placedText(said, hasColumns).text)
  const start = startOf(some)
  const starting = some.filter((text) => innerOf(text, { start, end: '' }) !== undefined)
  const scores = new Map<string, number>()
  for (const text of starting)
    for (const end of endsOf(text.slice(indentOf(text).length + start.length)))
      add(scores, end, weightOf(start) + 1)
  const [end, both] = best(scores)
  const alone = starting.length * weightOf(start)
  const ends = both > alone ? { start, end } : { start, end: '' }
  const others = some.filter((text) => innerOf(text, ends) === undefined).length
  const saved = (Math.max(both, alone) - others) * (hits.length / Math.max(some.length, 1))
  return saved < headingTokens || others > some.length * mostOthers ? undefined : ends
}

/** Without its ends; undefined where it has others. A start without indentation stands behind that of the text, which stays. */
export function innerOf(text: string, { start, end }: HitEnds): string | undefined {
  const isIndented = isBlank(start[0])
  const indent = isIndented || !isBlank(text[0]) ? '' : indentOf(text)
  const from = indent.length + start.length
  if (text.length < from + end.length || !text.startsWith(start, indent.length) || !text.endsWith(end))
    return undefined
  if (!isIndented && isBlank(text[from])) return undefined
  return indent + text.slice(from, text.length - end.length)
}

const isBlank = (char: string | undefined): boolean => char === ' ' || char === '\t'

const opening = '[hits behind a blank or tab '

export function saidEnds({ start, end }: HitEnds): string {
  const said = [
    start === ''
      ? []
      : [`begin${indentOf(start) === '' ? ' (indented or not)' : ''} with ${JSON.stringify(start)}`],
    end === '' ? [] : [`end with ${JSON.stringify(end)}`],
  ]
  return `${opening}${said.flat().join(' and ')}; those behind :: are whole]`
}

/** Told already. */
export const tellsEnds = (line: string | undefined): boolean => line?.startsWith(opening) === true
