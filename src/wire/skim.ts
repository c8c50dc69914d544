/**
 * The top level of a JSON body, without parsing it: where each field's value lies. Enough to route a request and to
 * exchange its model name while every other byte stays as it was.
 */
import { Needle, standsAt } from './needle.ts'
import {
  backslash,
  beyond,
  colon,
  comma,
  endOfString,
  endOfValue,
  isDigit,
  isSpace,
  type Notes,
  problems,
  quote,
  skipSpace,
  text,
} from './scan.ts'
import type { Span } from './span.ts'

export type Skim =
  | {
      readonly kind: 'object'
      readonly fields: ReadonlyMap<string, Span>
      /** Does it hold a number or key that JSON.parse would change? undefined: not looked at. See `parseJson`. */
      readonly fragile?: boolean
    }
  | { readonly kind: 'malformed'; readonly message: string }

/** Bodies up to this size are read to the end, so that a broken one is refused here. */
export const wholeReadBytes = 8 * 1024
const edgeBytes = 4 * 1024

/**
 * Fields of the top-level object. Of a body beyond `wholeReadBytes` only the `wanted` ones, read from both ends, past
 * whichever large value lies in between; when the ends do not tell where they are, it is read whole after all.
 */
export function skim(bytes: Uint8Array, wanted: readonly string[]): Skim {
  const start = skipSpace(bytes, 0)
  const end = lastNonSpace(bytes)
  if (bytes[start] !== 123) return malformed('the body is not a JSON object', start)
  if (bytes[end] !== 125 || end === start) return malformed('the JSON object does not end', end)
  if (bytes.length > wholeReadBytes) {
    const ends = skimEnds(bytes, start, end, wanted)
    if (ends) return ends
  }
  return skimWhole(bytes, start)
}

function skimWhole(bytes: Uint8Array, start: number): Skim {
  const fields = new Map<string, Span>()
  const notes: Notes = { fragile: false }
  let at = skipSpace(bytes, start + 1)
  if (bytes[at] === 125) return closing(bytes, at, fields, notes)
  for (;;) {
    const field = readField(bytes, at, Number.POSITIVE_INFINITY, notes)
    if (typeof field === 'string') return malformed(field, at)
    if (!field) return malformed('the JSON object does not end', bytes.length)
    fields.set(field.name, field.value)
    at = skipSpace(bytes, field.value.end)
    if (bytes[at] === 125) return closing(bytes, at, fields, notes)
    if (bytes[at] !== comma) return malformed('expected a comma or }', at)
    at = skipSpace(bytes, at + 1)
  }
}

function closing(bytes: Uint8Array, at: number, fields: ReadonlyMap<string, Span>, { fragile }: Notes): Skim {
  return skipSpace(bytes, at + 1) === bytes.length
    ? { kind: 'object', fields, fragile }
    : malformed('something follows the JSON object', at + 1)
}

interface Field {
  readonly name: string
  readonly value: Span
}

/** One `"name": value`; undefined when the value goes beyond `limit`, a text when it is no field. */
function readField(bytes: Uint8Array, at: number, limit: number, notes: Notes): Field | string | undefined {
  if (bytes[at] !== quote) return 'expected a field name in double quotes'
  const nameEnd = endOfString(bytes, at)
  if (nameEnd < 0) return 'a string does not end'
  const divider = skipSpace(bytes, nameEnd)
  if (bytes[divider] !== colon) return 'expected a colon after a field name'
  if (isDigit(bytes[at + 1])) notes.fragile = true
  const start = skipSpace(bytes, divider + 1)
  const end = endOfValue(bytes, start, limit, notes)
  if (end === beyond) return undefined
  if (end < 0) return problems[end] ?? 'malformed JSON'
  return { name: text(bytes, at + 1, nameEnd - 1), value: { start, end } }
}

/**
 * The wanted fields, before and after the large values in the middle; undefined when one may hide in between. What is
 * cheap to pass over comes first: plain values at the start, plain values at the end, containers at the start.
 */
function skimEnds(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: readonly string[],
): Skim | undefined {
  const fields = new Map<string, Span>()
  const rest = fieldsFromStart(bytes, skipSpace(bytes, start + 1), wanted, fields, 'plain')
  if (fields.size < wanted.length) fieldsFromEnd(bytes, end, wanted, fields)
  if (fields.size < wanted.length && rest >= 0) fieldsFromStart(bytes, rest, wanted, fields, 'any')
  /** In a string the quotes around a name would be escaped. */
  const hidden =
    fields.size < wanted.length &&
    wanted.some((name) => !fields.has(name) && new Needle(`"${name}"`).indexIn(bytes) >= 0)
  return hidden ? undefined : { kind: 'object', fields }
}

