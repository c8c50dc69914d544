// The program as it is installed, with a home of its own; a process that nobody knows of when a test is over fails it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Daemon } from '../../src/lifecycle/lock.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The compiled program, where that is what is tested. */
const binary = process.env['CLUTCH_BIN']
export const isBinary = binary !== undefined

/** One bundle for all tests of a file. */
export async function bundled(): Promise<string> {
  if (binary !== undefined) return resolve(binary)
  const dir = mkdtempSync(join(tmpdir(), 'clutch-lifecycle-'))
  const outfile = join(dir, 'clutch.mjs')
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'silent',
    external: ['bufferutil', 'utf-8-validate', 'libsql'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  return outfile
}

/** After the last test of the file. */
export function removeBundle(entry: string): void {
  if (!isBinary) rmSync(dirname(entry), { recursive: true, force: true })
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export class Place {
  readonly home = mkdtempSync(join(tmpdir(), 'clutch-home-'))
  #entry: string
  readonly #children: ChildProcess[] = []
  readonly #servers: Server[] = []
  #removed = false

  constructor(entry: string) {
    this.#entry = entry
  }

  get xx(): string {
    return join(this.home, '.xx')
  }

  get state(): string {
    return join(this.xx, 'state')
  }

  get lockFile(): string {
    return join(this.state, 'daemon.json')
  }

  get daemon(): Daemon | undefined {
    return existsSync(this.lockFile) ? JSON.parse(readFileSync(this.lockFile, 'utf8')) : undefined
  }

  /** What is installed from now on. */
  install(entry: string): void {
    this.#entry = entry
  }

  env(more: Record<string, string> = {}): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.home, LANG: 'C.UTF-8', ...more }
  }

  config(value: unknown): void {
    mkdirSync(this.xx, { recursive: true })
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
    writeFileSync(join(this.xx, 'config.json'), text)
  }

  command(...args: readonly string[]): readonly string[] {
    return [...(binary === undefined ? [process.execPath] : []), this.#entry, ...args]
  }

  start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    // A test that was given up goes on where it was.
    if (this.#removed) throw new Error(`${args.join(' ')}: its test is over`)
    const [file = '', ...words] = this.command(...args)
    const child = spawn(file, words, { cwd: this.home, env: this.env(env) })
    this.#children.push(child)
    return child
  }

  async run(args: readonly string[], env: Record<string, string> = {}, input = ''): Promise<Ran> {
    const child = this.start(args, env)
    let out = ''
    let err = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      err += chunk.toString()
    })
    child.stdin?.end(input)
    const [code] = await once(child, 'close')
    return { code, out, err }
  }

  async serve(listener: RequestListener): Promise<number> {
    const server = createServer(listener).listen(0, '127.0.0.1')
    this.#servers.push(server)
    await once(server, 'listening')
    return portOf(server)
  }

  /** Ends what is known to run here: what the test started, and what the lock names. Rejects when more than that ran. */
  async remove(): Promise<void> {
    this.#removed = true
    for (const child of this.#children) child.kill('SIGKILL')
    const { daemon } = this
    for (const { pid } of daemon ? [daemon, ...daemon.leaving] : []) if (pid !== process.pid) kill(pid)
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
    const left = await leftIn(this.home)
    for (const { pid } of left) kill(pid)
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 })
    if (left.length > 0) throw new Error(`left running: ${left.map(({ command }) => command).join(' | ')}`)
  }
}

interface Left {
  readonly pid: number
  readonly command: string
}

/** What may be on its way out has so long for it. */
const leavingMs = 2_000

/** Every process that was given this home and does not end: whoever lost track of it, the system did not. */
async function leftIn(home: string): Promise<readonly Left[]> {
  const startMs = Date.now()
  for (;;) {
    const left = livingIn(home)
    if (left.length === 0 || Date.now() - startMs > leavingMs) return left
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const livingIn = (home: string): readonly Left[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && procText(name, 'environ').split('\0').includes(`HOME=${home}`))
    .map((name) => ({ pid: Number(name), command: procText(name, 'cmdline').replaceAll('\0', ' ') }))

/** Empty for a process that has ended or is not ours. */
function procText(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended by itself
  }
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

/** Looks until it is true; the test's own time limit is the end of its patience. */
export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (;;) {
    const found = await look()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** A Chat upstream that says a word every few milliseconds until it is told that it has said enough. */
export class Talker {
  #enough = false

  /** Whoever is talked to hears the end. */
  finish(): void {
    this.#enough = true
  }

  readonly listener: RequestListener = (request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const chunk = (choice: object): string =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n\n`
    const timer = setInterval(() => {
      if (!this.#enough) {
        response.write(chunk({ index: 0, delta: { role: 'assistant', content: 'word ' } }))
        return
      }
      clearInterval(timer)
      const end = chunk({ index: 0, delta: { content: 'the last word' } })
      response.end(`${end}${chunk({ index: 0, delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`)
    }, 20)
    response.on('close', () => clearInterval(timer))
  }
}

export const slowConfig = (port: number, upstream: number, more: object = {}): object => ({
  port,
  providers: { slow: { base_url: `http://127.0.0.1:${upstream}/v1`, dialect: 'openai-chat' } },
  roles: { big: ['slow/m'] },
  ...more,
})

/** A streamed answer, whole. */
export async function streamed(port: number, heard?: () => void): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'slow/m', stream: true, messages: [{ role: 'user', content: 'go' }] }),
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    heard?.()
  }
  return text
}
