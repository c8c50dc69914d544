/** Lines that nobody needs, off a list of what is allowed to go: runs of them become one counted line. */

/** What a line is, if it is noise: `downloads`, `passing hooks`. */
export type NoiseOf = (line: string) => string | undefined

/** `[what, the lines that are it]` */
export type NoiseList = readonly (readonly [what: string, pattern: RegExp])[]

/** The line that tells an omission has about this many characters; a run shorter than that stays. */
const markChars = 90

/** Lines are judged by their start. */
const judgedChars = 400

export function noiseFrom(list: NoiseList): NoiseOf {
  return (line) => {
    const start = line.length > judgedChars ? line.slice(0, judgedChars) : line
    return list.find(([, pattern]) => pattern.test(start))?.[0]
  }
}

interface Run {
  readonly lines: readonly string[]
  readonly whats: readonly string[]
}

function endRun(run: Run, hidden: (count: number, what: string) => string): readonly string[] {
  const chars = run.lines.reduce((sum, line) => sum + line.length + 1, 0)
  if (run.lines.length < 2 || chars < markChars) return run.lines
  return [hidden(run.lines.length, [...new Set(run.whats)].join(', '))]
}

/** The same list where nothing is worth leaving out. Blank lines between noise go with it. */
export function leaveOut(
  lines: readonly string[],
  noiseOf: NoiseOf,
  hidden: (count: number, what: string) => string,
): readonly string[] {
  return leaveOutEach(lines, lines.map(noiseOf), hidden)
}

/** As `leaveOut`, where what a line is depends on its neighbours: `whatOf` has an entry for each line. */
export function leaveOutEach(
  lines: readonly string[],
  whatOf: readonly (string | undefined)[],
  hidden: (count: number, what: string) => string,
): readonly string[] {
  const out: string[] = []
  let run: string[] = []
  let blanks: string[] = []
  let whats: string[] = []
  const flush = () => {
    out.push(...endRun({ lines: run, whats }, hidden), ...blanks)
    run = []
    blanks = []
    whats = []
  }
  for (const [at, line] of lines.entries()) {
    const what = whatOf[at]
    if (what !== undefined) {
      run.push(...blanks, line)
      blanks = []
      whats.push(what)
    } else if (line === '' && run.length > 0) blanks.push(line)
    else {
      flush()
      out.push(line)
    }
  }
  flush()
  return out
}
