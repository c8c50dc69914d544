// Stands between one agent and the gateway: passes every byte on, counts requests, refuses the outside world.
import { createServer, request } from 'node:http'
import { connect } from 'node:net'

const modelPath = /\/(messages|chat\/completions|responses)$|:(streamG|g)enerateContent$/

function head(req) {
  const lines = [`${req.method} ${req.url} HTTP/1.1`]
  for (let at = 0; at < req.rawHeaders.length; at += 2)
    lines.push(`${req.rawHeaders[at]}: ${req.rawHeaders[at + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

function forward(req, res, port, seen) {
  const entry = { method: req.method, path: req.url, status: 0, lost: '', attempts: 0, target: '' }
  seen.requests.push(entry)
  const pieces = []
  req.on('data', (piece) => pieces.push(piece))
  req.once('end', () => seen.bodies.push(Buffer.concat(pieces).toString('utf8')))
  const onward = request({
    host: '127.0.0.1',
    port,
    method: req.method,
    path: req.url,
    headers: req.rawHeaders,
  })
  onward.once('response', (answer) => {
    entry.status = answer.statusCode
    entry.lost = answer.headers['x-clutch-lost'] ?? ''
    entry.attempts = Number(answer.headers['x-clutch-attempts'] ?? 0)
    entry.target = answer.headers['x-clutch-target'] ?? ''
    res.writeHead(answer.statusCode, answer.rawHeaders)
    answer.pipe(res)
    answer.once('error', () => res.destroy())
  })
  onward.once('error', () => res.destroy())
  res.once('close', () => onward.destroy())
  req.pipe(onward)
}

/** A WebSocket: both directions as they come. */
function splice(req, socket, early, port, seen) {
  const entry = { method: 'UPGRADE', path: req.url, status: 0, lost: '', attempts: 0, target: '' }
  seen.requests.push(entry)
  const onward = connect(port, '127.0.0.1', () => {
    onward.write(head(req))
    onward.write(early)
    socket.pipe(onward).pipe(socket)
  })
  onward.once('data', (first) => {
    entry.status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first.toString('latin1'))?.[1] ?? 0)
  })
  onward.once('error', () => socket.destroy())
  socket.once('error', () => onward.destroy())
}

/** `seen.outside` holds hosts the agent wanted to reach beyond the gateway; all of them are refused. */
export async function openRelay(gatewayPort) {
  const seen = { requests: [], outside: [], bodies: [] }
  const server = createServer((req, res) => forward(req, res, gatewayPort, seen))
  server.on('upgrade', (req, socket, early) => splice(req, socket, early, gatewayPort, seen))
  server.on('connect', (req, socket) => {
    seen.outside.push(req.url)
    socket.on('error', () => {})
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

export const isModelRequest = (entry) =>
  entry.method === 'POST' && modelPath.test(new URL(entry.path, 'http://relay').pathname)
