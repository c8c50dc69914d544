/** One output, from its text to a shorter one: cleaned, read by the filter it belongs to, or as a log of nobody known. */
import {
  type Command,
  type Filter,
  highestTier,
  type Reading,
  type Shortened,
  type Tier,
} from '../filters/filter.ts'
import { referBack } from './back-references.ts'
import { withoutChatter } from './chatter.ts'
import { type Cleaned, clean, joined } from './clean.ts'
import type { Printer } from './command-line.ts'
import { shortenJson } from './json.ts'
import { shield } from './long-lines.ts'
import { omission } from './omission.ts'
import { foldBlanks, foldRepeats } from './repeats.ts'
import { type Section, sectionsOf } from './sections.ts'
import { select } from './select.ts'
import { unstamp } from './stamps.ts'
import { printsSource, repeatsMatter } from './subject.ts'

/** What Claude Code keeps of a result, and about what the others do: above it somebody selects, so it may as well be us. */
const clientCapCharacters = 30_000

export interface Circumstances {
  readonly printers: readonly Printer[]
  /** A shell said it: what it says is a log, if it is nothing better. Of others nobody knows what they keep. */
  readonly ofShell: boolean
  readonly failed: boolean
  readonly tier: Tier
  readonly filters: readonly Filter[]
  readonly originalId: string
}

export interface Rewritten {
  readonly text: string
  readonly tier: Tier
  /** Who had a part in it. */
  readonly filters: readonly string[]
  /** Where nothing was done: why. */
  readonly because?: string
}

export function rewrite(text: string, about: Circumstances): Rewritten {
  const untouched = { text, tier: 0, filters: [] } as const
  const commands = about.printers.flatMap((printer) => (printer.kind === 'command' ? [printer.command] : []))
  const ofSource = commands.some(printsSource)
  const separated = about.printers.some((printer) => printer.kind === 'echo')
  const cleaned = ofSource && separated ? asItIs(text) : clean(text)
  if (!cleaned) return { ...untouched, because: 'source text' }
  const { lines, stamped } = unstamp(cleaned.lines)
  const source = ofSource && !stamped
  if (source && !separated) return { ...untouched, because: 'source text' }
  if (!stamped && !source && allowsJson(commands)) {
    const json = shortenJson(text)
    if (json !== undefined) return { text: json, tier: 0, filters: ['json'] }
  }
  const parts = stamped
    ? [{ ...readLog(lines), filters: ['log'] }]
    : sectionsOf(lines, about.printers).map((each) => readSection(each, about))
  return written(parts, { ...about, cleaned, stamped })
}

/** Up to so long, leaving out chatter may be enough. */
const chatterCharacters = 2 * clientCapCharacters

interface Written extends Circumstances {
  readonly cleaned: Cleaned
  readonly stamped: boolean
}

/** What the parts are together; of a log longer than a client keeps, a selection. */
function written(parts: readonly Part[], { cleaned, stamped, tier, originalId }: Written): Rewritten {
  const hidden = (count: number, what: string): string => omission(count, what, originalId)
  const filters = parts.flatMap((part) => part.filters)
  const [only] = parts
  const lines = only && parts.length === 1 ? only.lines : parts.flatMap((part) => part.lines)
  const text = joined(lines, cleaned)
  if (tier === 0 || text.length > chatterCharacters || !parts.some((part) => part.isLog)) {
    const isLog = tier === 2 && text.length > clientCapCharacters && parts.every((part) => part.isLog)
    return isLog ? selected(lines, filters, cleaned, hidden) : { text, tier: highestTier(parts), filters }
  }
  const quiet = parts.flatMap((part) =>
    part.isLog ? withoutChatter(part.lines, hidden, stamped) : part.lines,
  )
  const quietText = joined(quiet, cleaned)
  if (tier === 2 && quietText.length > clientCapCharacters && parts.every((part) => part.isLog))
    return selected(lines, filters, cleaned, hidden)
  if (quiet.length === lines.length) return { text, tier: highestTier(parts), filters }
  return { text: quietText, tier: 1, filters: [...filters, 'chatter'] }
}

function selected(
  lines: readonly string[],
  filters: readonly string[],
  cleaned: Cleaned,
  hidden: (count: number, what: string) => string,
): Rewritten {
  return { text: joined(select(lines, hidden), cleaned), tier: 2, filters: [...filters, 'select'] }
}

/** A source among other outputs keeps even its trailing blanks. */
const asItIs = (text: string): Cleaned | undefined => {
  if (text.includes('\r') || text.includes(String.fromCharCode(27))) return undefined
  const closed = text.endsWith('\n')
  return { lines: (closed ? text.slice(0, -1) : text).split('\n'), lineEnd: '\n', closed }
}

/** Who asked for one value of a document reads it as it is. */
const allowsJson = (commands: readonly Command[]): boolean =>
  !commands.some(
    ({ program, args }) => program === 'gh' && args.some((word) => /^(?:-q|--jq|-t|--template)/.test(word)),
  )

interface Part {
  readonly lines: readonly string[]
  readonly tier: Tier
  readonly filters: readonly string[]
  /** Its lines are a log: of more than a client keeps, a selection does. */
  readonly isLog: boolean
}

function readSection(section: Section, about: Circumstances): Part {
  const { heading, commands } = section
  if (commands.some(printsSource))
    return { lines: below(heading, section.lines), tier: 0, filters: [], isLog: false }
  const filtered = byFilter(section, about)
  if (filtered) return { ...filtered, lines: below(heading, filtered.lines) }
  const log = repeatsMatter(commands) ? asTheyAre(section.lines) : readLog(section.lines)
  return { ...log, isLog: log.isLog && about.ofShell, lines: below(heading, log.lines) }
}

const below = (heading: readonly string[], lines: readonly string[]): readonly string[] =>
  heading.length === 0 ? lines : [...heading, ...lines]

const asTheyAre = (lines: readonly string[]): Part => ({ lines, tier: 0, filters: [], isLog: false })

/** The first filter, of the last command first, whose command and content both fit and that understands it. */
function byFilter({ lines, commands }: Section, about: Circumstances): Part | undefined {
  const shielded = shield(lines)
  if (!shielded || lines.length === 0) return undefined
  for (const command of commands.toReversed()) {
    const reading: Reading = {
      command,
      lines: shielded.lines,
      failed: about.failed,
      tier: about.tier === 0 ? 0 : 1,
      hidden: (count, what) => omission(count, what, about.originalId),
    }
    for (const filter of about.filters) {
      if (!filter.suggests(command) || !filter.confirms(shielded.lines, command)) continue
      const done = filter.shorten(reading)
      if (done) return partOf(filter, { ...done, lines: shielded.restore(done.lines) })
    }
  }
  return undefined
}

function partOf(filter: Filter, { lines, tier }: Shortened): Part {
  const isLog = filter.leavesLog === true || (filter.leavesLog !== undefined && isTooLong(lines))
  if (!isLog) return { lines, tier, filters: [filter.id], isLog }
  const log = readLog(lines)
  return { ...log, tier, filters: [filter.id, ...log.filters] }
}

const isTooLong = (lines: readonly string[]): boolean =>
  lines.reduce((sum, line) => sum + line.length + 1, 0) > clientCapCharacters

/** Lines of nobody known: what was said already is not said again. */
function readLog(lines: readonly string[]): Part {
  const folded = referBack(foldRepeats(foldBlanks(lines)))
  return { lines: folded, tier: 0, filters: folded.length < lines.length ? ['repeats'] : [], isLog: true }
}
