/** Failures that say the same: after the first, each keeps the beginning of what it says and the places that the last one has not. */
import type { What } from './asides.ts'

export interface Failure {
  /** The first line after its title, and the line after its last. */
  readonly from: number
  readonly to: number
}

/** Lines are told from others by their start. */
const judged = 2000

/** From the line after each title to the next title, or to what else ends a failure. One walk over all lines. */
export function rangesBetween(lines: readonly string[], isTitle: Judge, isEnd: Judge): readonly Failure[] {
  const found: Failure[] = []
  let from: number | undefined
  for (let at = 0; at < lines.length; at += 1) {
    const whole = lines[at] ?? ''
    const line = whole.length > judged ? whole.slice(0, judged) : whole
    const starts = isTitle(line)
    if (!starts && !isEnd(line)) continue
    if (from !== undefined) found.push({ from, to: at })
    from = starts ? at + 1 : undefined
  }
  if (from !== undefined) found.push({ from, to: lines.length })
  return found
}

type Judge = (line: string) => boolean

const alike: What = { aside: 'said by the last failure alike' }

interface Read {
  /** Indices of lines that stay so far. */
  readonly said: readonly number[]
  readonly places: readonly number[]
  readonly key: string
}

function readFailure(
  lines: readonly string[],
  whats: readonly What[],
  { from, to }: Failure,
  isPlace: Judge,
): Read {
  const said: number[] = []
  const places: number[] = []
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? ''
    if (line === '' || whats[at] !== undefined) continue
    if (isPlace(line.slice(0, 1000))) places.push(at)
    else said.push(at)
  }
  return { said, places, key: textOf(lines, said) }
}

/** What it says first: a line that ends with a colon says it on the next one. */
function leadOf(lines: readonly string[], said: readonly number[]): readonly number[] {
  const end = said.findIndex((at) => !(lines[at] ?? '').endsWith(':'))
  return said.slice(0, end < 0 ? said.length : end + 1)
}

function textOf(lines: readonly string[], ats: readonly number[]): string {
  const said: string[] = []
  for (const at of ats) said.push(lines[at] ?? '')
  return said.join('\n')
}

function linesAt(lines: readonly string[], ats: readonly number[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const at of ats) found.add(lines[at] ?? '')
  return found
}

/** What begins two different messages names neither of them. */
function namingLeads(lines: readonly string[], failures: readonly Read[]): ReadonlySet<string> {
  const keys = new Map<string, Set<string>>()
  for (const { said, key } of failures) {
    const lead = textOf(lines, leadOf(lines, said))
    keys.set(lead, (keys.get(lead) ?? new Set()).add(key))
  }
  return new Set([...keys].flatMap(([lead, those]) => (those.size === 1 ? [lead] : [])))
}

/** Those of the last failure alike, and those that this one has told. */
function toldPlaces(
  lines: readonly string[],
  places: readonly number[],
  last: ReadonlySet<string> | undefined,
): readonly number[] {
  const own = new Set<string>()
  return places.filter((at) => {
    const line = lines[at] ?? ''
    const isTold = own.has(line) || last?.has(line) === true
    own.add(line)
    return isTold
  })
}

function markAlike(whats: What[], ats: readonly number[]): void {
  for (const at of ats) whats[at] = alike
}

/**
 * `isPlace`: where it happened, a frame or the line of source at it; other lines say what happened.
 * `whats`, with what a failure has in common with the last one that says the same; a place is told once in a failure.
 */
export function alikeLeftOut(
  lines: readonly string[],
  whats: readonly What[],
  failures: readonly Failure[],
  isPlace: Judge,
): What[] {
  const out = [...whats]
  const read = failures.map((failure) => readFailure(lines, whats, failure, isPlace))
  const leads = namingLeads(lines, read)
  const placesByKey = new Map<string, ReadonlySet<string>>()
  for (const { said, places, key } of read) {
    const told = placesByKey.get(key)
    const lead = leadOf(lines, said)
    const isNamed = told !== undefined && leads.has(textOf(lines, lead))
    if (isNamed) markAlike(out, said.slice(lead.length))
    markAlike(out, toldPlaces(lines, places, told))
    if (key !== '') placesByKey.set(key, linesAt(lines, places))
  }
  return out
}
