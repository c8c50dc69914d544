/**
 * JSON that survives a round trip, and lenient reading of other people's JSON.
 *
 * JSON.parse turns `1.0` into 1, loses digits of big integers and reorders integer-like keys. Tool arguments and
 * schemas may hold all three. Where a text holds such a token, it is replaced by a marked string before parsing and
 * written back as it was by `writeJson`; texts without one (nearly all) take the plain path.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json | undefined }

/** Private-use letters: a text in Latin letters cannot hold them, so looking for them there costs nothing. */
const mark = '\ue0c1\ue7f2'
const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const marked = new RegExp(`"${mark}([^"]*)"`, 'g')

const numberKey = /"\d+"\s*:/
/** Decimals, exponents, long digits: each is then looked at closely. One quick pass per pattern beats one slow pass. */
const suspects: readonly RegExp[] = [/\d[.eE][-+\d]/g, /\d{16}/g]
const numberAt = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s,}\]])/y

/** Does the JSON text hold a token that parse → write would change? In doubt it does. A piece of it will do as well. */
export function isFragile(text: string): boolean {
  if (numberKey.test(text)) return true
  for (const suspect of suspects) {
    suspect.lastIndex = 0
    while (suspect.test(text)) {
      if (isChanged(text, suspect.lastIndex - 3)) return true
      if (numberAt.lastIndex > suspect.lastIndex) suspect.lastIndex = numberAt.lastIndex
    }
  }
  return false
}

/** Does a number that JSON.parse would change go through here? Inside a string it may look so; that costs only time. */
function isChanged(text: string, within: number): boolean {
  let start = within
  while (isNumberCode(text.charCodeAt(start - 1))) start--
  let before = start - 1
  while (text.charCodeAt(before) <= 32) before--
  numberAt.lastIndex = start
  const token = ':,['.includes(text.charAt(before)) ? numberAt.exec(text)?.[0] : undefined
  return token !== undefined && String(Number(token)) !== token
}

/** Digits, point, signs, e and E. */
const isNumberCode = (code: number): boolean =>
  (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 43 || (code | 32) === 101

/**
 * Like JSON.parse, but what parse → write would change is kept. `fragile`: whether the text holds such a token, when
 * that is already known. Throws SyntaxError on malformed text.
 */
export function parseJson(text: string, fragile = isFragile(text)): Json {
  const plain: Json = JSON.parse(text)
  return fragile ? JSON.parse(text.replace(tokens, protect)) : plain
}

function protect(token: string, colon: string | undefined): string {
  if (token[0] !== '"') return String(Number(token)) === token ? token : `"${mark}${token}"`
  if (colon === undefined) return token
  const key = token.slice(1, token.lastIndexOf('"'))
  return /^\d+$/.test(key) ? `"${mark}k${key}"${colon}` : token
}

/** Writes a value read by `parseJson`; every protected token comes out as it came in. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value)
  return text.includes(mark) ? text.replace(marked, restore) : text
}

/** JSON text that stands for a value in `writeFields`. */
export class Written {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** An object of such values, some of which are written already. */
export function writeFields(fields: Readonly<Record<string, Json | Written | undefined>>): string {
  let text = ''
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    const written = value instanceof Written ? value.text : writeJson(value)
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${written}`
  }
  return `{${text}}`
}

function restore(whole: string, token: string): string {
  if (/^k\d+$/.test(token)) return `"${token.slice(1)}"`
  return /^-?\d[\d.eE+-]*$/.test(token) ? token : whole
}

/** undefined instead of an exception, for text that others wrote. */
export function tryParseJson(text: string, fragile?: boolean): Json | undefined {
  try {
    return parseJson(text, fragile)
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const nothing: JsonObject = {}
const noItems: readonly Json[] = []

/** The value as an object; an empty one when it is something else. */
export const asObject = (value: unknown): JsonObject => (isObject(value) ? value : nothing)
/** The value as a list; an empty one when it is something else. */
export const asList = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : noItems)
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const asFlag = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : undefined

/** A finite number, also when it was protected (`1.0`). */
export function asNumber(value: unknown): number | undefined {
  const number =
    typeof value === 'string' && value.startsWith(mark) ? Number(value.slice(mark.length)) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
