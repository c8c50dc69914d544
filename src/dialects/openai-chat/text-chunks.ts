/**
 * The chunks of a streamed text differ in nothing but the text: what stands around it is read once and then only
 * compared, which takes a fraction of the time of parsing it again.
 */
import { standsAt } from '../../conversation/call-pieces.ts'
import { asObject, asText, isObject, type JsonObject } from '../../wire/json.ts'
import { firstChoice } from './wire.ts'

const opening = '"content":"'
/** Upstreams that put something new into each chunk are not tried for ever. */
const patience = 16

export class TextChunks {
  #before = ''
  #after = ''
  #misses = 0

  /** The text of a chunk that is otherwise the one learnt; undefined: it must be read. */
  textIn(data: string): string | undefined {
    const before = this.#before
    const after = this.#after
    if (before === '' || data.length < before.length + after.length) return undefined
    const end = data.length - after.length
    if (!standsAt(data, 0, before) || !standsAt(data, end, after)) return undefined
    const said = data.slice(before.length, end)
    return /["\\\p{Cc}]/u.test(said) ? unescaped(said) : said
  }

  /** `chunk` is what `data` says. */
  learn(data: string, chunk: JsonObject): void {
    if (this.#misses > patience) return
    const text = onlyText(chunk)
    if (text === undefined) return
    this.#misses++
    const at = data.indexOf(opening)
    const start = at + opening.length
    if (at < 0 || data.indexOf(opening, start) >= 0) return
    const end = endOfText(data, start)
    if (unescaped(data.slice(start, end)) !== text) return
    this.#before = data.slice(0, start)
    this.#after = data.slice(end)
  }
}

/** What a chunk says that says nothing but a text. */
function onlyText({ choices, usage, error, x_groq }: JsonObject): string | undefined {
  const choice = firstChoice(choices)
  if (!choice || usage || error || x_groq) return undefined
  const { delta, message, finish_reason, usage: own } = choice
  if (message || finish_reason || own || !isObject(delta)) return undefined
  const others = Object.keys(delta).some((name) => name !== 'content' && name !== 'role' && delta[name])
  return others ? undefined : asText(asObject(delta)['content']) || undefined
}

/** Index of the quote that ends the text. */
function endOfText(data: string, start: number): number {
  let at = start
  for (; at < data.length && data[at] !== '"'; at++) if (data[at] === '\\') at++
  return at
}

/** undefined: this is not the inside of one JSON string. */
function unescaped(inside: string): string | undefined {
  try {
    return asText(JSON.parse(`"${inside}"`))
  } catch {
    return undefined
  }
}
