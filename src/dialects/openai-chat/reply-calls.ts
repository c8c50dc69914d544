/** Tool calls of a streamed answer, told apart however loosely a server numbers, names and splits them. */
import { areWhole, grown } from '../../conversation/call-arguments.ts'
import type { Proof } from '../../conversation/conversation.ts'
import type { ReplyEvent, StopReason } from '../../conversation/reply.ts'
import { shortHash } from '../../conversation/tool-names.ts'
import {
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
  writeJson,
} from '../../wire/json.ts'

interface Call {
  readonly id: string
  name: string
  /** Arguments so far. */
  text: string
  readonly freeform: boolean
  /** Its place among the parts, once it has started. */
  index?: number
  ended: boolean
}

export interface PartCounter {
  next: number
}

export class ReplyCalls {
  readonly #parts: PartCounter
  readonly #calls: Call[] = []
  readonly #byIndex = new Map<number, Call>()
  readonly #ids = new Set<string>()
  readonly #proofs = new Map<string, Proof>()

  constructor(parts: PartCounter) {
    this.#parts = parts
  }

  get some(): boolean {
    return this.#calls.some((call) => call.index !== undefined)
  }

  /** Whether every call has all of its arguments. */
  get areWhole(): boolean {
    return this.#calls.every((call) => call.freeform || areWhole(call.text))
  }

  /** Is it the id of a call heard before or in this delta? */
  has(id: string, deltas: Json | undefined): boolean {
    if (this.#ids.has(id)) return true
    return asList(deltas).some((delta) => {
      const { id: given } = asObject(delta)
      return given === id
    })
  }

  /** A proof that names its call is said when the call ends. */
  prove(id: string, proof: Proof): void {
    this.#proofs.set(id, proof)
  }

  /** `seed` makes ids for calls that have none: the same for the same reply, others for another (CONTRACT 50). */
  hear(delta: Json, seed: string, out: ReplyEvent[]): void {
    const piece = asObject(delta)
    const { function: fn, custom } = piece
    const body = asObject(custom ?? fn)
    const call = this.#find(piece, body) ?? this.#open(piece, body, seed)
    const { name, arguments: given, input } = body
    if (call.index === undefined) call.name = joinNames(call.name, asText(name) ?? '')
    const text = argumentText(given ?? input, call.text)
    if (text === '' || call.ended) return
    call.text = grown(call.text, text)
    if (call.index !== undefined) out.push({ type: 'part-delta', index: call.index, text })
    else if (call.name !== '') this.#start(call, out)
  }

  /** At the finish. Cut by `length`, a call without arguments may have been about to get some. */
  close(reason: StopReason, out: ReplyEvent[]): 'nameless' | undefined {
    for (const call of this.#calls) {
      if (call.name === '' && call.text !== '') return 'nameless'
      if (call.name === '') continue
      if (call.index === undefined) this.#start(call, out)
      if (reason === 'length' && call.text === '') continue
      this.#end(call, out)
    }
    return undefined
  }

  #find({ index, id }: JsonObject, { name }: JsonObject): Call | undefined {
    const place = asNumber(index)
    const given = asText(id) ?? ''
    const last = this.#calls.at(-1)
    if (place !== undefined) {
      const known = this.#byIndex.get(place)
      return known && isAnother(known, given, asText(name) ?? '') ? undefined : known
    }
    if (given !== '') return this.#calls.find((call) => call.id === given && !isWhole(call.text))
    if (!name) return last
    return last && last.name === name && last.text !== '' && !isWhole(last.text) ? last : undefined
  }

  #open(piece: JsonObject, { input }: JsonObject, seed: string): Call {
    const { index, id, type } = piece
    const call: Call = {
      id: this.#ownId(asText(id) ?? '', seed),
      name: '',
      text: '',
      freeform: type === 'custom' || (piece['function'] === undefined && input !== undefined),
      ended: false,
    }
    this.#calls.push(call)
    const place = asNumber(index)
    if (place !== undefined) this.#byIndex.set(place, call)
    return call
  }

  #ownId(given: string, seed: string): string {
    const id =
      given !== '' && !this.#ids.has(given) ? given : `call_${shortHash(`${seed} ${this.#calls.length}`)}`
    this.#ids.add(id)
    return id
  }

  #start(call: Call, out: ReplyEvent[]): void {
    for (const earlier of this.#calls) {
      if (!earlier.freeform && isWhole(earlier.text)) this.#end(earlier, out, call)
    }
    call.index = this.#parts.next++
    const { index, id, name } = call
    const freeform = call.freeform ? { freeform: true } : {}
    out.push({ type: 'part-start', index, part: { type: 'tool-call', id, name, ...freeform } })
    if (call.text !== '') out.push({ type: 'part-delta', index, text: call.text })
  }

  #end(call: Call, out: ReplyEvent[], except?: Call): void {
    if (call === except || call.ended || call.index === undefined) return
    call.ended = true
    const proof = this.#proofs.get(call.id)
    out.push({ type: 'part-end', index: call.index, ...(proof && { proof }) })
  }
}

/** Some servers give every call index 0: a new id with a new name, or after whole arguments, is a new call. */
function isAnother(known: Call, id: string, name: string): boolean {
  if (id === '' || name === '' || id === known.id) return false
  return isWhole(known.text) || (known.name !== '' && name !== known.name)
}

const isWhole = (text: string): boolean => text.trimEnd().endsWith('}') && isObject(tryParseJson(text))

/** A name may come whole, again with every delta, in pieces, or growing. */
function joinNames(known: string, given: string): string {
  if (given === '' || given === known) return known
  return given.startsWith(known) ? given : known + given
}

/** `null` as text, said by servers that mean none, is none. */
function argumentText(given: Json | undefined, before: string): string {
  if (typeof given === 'string') return before === '' && given === 'null' ? '' : given
  return isObject(given) ? writeJson(given) : ''
}
