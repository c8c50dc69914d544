import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const clutch = fileURLToPath(new URL('../../bin/clutch', import.meta.url))
const gauge = new URL('heap-gauge.mjs', import.meta.url).href

const reply = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'done '.repeat(400) }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1200, output_tokens: 50, cache_read_input_tokens: 18000 },
})
const body = JSON.stringify({
  model: 'near/m',
  max_tokens: 100,
  messages: Array.from({ length: 20 }, (_, at) => ({
    role: at % 2 ? 'assistant' : 'user',
    content: 'word '.repeat(150),
  })),
})

async function upstream(): Promise<number> {
  const server = createServer((asked, answer) => {
    asked.resume().on('end', () => answer.setHeader('content-type', 'application/json').end(reply))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close().closeAllConnections())
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

async function gateway(): Promise<{ child: ChildProcess; port: number }> {
  const home = mkdtempSync(join(tmpdir(), 'clutch-garbage-'))
  const base = `http://127.0.0.1:${await upstream()}/v1`
  writeFileSync(
    join(home, 'c.json'),
    JSON.stringify({ providers: { near: { base_url: base, dialect: 'anthropic' } } }),
  )
  const args = ['--expose-gc', '--import', gauge, clutch, 'serve', '--port', '0', '--config', 'c.json']
  const child = spawn(process.execPath, [...args, '--log-level', 'error'], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
    rmSync(home, { recursive: true, force: true })
  })
  let said = ''
  for await (const piece of child.stdout ?? []) {
    said += String(piece)
    const port = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]
    if (port !== undefined) return { child, port: Number(port) }
  }
  throw new Error('it did not listen')
}

async function heapBytes(child: ChildProcess, ask: 'sweep all' | 'sweep the young'): Promise<number> {
  child.send(ask)
  const [bytes] = await once(child, 'message')
  return Number(bytes)
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

const calls = async (port: number, count: number): Promise<void> => {
  for (let at = 0; at < count; at++)
    await new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length }
      const asked = request({ port, path: '/v1/messages', method: 'POST', agent, headers }, (answer) => {
        answer.resume().on('end', resolve)
      })
      asked.on('error', reject).end(body)
    })
}

describe('calls that are over', () => {
  it('are swept away with the young, and do not wait for a full collection', {
    timeout: 60_000,
  }, async () => {
    const { child, port } = await gateway()
    await calls(port, 1500)
    await heapBytes(child, 'sweep all')
    const before = await heapBytes(child, 'sweep the young')
    await calls(port, 150)
    const after = await heapBytes(child, 'sweep the young')
    // what waits for the disk is about 2 KB per call; a call that survives has ten
    expect((after - before) / 150).toBeLessThan(4096)
  })
})
