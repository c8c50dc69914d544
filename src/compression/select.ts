/** Tier 2: of what is longer than any client keeps, the lines that say why, with what stands around them. */
import { endsGroup, isChatter } from './chatter.ts'
import { Familiarity } from './familiarity.ts'
import { namedAgain } from './named-again.ts'
import { isQuiet, tellsVersion, weigh } from './signals.ts'
import { type Budget, withinBudget } from './within-budget.ts'

/** The log of a CI service is told by what went wrong in it. */
const ciBudget: Budget = { tokens: 5600, share: 1 }
/** What other logs call an error may be none. */
const logBudget: Budget = { tokens: 7500, share: 0.7 }
/** In a text without an error, words like one are worth less than both ends: a client would keep these. */
const textBudget: Budget = { tokens: 7500, share: 0.3 }

export function select(
  lines: readonly string[],
  hidden: (count: number, what: string) => string,
): readonly string[] {
  const { scores, leads, isCi } = scored(lines)
  const budget = isCi ? ciBudget : leads.size > 0 ? logBudget : textBudget
  return withinBudget(lines, spread(lines, scores, leads), budget, hidden)
}

interface Scored {
  readonly scores: Float64Array
  /** The first errors and the last, each the first of its kind: most is told around them. */
  readonly leads: ReadonlySet<number>
  readonly isCi: boolean
}

/** How much each line says by itself: repeated words say less each time; where a step failed and where it all ends says more. */
function scored(lines: readonly string[]): Scored {
  const scores = new Float64Array(lines.length)
  const leads: number[] = []
  const familiarity = new Familiarity()
  const steps = stepsOf(lines)
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('##[group]Run ')) familiarity.beginStep()
    const { score, strong } = weigh(line)
    if (score === 0) continue
    const { share, isNews } = familiarity.read(line, score)
    const ofStep = steps.shares[at] ?? 1
    const isLead = strong && isNews && ofStep === 1
    if (isLead) leads.push(at)
    scores[at] = (score * share + (isLead ? leadBonus : 0)) * ofStep
  }
  raiseEnds(lines, steps, scores)
  const told = new Set([...leads.slice(0, firstLeads), ...leads.slice(-lastLeads)])
  return { scores, leads: told, isCi: steps.ends.length > 0 }
}

const firstLeads = 6
const lastLeads = 10
const leadBonus = 1.5
/** What other steps say, what a step's own script says, and what is said after the failure: all seldom the reason. */
const otherStep = 0.6
const ownScript = 0.25
const afterwards = 0.6

interface Steps {
  /** What a line's score is multiplied with. */
  readonly shares: Float64Array
  /** Where steps failed. */
  readonly ends: readonly number[]
  /** Where the step of each began. */
  readonly starts: readonly number[]
}

/** A CI service tells which step failed; where nobody tells, all lines are alike. */
function stepsOf(lines: readonly string[]): Steps {
  const shares = new Float64Array(lines.length).fill(1)
  const { ends, starts } = failuresIn(lines)
  if (ends.length > 0) {
    shares.fill(otherStep)
    for (const [index, end] of ends.entries())
      shares.fill(1, Math.max(starts[index] ?? 0, (ends[index - 1] ?? -1) + 1), end + 1)
    shares.fill(afterwards, (ends.at(-1) ?? 0) + 1)
  }
  for (let at = 0, inScript = false; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line.startsWith('##[group]Run ')) inScript = true
    if (inScript) shares[at] = ownScript
    if (endsGroup(line)) inScript = false
  }
  return { shares, ends, starts }
}

/** Of every failure told, where it is told and where its step began. */
function failuresIn(lines: readonly string[]): Pick<Steps, 'ends' | 'starts'> {
  const ends: number[] = []
  const starts: number[] = []
  let start = 0
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('##[group]Run ')) start = at
    if (!line.startsWith('##[error]')) continue
    ends.push(at)
    starts.push(start)
  }
  return { ends, starts }
}

