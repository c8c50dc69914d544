/** Lines that say again what stands right above them: told by number. Lossless. */

/** The longest block that is looked for. */
const longestPeriod = 12
/** The note must be worth it. */
const leastCharacters = 60

/** Blocks of up to twelve lines that follow themselves become one block and a note how often it came again. */
export function foldRepeats(lines: readonly string[]): readonly string[] {
  const kept: string[] = []
  let at = 0
  while (at < lines.length) {
    const { period, times } = repetitionAt(lines, at)
    if (times === 0) {
      kept.push(lines[at] ?? '')
      at += 1
      continue
    }
    for (let offset = 0; offset < period; offset += 1) kept.push(lines[at + offset] ?? '')
    kept.push(noteOf(period, times))
    at += period * (times + 1)
  }
  return kept
}

const noteOf = (period: number, times: number): string =>
  `[the ${period === 1 ? 'line' : `${period} lines`} above, ${times} more time${times === 1 ? '' : 's'}]`

interface Repetition {
  readonly period: number
  /** How often it comes again; 0: not worth a note. */
  readonly times: number
}

const none: Repetition = { period: 0, times: 0 }

function repetitionAt(lines: readonly string[], at: number): Repetition {
  const line = lines[at]
  for (let period = 1; period <= longestPeriod && at + period < lines.length; period += 1) {
    if (lines[at + period] !== line) continue
    const times = timesAgain(lines, at, period)
    if (times > 0 && worth(lines, at, period) * times > leastCharacters) return { period, times }
  }
  return none
}

/** How often the block of `period` lines at `at` follows itself. */
function timesAgain(lines: readonly string[], at: number, period: number): number {
  let end = at + period
  while (end < lines.length && lines[end] === lines[end - period]) end += 1
  return Math.floor((end - at) / period) - 1
}

function worth(lines: readonly string[], at: number, period: number): number {
  let characters = 0
  for (let offset = 0; offset < period; offset += 1) characters += (lines[at + offset]?.length ?? 0) + 1
  return characters
}

/** Blank lines say nothing twice. */
export const foldBlanks = (lines: readonly string[]): readonly string[] =>
  lines.filter((line, at) => line !== '' || lines[at - 1] !== '')
