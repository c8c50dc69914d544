/** Decides what the model is given in place of a tool's text: once, then the same bytes for ever. */
import { createHash } from 'node:crypto'
import type { Birth, Births, Scope, Telling } from '../compression/births.ts'
import { deltaOf } from '../compression/delta.ts'
import type { FilterSet, FilterSets } from '../compression/filter-set.ts'
import type { Levels, Whose } from '../compression/levels.ts'
import { omission, wasShortened } from '../compression/omission.ts'
import type { FoundCall } from '../compression/pairing/found.ts'
import {
  type Level,
  type Outcome,
  type ShortenOptions,
  shorten,
  type ToolResult,
} from '../compression/shorten.ts'
import { estimateTokens } from '../compression/tokens.ts'
import { type HeardText, placeOf, type Told, type Transcript } from '../compression/transcript.ts'
import type { Thread } from './lineages.ts'

/** Keeps what is hidden from the model. */
export interface OriginalShelf {
  /** The id it is found by; undefined: it cannot be kept, so nothing of it may be hidden. */
  put(text: string): string | undefined
}

/** A text that was given shorter for the first time. Tokens are estimated. */
export interface Newborn {
  readonly scope: Scope
  readonly original: string
  readonly filter: string
  readonly tier: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

export interface TellParts {
  readonly births: Births
  readonly originals: OriginalShelf
  readonly sets: FilterSets
  /** Of work, since it was called. */
  readonly stopwatch: () => () => number
  /** Told of each text that is given shorter, when a conversation has it for the first time. */
  readonly born?: (newborn: Newborn) => void
}

/** A conversation, and what is allowed in it. */
export interface Conversing {
  readonly transcript: Transcript
  readonly thread: Thread
  readonly levels: Levels
  readonly whose: Whose
  /** The project that the client works in, of those with filters of their own. Asked when a conversation begins. */
  readonly folder: () => string | undefined
}

/** A text with all that is known of it. */
interface Subject {
  readonly text: HeardText
  readonly transcript: Transcript
  readonly thread: Thread
  readonly call: FoundCall
  readonly level: Level
  /** undefined: nobody has them any more as they were, so nothing is decided that was not decided before. */
  readonly set: FilterSet | undefined
}

const raw: Told = { literal: undefined, birth: undefined }
const longestMs = 20
/** More than any compiler needs. */
const patienceMs = 200
const bytesPerToken = 4
/** More would not be read in that time on a slow machine. */
const mostCharacters = 400_000

export class Teller {
  readonly #parts: TellParts
  /** Filters that were too slow when they ran last, in whichever conversation. */
  readonly #late = new Set<string>()

  constructor(parts: TellParts) {
    this.#parts = parts
  }

  /** Tells what was not told yet; answers with the tokens that it saved for good. Throws nothing of a filter's. */
  tellAll({ transcript, thread, levels, whose, folder }: Conversing, minTokens: number): number {
    let savedTokens = 0
    const { latestCalls } = transcript
    for (const text of transcript.texts) {
      if (text.told) continue
      const call = transcript.callOf(text) ?? { tool: '' }
      const level = thread.scope.isHeldOut ? 'off' : levels.of(call, whose)
      const isShort = transcript.rawBytes(text) < minTokens * bytesPerToken
      const set = thread.filterSet(this.#parts.sets, folder)
      const subject = { text, transcript, thread, call, level: isShort ? 'off' : level, set } as const
      const birth = this.#tell(subject, text.item < latestCalls)
      savedTokens += birth?.savedTokens ?? 0
    }
    return savedTokens
  }

  /** The birth, when this is one. */
  #tell(subject: Subject, isPast: boolean): Birth | undefined {
    const { text, transcript, thread, level } = subject
    const known = thread.told.get(placeOf(text))
    text.told = raw
    if (!known && level === 'off') return undefined
    try {
      const said = transcript.textOf(text)
      const content = contentOf(text, subject.call, said)
      const telling = known?.content === content ? known : this.#inherited(subject, content, isPast)
      if (telling) text.told = this.#again(subject, said, telling)
      if (telling || level === 'off' || !subject.set || !this.#mayBeBorn(isPast)) return undefined
      return this.#born(subject, subject.set, said, content)
    } catch {
      text.told = raw
      return undefined
    }
  }

  /** What came before this gateway was asked is in the provider's cache as it is, unless an earlier process sent it. */
  #mayBeBorn(isPast: boolean): boolean {
    return !isPast || this.#parts.births.isLost
  }