/** The beginning and the end of a failed step; without steps, the end of it all. */
function raiseEnds(lines: readonly string[], { ends, starts }: Steps, scores: Float64Array): void {
  for (const end of ends.slice(-6)) raise(lines, scores, { end, reach: 60, most: 5.2 })
  for (const [index, end] of [...ends.entries()].slice(-readAgain))
    for (const at of namedAgain(lines, starts[index] ?? 0, end)) scores[at] = Math.max(scores[at] ?? 0, 5)
  for (const start of [...new Set(starts)].slice(-failedSteps)) raiseStart(lines, scores, start)
  if (ends.length === 0) raise(lines, scores, { end: lines.length - 1, reach: 40, most: 6 })
  for (const at of versionsIn(lines)) scores[at] = Math.max(scores[at] ?? 0, 3.9)
  const beginning = Math.min(lines.length, 6)
  for (let at = 0; at < beginning; at += 1) scores[at] = Math.max(scores[at] ?? 0, 3)
}

const failedSteps = 6
const readAgain = 3

/** What a failed step ran, and of which job: told even where its program writes many errors of no matter. */
function raiseStart(lines: readonly string[], scores: Float64Array, start: number): void {
  for (let at = start; at < Math.min(start + 12, lines.length); at += 1)
    scores[at] = Math.max(scores[at] ?? 0, 11 - (at - start) * 0.8, 6.5 - (at - start) * 0.2)
  const job = jobOf(lines, start)
  if (job !== undefined) scores[job] = 9
}

/** `gh` names job and step before a step's first line; where it knows no steps, before the job's. */
function jobOf(lines: readonly string[], start: number): number | undefined {
  for (let at = start - 1; at >= 0; at -= 1)
    if (at === start - 1 ? lines[at]?.includes('\t') : lines[at]?.endsWith('\tUNKNOWN STEP')) return at
  return undefined
}

/** The first few: a failure of a new version is seldom named as one. */
function versionsIn(lines: readonly string[]): readonly number[] {
  const found: number[] = []
  for (let at = 0; at < lines.length && found.length < mostVersions; at += 1)
    if (tellsVersion(lines[at] ?? '')) found.push(at)
  return found
}

const mostVersions = 14

interface Raise {
  readonly end: number
  readonly reach: number
  readonly most: number
}

const quietShare = 0.3

/** The `reach` lines up to `end`, the nearest most. */
function raise(lines: readonly string[], scores: Float64Array, { end, reach, most }: Raise): void {
  for (let back = 0; back < reach && end - back >= 0; back += 1) {
    const bonus = most * (1 - back / reach) * (isQuiet(lines[end - back] ?? '') ? quietShare : 1)
    const own = scores[end - back] ?? 0
    scores[end - back] = own >= 4 ? own + bonus * 0.5 : Math.max(own, bonus)
  }
}

/** How fast a line's worth fades over the lines around it, and how far it goes. */
interface Fading {
  readonly after: number
  readonly indented: number
  readonly reachAfter: number
  readonly before: number
  readonly reachBefore: number
}

/** What is said while all is well explains little, wherever it stands. */
const chatterShare = 0.5

const plain: Fading = { after: 0.9, indented: 0.95, reachAfter: 14, before: 0.8, reachBefore: 6 }
const leading: Fading = { after: 0.965, indented: 0.975, reachAfter: 45, before: 0.93, reachBefore: 24 }

/** What is said from here on is not about what went wrong before. A step that looks for the cause would stand above. */
const endsJob = (line: string): boolean => line.startsWith('Post job cleanup.')

/** A line is worth what it says, or what it stands beside: more after than before, most where it is indented under it. */
function spread(lines: readonly string[], scores: Float64Array, leads: ReadonlySet<number>): Float64Array {
  const priorities = Float64Array.from(scores)
  const lift = (at: number, worth: number): void => {
    const most = priorities[at] ?? worth
    if (worth > most && (worth * chatterShare > most || !isChatter(lines[at] ?? '')))
      priorities[at] = isChatter(lines[at] ?? '') ? worth * chatterShare : worth
  }
  for (const [at, own] of scores.entries()) {
    if (own < 4) continue
    const fading = leads.has(at) ? leading : plain
    let below = own
    for (let step = 1; step <= fading.reachAfter && !endsJob(lines[at + step] ?? ''); step += 1) {
      below *= shareKept(lines[at + step] ?? '', fading)
      lift(at + step, below)
    }
    for (let step = 1; step <= fading.reachBefore; step += 1) lift(at - step, own * fading.before ** step)
  }
  return priorities
}

const shareKept = (line: string, { after, indented }: Fading): number =>
  line !== '' && /^(?:\s|\||\d+ \|)/.test(line) ? indented : after
