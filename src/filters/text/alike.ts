/** Failures that say the same: after the first, each keeps the first line of what it says and the frames that are its own. */
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
  for (const [at, whole] of lines.entries()) {
    const line = whole.slice(0, judged)
    const starts = isTitle(line)
    if (!starts && !isEnd(line)) continue
    if (from !== undefined) found.push({ from, to: at })
    from = starts ? at + 1 : undefined
  }
  return from === undefined ? found : [...found, { from, to: lines.length }]
}

type Judge = (line: string) => boolean

const alike: What = { aside: 'said by the first failure alike' }

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
  return { said, places, key: said.map((at) => lines[at]).join('\n') }
}

/** A first line that begins two different messages names neither of them. */
function leadsOf(failures: readonly Read[]): ReadonlyMap<string, number> {
  const leads = new Map<string, number>()
  for (const key of new Set(failures.map((each) => each.key))) {
    const lead = key.split('\n', 1)[0] ?? ''
    leads.set(lead, (leads.get(lead) ?? 0) + 1)
  }
  return leads
}

/** Those of the first failure alike, and those that this one has told. */
function toldPlaces(
  lines: readonly string[],
  places: readonly number[],
  first: ReadonlySet<string> | undefined,
): readonly number[] {
  const own = new Set<string>()
  return places.filter((at) => {
    const line = lines[at] ?? ''
    const isTold = own.has(line) || first?.has(line) === true
    own.add(line)
    return isTold
  })
}

/**
 * `isPlace`: where it happened, a frame or the line of source at it; other lines say what happened.
 * `whats`, with what a failure has in common with the first one that says the same; a place is told once in a failure.
 */
export function alikeLeftOut(
  lines: readonly string[],
  whats: readonly What[],
  failures: readonly Failure[],
  isPlace: Judge,
): What[] {
  const out = [...whats]
  const read = failures.map((failure) => readFailure(lines, whats, failure, isPlace))
  const leads = leadsOf(read)
  const placesByKey = new Map<string, ReadonlySet<string>>()
  for (const { said, places, key } of read) {
    const told = placesByKey.get(key)
    const [lead = 0, ...rest] = said
    const isNamed = told !== undefined && leads.get(lines[lead] ?? '') === 1
    for (const at of [...(isNamed ? rest : []), ...toldPlaces(lines, places, told)]) out[at] = alike
    if (told === undefined && key !== '') placesByKey.set(key, new Set(places.map((at) => lines[at] ?? '')))
  }
  return out
}
