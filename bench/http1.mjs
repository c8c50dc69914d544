// Reads HTTP/1.1 messages from a socket, piece by piece: a full HTTP stack would cost more than what is measured.
// Trusts its peers; knows Content-Length, chunked, and bodies that run until the connection closes.
const HEAD_END = Buffer.from('\r\n\r\n')
const LF = 10

export class Messages {
  #sink
  #read = this.#head
  #held = null
  #left = 0
  #line = ''

  /** `sink.head({ first, field(name) })`, `sink.body(bytes)`, `sink.end()`. */
  constructor(sink) {
    this.#sink = sink
  }

  push(bytes) {
    let at = 0
    let buffer = bytes
    if (this.#held) {
      buffer = Buffer.concat([this.#held, bytes])
      this.#held = null
    }
    while (at >= 0 && at < buffer.length) at = this.#read(buffer, at)
  }

  /** The peer closed. True when that is also the end of a message. */
  close() {
    if (this.#read !== this.#untilClose) return this.#read === this.#head && !this.#held
    this.#end()
    return true
  }

  #head(buffer, from) {
    const to = buffer.indexOf(HEAD_END, from)
    if (to < 0) {
      this.#held = buffer.subarray(from)
      return -1
    }
    const text = buffer.latin1Slice(from, to)
    const first = text.slice(0, text.indexOf('\r\n') >>> 0)
    const field = (name) => new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*)`, 'i').exec(text)?.[1]
    const isReply = first.startsWith('HTTP/')
    const length = field('content-length')
    this.#left = Number(length ?? 0)
    if (/chunked/i.test(field('transfer-encoding') ?? '')) this.#read = this.#size
    else if (this.#left > 0) this.#read = this.#fixed
    else
      this.#read =
        isReply && length === undefined && !/^HTTP\/1.1 (1|204|304)/.test(first) ? this.#untilClose : null
    this.#sink.head({ first, field })
    if (!this.#read) this.#end()
    return to + 4
  }

  #fixed(buffer, from) {
    const to = Math.min(buffer.length, from + this.#left)
    this.#left -= to - from
    this.#sink.body(buffer.subarray(from, to))
    if (this.#left === 0) this.#end()
    return to
  }

  #size(buffer, from) {
    const to = this.#upToLine(buffer, from)
    if (to < 0) return to
    const size = Number.parseInt(this.#line, 16)
    if (Number.isNaN(size)) throw new Error(`not a chunk size: ${JSON.stringify(this.#line)}`)
    this.#line = ''
    this.#left = size + 2
    this.#read = size === 0 ? this.#trailer : this.#chunk
    return to
  }

  #chunk(buffer, from) {
    const to = Math.min(buffer.length, from + this.#left)
    const dataTo = Math.min(to, from + this.#left - 2)
    if (dataTo > from) this.#sink.body(buffer.subarray(from, dataTo))
    this.#left -= to - from
    if (this.#left === 0) this.#read = this.#size
    return to
  }

  #trailer(buffer, from) {
    const to = this.#upToLine(buffer, from)
    if (to < 0) return to
    const isLast = this.#line.trim() === ''
    this.#line = ''
    if (isLast) this.#end()
    return to
  }

  #untilClose(buffer, from) {
    this.#sink.body(from ? buffer.subarray(from) : buffer)
    return -1
  }

  #upToLine(buffer, from) {
    const to = buffer.indexOf(LF, from)
    this.#line += buffer.latin1Slice(from, to < 0 ? buffer.length : to)
    return to < 0 ? -1 : to + 1
  }

  #end() {
    this.#read = this.#head
    this.#sink.end()
  }
}
