/**
 * Results of long ago that may become one line: when the provider's cache is lost anyway, everything behind the change is
 * written again and it costs nothing; else only where what later turns save pays for what is written again, and no more is
 * written again than had not to be written before: results were shorter at birth, and when a prefix was lost.
 */
import type { HeardText, Transcript } from './transcript.ts'

export interface StaleQuestion {
  readonly transcript: Transcript
  /** The cached prefix is gone, whatever is sent. */
  readonly isLost: boolean
  /** What the user allows, text by text. */
  readonly allows: (text: HeardText) => boolean
  /** What a provider did not have to write when it wrote a lost prefix anew, less what edits made it write again. */
  readonly sparedBytes: number
  /** Of the conversation's requests so far, those whose prefix was lost by other causes. */
  readonly misses: number
}

export interface Stale {
  /** In the order of the conversation. */
  readonly texts: readonly HeardText[]
  /** What the cache had and is written again because of them. */
  readonly rewrittenBytes: number
}

/** So many rounds of calls stand between it and now. */
const oldRounds = 10
const leastBytes = 1000
/** A stub is about so long. */
const stubBytes = 120
/** Writing costs 1.25 of a fresh token, reading a cached one 0.1: (1.25 − 0.1) / 0.1. */
const rewriteInReads = 11.5
/** A conversation lasts about as long again as it has lasted, but for a summary that ends it sooner; half is counted on. */
const countedOn = 0.5
const mostRoundsCountedOn = 20

const nothing: Stale = { texts: [], rewrittenBytes: 0 }

export function staleTexts({ transcript, isLost, allows, sparedBytes, misses }: StaleQuestion): Stale {
  const rounds = transcript.items.reduce((sum, { hasCalls }) => sum + (hasCalls ? 1 : 0), 0)
  if (rounds <= oldRounds) return nothing
  const firstRecent = nthRoundFromEnd(transcript, oldRounds)
  const old = transcript.texts.filter((text) => isOld(text, firstRecent) && allows(text))
  const bases = deltaBases(transcript, firstRecent)
  const candidates = old.filter((text) => !bases.has(text))
  if (isLost) return { texts: candidates, rewrittenBytes: 0 }
  const toCome = Math.min(rounds, mostRoundsCountedOn) * countedOn
  const mostBytes = savedAtBirth(transcript) + sparedBytes
  return whatPays({ transcript, candidates, toCome, mostBytes, misses })
}

/** What results of this conversation were shorter by when they were first written to the cache. */
const savedAtBirth = ({ texts }: Transcript): number =>
  texts.reduce(
    (sum, text) => (text.told?.isStub ? sum : sum + text.span.end - text.span.start - sentBytes(text)),
    0,
  )

/** Its calls and what follows are recent. */
function nthRoundFromEnd({ items }: Transcript, rounds: number): number {
  let left = rounds
  for (let index = items.length - 1; index >= 0; index--)
    if (items[index]?.hasCalls && --left === 0) return index
  return 0
}

const isOld = (text: HeardText, firstRecent: number): boolean =>
  text.item < firstRecent &&
  !text.failed &&
  text.told !== undefined &&
  !text.told.isStub &&
  sentBytes(text) >= leastBytes

/** An earlier reading of a file that a recent one is told as a change of. Older ones can be had back whole by their ids. */
function deltaBases(transcript: Transcript, firstRecent: number): ReadonlySet<HeardText> {
  const changed = new Set(
    transcript.texts.flatMap((text) =>
      text.told?.isDelta && text.item >= firstRecent ? (transcript.callOf(text)?.path ?? []) : [],
    ),
  )
  const bases = transcript.texts.filter((text) => {
    const path = changed.size === 0 ? undefined : transcript.callOf(text)?.path
    return path !== undefined && changed.has(path)
  })
  return new Set(bases)
}

interface Weighed {
  readonly transcript: Transcript
  readonly candidates: readonly HeardText[]
  /** Rounds that are counted on. */
  readonly toCome: number
  /** More may not be written again, but for what is not written when the prefix is lost again: as often as so far. */
  readonly mostBytes: number
  readonly misses: number
}

/** The candidates from some place on, where that place is the best one and pays. */
function whatPays({ transcript, candidates, toCome, mostBytes, misses }: Weighed): Stale {
  const listEnd = transcript.items.at(-1)?.end ?? 0
  let best: { readonly from: number; readonly ratio: number; readonly bytes: number } | undefined
  let removed = 0
  for (let from = candidates.length - 1; from >= 0; from--) {
    const text = candidates[from]
    if (!text) continue
    removed += sentBytes(text) - stubBytes
    const bytes = listEnd - text.span.start - savedAfter(transcript, text) - removed
    const ratio = bytes / removed
    const isCovered = bytes <= mostBytes + removed * misses
    if (isCovered && (!best || ratio < best.ratio)) best = { from, ratio, bytes }
  }
  const pays = best !== undefined && rewriteInReads * best.ratio < toCome
  return best && pays ? { texts: candidates.slice(best.from), rewrittenBytes: best.bytes } : nothing
}

const savedAfter = ({ texts }: Transcript, { span }: HeardText): number =>
  texts.reduce(
    (sum, text) =>
      text.span.start < span.start ? sum : sum + text.span.end - text.span.start - sentBytes(text),
    0,
  )

const sentBytes = ({ told, span }: HeardText): number => told?.literal?.length ?? span.end - span.start
