/** Starts the built gateway as its own process: a HOME that is thrown away, a port the system chooses, no keys. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface BuiltGateway {
  /** Without a slash at its end. */
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export interface GatewayOrder {
  /** What its config.json says beside `unbreakable`. */
  readonly config?: object
  /** Plays for its sandbox, as docs/sandbox.md writes them. */
  readonly plays?: readonly object[]
  readonly env?: Readonly<Record<string, string>>
}

/** What one test broke on purpose must not be kept from the next. */
const unbreakable = { failures: 1_000_000, open_seconds: 0.001, longest_cooldown_seconds: 0.001 }

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const bundle = join(root, 'dist', 'clutch.mjs')
const listensWithinMs = 20_000
const endsWithinMs = 5_000

export async function startBuiltGateway(order: GatewayOrder = {}): Promise<BuiltGateway> {
  const command = process.env['CLUTCH_BIN'] ?? (await builtCommand())
  const folder = mkdtempSync(join(tmpdir(), 'clutch-strangers-'))
  const home = join(folder, 'home')
  const config = join(folder, 'config.json')
  const plays = join(folder, 'plays.json')
  mkdirSync(home)
  writeFileSync(config, JSON.stringify({ breaker: unbreakable, ...order.config }))
  writeFileSync(plays, JSON.stringify(order.plays ?? []))
  const args = ['serve', '--port', '0', '--config', config, '--sandbox-fixture', plays]
  const child = spawn(resolve(root, command), args, {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', ...order.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = async () => {
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { url: await listeningUrl(child), pid: child.pid ?? 0, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The address it says it listens on. */
function listeningUrl(child: ChildProcess): Promise<string> {
  return new Promise((found, refuse) => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      const url = /listening on (http:\S+)/.exec(said)?.[1]
      if (url !== undefined) found(url)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.once('error', refuse)
    child.once('exit', (code) => refuse(new Error(`the gateway ended with ${code}: ${said}`)))
    setTimeout(() => refuse(new Error(`the gateway does not listen: ${said}`)), listensWithinMs).unref()
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const over = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), endsWithinMs)
  await over
  clearTimeout(timer)
}

/** Builds when the bundle is missing or older than its sources: one test process at a time, the others wait for it. */
async function builtCommand(): Promise<string> {
  const lock = join(root, '.cache', 'strangers-build')
  mkdirSync(dirname(lock), { recursive: true })
  while (isStale()) {
    if (!taken(lock)) {
      await pause(100)
      continue
    }
    try {
      if (isStale()) build()
    } finally {
      rmdirSync(lock)
    }
  }
  return join('bin', 'clutch')
}

/** A lock left by a process that was killed is taken over. */
function taken(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    const age = Date.now() - changedMs(lock)
    if (age > 60_000) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

function build(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed: ${stderr}`)
}

function isStale(): boolean {
  const builtMs = changedMs(bundle)
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  const newestMs = Math.max(
    ...sources
      .filter((entry) => entry.isFile())
      .map((entry) => changedMs(join(entry.parentPath, entry.name))),
    changedMs(join(root, 'package-lock.json')),
  )
  return builtMs < newestMs
}

function changedMs(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
