/** The parts of a body as a provider's cache has them, and which of them changed from one request to the next. */
import { standsAt } from '../wire/needle.ts'
import { skipSpace, text } from '../wire/scan.ts'
import type { Span } from '../wire/span.ts'
import { commonLength } from '../world/common-length.ts'
import type { Tongue } from './pairing/tongues.ts'
import { eachField, listStart, nextItem, passOver, Unreadable } from './pairing/walk.ts'
import { toolsDrift } from './tools-drift.ts'

export interface Sections {
  readonly tools: readonly Span[]
  readonly system: readonly Span[]
  readonly thinking: readonly Span[]
  /** With its brackets. */
  readonly list: Span | undefined
}

export interface Change {
  readonly tools: boolean
  readonly system: boolean
  readonly thinking: boolean
  /** Something in the conversation is not as it was, or is no longer there. */
  readonly rewound: boolean
  /** More about a change, never what was said. */
  readonly details: { readonly tools?: string | undefined; readonly system?: string | undefined }
}

/** undefined: one of them cannot be read. */
export function changeBetween(before: Uint8Array, now: Uint8Array, tongue: Tongue): Change | undefined {
  try {
    const was = sectionsOf(before, tongue)
    const is = sectionsOf(now, tongue)
    const talk = talkChange(before, was.list, now, is.list)
    const system = !isSame(before, was.system, now, is.system)
    const tools = !isSame(before, was.tools, now, is.tools)
    return {
      tools,
      system: system || talk === 'guidance',
      thinking: !isSame(before, was.thinking, now, is.thinking),
      rewound: talk === 'rewound',
      details: {
        ...(tools && { tools: toolsDrift(said(before, was.tools), said(now, is.tools)) }),
        ...(system && { system: driftBetween(before, was.system[0], now, is.system[0]) }),
      },
    }
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

/** Throws Unreadable. */
export function sectionsOf(bytes: Uint8Array, { list, tools, system, thinking }: Tongue): Sections {
  const found: { tools: Span[]; system: Span[]; thinking: Span[]; list: Span | undefined } = {
    tools: [],
    system: [],
    thinking: [],
    list: undefined,
  }
  eachField(bytes, skipSpace(bytes, 0), (name, start) => {
    const end = passOver(bytes, start)
    const span = { start, end }
    if (name.is(list)) found.list = bytes[start] === listStart ? span : undefined
    else if (tools.some((known) => name.is(known))) found.tools.push(span)
    else if (system.some((known) => name.is(known))) found.system.push(span)
    else if (thinking.some((known) => name.is(known))) found.thinking.push(span)
    return end
  })
  return found
}

const said = (bytes: Uint8Array, [span]: readonly Span[]): string =>
  span ? text(bytes, span.start, span.end) : '[]'

/** Whatever its cache markers: a provider does not count them. */
function isSame(before: Uint8Array, was: readonly Span[], now: Uint8Array, is: readonly Span[]): boolean {
  if (was.length !== is.length) return false
  return was.every((span, index) => {
    const other = is[index]
    return (
      other !== undefined && commonRun(before, span.start, now, other.start).before >= span.end - span.start
    )
  })
}

/** How the conversation goes on: `undefined` as it was, and more. */
function talkChange(
  before: Uint8Array,
  was: Span | undefined,
  now: Uint8Array,
  is: Span | undefined,
): 'guidance' | 'rewound' | undefined {
  if (!was || !is) return undefined
  const run = commonRun(before, was.start, now, is.start)
  if (run.before >= was.end - was.start - 1) return undefined
  return isGuidance(before, was.start, was.start + run.before) ? 'guidance' : 'rewound'
}

/** Chat has its system prompt in the conversation: the item that differs may be one. */
function isGuidance(bytes: Uint8Array, listAt: number, differsAt: number): boolean {
  let at = skipSpace(bytes, listAt + 1)
  for (;;) {
    const end = passOver(bytes, at)
    if (differsAt < end) return isGuidanceItem(bytes, { start: at, end })
    at = nextItem(bytes, end)
    if (at < 0) return false
  }
}

export const isGuidanceItem = (bytes: Uint8Array, { start, end }: Span): boolean =>
  /"role"\s*:\s*"(?:system|developer)"/.test(text(bytes, start, end))

const marker = ',"cache_control":'
const mostMarkers = 16

/** How many bytes agree from two places on, in each of the two; markers that move are passed over. */
export function commonRun(
  before: Uint8Array,
  beforeFrom: number,
  now: Uint8Array,
  nowFrom: number,
  known = 0,
): { readonly before: number; readonly now: number } {
  let a = beforeFrom + known
  let b = nowFrom + known
  for (let hop = 0; hop < mostMarkers; hop++) {
    const same = commonLength(before, a, now, b)
    a += same
    b += same
    const past = hopOver(before, a, now, b)
    if (!past) break
    a = past.a
    b = past.b
  }
  return { before: a - beforeFrom, now: b - nowFrom }
}

/** They differ here: where only one of the two has a marker, the other side's place is compared with what follows it. */
function hopOver(
  before: Uint8Array,
  a: number,
  now: Uint8Array,
  b: number,
): { readonly a: number; readonly b: number } | undefined {
  for (const back of [0, 2]) {
    const inBefore = endOfMarker(before, a - back)
    const inNow = endOfMarker(now, b - back)
    if (inBefore >= 0 && inNow < 0) return { a: inBefore, b: b - back }
    if (inNow >= 0 && inBefore < 0) return { a: a - back, b: inNow }
  }
  return undefined
}

/** Index after the marker that stands here; -1: none does. */
export function endOfMarker(bytes: Uint8Array, at: number): number {
  if (at < 0 || !standsAt(bytes, at, marker)) return -1
  try {
    return passOver(bytes, at + marker.length)
  } catch {
    return -1
  }
}

const excerptBytes = 400

/** What kind of thing changes in a system prompt, by what stands around the first difference. */
function driftBetween(
  before: Uint8Array,
  was: Span | undefined,
  now: Uint8Array,
  is: Span | undefined,
): string | undefined {
  if (!was || !is) return undefined
  const at = is.start + commonRun(before, was.start, now, is.start).now
  const ahead = text(now, Math.max(is.start, at - excerptBytes), at)
  const lineStart = Math.max(ahead.lastIndexOf('\\n'), ahead.lastIndexOf('"text"'), 0)
  const line = ahead.slice(lineStart) + text(now, at, Math.min(is.end, at + 40))
  if (/billing-header/.test(line)) return 'a billing line'
  if (/\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}|\b(?:date|time|today)\b/i.test(line)) return 'a date or time'
  return undefined
}
