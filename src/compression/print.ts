/**
 * What is kept of a request for comparing the next one with it when its bytes are gone: hashes of its parts, none of its
 * words. Cache markers do not count, as nowhere; see `cache-parts.ts`.
 */
import { comma } from '../wire/scan.ts'
import type { Span } from '../wire/span.ts'
import { type Change, endOfMarker, isGuidanceItem, type Sections, sectionsOf } from './cache-parts.ts'
import type { Tongue } from './pairing/tongues.ts'
import { firstItem, nextItem, passOver, Unreadable } from './pairing/walk.ts'

export interface Print {
  /** Of what stands before the conversation. */
  readonly head: string
  readonly tools: string
  readonly system: string
  readonly thinking: string
  /** Of the conversation's first items, one by one; '' for one that tells little. */
  readonly items: readonly string[]
  /** Of the whole conversation as far as it went, without what closes it; so many bytes without markers. */
  readonly talk: { readonly bytes: number; readonly hash: string }
}

const firstItems = 3

/** undefined: the body cannot be read. */
export function printOf(body: Uint8Array, tongue: Tongue): Print | undefined {
  const sections = readSections(body, tongue)
  if (!sections?.list) return undefined
  const { start, end } = sections.list
  const talk = hashOf(body, { start, end: end - 1 })
  const head = headOf(body, sections.list)
  return { head, ...partsOf(body, sections), items: itemsOf(body, sections.list), talk }
}

const headOf = (body: Uint8Array, list: Span): string => hashOf(body, { start: 0, end: list.start }).hash

export interface Course {
  /** `on`: the same conversation, and more; `cut`: it began alike and does not go on as it was. */
  readonly kind: 'on' | 'cut'
  /** From the body's start, those that are known to be as they were. */
  readonly sameBytes: number
}

/** undefined: another conversation. */
export function courseFrom(print: Print, body: Uint8Array, tongue: Tongue): Course | undefined {
  const list = readSections(body, tongue)?.list
  if (!list) return undefined
  const now = hashOf(body, list, print.talk.bytes)
  const isHeadSame = headOf(body, list) === print.head
  if (now.bytes === print.talk.bytes && now.hash === print.talk.hash)
    return { kind: 'on', sameBytes: isHeadSame ? now.end : 0 }
  const items = itemsOf(body, list)
  return print.items.some((hash, index) => hash !== '' && hash === items[index])
    ? { kind: 'cut', sameBytes: isHeadSame ? list.start : 0 }
    : undefined
}

/** undefined: the body cannot be read. */
export function changeSince(print: Print, body: Uint8Array, tongue: Tongue): Change | undefined {
  const sections = readSections(body, tongue)
  if (!sections?.list) return undefined
  const parts = partsOf(body, sections)
  const goesOn = courseFrom(print, body, tongue)?.kind === 'on'
  const guided = !goesOn && differsInGuidance(print, body, sections.list)
  return {
    tools: parts.tools !== print.tools,
    system: parts.system !== print.system || guided,
    thinking: parts.thinking !== print.thinking,
    rewound: !goesOn && !guided,
    details: {},
  }
}

/** Chat has its system prompt in the conversation: the first item that differs may be one. */
function differsInGuidance({ items }: Print, body: Uint8Array, list: Span): boolean {
  const differs = itemsOf(body, list).findIndex((hash, index) => hash !== items[index])
  const item = itemSpans(body, list)[differs]
  return item !== undefined && differs < items.length && isGuidanceItem(body, item)
}

const partsOf = (body: Uint8Array, { tools, system, thinking }: Sections) => ({
  tools: hashOfAll(body, tools),
  system: hashOfAll(body, system),
  thinking: hashOfAll(body, thinking),
})

const hashOfAll = (body: Uint8Array, spans: readonly Span[]): string =>
  spans.map((span) => hashOf(body, span).hash).join(' ')

/** Short ones are alike in many conversations. */
const tellingBytes = 20

const itemsOf = (body: Uint8Array, list: Span): readonly string[] =>
  itemSpans(body, list).map((span) => (span.end - span.start < tellingBytes ? '' : hashOf(body, span).hash))

function itemSpans(body: Uint8Array, list: Span): readonly Span[] {
  const spans: Span[] = []
  try {
    for (let at = firstItem(body, list.start + 1); at >= 0 && spans.length < firstItems; ) {
      const end = passOver(body, at)
      spans.push({ start: at, end })
      at = nextItem(body, end)
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
  }
  return spans
}

function readSections(body: Uint8Array, tongue: Tongue): Sections | undefined {
  try {
    return sectionsOf(body, tongue)
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

/** Of the bytes without markers, at most so many. */
function hashOf(
  bytes: Uint8Array,
  { start, end }: Span,
  atMost = Number.POSITIVE_INFINITY,
): { readonly bytes: number; readonly hash: string; readonly end: number } {
  let low = 0x811c9dc5
  let high = 0x1000193
  let count = 0
  let at = start
  while (at < end && count < atMost) {
    const byte = bytes[at] ?? 0
    const past = byte === comma ? endOfMarker(bytes, at) : -1
    if (past >= 0) {
      at = past
      continue
    }
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x5bd1e995)
    high ^= high >>> 15
    at++
    count++
  }
  return { bytes: count, hash: `${digits(low)}${digits(high)}`, end: at }
}

const digits = (number: number): string => (number >>> 0).toString(36).padStart(7, '0')
