// The least a Node gateway can do: node:http in, a bare socket out, one write per socket read, nothing looked at and
// nothing checked. Says how much of a figure is Node's own. Takes `serve --port N --config FILE` like the gateway; knows
// the same dialect only.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, config: { type: 'string' } },
})
const { base_url, api_key } = JSON.parse(readFileSync(values.config, 'utf8')).providers.alpha
const { hostname, port, host } = new URL(base_url)

const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'host',
  'content-length',
  'expect',
])

const idle = []

class Line {
  #socket = connect({ host: hostname, port: Number(port), noDelay: true })
  #reply
  #read = this.#head
  #held = Buffer.alloc(0)
  #left = 0
  #isOver = true

  constructor() {
    this.#socket.on('error', () => this.#reply?.destroy())
    this.#socket.on('data', (bytes) => {
      const all = this.#held.length ? Buffer.concat([this.#held, bytes]) : bytes
      this.#held = Buffer.alloc(0)
      this.#read(all)
    })
  }

  send(path, fields, body, reply) {
    this.#reply = reply
    this.#isOver = false
    this.#read = this.#head
    reply.on('close', () => this.#isOver || this.#socket.destroy())
    reply.on('drain', () => this.#socket.resume())
    let head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\nx-api-key: ${api_key}\r\n`
    for (const name in fields) if (!NOT_FORWARDED.has(name)) head += `${name}: ${fields[name]}\r\n`
    this.#socket.cork()
    this.#socket.write(`${head}content-length: ${body.length}\r\n\r\n`, 'latin1')
    this.#socket.write(body)
    this.#socket.uncork()
  }

  #head(bytes) {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) {
      this.#held = bytes
      return
    }
    const [status, ...lines] = bytes.latin1Slice(0, end).split('\r\n')
    const kept = []
    this.#read = this.#chunks
    this.#left = 0
    for (const line of lines) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      const value = line.slice(colon + 2)
      if (name === 'content-length') {
        this.#read = this.#counted
        this.#left = Number(value)
      } else if (!NOT_FORWARDED.has(name)) kept.push(name, value)
    }
    this.#reply.writeHead(Number(status.slice(9, 12)), kept)
    this.#read(bytes.subarray(end + 4))
  }

  #counted(bytes) {
    this.#left -= bytes.length
    this.#pass(bytes)
    if (this.#left === 0) this.#end()
  }

  /** What the chunks hold, without their lengths. */
  #chunks(bytes) {
    const pieces = []
    let at = 0
    while (at < bytes.length) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left)
        pieces.push(bytes.subarray(at, Math.min(end, at + Math.max(0, this.#left - 2))))
        this.#left -= end - at
        at = end
        continue
      }
      const feed = bytes.indexOf(10, at)
      if (feed < 0) break
      const length = Number.parseInt(bytes.latin1Slice(at, feed), 16)
      if (length === 0) {
        this.#pass(Buffer.concat(pieces))
        this.#end()
        return
      }
      this.#left = length + 2
      at = feed + 1
    }
    this.#held = bytes.subarray(at)
    this.#pass(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))
  }

  #pass(bytes) {
    if (bytes.length > 0 && !this.#reply.write(bytes)) this.#socket.pause()
  }

  #end() {
    this.#isOver = true
    this.#reply.end()
    idle.push(this)
  }
}

createServer((request, reply) => {
  const pieces = []
  request.on('data', (bytes) => pieces.push(bytes))
  request.on('end', () => {
    if (request.method === 'GET') return reply.end('ok')
    const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
    const line = idle.pop() ?? new Line()
    line.send(request.url, request.headers, body, reply)
  })
}).listen(Number(values.port), '127.0.0.1', 4096)
