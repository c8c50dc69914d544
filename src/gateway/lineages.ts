/**
 * The conversations that are going on, as their clients send them: which one a request continues. In memory, bounded;
 * what was decided about their results is known to `Births` as well, and comes back from there.
 */
import type { Births, Scope, ScopeMemory, Telling } from '../compression/births.ts'
import { commonRun } from '../compression/cache-parts.ts'
import type { FilterSet, FilterSets } from '../compression/filter-set.ts'
import type { CacheMemory } from '../compression/miss.ts'
import type { Tongue } from '../compression/pairing/tongues.ts'
import { findField, listStart, nextItem, passOver, Unreadable } from '../compression/pairing/walk.ts'
import { type Print, printOf } from '../compression/print.ts'
import { Transcript } from '../compression/transcript.ts'
import { skipSpace } from '../wire/scan.ts'
import { commonLength } from '../world/common-length.ts'
import { type CacheTrace, type CacheTraces, dialectOf } from './cache-traces.ts'
import { Reading, ReadingShelf } from './reading.ts'

/** One append-only conversation. */
export interface Lineage {
  readonly transcript: Transcript
  cache: CacheMemory | undefined
  /** Requests so far. */
  turns: number
  /** What results were shorter by when old ones were first thought of: whether that was spent, nobody here knows. */
  owedBytes?: number
  /** Of the latest request. */
  readonly reading: Reading
  /** For a process to come; `turn`: of which request. */
  print?: { readonly turn: number; readonly of: Print | undefined }
}

/** The conversations of one session or subagent. */
export class Thread {
  readonly scope: Scope
  /** By place. */
  readonly told: Map<string, Telling>
  /** Filters that threw or took too long: not asked again here. */
  readonly distrusted = new Set<string>()
  /** Latest first. */
  lineages: Lineage[] = []
  /** What a provider did not have to write when it wrote a lost prefix anew, less what our edits made it write again. */
  sparedBytes = 0
  /** Of the requests so far, those whose prefix was lost, but by us. */
  misses = 0
  /** What it began with before this process, or before it was forgotten. */
  readonly #beganWith: string | undefined
  #set: FilterSet | undefined
  #known: boolean

  constructor(scope: Scope, memory: ScopeMemory | undefined) {
    this.scope = scope
    this.told = new Map(memory?.told)
    this.#beganWith = memory?.filterSet
    this.#known = memory !== undefined
  }

  /** The same ones for as long as it lasts; undefined: nobody has them any more as they were. */
  filterSet(sets: FilterSets, folder: () => string | undefined): FilterSet | undefined {
    this.#set ??= this.#beganWith === undefined ? sets.begin(folder()) : sets.known(this.#beganWith)
    return this.#set
  }

  /** Knows what it knows, and may decide for itself. */
  copy(): Thread {
    const { scope, told } = this
    const filterSet = this.#set?.id ?? this.#beganWith
    const copied = new Thread(scope, filterSet === undefined ? undefined : { filterSet, told })
    for (const id of this.distrusted) copied.distrusted.add(id)
    return copied
  }

  /** A prefix was lost and written anew: `savedBytes` of it were not. */
  missed(savedBytes: number): void {
    this.sparedBytes += savedBytes
    this.misses++
  }

