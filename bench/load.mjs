// The load: HTTP/1.1 clients on raw sockets, told over IPC what to do. Ops: `steady`, `hold`, `leave`, `stall`.
import { connect } from 'node:net'
import { cpuUs, nowMs } from './accounting.mjs'
import { growing } from './growing.mjs'
import { Messages } from './http1.mjs'
import { answer } from './ipc.mjs'
import { STAMP } from './replies.mjs'
import { requestBody } from './requests.mjs'
import { quantile } from './statistics.mjs'

const EVENT = 'event: content_block_delta'
const STAMP_MARK = STAMP.slice(0, 1)

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

function requestBytes({ host, port, path, headers = {}, body }, content = requestBody(body)) {
  const fields = {
    host: `${host}:${port}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'bench/1 (external, cli)',
    'x-api-key': 'bench',
    'anthropic-version': '2023-06-01',
    ...headers,
    'content-length': content.length,
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), content])
}

/** The request as it is sent whenever asked for. */
function theSame(spec) {
  const bytes = requestBytes(spec)
  return () => bytes
}

/** Counts a mark in bytes that arrive in pieces; `found(bytes, at)` for each, with `reach` bytes behind it present. */
class Marks {
  #mark
  #reach
  #found
  #tail = Buffer.alloc(0)

  constructor(mark, reach, found) {
    this.#mark = mark
    this.#reach = mark.length + reach
    this.#found = found
  }

  push(bytes) {
    const buffer = this.#tail.length ? Buffer.concat([this.#tail, bytes]) : bytes
    let from = 0
    for (let at = buffer.indexOf(this.#mark); at >= 0; at = buffer.indexOf(this.#mark, from)) {
      if (at + this.#reach > buffer.length) break
      from = at + this.#mark.length
      this.#found(buffer, at)
    }
    this.#tail = Buffer.from(buffer.subarray(Math.max(from, buffer.length - this.#reach + 1)))
  }
}

/** One connection that sends `request()` whenever told to. `on.end(client)`, `on.lost(why)`, `on.read(bytes)`. */
class Client {
  #on
  #request
  #first = 0
  #isBusy = false

  constructor({ host, port }, request, on) {
    this.#on = on
    this.#request = request
    this.status = 0
    this.received = 0
    this.socket = connect({ host, port, noDelay: true })
    const messages = new Messages({
      head: ({ first }) => {
        this.status = Number(first.slice(9, 12))
      },
      body: (bytes) => {
        this.#first ||= nowMs()
        if (this.status >= 400) this.complaint = bytes.toString().slice(0, 300)
      },
      end: () => {
        if (this.status >= 200) this.#end()
      },
    })
    this.socket.on('connect', () => this.send())
    this.socket.on('data', (bytes) => {
      this.received += bytes.length
      on.read?.(bytes, this)
      messages.push(bytes)
    })
    this.socket.on('error', (error) => this.#lose(error.code ?? error.message))
    this.socket.on('end', () => messages.close())
    this.socket.on('close', () => this.#lose('closed before the reply ended'))
  }

  send() {
    this.#isBusy = true
    this.#first = 0
    this.sentAtMs = nowMs()
    this.socket.write(this.#request())
  }

  quit() {
    this.#isBusy = false
    this.socket.destroy()
  }

  #end() {
    this.#isBusy = false
    const now = nowMs()
    this.totalMs = now - this.sentAtMs
    this.firstByteMs = (this.#first || now) - this.sentAtMs
    this.#on.end?.(this)
  }

  #lose(why) {
    if (!this.#isBusy) return
    this.#isBusy = false
    this.#on.lost?.(why)
  }
}

class Tally {
  requests = 0
  events = 0
  errors = 0
  sample = null
  totalMs = []
  firstByteMs = []

  add(client) {
    if (client.status >= 400) return this.fail(`HTTP ${client.status} ${client.complaint}`)
    this.requests++
    this.totalMs.push(client.totalMs)
    this.firstByteMs.push(client.firstByteMs)
  }

  fail(why) {
    this.errors++
    this.sample ??= why
  }
}

/** What each connection sends: always the same, or the next request of sessions of its own. */
function ofEach(spec) {
  if (!spec.body.growsBy) return Array(spec.connections).fill(theSame(spec))
  const sessions = growing(spec, (content, headers) => requestBytes({ ...spec, headers }, content))
  return sessions.map((session) => () => session.next())
}

/** Closed loop: every connection asks again as soon as it was answered, or `thinkMs` later. `pid`: whose CPU to read at the window's edges. */
async function steady(spec) {
  const { warmupMs, durationMs, pid, body, thinkMs = 0 } = spec
  const sending = ofEach(spec)
  let tally = new Tally()
  let isOver = false
  const clients = new Set()
  const open = (request) => {
    const marks = body.stream && new Marks(EVENT, 0, () => tally.events++)
    const client = new Client(spec, request, {
      read: marks ? (bytes) => marks.push(bytes) : undefined,
      end: () => {
        tally.add(client)
        if (thinkMs > 0) setTimeout(() => isOver || client.send(), thinkMs)
        else if (!isOver) client.send()
      },
      lost: (why) => {
        tally.fail(why)
        clients.delete(client)
        if (!isOver) setTimeout(open, 5, request)
      },
    })
    clients.add(client)
  }
  for (const request of sending) open(request)
  await pause(warmupMs)
  tally = new Tally()
  const cpu = pid ? cpuUs(pid) : 0
  const from = nowMs()
  await pause(durationMs)
  const usedUs = pid ? cpuUs(pid) - cpu : Number.NaN
  const seconds = (nowMs() - from) / 1000
  isOver = true
  for (const client of clients) client.quit()
  const { requests, events, errors, sample, totalMs, firstByteMs } = tally
  return {
    requests,
    errors,
    sample,
    perSecond: requests / seconds,
    eventsPerSecond: events / seconds,
    cpuShare: usedUs / seconds / 1e6,
    cpuUsPerRequest: usedUs / requests,
    cpuUsPerEvent: events ? usedUs / events : undefined,
    p50Ms: quantile(totalMs, 0.5),
    p99Ms: quantile(totalMs, 0.99),
    firstByteP50Ms: quantile(firstByteMs, 0.5),
    firstByteP99Ms: quantile(firstByteMs, 0.99),
  }
}

/** Opens many stamped streams, one each, and follows every event from the upstream's hand to here. */
async function hold(spec) {
  const { connections, rampMs, deadlineMs } = spec
  const request = theSame(spec)
  const tally = new Tally()
  const delaysMs = []
  const clients = []
  let left = connections
  await new Promise((resolve) => {
    const settle = () => --left || resolve()
    const open = () => {
      const marks = new Marks(STAMP_MARK, STAMP.length - 1, (buffer, at) => {
        delaysMs.push(nowMs() - Number(buffer.latin1Slice(at + 1, at + STAMP.length)) / 1000)
      })
      const client = new Client(spec, request, {
        read: (bytes) => marks.push(bytes),
        end: () => {
          tally.add(client)
          settle()
        },
        lost: (why) => {
          tally.fail(why)
          settle()
        },
      })
      clients.push(client)
    }
    for (let i = 0; i < connections; i++) setTimeout(open, (i * rampMs) / connections)
    setTimeout(resolve, deadlineMs)
  })
  for (const client of clients) client.quit()
  return {
    finished: tally.requests,
    errors: tally.errors,
    sample: tally.sample,
    events: delaysMs.length,
    delayP50Ms: quantile(delaysMs, 0.5),
    delayP99Ms: quantile(delaysMs, 0.99),
    delayMaxMs: quantile(delaysMs, 1),
  }
}

/** Clients that ask and walk away; returns when each of them left. */
async function leave(spec) {
  const { connections, afterMs, rampMs } = spec
  const request = theSame(spec)
  return Promise.all(
    Array.from({ length: connections }, async (_, i) => {
      await pause((i * rampMs) / connections)
      const client = new Client(spec, request, {})
      await pause(afterMs)
      const leftAtMs = nowMs()
      client.quit()
      return leftAtMs
    }),
  )
}

let stalled = []

/** Clients that read a little of an endless stream, then nothing until `release`. */
async function stall(spec) {
  const { connections, afterBytes } = spec
  const request = theSame(spec)
  const read = (_, client) => client.received >= afterBytes && client.socket.pause()
  stalled = Array.from({ length: connections }, () => new Client(spec, request, { read }))
}

function release() {
  for (const client of stalled) client.quit()
}

answer({ steady, hold, leave, stall, release })
