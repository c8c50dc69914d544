/**
 * A double of a provider with a prompt cache, as Anthropic documents it: up to four breakpoints, a least length, a look
 * back of twenty blocks, five minutes or an hour, renewed by every read; and a bill by tier. A token is four bytes.
 */
import { createHash } from 'node:crypto'
import type { Usage } from '../../src/conversation/reply.ts'
import { asList, asObject, asText, isObject, type Json, type JsonObject } from '../../src/wire/json.ts'

interface Block {
  readonly text: string
  readonly ttlMs: number | undefined
}

const bytesPerToken = 4
const leastTokens = 1024
const lookBack = 20
const mostBreakpoints = 4
const minuteMs = 60_000

export interface Charged extends Usage {
  /** Tokens written for an hour, as part of `cacheWrite`. */
  readonly longWrite: number
}

/** In base input tokens: what the request cost. */
export const costOf = ({ input, cacheRead, cacheWrite, longWrite, output }: Charged): number =>
  input + 0.1 * cacheRead + 1.25 * (cacheWrite - longWrite) + 2 * longWrite + 5 * output

export class PrefixCache {
  readonly #untilMs = new Map<string, { untilMs: number; ttlMs: number }>()

  /** Throws what the provider would refuse. */
  ask(body: string, nowMs: number, outputTokens = 0): Charged {
    const request = asObject(JSON.parse(body))
    const blocks = blocksOf(request)
    const breakpoints = blocks.flatMap(({ ttlMs }, at) => (ttlMs === undefined ? [] : [at]))
    if (breakpoints.length > mostBreakpoints) throw new Error('a maximum of 4 blocks with cache_control')
    const prefixes = prefixesOf(asText(request['model']) ?? '', blocks)
    const read = this.#longestRead(prefixes, breakpoints, nowMs)
    const last = breakpoints.at(-1)
    const whole = prefixes.at(-1)?.tokens ?? 0
    const until = last === undefined ? 0 : Math.max(prefixes[last]?.tokens ?? 0, read.tokens)
    const cacheWrite = until < leastTokens ? 0 : until - read.tokens
    for (const at of breakpoints) this.#write(prefixes[at], blocks[at]?.ttlMs ?? 0, nowMs)
    const isLong = last !== undefined && blocks[last]?.ttlMs === 60 * minuteMs
    return {
      input: whole - read.tokens - cacheWrite,
      cacheRead: read.tokens,
      cacheWrite,
      longWrite: isLong ? cacheWrite : 0,
      output: outputTokens,
    }
  }

  /** What a provider may do at any time. */
  evict(): void {
    this.#untilMs.clear()
  }

  #longestRead(prefixes: readonly Prefix[], breakpoints: readonly number[], nowMs: number): Prefix {
    for (const at of breakpoints.toReversed())
      for (let back = 0; back < lookBack && at - back >= 0; back++) {
        const prefix = prefixes[at - back]
        const kept = prefix && this.#untilMs.get(prefix.hash)
        if (!prefix || !kept || kept.untilMs <= nowMs) continue
        kept.untilMs = nowMs + kept.ttlMs
        return prefix
      }
    return { hash: '', tokens: 0 }
  }

  #write(prefix: Prefix | undefined, ttlMs: number, nowMs: number): void {
    if (!prefix || prefix.tokens < leastTokens) return
    const known = this.#untilMs.get(prefix.hash)
    const longest = known && known.untilMs > nowMs ? Math.max(known.ttlMs, ttlMs) : ttlMs
    this.#untilMs.set(prefix.hash, { untilMs: nowMs + longest, ttlMs: longest })
  }
}

interface Prefix {
  readonly hash: string
  readonly tokens: number
}

function prefixesOf(model: string, blocks: readonly Block[]): readonly Prefix[] {
  let hash = model
  let bytes = 0
  return blocks.map(({ text }) => {
    hash = createHash('sha1').update(hash).update(text).digest('base64')
    bytes += Buffer.byteLength(text)
    return { hash, tokens: Math.round(bytes / bytesPerToken) }
  })
}

/** In the order of the cache: tools, system, messages; a change of thinking is one of everything in the messages. */
function blocksOf(request: JsonObject): readonly Block[] {
  const thinking = JSON.stringify([request['thinking'] ?? null, request['tool_choice'] ?? null])
  return [
    ...asList(request['tools']).map((tool) => blockOf(tool, '')),
    ...partsOf(request['system']).map((part) => blockOf(part, '')),
    ...asList(request['messages']).flatMap((message) => {
      const { role, content } = asObject(message)
      return partsOf(content).map((part) => blockOf(part, `${asText(role)} ${thinking}`))
    }),
  ]
}

const partsOf = (content: Json | undefined): readonly Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : asList(content)

function blockOf(value: Json, salt: string): Block {
  if (!isObject(value)) return { text: JSON.stringify(value), ttlMs: undefined }
  const { cache_control: mark, ...rest } = value
  const ttlMs = mark === undefined ? undefined : asObject(mark)['ttl'] === '1h' ? 60 * minuteMs : 5 * minuteMs
  return { text: `${salt}${JSON.stringify(rest)}`, ttlMs }
}