  /** Once in its life: when the first thing is told. */
  beginIn(births: Births): void {
    if (this.#known) return
    this.#known = true
    births.begin(this.scope, this.#set?.id ?? '')
  }

  get bytes(): number {
    return this.lineages.reduce((sum, { transcript }) => sum + transcript.body.length, 0)
  }
}

export interface Continued {
  readonly lineage: Lineage
  /** The request before; undefined: this one begins. */
  readonly before: Uint8Array | undefined
  /** From the body's start, those that are as they were. */
  readonly sameBytes: number
  /** Of the request before, where an earlier process had it. */
  readonly print?: Print
}

const mostThreads = 1_000
const mostBytes = 32 * 1024 * 1024
const mostLineages = 6

export class Lineages {
  readonly #threads = new Map<string, Thread>()
  readonly #earlier: () => CacheTraces
  readonly #shelf = new ReadingShelf()
  /** The last of them: never forgotten. */
  #latest: Thread | undefined
  #bytes = 0

  /** `earlier`: what a process before this one knew; asked when it is needed. */
  constructor(earlier: () => CacheTraces) {
    this.#earlier = earlier
  }

  /** Latest first, for a process to come; so many bytes are read for it, what they do not reach is told as it was. */
  traces(mostBytes: number): readonly CacheTrace[] {
    let bytes = 0
    return [...this.#threads.values()].reverse().flatMap(({ scope, lineages }) =>
      lineages.flatMap((lineage) => {
        const { body, tongue } = lineage.transcript
        if (lineage.cache && lineage.print?.turn !== lineage.turns && bytes < mostBytes) {
          bytes += body.length
          lineage.print = { turn: lineage.turns, of: printOf(body, tongue) }
        }
        return traceOf(scope.id, lineage)
      }),
    )
  }

  /** The latest used is the last to be forgotten. */
  thread(id: string, make: () => Thread): Thread {
    if (this.#latest?.scope.id === id) return this.#latest
    const thread = this.#threads.get(id) ?? make()
    this.#threads.delete(id)
    this.#threads.set(id, thread)
    this.#latest = thread
    return thread
  }

  /** One that was not forgotten; that it was asked about does not count as use. */
  known(id: string): Thread | undefined {
    return this.#threads.get(id)
  }

  /** The body as the next request of one of the thread's conversations, the one it has most in common with. */
  next(thread: Thread, tongue: Tongue, body: Uint8Array): Continued {
    const bytesBefore = thread.bytes
    const continued = continueIn(thread, tongue, owned(body), this.#earlier, this.#shelf)
    this.#bytes += thread.bytes - bytesBefore
    this.#forget()
    return continued
  }

  #forget(): void {
    for (const [id, thread] of this.#threads) {
      if (this.#threads.size <= 1 || (this.#bytes <= mostBytes && this.#threads.size <= mostThreads)) return
      this.#threads.delete(id)
      this.#bytes -= thread.bytes
    }
  }
}

/** A small piece of a large memory would keep all of it. */
const owned = (body: Uint8Array): Uint8Array =>
  body.buffer.byteLength > body.length * 2 + 4096 ? new Uint8Array(body) : body

function traceOf(id: string, { cache, print, transcript }: Lineage): readonly CacheTrace[] {
  const dialect = dialectOf(transcript.tongue)
  return cache && print?.of && dialect ? [{ id, dialect, cache, print: print.of }] : []
}

function continueIn(
  thread: Thread,
  tongue: Tongue,
  body: Uint8Array,
  earlier: () => CacheTraces,
  shelf: ReadingShelf,
): Continued {
  const found = longest(thread.lineages, tongue, body)
  if (!found) {
    const transcript = new Transcript(tongue, body)
    transcript.begin()
    const trace = earlier().follow(thread.scope.id, tongue, body)
    const lineage = { transcript, cache: trace?.cache, turns: 1, reading: new Reading(shelf) }
    thread.lineages = [lineage, ...thread.lineages].slice(0, mostLineages)
    const { sameBytes = 0, print } = trace ?? {}
    return { lineage, before: undefined, sameBytes, ...(print && { print }) }
  }
  const { lineage, sameBytes } = found
  const before = lineage.transcript.body
  const { sameItems, isHeadSame } = lineage.transcript.advance(body, sameBytes)
  lineage.reading.keep(sameItems, isHeadSame)
  lineage.turns++
  if (thread.lineages[0] !== lineage)
    thread.lineages = [lineage, ...thread.lineages.filter((each) => each !== lineage)]
  return { lineage, before, sameBytes: commonRun(before, 0, body, 0, sameBytes).now }
}

interface Candidate {
  readonly lineage: Lineage
  readonly sameBytes: number
}

function longest(lineages: readonly Lineage[], tongue: Tongue, body: Uint8Array): Candidate | undefined {
  let best: Candidate | undefined
  for (const lineage of lineages) {
    if (lineage.transcript.tongue !== tongue) continue
    const { body: before } = lineage.transcript
    const sameBytes = commonLength(before, 0, body, 0)
    if (!best || sameBytes > best.sameBytes) best = { lineage, sameBytes }
    if (sameBytes * 2 > before.length) return best
  }
  if (best && best.sameBytes * 2 > Math.min(best.lineage.transcript.body.length, body.length)) return best
  const kin = lineages.find(
    ({ transcript }) => transcript.tongue === tongue && beginAlike(transcript.body, body, tongue),
  )
  return kin && { lineage: kin, sameBytes: commonLength(kin.transcript.body, 0, body, 0) }
}

const firstItems = 3
const tellingBytes = 20

/** One of the first items is the same: a conversation whose tools or system prompt changed, or that was cut back. */
function beginAlike(before: Uint8Array, now: Uint8Array, tongue: Tongue): boolean {
  const was = beginningOf(before, tongue)
  const is = beginningOf(now, tongue)
  return was.some((item, index) => {
    const other = is[index]
    if (!other) return false
    const length = item.end - item.start
    return length >= tellingBytes && commonRun(before, item.start, now, other.start).before >= length
  })
}

function beginningOf(
  bytes: Uint8Array,
  { list }: Tongue,
): readonly { readonly start: number; readonly end: number }[] {
  const items: { start: number; end: number }[] = []
  try {
    const listAt = findField(bytes, skipSpace(bytes, 0), list)
    if (listAt < 0 || bytes[listAt] !== listStart) return items
    for (let at = skipSpace(bytes, listAt + 1); at >= 0 && items.length < firstItems; ) {
      const end = passOver(bytes, at)
      items.push({ start: at, end })
      at = nextItem(bytes, end)
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
  }
  return items
}
