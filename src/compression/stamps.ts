/** The time that a CI service writes before every line: told once, and where it stood still. */

/** Seven digits of a second: GitHub's runners write it so, and no program that was asked for its time does. */
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{7}Z ?/
const sampled = 40
const mostOf = 0.8
/** A silence of this many seconds is told: somebody waited for something. */
const silenceSeconds = 60

export interface Unstamped {
  readonly lines: readonly string[]
  readonly stamped: boolean
}

/** The lines without their times; the same lines where they have none. */
export function unstamp(lines: readonly string[]): Unstamped {
  const step = Math.max(1, Math.floor(lines.length / sampled))
  const sample = lines.filter((_, at) => at % step === 0)
  const with_ = sample.filter((line) => stamp.test(line)).length
  if (lines.length < 5 || with_ < sample.length * mostOf) return { lines, stamped: false }
  return { lines: withoutTimes(lines), stamped: true }
}

function withoutTimes(lines: readonly string[]): readonly string[] {
  const kept: string[] = []
  let first = ''
  let last = ''
  for (const line of lines) {
    const found = stamp.exec(line)
    const time = found?.[1]
    if (time !== undefined) {
      const gap = time === last || last === '' ? 0 : secondsBetween(last, time)
      if (gap >= silenceSeconds) kept.push(`[${gap} s without a line]`)
      first ||= time
      last = time
    }
    kept.push(found ? line.slice(found[0].length) : line)
  }
  return [`[times before each line left out: ${first}Z to ${last}Z]`, ...kept]
}

const secondsBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 1000)
