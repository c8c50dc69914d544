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
  const any = anyOf(list)
  return (line) => {
    const start = line.length > judgedChars ? line.slice(0, judgedChars) : line
    if (!any.some((pattern) => pattern.test(start))) return undefined
    return list.find(([, pattern]) => pattern.test(start))?.[0]
  }
}

/** Most lines are no noise: one look tells it. A pattern for each set of flags. */
function anyOf(list: NoiseList): readonly RegExp[] {
  const byFlags = new Map<string, string[]>()
  for (const [, { source, flags }] of list)
    byFlags.set(flags, [...(byFlags.get(flags) ?? []), `(?:${source})`])
  return [...byFlags].map(([flags, sources]) => new RegExp(sources.join('|'), flags))
}

/** With one of these words, what a program says of its work is no noise, whatever it looks like. */
const trouble =
  /\b(?:errors?|fail(?:ed|ure|ures|s|ing)?|fatal|panic|exception|traceback|denied|refused|unable|cannot|could not|not found|timed out|time-?out|corrupt(?:ed)?|mismatch|conflict)\b/i

const judgedTroubleChars = 2000

/** Noise off the list that names no trouble. */
export function harmlessFrom(list: NoiseList): NoiseOf {
  const noiseOf = noiseFrom(list)
  return (line) => {
    const what = noiseOf(line)
    return what === undefined || trouble.test(line.slice(0, judgedTroubleChars)) ? undefined : what
  }
}

interface Run {
  readonly lines: readonly string[]
  readonly whats: readonly string[]
}

type Hidden = (count: number, what: string) => string

function endRun({ lines, whats }: Run, hidden: Hidden, lastStays: boolean): readonly string[] {
  const last = lastStays ? lines.slice(-1) : []
  const gone = lines.slice(0, lines.length - last.length)
  const chars = gone.reduce((sum, line) => sum + line.length + 1, 0)
  if (gone.length < 2 || chars < markChars) return lines
  return [hidden(gone.length, [...new Set(whats)].join(', ')), ...last]
}

/**
 * The same list where nothing is worth leaving out. Blank lines between noise go with it. `lastStays`:
 * what stands right before a line that stays may be what it is about, and stays too.
 */
export function leaveOut(
  lines: readonly string[],
  noiseOf: NoiseOf,
  { hidden, lastStays }: { readonly hidden: Hidden; readonly lastStays: boolean },
): readonly string[] {
  const out: string[] = []
  let run: string[] = []
  let blanks: string[] = []
  let whats: string[] = []
  const flush = () => {
    if (run.length === 0) return
    out.push(...endRun({ lines: run, whats }, hidden, lastStays), ...blanks)
    run = []
    blanks = []
    whats = []
  }
  for (const line of lines) {
    const what = noiseOf(line)
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
  return out.length < lines.length ? out : lines
}
