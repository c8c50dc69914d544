/** One tool result, shortened: a pure function of what it is given, so that the same result is the same bytes for ever. */
import { type Filter, highestTier, type Tier } from '../filters/filter.ts'
import type { Printer } from './command-line.ts'
import { open } from './envelope.ts'
import { leastCharacters, pays } from './gate.ts'
import { hiddenLinesIn, wasShortened } from './omission.ts'
import { type Rewritten, rewrite } from './rewrite.ts'
import { subjectOf } from './subject.ts'

export const levels = ['off', 'lossless', 'balanced', 'aggressive'] as const
export type Level = (typeof levels)[number]

export interface ToolResult {
  /** The tool's name as the agent calls it: `Bash`, `shell`, `Read`, `mcp__x__y`. */
  readonly tool: string
  /** Where the tool is a shell: what it was told to run. */
  readonly commandLine?: string
  /** Where the tool is about a file: which. */
  readonly path?: string
  /** The client said that it failed. A non-zero exit code in the text says it too. */
  readonly failed: boolean
  readonly text: string
}

export interface ShortenOptions {
  readonly level: Level
  /** The short id of the original, told with every omission. */
  readonly originalId: string
  readonly filters: readonly Filter[]
  /** Longer results stay as they are: a bound on time that is the same on every machine. Absent: no bound. */
  readonly mostCharacters?: number
}

export type Outcome =
  | { readonly kind: 'raw'; readonly because: string }
  | {
      readonly kind: 'shortened'
      readonly text: string
      readonly tier: Tier
      readonly filter: string
      readonly hiddenLines: number
    }

/** Never throws, never makes a text longer. */
export function shorten(result: ToolResult, options: ShortenOptions): Outcome {
  const because = reasonToLeave(result, options)
  if (because !== undefined) return { kind: 'raw', because }
  try {
    return settled(result, options)
  } catch {
    return { kind: 'raw', because: 'a filter failed' }
  }
}

function reasonToLeave({ text }: ToolResult, { level, mostCharacters }: ShortenOptions): string | undefined {
  if (level === 'off') return 'compression is off'
  if (text.length < leastCharacters) return 'short enough'
  if (text.length > (mostCharacters ?? Number.POSITIVE_INFINITY)) return 'too long for the time there is'
  return wasShortened(text) ? 'shortened already' : undefined
}

/** How often our own words are read again, at most, before they are given up. */
const mostRounds = 3

/** What is shortened once would not be shortened again: the next mouth, or the next turn, says the same. */
function settled(result: ToolResult, options: ShortenOptions): Outcome {
  let outcome = once(result, options)
  for (let round = 0; outcome.kind === 'shortened' && outcome.hiddenLines === 0; round += 1) {
    if (round === mostRounds) return { kind: 'raw', because: 'no end to it' }
    const again = once({ ...result, text: outcome.text }, options)
    if (again.kind === 'raw') break
    outcome = { ...again, tier: highestTier([outcome, again]), filter: joined(outcome.filter, again.filter) }
  }
  return outcome
}

const joined = (...filters: readonly string[]): string =>
  [...new Set(filters.flatMap((each) => each.split('+')))].join('+')

/** The highest tier that pays; a lower one where a higher one does not. */
function once(result: ToolResult, options: ShortenOptions): Outcome {
  const subject = subjectOf(result)
  if (subject.kind === 'untouchable') return { kind: 'raw', because: subject.because }
  const best = attempt(result, subject.printers, options, options.level === 'lossless' ? 0 : 2)
  const outcome = judged(result.text, best)
  if (outcome.kind === 'shortened' || best.tier === 0) return outcome
  return judged(result.text, attempt(result, subject.printers, options, 0))
}

function attempt(
  result: ToolResult,
  printers: readonly Printer[],
  { filters, originalId }: ShortenOptions,
  tier: Tier,
): Rewritten {
  const ofShell = result.commandLine !== undefined
  const read = (body: string, told: boolean): Rewritten =>
    rewrite(body, { printers, ofShell, failed: result.failed || told, tier, filters, originalId })
  const opened = open(result.text)
  if (opened.kind === 'one') {
    const written = read(opened.envelope.body, opened.envelope.failed)
    return { ...written, text: opened.envelope.seal(written.text) }
  }
  const parts = opened.strings.map((each) => read(each, opened.failed))
  const text = opened.seal(parts.map((each) => each.text))
  /** A wrapper in which nothing could be shortened may be a document of its own. */
  if (text === result.text) return read(result.text, opened.failed)
  return { text, tier: highestTier(parts), filters: parts.flatMap((part) => part.filters) }
}

function judged(before: string, { text, tier, filters, because }: Rewritten): Outcome {
  if (text === before) return { kind: 'raw', because: because ?? 'nothing to leave out' }
  if (!pays(before, text, tier)) return { kind: 'raw', because: 'it would save too little' }
  const filter = [...new Set(filters)].join('+') || 'clean'
  return { kind: 'shortened', text, tier, filter, hiddenLines: hiddenLinesIn(text) }
}
