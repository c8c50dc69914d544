// Starts the gateway under test on a free port and waits until it says it is alive.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { start } from './processes.mjs'
import { dropScratch, makeScratch } from './scratch.mjs'

const readyWithinMs = 20_000
const endWithinMs = 5_000

function freePort() {
  return new Promise((settle, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => settle(port))
    })
  })
}

async function alive(port) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(1_000) })
    return answer.status === 200
  } catch {
    return false
  }
}

async function waitUntilAlive(port, child, command) {
  let over = false
  child.ended.then(() => {
    over = true
  })
  const tail = () => `\n${`${child.output.stdout}${child.output.stderr}`.trim().slice(-2_000)}`
  for (const untilMs = Date.now() + readyWithinMs; Date.now() < untilMs; ) {
    if (await alive(port)) return
    if (over) throw new Error(`${command} serve ended before it was alive${tail()}`)
    await pause(50)
  }
  throw new Error(`${command} serve: no GET /healthz = 200 within ${readyWithinMs / 1000} s${tail()}`)
}

export function findCommand(root) {
  const command = resolve(root, process.env.CLUTCH_BIN ?? 'bin/clutch')
  if (!existsSync(command)) throw new Error(`${command} does not exist`)
  return command
}

/** No provider key is in its environment and its HOME is empty, but for what `prepare` does: only the sandbox can answer. */
export async function startGateway(command, key, settings = {}, prepare = () => {}) {
  const dir = makeScratch(tmpdir(), 'clutch-gateway-')
  const home = join(dir, 'home')
  const config = join(dir, 'config.json')
  mkdirSync(home)
  prepare(home)
  writeFileSync(config, JSON.stringify(settings))
  const port = await freePort()
  const env = { PATH: process.env.PATH ?? '', HOME: home, PROXY_AUTH_KEY: key, LANG: 'C.UTF-8' }
  const child = start(command, ['serve', '--port', String(port), '--config', config], { cwd: home, env })
  const stop = async (keep) => {
    child.end('SIGTERM')
    const timer = setTimeout(() => child.end('SIGKILL'), endWithinMs)
    await child.ended
    clearTimeout(timer)
    dropScratch(dir, keep)
  }
  try {
    await waitUntilAlive(port, child, command)
  } catch (error) {
    await stop(false)
    throw error
  }
  return { port, key, dir, output: child.output, stop }
}
