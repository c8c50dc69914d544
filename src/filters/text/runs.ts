/** Leaves out runs of lines that were found to be noise; each run becomes one counted line. */

/** A shorter run stays: the line that tells of it has about this many characters. */
const leastChars = 90

/**
 * `whats` has an entry for each line: what noise it is, or undefined where it stays. Blank lines after noise go with it.
 */
export function leaveOutRuns(
  lines: readonly string[],
  whats: readonly (string | undefined)[],
  hidden: (count: number, what: string) => string,
): readonly string[] {
  const out: string[] = []
  let run: string[] = []
  let kinds = new Set<string>()
  const flush = () => {
    if (run.length === 0) return
    const chars = run.reduce((sum, line) => sum + line.length + 1, 0)
    if (run.length < 2 || chars < leastChars) out.push(...run)
    else out.push(hidden(run.length, [...kinds].join(', ')))
    run = []
    kinds = new Set()
  }
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const what = whats[at]
    if (what !== undefined) {
      kinds.add(what)
      run.push(line)
    } else if (line === '' && run.length > 0) run.push(line)
    else {
      flush()
      out.push(line)
    }
  }
  flush()
  return out
}
