/** The slot between plan and attempts: what tools returned goes out shorter, and the provider's cache is watched. */
import type { Scope } from '../compression/births.ts'
import type { CacheNote, Miss } from '../compression/cache-note.ts'
import { type Change, changeBetween } from '../compression/cache-parts.ts'
import { Levels } from '../compression/levels.ts'
import {
  type CachePlace,
  isLost,
  longKeptMs,
  memoryAfter,
  missedTokens,
  missFrom,
  usualKeptMs,
} from '../compression/miss.ts'
import { tongues } from '../compression/pairing/tongues.ts'
import { changeSince } from '../compression/print.ts'
import type { CompressionSettings, Settings } from '../config/settings.ts'
import type { Usage } from '../conversation/reply.ts'
import { shortHash } from '../conversation/tool-names.ts'
import { headerText } from '../routing/agent.ts'
import type { Plan, Target } from '../routing/plan.ts'
import { type SessionIdentity, sessionOf } from '../routing/session.ts'
import type { Json } from '../wire/json.ts'
import type { Splice } from '../wire/span.ts'
import type { Clock } from '../world/clock.ts'
import { type Asked, agentNamed, folderOf, isFolderUnknown, whoseOf } from './asked.ts'
import { type CacheTrace, CacheTraces } from './cache-traces.ts'
import type { Call } from './call.ts'
import type { CallReader } from './call-reader.ts'
import { foreseen } from './foresee.ts'
import { type Continued, Lineages, Thread } from './lineages.ts'
import type { Stations, Turn } from './stations.ts'
import { stubOld } from './stub.ts'
import { Teller, type TellParts } from './tell.ts'

export interface CompressorParts extends TellParts {
  readonly settings: Pick<Settings, 'compression'>
  readonly clock: Clock
  /** What `traces` said in an earlier process. */
  readonly earlier?: () => Json | undefined
  /** `traces` would say something else than before. */
  readonly traced?: () => void
}

export class Compressor {
  readonly #parts: CompressorParts
  readonly #lineages: Lineages
  readonly #earlier: () => CacheTraces
  readonly #teller: Teller
  #settings: CompressionSettings | undefined
  #levels: Levels | undefined

