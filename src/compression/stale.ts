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
  /** What its results were shorter by when it was first looked at: an earlier process may have spent that. */
  readonly owedBytes: number
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

export function staleTexts(question: StaleQuestion): Stale {
  const { transcript, isLost, allows, sparedBytes, owedBytes, misses } = question
  const rounds = transcript.items.reduce((sum, { hasCalls }) => sum + (hasCalls ? 1 : 0), 0)
  if (rounds <= oldRounds) return nothing
  const firstRecent = nthRoundFromEnd(transcript, oldRounds)
  const old = transcript.texts.filter((text) => isOld(text, firstRecent) && allows(text))
  const bases = deltaBases(transcript, firstRecent)
  const candidates = old.filter((text) => !bases.has(text))
  if (isLost) return { texts: candidates, rewrittenBytes: 0 }
  const toCome = Math.min(rounds, mostRoundsCountedOn) * countedOn
  const mostBytes = savedAtBirth(transcript) + sparedBytes - owedBytes
  return whatPays({ transcript, candidates, toCome, mostBytes, misses })
}

/** What results of this conversation were shorter by when they were first written to the cache. */
export const savedAtBirth = ({ texts }: Transcript): number =>
  texts.reduce((sum, text) => (text.told?.isStub ? sum : sum + rawBytes(text) - sentBytes(text)), 0)

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

/**
 * All of them or none: a cache that looks back a few blocks does not find the prefix before an edit that is old, and
 * everything is written again, so half an edit costs as much as a whole one.
 */
function whatPays({ transcript, candidates, toCome, mostBytes, misses }: Weighed): Stale {
  const removed = candidates.reduce((sum, text) => sum + sentBytes(text) - stubBytes, 0)
  const listEnd = transcript.items.at(-1)?.end ?? 0
  const told = transcript.texts.reduce((sum, text) => sum + rawBytes(text) - sentBytes(text), 0)
  const rewrittenBytes = listEnd - told - removed
  const isCovered = rewrittenBytes <= mostBytes + removed * misses
  const pays = removed > 0 && rewriteInReads * rewrittenBytes < toCome * removed
  return isCovered && pays ? { texts: candidates, rewrittenBytes } : nothing
}

const rawBytes = ({ span }: HeardText): number => span.end - span.start

const sentBytes = ({ told, span }: HeardText): number => told?.literal?.length ?? span.end - span.start
