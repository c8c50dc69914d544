/** The provider says what it read from its cache: what is missing, and why. */
import type { Usage } from '../conversation/reply.ts'
import type { Miss, MissCause } from './cache-note.ts'
import type { Change } from './cache-parts.ts'

export interface CachePlace {
  readonly provider: string
  readonly model: string
  readonly account?: string
}

/** What a conversation's latest answer left in a provider's cache. */
export interface CacheMemory {
  readonly place: CachePlace
  /** When the request was made that wrote it, or read it last. */
  readonly askedMs: number
  /** When its answer ended. */
  readonly answeredMs: number
  /** The next request should read so many. */
  readonly tokens: number
  /** It has read something for this conversation: there is a cache, and it is told of. */
  readonly isWarm: boolean
  readonly keptMs: number
}

const minuteMs = 60_000
/** How long providers keep a prefix that nobody reads, unless the request asks for the long time. */
export const usualKeptMs = 5 * minuteMs
export const longKeptMs = 60 * minuteMs

/** Fewer are below what providers cache at all, or a matter of their rounding. */
const leastTokens = 1000
const readEnough = 0.7

const total = ({ input, cacheRead, cacheWrite }: Usage): number => input + cacheRead + cacheWrite

/** Of the tokens that should have been read, those that were not; 0: all is well. */
export function missedTokens(memory: CacheMemory, usage: Usage): number {
  if (!memory.isWarm || total(usage) === 0) return 0
  const expected = Math.min(memory.tokens, total(usage))
  const missed = expected - usage.cacheRead
  return missed >= leastTokens && usage.cacheRead < expected * readEnough ? missed : 0
}

export interface MissFacts {
  readonly memory: CacheMemory
  readonly place: CachePlace
  readonly askedMs: number
  /** We changed something that was already sent. */
  readonly ownEdit: boolean
  readonly change: Change | undefined
}

/** Every cause that would do; the most certain first. */
export function causesOf({ memory, place, askedMs, ownEdit, change }: MissFacts): readonly MissCause[] {
  const was = memory.place
  const causes: MissCause[] = []
  if (was.provider !== place.provider || was.model !== place.model) causes.push('model-switch')
  else if (was.account !== place.account) causes.push('account-switch')
  if (ownEdit) causes.push('own-edit')
  if (change?.tools) causes.push('tools')
  if (change?.system) causes.push('system')
  if (change?.thinking) causes.push('thinking')
  if (change?.rewound) causes.push('rewind')
  if (askedMs - memory.askedMs > memory.keptMs) causes.push('expired')
  return causes.length > 0 ? causes : ['unknown']
}

export function missFrom(facts: MissFacts, usage: Usage): Miss | undefined {
  const tokens = missedTokens(facts.memory, usage)
  if (tokens === 0) return undefined
  const causes = causesOf(facts)
  const { tools, system } = facts.change?.details ?? {}
  const detail = causes[0] === 'tools' ? tools : causes[0] === 'system' ? system : undefined
  return { causes, tokens, ...(detail !== undefined && { detail }) }
}

/** What this answer leaves behind. */
export function memoryAfter(
  before: CacheMemory | undefined,
  at: Pick<CacheMemory, 'place' | 'askedMs' | 'answeredMs' | 'keptMs'>,
  usage: Usage,
): CacheMemory {
  const { cacheRead, cacheWrite } = usage
  const marked = cacheRead + cacheWrite
  return {
    tokens: cacheWrite > 0 ? marked : total(usage),
    isWarm: before?.isWarm === true || marked > 0,
    ...at,
  }
}

/** The cached prefix is gone for certain, whatever is sent now. */
export function isLost(facts: Omit<MissFacts, 'ownEdit' | 'askedMs'> & { readonly nowMs: number }): boolean {
  const { memory, place, change, nowMs } = facts
  const isElsewhere = memory.place.provider !== place.provider || memory.place.model !== place.model
  const isOld = nowMs - memory.answeredMs > memory.keptMs + certainlyMs
  return isElsewhere || isOld || change?.tools === true || change?.system === true
}

const certainlyMs = 10_000
