/**
 * Reads the replies that come over one connection, one at a time: what a socket read brought is handed on as one piece,
 * however many chunks it held.
 */
import { type BodyLength, HeadReader, type ReplyHead } from './reply-head.ts'

export interface ReplySink {
  head(head: ReplyHead): void
  data(bytes: Buffer): void
  /** The reply is whole. `clean`: nothing came behind it. */
  ended(clean: boolean): void
  garbled(because: string): void
}

const longestHead = 64 * 1024
/** A chunk's length line, with whatever a server adds to it. */
const longestLine = 16 * 1024
const nothing = Buffer.alloc(0)
const blankLine = '\r\n\r\n'

type State =
  | 'head'
  | 'counted'
  | 'rest'
  | 'chunk-length'
  | 'chunk'
  | 'chunk-end'
  | 'trailers'
  | 'over'
  | 'broken'

export class ReplyReader {
  readonly #sink: ReplySink
  readonly #heads: HeadReader
  #state: State = 'over'
  /** Came without its end: part of a head or of a line. */
  #held: Buffer = nothing
  /** Bytes to come of the body, or of the chunk. */
  #left = 0
  #problem = ''
  /** Where the body's bytes of this read have been put together, in place. */
  #from = 0
  #to = 0

  /** `heads`: for all connections to one server. */
  constructor(sink: ReplySink, heads = new HeadReader()) {
    this.#sink = sink
    this.#heads = heads
  }

  /** A request was sent: its reply is what comes next. */
  expect(): void {
    this.#state = 'head'
    this.#held = nothing
  }

  get spoken(): boolean {
    return this.#state !== 'head' || this.#held.length > 0
  }

  push(bytes: Buffer): void {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    this.#held = nothing
    let at = 0
    while (at < all.length && !this.isOver) {
      const next = this.#step(all, at)
      if (next === undefined) break
      at = next
    }
    this.#flush(all)
    if (this.#state === 'over') this.#sink.ended(at >= all.length)
    else if (this.#state === 'broken') this.#sink.garbled(this.#problem)
  }

  get isOver(): boolean {
    return this.#state === 'over' || this.#state === 'broken'
  }

  /** The connection has ended; false: the reply was not whole. */
  finish(): boolean {
    if (this.#state !== 'rest') return false
    this.#state = 'over'
    this.#sink.ended(false)
    return true
  }

  /** Reads on from `at` and says where it stopped; undefined: for more it needs more bytes. */
  #step(all: Buffer, at: number): number | undefined {
    switch (this.#state) {
      case 'head':
        return this.#readHead(all, at)
      case 'counted':
      case 'chunk':
        return this.#readCounted(all, at)
      case 'rest':
        this.#gather(all, at, all.length)
        return all.length
      case 'chunk-length':
        return this.#readChunkLength(all, at)
      case 'chunk-end':
        return this.#readChunkEnd(all, at)
      case 'trailers':
        return this.#readTrailers(all, at)
      case 'over':
      case 'broken':
        return undefined
    }
  }

  #readHead(all: Buffer, at: number): number | undefined {
    const end = all.indexOf(blankLine, at, 'latin1')
    if (end < 0) return this.#hold(all, at, longestHead)
    if (end - at > longestHead) return this.#garble('the head of the reply is too large')
    const head = this.#heads.read(all.toString('latin1', at, end))
    if (typeof head === 'string') return this.#garble(head)
    if (head.status === 101) return this.#garble('the server changes to another protocol')
    if (head.status < 200) return end + blankLine.length
    this.#begin(head.body)
    this.#sink.head(head)
    return end + blankLine.length
  }

  #begin(body: BodyLength): void {
    this.#left = typeof body === 'number' ? body : 0
    this.#state =
      body === 0 ? 'over' : body === 'chunks' ? 'chunk-length' : body === 'rest' ? 'rest' : 'counted'
  }

  #readCounted(all: Buffer, at: number): number {
    const end = Math.min(all.length, at + this.#left)
    this.#gather(all, at, end)
    this.#left -= end - at
    if (this.#left === 0) this.#state = this.#state === 'chunk' ? 'chunk-end' : 'over'
    return end
  }

  /** Hexadecimal; what follows a semicolon is passed over. */
  #readChunkLength(all: Buffer, at: number): number | undefined {
    let length = 0
    let here = at
    for (let digit = hexDigit(all[here]); digit >= 0; digit = hexDigit(all[++here])) {
      length = length * 16 + digit
      if (here - at > 11) return this.#garble('a chunk is too long')
    }
    if (here === all.length) return this.#hold(all, at, longestLine)
    if (here === at) return this.#garble('a chunk does not begin with its length')
    const feed = all[here] === 13 ? here + 1 : all.indexOf(10, here)
    if (feed < 0 || feed === all.length) return this.#hold(all, at, longestLine)
    if (all[feed] !== 10 || all[feed - 1] !== 13 || !isExtension(all[here]))
      return this.#garble('the length of a chunk does not end its line')
    this.#left = length
    this.#state = length === 0 ? 'trailers' : 'chunk'
    return feed + 1
  }

  #readChunkEnd(all: Buffer, at: number): number | undefined {
    if (at + 1 >= all.length) return this.#hold(all, at, 2)
    if (all[at] !== 13 || all[at + 1] !== 10) return this.#garble('a chunk is longer than it says')
    this.#state = 'chunk-length'
    return at + 2
  }

  /** Lines up to an empty one; nobody reads them. */
  #readTrailers(all: Buffer, at: number): number | undefined {
    if (all[at] === 13 && all[at + 1] === 10) {
      this.#state = 'over'
      return at + 2
    }
    const end = all.indexOf(blankLine, at, 'latin1')
    if (end < 0) return this.#hold(all, at, longestHead)
    this.#state = 'over'
    return end + blankLine.length
  }

  #hold(all: Buffer, at: number, longest: number): undefined {
    if (all.length - at > longest) return this.#garble('a line of the reply is too long')
    this.#held = all.subarray(at)
    return undefined
  }

  /** The bytes are ours: what stands between the pieces is written over rather than copied around. */
  #gather(all: Buffer, start: number, end: number): void {
    if (this.#to === 0) this.#from = start
    else all.copyWithin(this.#to, start, end)
    this.#to = this.#to === 0 ? end : this.#to + end - start
  }

  #flush(all: Buffer): void {
    const [from, to] = [this.#from, this.#to]
    if (to === 0) return
    this.#to = 0
    this.#sink.data(from === 0 && to === all.length ? all : all.subarray(from, to))
  }

  #garble(because: string): undefined {
    this.#state = 'broken'
    this.#problem = because
    return undefined
  }
}

/** -1: none. */
function hexDigit(byte = 0): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** Carriage return, semicolon, blank, tab. */
const isExtension = (byte = 0): boolean => byte === 13 || byte === 59 || byte === 32 || byte === 9