/** Where it stopped: at the first value of another kind, or -1 when there is nothing more to read. */
function fieldsFromStart(
  bytes: Uint8Array,
  from: number,
  wanted: readonly string[],
  fields: Map<string, Span>,
  values: 'plain' | 'any',
): number {
  const limit = from + edgeBytes
  for (let at = from; at < limit && fields.size < wanted.length; ) {
    if (bytes[at] !== quote) return -1
    const nameEnd = endOfString(bytes, at)
    const divider = skipSpace(bytes, nameEnd)
    if (nameEnd < 0 || bytes[divider] !== colon) return -1
    const start = skipSpace(bytes, divider + 1)
    if (values === 'plain' && (bytes[start] === 123 || bytes[start] === 91)) return at
    const end = endOfValue(bytes, start, limit, { fragile: false })
    if (end < 0) return -1
    note(fields, nameAmong(wanted, bytes, at + 1, nameEnd - 1), start, end)
    at = skipSpace(bytes, end)
    if (bytes[at] !== comma) return -1
    at = skipSpace(bytes, at + 1)
  }
  return -1
}

/** Plain values at the end of the object, read backwards: a string's opening quote is the nearest unescaped one. */
function fieldsFromEnd(
  bytes: Uint8Array,
  from: number,
  wanted: readonly string[],
  fields: Map<string, Span>,
): void {
  for (let at = from; fields.size < wanted.length; ) {
    const end = lastNonSpaceBefore(bytes, at) + 1
    const start = startOfPlain(bytes, end)
    const divider = start < 0 ? -1 : lastNonSpaceBefore(bytes, start)
    if (divider < 0 || bytes[divider] !== colon) return
    const nameEnd = lastNonSpaceBefore(bytes, divider) + 1
    const nameStart = bytes[nameEnd - 1] === quote ? startOfString(bytes, nameEnd) : -1
    if (nameStart < 0) return
    note(fields, nameAmong(wanted, bytes, nameStart + 1, nameEnd - 1), start, end)
    at = lastNonSpaceBefore(bytes, nameStart)
    if (bytes[at] !== comma) return
  }
}

/** The first of a name wins. */
function note(fields: Map<string, Span>, name: string | undefined, start: number, end: number): void {
  if (name !== undefined && !fields.has(name)) fields.set(name, { start, end })
}

function nameAmong(
  wanted: readonly string[],
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  for (const name of wanted) if (name.length === end - start && standsAt(bytes, start, name)) return name
  return undefined
}

function startOfPlain(bytes: Uint8Array, end: number): number {
  if (bytes[end - 1] === quote) return startOfString(bytes, end)
  let start = end
  while (start > 0 && end - start < 64 && isLiteralByte(bytes[start - 1])) start--
  return start < end ? start : -1
}

const isLiteralByte = (byte = 0): boolean =>
  (byte >= 48 && byte <= 57) ||
  (byte >= 97 && byte <= 122) ||
  byte === 43 ||
  byte === 45 ||
  byte === 46 ||
  byte === 69

function startOfString(bytes: Uint8Array, end: number): number {
  const limit = Math.max(0, end - edgeBytes)
  for (let here = end - 2; here >= limit; here--) {
    if (bytes[here] !== quote) continue
    let slashes = 0
    while (bytes[here - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return here
  }
  return -1
}

const lastNonSpace = (bytes: Uint8Array): number => lastNonSpaceBefore(bytes, bytes.length)

function lastNonSpaceBefore(bytes: Uint8Array, before: number): number {
  let at = before - 1
  while (at > 0 && isSpace(bytes[at])) at--
  return at
}

/** A field's text when it is a string, decoded. */
export function stringAt(bytes: Uint8Array, span: Span | undefined): string | undefined {
  if (!span || bytes[span.start] !== quote) return undefined
  try {
    const value: unknown = JSON.parse(text(bytes, span.start, span.end))
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** Is the field's value this literal (`true`, `null` …)? */
export const literalAt = (bytes: Uint8Array, span: Span | undefined, word: string): boolean =>
  span !== undefined && span.end - span.start === word.length && text(bytes, span.start, span.end) === word

function malformed(message: string, at: number): Skim {
  return { kind: 'malformed', message: `malformed JSON at byte ${at}: ${message}` }
}