  #inherited({ text, thread }: Subject, content: string, isPast: boolean): Telling | undefined {
    const telling = isPast ? this.#parts.births.toldElsewhere(placeOf(text), content) : undefined
    const birth = telling && this.#parts.births.birth(telling.birth)
    if (telling && birth) this.#remember(thread, telling, birth)
    return telling
  }

  /** The same bytes as before; made anew where nobody has them any more but the filters are still the same. */
  #again(subject: Subject, said: string, telling: Telling): Told {
    const birth = this.#parts.births.birth(telling.birth)
    const { set } = subject
    if (birth || !set) return birth ? toldOf(birth, telling.birth) : raw
    for (const level of ['lossless', 'balanced', 'aggressive'] as const) {
      if (nameOf(set, telling.content, level) !== telling.birth) continue
      const again = this.#shortened({ ...subject, level }, set, said)
      return toldOf(again, telling.birth)
    }
    return raw
  }

  #born(subject: Subject, set: FilterSet, said: string, content: string): Birth {
    const { text, thread, level } = subject
    const delta = level === 'aggressive' ? this.#delta(subject, said) : undefined
    const usual = delta ? `${deltaPrefix}${hashOf(delta.text, content)}` : nameOf(set, content, level)
    const known = delta ?? this.#parts.births.birth(usual)
    const birth = known ?? this.#shortened(subject, set, said)
    if (known?.text !== undefined) this.#tellAgain(thread.scope, said, { ...known, text: known.text })
    // a bad moment of this machine is remembered for this conversation, and for no other
    const name = birth === slow ? `${slowPrefix}${usual}` : usual
    this.#remember(thread, { place: placeOf(text), content, birth: name }, birth)
    text.told = toldOf(birth, name)
    return birth
  }

  /** An output that was there before: its command was run again, or another conversation has it too. */
  #tellAgain(
    scope: Scope,
    said: string,
    { text, filter, savedTokens }: Birth & { readonly text: string },
  ): void {
    const tokensAfter = estimateTokens(text)
    const tokens = { tokensBefore: tokensAfter + savedTokens, tokensAfter }
    const tier = wasShortened(text) ? 1 : 0
    this.#parts.born?.({ scope, original: provisionalId(said), filter, tier, ...tokens })
  }

  /** A file that was read before in this conversation, and stands there as it was. */
  #delta({ text, transcript, call }: Subject, said: string): (Birth & { readonly text: string }) | undefined {
    const { path, commandLine } = call
    if (path === undefined || commandLine !== undefined || text.failed) return undefined
    const earlier = transcript.texts.findLast((other) => {
      const known = other.item < text.item ? transcript.callOf(other) : undefined
      return known?.tool === call.tool && known.path === path && !other.failed
    })
    if (!earlier?.told || earlier.told.literal !== undefined) return undefined
    const before = transcript.textOf(earlier)
    const told = (id: string): string | undefined =>
      deltaOf(before, said, (lines) => omission(lines, `as in the earlier result for ${path}`, id))
    const draft = told(provisionalId(said))
    const savedTokens = draft === undefined ? 0 : estimateTokens(said) - estimateTokens(draft)
    const id = savedTokens < leastDeltaTokens ? undefined : this.#parts.originals.put(said)
    const delta = id === undefined ? undefined : told(id)
    return delta === undefined ? undefined : { text: delta, filter: 'delta', savedTokens }
  }

  #remember(thread: Thread, telling: Telling, birth: Birth): void {
    const { births } = this.#parts
    thread.beginIn(births)
    thread.told.set(telling.place, telling)
    births.tell(thread.scope, telling, birth)
  }

  /** Raw after any doubt. */
  #shortened(subject: Subject, set: FilterSet, said: string): Birth {
    if (wasShortened(said)) return rawBirth('shortened before')
    const { distrusted } = subject.thread
    const filters = set.filters.filter(({ id }) => !distrusted.has(id))
    const how = { level: subject.level, filters, mostCharacters } as const
    const outcome = this.#inTime(() => this.#kept(resultOf(subject, said), how, provisionalId(said)))
    if (outcome.kind === 'raw') return rawBirth(outcome.because)
    if (outcome.kind === 'late') {
      for (const id of outcome.filter.split('+')) distrusted.add(id)
      return slow
    }
    const savedBytes = Buffer.byteLength(said) - Buffer.byteLength(outcome.text)
    if (savedBytes <= 0) return rawBirth('not shorter')
    const { text, filter, tier } = outcome
    const [tokensBefore, tokensAfter] = [estimateTokens(said), estimateTokens(text)]
    const original = provisionalId(said)
    this.#parts.born?.({ scope: subject.thread.scope, original, filter, tier, tokensBefore, tokensAfter })
    return { text, filter, savedTokens: tokensBefore - tokensAfter }
  }

  /** With the original kept before anything of it is hidden. */
  #kept(result: ToolResult, how: Omit<ShortenOptions, 'originalId'>, originalId: string): Outcome {
    const outcome = shorten(result, { ...how, originalId })
    if (outcome.kind === 'raw' || !outcome.text.includes(`clutch show ${originalId}]`)) return outcome
    const keptAs = this.#parts.originals.put(result.text)
    if (keptAs === originalId) return outcome
    return keptAs === undefined
      ? shorten(result, { ...how, level: 'lossless', originalId })
      : shorten(result, { ...how, originalId: keptAs })
  }

  /**
   * What runs for the first time is compiled meanwhile: the best of a few times counts, and the answer is the same. What
   * was late before has no such excuse.
   */
  #inTime(run: () => Outcome): Outcome | Late {
    for (let spentMs = 0; ; ) {
      const elapsedMs = this.#parts.stopwatch()
      const outcome = run()
      const tookMs = elapsedMs()
      if (outcome.kind === 'raw') return outcome
      const { filter } = outcome
      if (tookMs <= longestMs) {
        this.#late.delete(filter)
        return outcome
      }
      spentMs += tookMs
      if (spentMs <= patienceMs && !this.#late.has(filter)) continue
      this.#late.add(filter)
      return { kind: 'late', filter }
    }
  }
}

