/** What `git log` prints, commit by commit, and the branches that `--graph` draws beside them. */
import { type CommitHead, commitHead } from './commits.ts'

export interface Commit {
  /** Absent of what stands above the first commit. */
  readonly head: CommitHead | undefined
  /** Its message and what it changed. */
  readonly body: readonly string[]
  /** What is drawn before its first line: `* `, `| * `, or nothing. */
  readonly art: string
  /** Branches that part or meet beside its head, and below it. */
  readonly forks: readonly string[]
  readonly joins: readonly string[]
}

const widest = 120

/** What branches are drawn with: `|`, `/`, `_`, `\`, `*`, `-`, a point, a blank. */
const inks = new Set(Array.from('|/_\\*-. ', (ink) => ink.charCodeAt(0)))

/** Behind what may be drawn before a line. */
export function afterArt(line: string): number {
  let at = 0
  while (at < 2 * widest && inks.has(line.charCodeAt(at))) at += 1
  return at
}

const artOfCommit = /^[|\\/_ .-]{0,60}\* [|\\/_ .-]{0,60}(?=commit [0-9a-f]{7})/
const isArt = (drawn: string): boolean => /^[|\\/_ ]*$/.test(drawn)
/** Branches drawn where a commit's own lines should stand. */
const isWiderArt = (rest: string): boolean => /^[|\\/_][|\\/_ ]*$/.test(rest)
/** Something happens: a branch parts, meets, or moves aside. */
const isTurn = (drawn: string): boolean => /[\\/_]/.test(drawn)

interface Drawing {
  readonly arts: readonly string[]
  readonly lines: readonly string[]
}

/** Lines without what is drawn before them; undefined where a line is not of the drawing. */
function undrawn(lines: readonly string[]): Drawing | undefined {
  const arts: string[] = []
  const rests: string[] = []
  let width = 0
  for (const line of lines) {
    const art = line.startsWith('commit ', afterArt(line))
      ? artOfCommit.exec(line.slice(0, 2 * widest))?.[0]
      : undefined
    if (art !== undefined) width = art.length
    const drawn = line.slice(0, width)
    const rest = line.slice(width)
    if (width === 0 || (art === undefined && (!isArt(drawn) || isWiderArt(rest.slice(0, widest)))))
      return undefined
    arts.push(drawn)
    rests.push(rest)
  }
  return { arts, lines: rests }
}

const turnsOf = (arts: readonly string[]): string[] => arts.filter(isTurn).map((art) => art.trimEnd())

function commitsOf(lines: readonly string[], arts: readonly string[]): readonly Commit[] {
  const starts: { readonly head: CommitHead; readonly at: number }[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const head = commitHead(lines, at)
    if (head) starts.push({ head, at })
  }
  const end = starts[0]?.at ?? lines.length
  const above = { head: undefined, body: lines.slice(0, end), art: '', forks: [], joins: [] }
  const commits = starts.map(({ head, at }, index): Commit => {
    const [body, next] = [at + head.taken, starts[index + 1]?.at ?? lines.length]
    return {
      head,
      body: lines.slice(body, next),
      art: arts[at] ?? '',
      forks: turnsOf(arts.slice(at + 1, body)),
      joins: turnsOf(arts.slice(body, next)),
    }
  })
  return [above, ...commits]
}

export function historyOf(lines: readonly string[]): readonly Commit[] {
  const isDrawn = artOfCommit.test((lines[0] ?? '').slice(0, 2 * widest))
  const drawing = isDrawn ? undrawn(lines) : undefined
  return drawing ? commitsOf(drawing.lines, drawing.arts) : commitsOf(lines, [])
}
