// The least a Node gateway can do: node:http in, undici dispatch out, one write per socket read, nothing looked at.
// Says how much of a figure is Node's own. Takes `serve --port N --config FILE` like the gateway; knows the same dialect only.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'

const { values } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string' }, config: { type: 'string' } },
})
const { base_url, api_key } = JSON.parse(readFileSync(values.config, 'utf8')).providers.alpha
const { origin } = new URL(base_url)
const pool = new Pool(origin, { connections: 1024, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'host',
  'content-length',
  'expect',
])

function kept(fields) {
  const headers = {}
  for (const name in fields) if (!NOT_FORWARDED.has(name)) headers[name] = fields[name]
  return headers
}

class Relay {
  #reply
  #controller = null
  #pieces = []
  #isOver = false

  constructor(reply) {
    this.#reply = reply
    reply.on('close', () => this.#isOver || this.#controller?.abort(new Error('the client left')))
    reply.on('drain', () => this.#controller?.resume())
  }

  onRequestStart(controller) {
    if (this.#reply.destroyed) controller.abort(new Error('the client left'))
    this.#controller = controller
  }

  onResponseStart(_, status, headers) {
    this.#reply.writeHead(status, kept(headers))
  }

  onResponseData(_, bytes) {
    if (this.#pieces.push(bytes) === 1) queueMicrotask(() => this.#flush())
  }

  onResponseEnd() {
    this.#isOver = true
    this.#flush()
    this.#reply.end()
  }

  onResponseError() {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#reply.headersSent) this.#reply.destroy()
    else this.#reply.writeHead(502).end()
  }

  #flush() {
    const pieces = this.#pieces
    this.#pieces = []
    if (pieces.length === 0) return
    if (!this.#reply.write(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))) this.#controller.pause()
  }
}

createServer((request, reply) => {
  const pieces = []
  request.on('data', (bytes) => pieces.push(bytes))
  request.on('end', () => {
    if (request.method === 'GET') return reply.end('ok')
    const body = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces)
    const headers = { ...kept(request.headers), 'x-api-key': api_key }
    pool.dispatch({ path: request.url, method: 'POST', headers, body }, new Relay(reply))
  })
}).listen(Number(values.port), '127.0.0.1', 4096)
