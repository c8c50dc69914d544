/**
 * A stream that was cut after a complete tool call has already made the agent act. Some agents then ask for the same
 * turn once more without streaming; a second answer would act twice. They get what they had heard (CONTRACT 107, 110).
 * In memory, bounded, forgotten after some minutes.
 */
import { createHash } from 'node:crypto'
import type { ReplyEvent } from '../conversation/reply.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { asObject, type Json, writeJson } from '../wire/json.ts'
import { SseReader } from '../wire/sse.ts'
import type { Call } from './call.ts'
import type { CallReader } from './call-reader.ts'

const capacity = 50
const forgetMs = 10 * 60_000
/** Longer replies are not kept while they are told. */
const longestReplyBytes = 1024 * 1024
const longestAtOnceBytes = 32 * 1024 * 1024

interface Remembered {
  readonly events: readonly ReplyEvent[]
  readonly atMs: number
}

export class TurnMemory {
  readonly #turns = new Map<string, Remembered>()
  #heldBytes = 0

  /** Listens to a stream as the client hears it; undefined for replies that are told whole. */
  listen(call: Call): TurnListener | undefined {
    if (!call.stream) return undefined
    return new TurnListener(
      (bytes) => {
        this.#heldBytes += bytes
        return this.#heldBytes <= longestAtOnceBytes
      },
      (bytes) => {
        this.#heldBytes -= bytes
      },
    )
  }

  /** The stream failed: if a tool call in it was complete, the turn is kept. */
  keep(call: Call, reader: CallReader, heard: string, nowMs: number): void {
    const events = completeTurn(call.dialect, heard)
    const key = events && keyOf(call, reader)
    if (!events || key === undefined) return
    this.#turns.delete(key)
    this.#turns.set(key, { events, atMs: nowMs })
    const [oldest] = this.#turns.keys()
    if (this.#turns.size > capacity && oldest !== undefined) this.#turns.delete(oldest)
  }

  /** What was told of this very turn, for a client that asks for it again and whole. */
  recall(call: Call, reader: CallReader, nowMs: number): readonly ReplyEvent[] | undefined {
    if (call.stream || this.#turns.size === 0) return undefined
    const key = keyOf(call, reader)
    const turn = key === undefined ? undefined : this.#turns.get(key)
    return turn && nowMs - turn.atMs < forgetMs ? turn.events : undefined
  }
}

const blockBytes = 2048
const mostBytesPerLetter = 3

type Pieces = readonly (Uint8Array | string)[]

export class TurnListener {
  readonly #take: (bytes: number) => boolean
  readonly #give: (bytes: number) => void
  #pieces: (Uint8Array | string)[] = []
  /** Filled from its start; `#pieces` get it when it is full. */
  #block: Buffer | undefined
  #filled = 0
  #bytes = 0
  #deaf = false

  constructor(take: (bytes: number) => boolean, give: (bytes: number) => void) {
    this.#take = take
    this.#give = give
  }

  hear(piece: Uint8Array | string): void {
    if (this.#deaf) return
    this.#bytes += piece.length
    const room = this.#take(piece.length)
    if (!room || this.#bytes > longestReplyBytes) this.close()
    else if (piece.length <= blockBytes / 8) this.#copy(piece)
    else {
      this.#seal()
      this.#pieces.push(piece)
    }
  }

  /** What a slow stream says at a time is little, and each would keep a buffer of its own with its three objects. */
  #copy(piece: Uint8Array | string): void {
    const isText = typeof piece === 'string'
    if (this.#filled + piece.length * (isText ? mostBytesPerLetter : 1) > blockBytes) this.#seal()
    this.#block ??= Buffer.allocUnsafeSlow(blockBytes)
    if (isText) this.#filled += this.#block.write(piece, this.#filled)
    else {
      this.#block.set(piece, this.#filled)
      this.#filled += piece.length
    }
  }

  #seal(): void {
    if (this.#block) this.#pieces.push(this.#block.subarray(0, this.#filled))
    this.#block = undefined
    this.#filled = 0
  }

  get heard(): string {
    this.#seal()
    return joined(this.#pieces)
  }

  /** Nothing is kept any more. */
  close(): void {
    this.#deaf = true
    this.#give(this.#bytes)
    this.#pieces = []
    this.#block = undefined
    this.#bytes = 0
  }
}

const joined = (pieces: Pieces): string =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString('utf8')

/** The complete parts of a reply that was cut, as a turn that ended in its tool calls. */
function completeTurn(dialect: Dialect, heard: string): readonly ReplyEvent[] | undefined {
  if (heard === '') return undefined
  const decoder = dialect.reply.decodeStream({ quirks: {} })
  const events = new SseReader().push(Buffer.from(heard)).flatMap((frame) => decoder.push(frame))
  const whole = new Set(events.flatMap((event) => (event.type === 'part-end' ? [event.index] : [])))
  const calls = events.some(
    (event) => event.type === 'part-start' && event.part.type === 'tool-call' && whole.has(event.index),
  )
  if (!calls) return undefined
  const kept = events.filter((event) =>
    'index' in event ? whole.has(event.index) : event.type === 'start' || event.type === 'usage',
  )
  return [...kept.map(renumbered([...whole])), { type: 'end', reason: 'tool-calls' }]
}

/** Parts are numbered without gaps. */
const renumbered =
  (whole: readonly number[]) =>
  (event: ReplyEvent): ReplyEvent =>
    'index' in event ? { ...event, index: whole.toSorted((a, b) => a - b).indexOf(event.index) } : event

/** Who asks, and all that was said: the fields that differ between the two requests are left out. */
function keyOf({ model, profile, dialect }: Call, reader: CallReader): string | undefined {
  const json = reader.json
  if (json === undefined) return undefined
  const { messages, input, contents } = asObject(json)
  const said: Json | undefined = messages ?? input ?? contents
  if (said === undefined) return undefined
  const text = `${profile.name} ${dialect.id} ${model} ${reader.session.session} ${writeJson(said)}`
  return createHash('sha256').update(text).digest('base64')
}
