// The mock upstream: raw sockets and pre-rendered replies, so that it costs a few microseconds a request.
// Behaviour is set and observed over IPC: `listen`, `behave`, `seen`.
import { createServer } from 'node:net'
import { nowMs } from './accounting.mjs'
import { Messages } from './http1.mjs'
import { answer } from './ipc.mjs'
import { STAMP, STREAM_HEAD, streamReply, wholeReply } from './replies.mjs'

const DEFAULT = {
  events: 200, // deltas in a stream
  eventsPerWrite: 8,
  intervalMs: 0, // pause between writes; 0: as fast as the peer reads. Paused streams are stamped with the time of sending
  firstByteMs: 0, // silence before the reply
  replyTokens: 100,
  keepBody: false,
  isEndless: false, // the deltas over and over, never the end
}

let behaviour = DEFAULT
const rendered = new Map()
const connections = new Set()
const fresh = () => ({ requests: 0, finished: 0, eventsSent: 0, abortedAtMs: [], last: null })
let seen = fresh()
let active = 0

const once = (key, make) => rendered.get(key) ?? rendered.set(key, make()).get(key)

const WANTS_STREAM = /"stream": ?true/

/** At least as many events at the edges of a stream are not deltas. */
const OPENING_EVENTS = 4
const CLOSING_EVENTS = 8

class Connection {
  #socket
  #path = ''
  #body = []
  #reply = null
  #sentEvents = 0
  #sentBytes = 0
  #timer = null
  #writtenBefore = 0

  constructor(socket) {
    this.#socket = socket
    connections.add(this)
    const messages = new Messages({
      head: (h) => this.#head(h),
      body: (b) => this.#body.push(b),
      end: () => this.#ask(),
    })
    socket.on('data', (bytes) => messages.push(bytes))
    socket.on('drain', () => this.#flow())
    socket.on('error', () => {})
    socket.on('end', () => this.#gone())
    socket.on('close', () => this.#gone())
  }

  #head({ first, field }) {
    this.#path = first.split(' ')[1]
    this.#body = []
    if (field('expect')) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  }

  #ask() {
    const body = this.#body
    this.#body = []
    seen.requests++
    if (behaviour.keepBody) seen.last = { path: this.#path, body: Buffer.concat(body).toString() }
    active++
    const { firstByteMs, events, intervalMs, replyTokens, isEndless } = behaviour
    const stamped = intervalMs > 0 || isEndless
    const key = `${this.#path} ${events} ${stamped} ${replyTokens}`
    const reply = body.some((piece) => WANTS_STREAM.test(piece.latin1Slice()))
      ? once(`stream ${key}`, () => streamReply(this.#path, events, stamped))
      : once(`whole ${key}`, () => wholeReply(this.#path, replyTokens))
    this.#reply = { ...behaviour, content: reply }
    this.#writtenBefore = this.#socket.bytesWritten
    if (firstByteMs) this.#timer = setTimeout(() => this.#begin(), firstByteMs)
    else this.#begin()
  }

  /** Bytes of the running reply that left this process. */
  get taken() {
    return this.#reply ? this.#socket.bytesWritten - this.#socket.writableLength - this.#writtenBefore : 0
  }

  #begin() {
    const { content, intervalMs } = this.#reply
    if (Buffer.isBuffer(content)) {
      this.#socket.write(content)
      return this.#finish()
    }
    this.#sentEvents = this.#sentBytes = 0
    if (intervalMs) {
      this.#socket.write(STREAM_HEAD)
      return this.#tick()
    }
    this.#socket.cork()
    this.#socket.write(STREAM_HEAD)
    this.#flow()
    this.#socket.uncork()
  }

  #flow() {
    while (this.#reply && !this.#reply.intervalMs && !Buffer.isBuffer(this.#reply.content) && this.#step());
  }

  #tick() {
    if (!this.#socket.writableNeedDrain) this.#step()
    if (this.#reply) this.#timer = setTimeout(() => this.#tick(), this.#reply.intervalMs)
  }

  /** Sends the next events; false when the socket is full or the stream is over. */
  #step() {
    const { content, eventsPerWrite, intervalMs, isEndless } = this.#reply
    const last = isEndless ? content.count - CLOSING_EVENTS : content.count
    const to = Math.min(this.#sentEvents + eventsPerWrite, last)
    const end = content.ends[to - 1]
    const bytes = content.bytes.subarray(this.#sentBytes, end)
    const hasRoom = this.#socket.write(intervalMs ? stampedNow(bytes) : bytes)
    seen.eventsSent += to - this.#sentEvents
    this.#sentEvents = to
    this.#sentBytes = end
    if (to === last && isEndless) {
      this.#sentEvents = OPENING_EVENTS
      this.#sentBytes = content.ends[OPENING_EVENTS - 1]
    } else if (to === last) this.#finish()
    return hasRoom && this.#reply !== null
  }

  #finish() {
    this.#reply = null
    active--
    seen.finished++
  }

  #gone() {
    connections.delete(this)
    if (!this.#reply) return
    clearTimeout(this.#timer)
    this.#reply = null
    active--
    seen.abortedAtMs.push(nowMs())
  }
}

const STAMP_MARK = STAMP.slice(0, 1)

function stampedNow(bytes) {
  const at = bytes.indexOf(STAMP_MARK)
  if (at < 0) return bytes
  const copy = Buffer.from(bytes)
  copy.latin1Write(String(Math.round(nowMs() * 1000)).padStart(12, '0'), at + 1)
  return copy
}

const server = createServer({ highWaterMark: 64 * 1024, noDelay: true }, (socket) => {
  new Connection(socket)
})

answer({
  listen: (port) =>
    new Promise((resolve, reject) => {
      server.on('error', reject)
      server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => resolve(server.address().port))
    }),
  behave(wanted) {
    behaviour = { ...DEFAULT, ...wanted }
    seen = fresh()
  },
  seen() {
    let bytesTaken = 0
    for (const { taken } of connections) bytesTaken += taken
    return { ...seen, active, bytesTaken }
  },
})
