/**
 * Same dialect, streamed: whole frames go through as bytes, only the model's name is put back. Until the first word the
 * frames are also decoded; after it they are only listened to. Frames that close a call which is not whole stay here.
 */
import { cutCall } from '../conversation/call-arguments.ts'
import type { Failure } from '../conversation/failure.ts'
import { noUsage, type ReplyEvent } from '../conversation/reply.ts'
import type { Dialect, Listener, Overheard, ReplyContext } from '../dialects/dialect.ts'
import { type SseFrame, SseReader } from '../wire/sse.ts'
import type { Stage } from '../wire/stage.ts'
import { FirstWord } from './first-word.ts'
import type { Account, Lane, Utterance } from './lane.ts'
import type { ModelRestorer } from './model-restorer.ts'
import { endOfFrame, startOfFrame, WholeFrames } from './whole-frames.ts'

const nothing = Buffer.alloc(0)

export class PassStream implements Lane {
  readonly account: Account = { usage: noUsage }
  readonly #dialect: Dialect
  readonly #context: ReplyContext
  readonly #restorer: ModelRestorer
  readonly #reader = new SseReader()
  readonly #firstWord = new FirstWord()
  readonly #frames = new WholeFrames()
  readonly #listener: Listener
  #decoder: Stage<SseFrame, ReplyEvent> | undefined
  #over = false
  #isCut = false
  /** The model's name was put back, and will not be said again. */
  #named = false

  constructor(
    dialect: Dialect,
    decoder: Stage<SseFrame, ReplyEvent>,
    context: ReplyContext,
    restorer: ModelRestorer,
  ) {
    this.#dialect = dialect
    this.#listener = dialect.overhear.listen()
    this.#decoder = decoder
    this.#context = context
    this.#restorer = restorer
  }

  push(bytes: Uint8Array): Utterance {
    const frames = this.#frames.push(bytes)
    if (frames === '') return { out: nothing, weight: this.#firstWord.weight }
    const failure = this.#decoder ? this.#decode(frames, this.#decoder) : undefined
    if (failure) return { out: nothing, weight: this.#firstWord.weight, failure }
    const told = this.#overhear(frames)
    const unsaid = this.#over ? this.#concluded() : undefined
    const { weight } = this.#firstWord // only now: what is concluded may be the first word
    if (unsaid) return { out: nothing, weight, failure: unsaid }
    const out = this.#restored(told, this.#frames.intact && told === frames ? bytes : undefined)
    if (this.#isCut) return { out, weight, failure: cutCall }
    return this.#over ? { out, weight, over: true } : { out, weight }
  }

  #restored(frames: string, intact: Uint8Array | undefined): Uint8Array {
    if (this.#named) return intact ?? Buffer.from(frames, 'latin1')
    const out = this.#restorer.restore(frames, intact)
    this.#named = this.#dialect.overhear.namesModelOnce && out !== intact
    return out
  }

  end(): Utterance {
    const unsaid = this.#concluded()
    const { weight } = this.#firstWord
    if (unsaid) return { out: nothing, weight, failure: unsaid }
    if (this.#over) return { out: nothing, weight, over: true }
    if (this.account.reason !== undefined)
      return { out: this.#dialect.overhear.closing, weight: this.#firstWord.weight, over: true }
    return { out: nothing, weight, failure: { kind: 'cut', message: 'the upstream ended its stream early' } }
  }

  /** What the decoder kept for the end: a reply that stopped at a limit without a word is an answer, an empty one is not. */
  #concluded(): Failure | undefined {
    if (!this.#decoder) return undefined
    this.#hear(this.#decoder.end())
    this.#decoder = undefined
    return this.#firstWord.failure
  }

  fail(failure: Failure): string {
    return this.#dialect.failure.frame(failure, `req_${this.#context.replyId}`, this.#context)
  }

  release(): void {
    this.#firstWord.weight = 'word'
    this.#decoder = undefined
  }

  /** Frame by frame, and no further than the first word. */
  #decode(text: string, decoder: Stage<SseFrame, ReplyEvent>): Failure | undefined {
    for (let at = 0; at < text.length && this.#firstWord.weight !== 'word'; ) {
      const end = endOfFrame(text, at)
      for (const frame of this.#reader.read(lettersOf(text.slice(at, end)))) this.#hear(decoder.push(frame))
      at = end
    }
    const { weight, failure } = this.#firstWord
    if (weight !== 'word') return failure
    this.#decoder = undefined
    return undefined
  }

  #hear(events: readonly ReplyEvent[]): void {
    for (const event of events) {
      this.#firstWord.hear(event)
      if (event.type === 'end') this.account.reason = event.reason
    }
  }

  /**
   * Reads the frames that hold a needle, and gives back what may be told. An error after the first word goes through in
   * its own words, and is the end.
   */
  #overhear(text: string): string {
    const listener = this.#listener
    let told = ''
    let from = 0
    let at = listener.skim?.(text, 0) ?? 0
    let hasReturns: boolean | undefined
    for (let found = needleIn(text, at, listener); found >= 0; found = needleIn(text, at, listener)) {
      hasReturns ??= text.includes('\r')
      const start = startOfFrame(text, found, hasReturns)
      at = listener.skim?.(text, start) ?? start
      if (at > start) continue
      at = endOfFrame(text, found)
      if (this.#read(text.slice(start, at))) continue
      told += text.slice(from, start)
      from = at
      if (this.#isCut) return told
    }
    return from === 0 ? text : told + text.slice(from)
  }

  /** Whether the frame may be told. */
  #read(text: string): boolean {
    let mayBeTold = true
    for (const frame of new SseReader().read(lettersOf(text))) {
      const heard = this.#listener.read(frame)
      this.#note(heard)
      if (heard.cutCall) mayBeTold = false
    }
    return mayBeTold
  }

  #note(heard: Overheard): void {
    if (heard.usage) this.account.usage = { ...this.account.usage, ...heard.usage }
    if (heard.cutCall === 'stop') this.#isCut = true
    if (heard.cutCall) return
    if (heard.reason) this.account.reason = heard.reason
    if (heard.failure) this.account.failure = heard.failure
    if (heard.over || heard.failure) this.#over = true
  }
}

/** Whole frames: no letter is cut. A byte order mark may stand before the first. */
function lettersOf(latin1: string): string {
  const letters = Buffer.from(latin1, 'latin1').toString('utf8')
  return letters.charCodeAt(0) === 0xfeff ? letters.slice(1) : letters
}

const compiled = new Map<readonly string[], RegExp>()

/** All needles of a dialect as one expression: looked for together, they cost less than one alone. */
function needleOf(needles: readonly string[]): RegExp {
  const known = compiled.get(needles)
  if (known) return known
  const expression = new RegExp(needles.map((needle) => needle.replace(/[[\]{}]/g, '\\$&')).join('|'), 'g')
  compiled.set(needles, expression)
  return expression
}

/** Within the next needle; -1: there is none. */
function needleIn(text: string, from: number, { needles }: Listener): number {
  if (from >= text.length) return -1
  const needle = needleOf(needles)
  needle.lastIndex = from
  return needle.test(text) ? needle.lastIndex - 1 : -1
}