  constructor(parts: CompressorParts) {
    this.#parts = parts
    let earlier: CacheTraces | undefined
    this.#earlier = () => {
      earlier ??= new CacheTraces(parts.earlier?.())
      return earlier
    }
    this.#lineages = new Lineages(this.#earlier)
    this.#teller = new Teller(parts)
    this.obey(parts.settings)
  }

  /** For what is first seen from now on. */
  obey({ compression }: Pick<Settings, 'compression'>): void {
    this.#settings = compression
    this.#levels = compression && new Levels(compression)
  }

  /** What the cache guard must know to go on after a restart; for a process that goes on, so many bytes at a time. */
  traces(mostBytes = Number.POSITIVE_INFINITY): { readonly traces: readonly CacheTrace[] } {
    return this.#earlier().with(this.#lineages.traces(mostBytes), this.#parts.clock.nowMs())
  }

  /** A mistake in here never stops a call: the client's own bytes go out. */
  readonly compress: Stations['compress'] = (call, reader, plan) => {
    try {
      return this.#turn(call, reader, plan)
    } catch {
      reader.edit([])
      return undefined
    }
  }

  #turn(call: Call, reader: CallReader, plan: Plan): Turn | undefined {
    if (!this.#settings || !this.#levels) return undefined
    const whose = whoseOf(call)
    const thread = this.#threadOf(call, reader, this.#settings.holdout)
    const continued = this.#lineages.next(thread, tongues[call.dialect.id], call.body)
    const { transcript } = continued.lineage
    const folder = (): string | undefined => folderOf(call, transcript, this.#parts.sets.folders)
    const told = { transcript, thread, levels: this.#levels, whose, folder }
    const born = this.#teller.tellAll(told, this.#settings.minTokens)
    const isAggressive = this.#levels.reaches('aggressive', whose)
    const isFree = isAggressive && losesCache(call, continued, plan)
    const stubbed = isAggressive
      ? stubOld({ ...told, lineage: continued.lineage, isLost: isFree }, this.#parts)
      : undefined
    const splices = transcript.splices()
    reader.edit(splices)
    reader.follow(continued.lineage)
    const level = thread.scope.isHeldOut ? 'holdout' : this.#levels.base(whose)
    const savedTokens = born + (stubbed?.savedTokens ?? 0)
    const firstEdit = stubbed?.firstByte
    const isAstray = isFolderUnknown(call.headers, this.#parts.sets.folders)
    const made: Made = { thread, splices, savedTokens, level, firstEdit, isFree, isAstray }
    return new OneTurn(call, continued, made, this.#parts)
  }

  #threadOf(call: Call, { session }: CallReader, holdout: number): Thread {
    const id = idOf(call, session)
    return this.#lineages.thread(id, () => this.#newThread(id, call, session, holdout))
  }

  #newThread(id: string, asked: Asked, { session }: SessionIdentity, holdout: number): Thread {
    const project = headerText(asked.headers, 'x-clutch-project')
    const scope: Scope = {
      id,
      session,
      agent: agentNamed(asked.headers),
      isHeldOut: isHeldOut(session, holdout),
      ...(project !== undefined && { project }),
    }
    return new Thread(scope, this.#parts.births.scope(id))
  }

  /** The bytes that would be sent of this body. */
  readonly foresee = (asked: Asked): Uint8Array => {
    const { body, dialect, headers } = asked
    const [settings, levels] = [this.#settings, this.#levels]
    if (!settings || !levels || tongues[dialect.id].sign.indexIn(body) < 0) return body
    try {
      const session = sessionOf(headers, body, dialect.id)
      const id = idOf(asked, session)
      const thread = this.#lineages.known(id)?.copy() ?? this.#newThread(id, asked, session, settings.holdout)
      return foreseen({ asked, thread, levels, minTokens: settings.minTokens }, this.#parts)
    } catch {
      return body
    }
  }
}

const idOf = ({ key = '' }: { readonly key?: string }, { session, subagent = '' }: SessionIdentity): string =>
  [key, session, subagent].join(' ').slice(0, 300)

/** For certain, and whatever is sent. */
function losesCache(call: Call, continued: Continued, { targets: [first] }: Plan): boolean {
  const memory = continued.lineage.cache
  if (!memory || !first) return false
  const change = changeOf(continued, call.body)
  return isLost({ memory, place: placeOf(first), change, nowMs: call.startedMs })
}

/** Since the request before; undefined: nobody knows. */
function changeOf({ lineage, before, print }: Continued, body: Uint8Array): Change | undefined {
  const { tongue } = lineage.transcript
  if (before) return changeBetween(before, body, tongue)
  return print && changeSince(print, body, tongue)
}

const parts = 10_000

/** By the session's name, so that all of it is, its subagents too, and again after a restart. */
const isHeldOut = (session: string, share: number): boolean =>
  Number.parseInt(shortHash(`holdout ${session}`), 36) % parts < share * parts

interface Made {
  readonly thread: Thread
  readonly splices: readonly Splice[]
  readonly savedTokens: number
  readonly level: CacheNote['level']
  /** Bytes before this place were not touched, those from it on may be told otherwise than before. */
  readonly firstEdit: number | undefined
  /** The cache is lost whatever is sent. */
  readonly isFree: boolean
  /** The client says where it works, and no filters are trusted there. */
  readonly isAstray: boolean
}

const longTime = '"ttl":"1h"'

const asksForLongTime = (body: Uint8Array, from: number): boolean =>
  Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(longTime, from)

class OneTurn implements Turn {
  readonly headline: string
  readonly #call: Call
  readonly #continued: Continued
  readonly #made: Made
  readonly #parts: Pick<CompressorParts, 'clock' | 'traced'>
  readonly #bytes: Pick<CacheNote, 'bodyBytes' | 'sameBytes' | 'keptBytes' | 'savedBytes'>

  constructor(
    call: Call,
    continued: Continued,
    made: Made,
    parts: Pick<CompressorParts, 'clock' | 'traced'>,
  ) {
    this.#call = call
    this.#continued = continued
    this.#made = made
    this.#parts = parts
    const { sameBytes } = continued
    const untouched = Math.min(sameBytes, made.firstEdit ?? sameBytes)
    const savedBytes = savedBy(made.splices, Number.POSITIVE_INFINITY)
    this.#bytes = {
      bodyBytes: call.body.length,
      sameBytes,
      keptBytes: untouched - savedBy(made.splices, untouched),
      savedBytes,
    }
    const { bodyBytes, keptBytes } = this.#bytes
    const said = `same=${sameBytes}; kept=${keptBytes}; body=${bodyBytes}; saved=${savedBytes}; level=${made.level}`
    this.headline = made.isAstray ? `${said}; folder=unknown` : said
  }

  note(target: Target | undefined, usage: Usage): CacheNote {
    const { level, savedTokens } = this.#made
    const miss = target && this.#missed(target, usage)
    return { level, ...this.#bytes, savedTokens, ...(miss && { miss }) }
  }

  /** A mistake in here never stops a call. */
  #missed(target: Target, usage: Usage): Miss | undefined {
    try {
      return this.#heard(target, usage)
    } catch {
      return undefined
    }
  }

  #heard(target: Target, usage: Usage): Miss | undefined {
    if (usage.input + usage.cacheRead + usage.cacheWrite === 0) return undefined
    const { lineage, sameBytes } = this.#continued
    const memory = lineage.cache
    const place = placeOf(target)
    const askedMs = this.#call.startedMs
    const { body } = this.#call
    // what is as it was has been looked through
    const from = memory ? Math.max(0, sameBytes - longTime.length) : 0
    const isLong = memory?.keptMs === longKeptMs || asksForLongTime(body, from)
    const keptMs = isLong ? longKeptMs : usualKeptMs
    lineage.cache = memoryAfter(
      memory,
      { place, askedMs, answeredMs: this.#parts.clock.nowMs(), keptMs },
      usage,
    )
    this.#parts.traced?.()
    if (!memory || missedTokens(memory, usage) === 0) return undefined
    const change = changeOf(this.#continued, body)
    const ownEdit = this.#made.firstEdit !== undefined && !this.#made.isFree
    if (!ownEdit) this.#made.thread.missed(this.#bytes.savedBytes)
    return missFrom({ memory, place, askedMs, ownEdit, change }, usage)
  }
}

const placeOf = ({ provider, model, account }: Target): CachePlace =>
  account === undefined ? { provider, model } : { provider, model, account }

/** By the splices that end within the first `within` bytes. */
function savedBy(splices: readonly Splice[], within: number): number {
  let saved = 0
  for (const { span, bytes } of splices) if (span.end <= within) saved += span.end - span.start - bytes.length
  return saved
}