/** It would have been shorter, but not in time. */
interface Late {
  readonly kind: 'late'
  readonly filter: string
}

const nameOf = ({ id }: FilterSet, content: string, level: Level): string => hashOf(id, level, content)

const rawBirth = (because: string): Birth => ({ text: undefined, filter: because, savedTokens: 0 })

const slow = rawBirth('too slow')
const slowPrefix = 'slow-'
export const stubPrefix = 'stub-'
const deltaPrefix = 'delta-'
const leastDeltaTokens = 250

export const toldOf = ({ text }: Birth, birth: string): Told => ({
  literal: text === undefined ? undefined : Buffer.from(JSON.stringify(text)),
  birth,
  isStub: birth.startsWith(stubPrefix),
  isDelta: birth.startsWith(deltaPrefix),
})

const resultOf = ({ text, call }: Subject, said: string): ToolResult => ({
  ...call,
  failed: text.failed,
  text: said,
})

export const contentOf = ({ failed }: HeardText, call: FoundCall, said: string): string =>
  hashOf(call.tool, call.commandLine ?? '', call.path ?? '', String(failed), said)

export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length} `).update(text)
  return hash.digest('base64url').slice(0, 32)
}

export const provisionalId = (said: string): string =>
  `r${createHash('sha256').update(said).digest('hex').slice(0, 5)}`
