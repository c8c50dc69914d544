/**
 * What the cache guard knows of conversations, over a restart: where their prefixes were read or written last, and prints
 * of them. Small, and no word of what was said.
 */
import type { CacheMemory } from '../compression/miss.ts'
import { type Tongue, tongues } from '../compression/pairing/tongues.ts'
import { courseFrom, type Print } from '../compression/print.ts'
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import { asFlag, asList, asNumber, asObject, asText, type Json } from '../wire/json.ts'

export interface CacheTrace {
  /** The thread's. */
  readonly id: string
  readonly dialect: DialectId
  readonly cache: CacheMemory
  readonly print: Print
}

export interface Followed extends CacheTrace {
  /** From the body's start, those that are known to be as they were. */
  readonly sameBytes: number
}

/** Nobody keeps a prefix for so long. */
const oldMs = 24 * 60 * 60 * 1000
const mostTraces = 200

/** Those of an earlier process: each is followed once, by the request that goes on from there. */
export class CacheTraces {
  #traces: readonly CacheTrace[]

  constructor(said: Json | undefined) {
    this.#traces = asList(asObject(said)['traces']).flatMap((each) => traceFrom(each) ?? [])
  }

  /** The one that goes farthest, of those that the body goes on from; else one that it was cut back from. */
  follow(id: string, tongue: Tongue, body: Uint8Array): Followed | undefined {
    const own = this.#traces.filter((trace) => trace.id === id && tongues[trace.dialect] === tongue)
    if (own.length === 0) return undefined
    const [found] = own
      .flatMap((trace) => {
        const course = courseFrom(trace.print, body, tongue)
        return course ? [{ trace, course, bytes: course.kind === 'on' ? trace.print.talk.bytes : 0 }] : []
      })
      .toSorted((a, b) => b.bytes - a.bytes)
    if (!found) return undefined
    this.#traces = this.#traces.filter((trace) => trace !== found.trace)
    return { ...found.trace, sameBytes: found.course.sameBytes }
  }

  /** To be kept: these, latest first, and behind them those that nobody has followed yet. */
  with(traces: readonly CacheTrace[], nowMs: number): { readonly traces: readonly CacheTrace[] } {
    const fresh = [...traces, ...this.#traces].filter(({ cache }) => nowMs - cache.answeredMs < oldMs)
    return { traces: fresh.slice(0, mostTraces) }
  }
}

export const dialectOf = (tongue: Tongue): DialectId | undefined =>
  dialectIds.find((id) => tongues[id] === tongue)

function traceFrom(said: Json): CacheTrace | undefined {
  const { id, dialect, cache, print } = asObject(said)
  const thread = asText(id)
  const spoken = dialectIds.find((each) => each === dialect)
  const memory = cacheFrom(asObject(cache))
  const kept = printFrom(asObject(print))
  return thread === undefined || !spoken || !memory || !kept
    ? undefined
    : { id: thread, dialect: spoken, cache: memory, print: kept }
}

function cacheFrom(said: ReturnType<typeof asObject>): CacheMemory | undefined {
  const place = asObject(said['place'])
  const [provider, model] = [asText(place['provider']), asText(place['model'])]
  const account = asText(place['account'])
  const askedMs = asNumber(said['askedMs'])
  const answeredMs = asNumber(said['answeredMs'])
  const tokens = asNumber(said['tokens'])
  const keptMs = asNumber(said['keptMs'])
  if (provider === undefined || model === undefined || askedMs === undefined || answeredMs === undefined)
    return undefined
  if (tokens === undefined || keptMs === undefined) return undefined
  const at = account === undefined ? { provider, model } : { provider, model, account }
  return { place: at, askedMs, answeredMs, tokens, keptMs, isWarm: asFlag(said['isWarm']) ?? false }
}

function printFrom(said: ReturnType<typeof asObject>): Print | undefined {
  const talk = asObject(said['talk'])
  const [bytes, hash] = [asNumber(talk['bytes']), asText(talk['hash'])]
  const [tools, system, thinking] = [asText(said['tools']), asText(said['system']), asText(said['thinking'])]
  const head = asText(said['head'])
  if (bytes === undefined || hash === undefined || head === undefined) return undefined
  if (tools === undefined || system === undefined || thinking === undefined) return undefined
  const items = asList(said['items']).flatMap((item) => asText(item) ?? [])
  return { head, tools, system, thinking, items, talk: { bytes, hash } }
}
