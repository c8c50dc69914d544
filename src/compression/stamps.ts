/** The time that a CI service writes before every line: told once, and where it stood still. */

/** Seven digits of a second: GitHub's runners write it so, and no program that was asked for its time does. */
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{7}Z ?/
const sampled = 40
/** A step that paints over its own lines leaves many without a time. */
const mostOf = 0.5
/** A silence of this many seconds is told: somebody waited for something. */
const silenceSeconds = 60

export interface Unstamped {
  readonly lines: readonly string[]
  readonly stamped: boolean
}

/** `gh run view --log` writes the job and the step before each line, and then the time. */
const place = /^([^\t]{1,200}\t[^\t]{1,200})\t\ufeff?(?=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z)/

/** The lines without their times, under the job and step they are of; the same lines where they have none. */
export function unstamp(lines: readonly string[]): Unstamped {
  const placed = share(lines, place) < mostOf ? lines : underPlaces(lines)
  return lines.length < 5 || share(placed, stamp) < mostOf
    ? { lines, stamped: false }
    : { lines: withoutTimes(placed), stamped: true }
}

/** Of some lines all over the text, how many look so. */
function share(lines: readonly string[], looks: RegExp): number {
  const step = Math.max(1, Math.floor(lines.length / sampled))
  let [count, found] = [0, 0]
  for (let at = 0; at < lines.length; at += step) {
    count += 1
    if (looks.test(lines[at] ?? '')) found += 1
  }
  return found / Math.max(1, count)
}

function underPlaces(lines: readonly string[]): readonly string[] {
  let last = ''
  return lines.flatMap((line) => {
    const found = place.exec(line)
    if (!found) return [line]
    const [whole, here = ''] = found
    const told = line.slice(whole.length)
    if (here === last) return [told]
    last = here
    return [here, told]
  })
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
