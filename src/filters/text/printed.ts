/** What tests printed among a reporter's lines, told apart by the line that follows it: the one of the test that printed. */
import { looksGrave } from './grave.ts'

/** Longer than this it is not taken for a test's. */
const mostLines = 50

/** True where the lines from `at` on lead to a passing test's line, with nothing grave on the way. */
export function isOfPassing(
  lines: readonly string[],
  at: number,
  reads: Readonly<{ isPassed: (line: string) => boolean; isOther: (line: string) => boolean }>,
): boolean {
  for (let next = at; next < lines.length && next <= at + mostLines; next += 1) {
    const line = (lines[next] ?? '').slice(0, 400)
    if (reads.isPassed(line)) return true
    if (reads.isOther(line) || looksGrave(line)) return false
  }
  return false
}
