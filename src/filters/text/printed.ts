/** What tests printed among a reporter's lines, told apart by the line that follows it: the one of the test that printed. */
import { looksGrave } from './grave.ts'

/** Longer than this it is not taken for a test's. */
const mostLines = 50

export interface Reads {
  readonly isPassed: (line: string) => boolean
  /** Another line of the reporter: what stands before it is not a passing test's. */
  readonly isOther: (line: string) => boolean
}

/** For each line: it leads to a passing test's line, with nothing grave on the way. */
export function leadsToPassing(lines: readonly string[], { isPassed, isOther }: Reads): readonly boolean[] {
  const leads = new Array<boolean>(lines.length).fill(false)
  let passedAt = Number.POSITIVE_INFINITY
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = (lines[at] ?? '').slice(0, 400)
    if (isPassed(line)) passedAt = at
    else if (isOther(line) || looksGrave(line)) passedAt = Number.POSITIVE_INFINITY
    leads[at] = passedAt - at <= mostLines
  }
  return leads
}
