// Who is measured: our gateway, nginx as the limit, the upstream itself as the floor, and any peer that answers HTTP.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { nowMs, rssMb, tree } from './accounting.mjs'
import { asking } from './ipc.mjs'
import { MODEL } from './replies.mjs'

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const PIN = 'taskset'
const canPin = availableParallelism() > 1 && spawnSync(PIN, ['-V']).status === 0
/** What is measured has a CPU of its own; the mock and the load share another. */
export const onGatewayCpu = (command) => (canPin ? [PIN, '-c', '1', ...command] : command)
export const onLoadCpu = (command) => (canPin ? [PIN, '-c', '0', ...command] : command)
export const pinning = canPin ? 'gateway on CPU 1, mock and load on CPU 0' : 'not pinned'

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

/** A server the bench starts, watches and stops, in a throw-away home of its own. */
class Started {
  host = '127.0.0.1'
  path = '/v1/messages'
  #command
  #readyPath
  #home = null
  #child = null

  /** `command(port, home)` is an argv; `models` maps the lanes it can do to the name to ask for. */
  constructor({ name, command, readyPath, models }) {
    this.name = name
    this.models = models
    this.#command = command
    this.#readyPath = readyPath
  }

  get pid() {
    return this.#child?.pid
  }

  /** A file below the throw-away home; it exists once the server was started. */
  file(...names) {
    return join(this.#home, ...names)
  }

  get logFile() {
    return join(this.#home, 'output.log')
  }

  rssMb() {
    return rssMb(this.pid)
  }

  async start(env = {}, { ipc = false } = {}) {
    this.port = await freePort()
    this.#home ??= mkdtempSync(join(tmpdir(), `bench-${this.name}-`))
    const command = onGatewayCpu(this.#command(this.port, this.#home))
    const log = openSync(this.logFile, 'w')
    const startedAtMs = nowMs()
    this.#child = spawn(command[0], command.slice(1), {
      env: { PATH: process.env.PATH, HOME: this.#home, ...env },
      stdio: ['ignore', log, log, ...(ipc ? ['ipc'] : [])],
    })
    let failure = null
    this.#child.on('error', (error) => {
      failure = error
    })
    if (ipc) this.ask = asking(this.#child)
    closeSync(log)
    const url = `http://${this.host}:${this.port}${this.#readyPath}`
    while (!(await answers(url))) {
      if (failure) throw new Error(`${this.name} does not start: ${failure.message}`)
      if (this.#child.exitCode !== null || nowMs() - startedAtMs > 20_000) throw new Error(this.#complaint())
      await pause(1)
    }
    return nowMs() - startedAtMs
  }

  #complaint() {
    const said = readFileSync(this.logFile, 'utf8').slice(-600)
    const state = this.#child.exitCode === null ? 'does not answer' : `ended with ${this.#child.exitCode}`
    return `${this.name} ${state}: ${said || 'it said nothing'}`
  }

  async stop() {
    if (!this.#child) return
    const child = this.#child
    this.#child = null
    const members = child.exitCode === null ? tree(child.pid) : []
    const gone = child.exitCode === null ? new Promise((resolve) => child.on('exit', resolve)) : null
    signal(members, 'SIGTERM')
    await Promise.race([gone, pause(3000)])
    signal(members, 'SIGKILL')
  }

  async remove() {
    await this.stop()
    if (this.#home) rmSync(this.#home, { recursive: true, force: true })
  }
}

function signal(pids, name) {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // Already gone.
    }
  }
}

async function answers(url) {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(1000), headers: { connection: 'close' } })
    await reply.arrayBuffer()
    return reply.status < 500
  } catch {
    return false
  }
}

/** The providers in the gateway's config: one that speaks the client's dialect, one that does not. */
const PROVIDER = { same: 'alpha', cross: 'beta' }

/** Our gateway, or anything that takes the same `serve --port N --config FILE`. */
export function gateway({ command, name = 'clutch', lanes = ['same', 'cross'], mockPort, more = {} }) {
  const base_url = `http://127.0.0.1:${mockPort}/v1`
  const config = {
    providers: {
      alpha: { base_url, dialect: 'anthropic', api_key: 'bench-upstream-key' },
      beta: { base_url, dialect: 'openai-chat', api_key: 'bench-upstream-key' },
    },
    ...more,
  }
  return new Started({
    name,
    readyPath: '/healthz',
    models: Object.fromEntries(lanes.map((lane) => [lane, `${PROVIDER[lane]}/${MODEL}`])),
    command(port, home) {
      const file = join(home, 'config.json')
      writeFileSync(file, JSON.stringify(config))
      return [...command, 'serve', '--port', String(port), '--config', file]
    },
  })
}

/** nginx from Debian; installed when missing and we may. Returns `{ skipped: why }` when there is none. */
export function nginx({ mockPort }) {
  const find = () => ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0)
  if (!find() && process.getuid() === 0) installNginx()
  const binary = find()
  if (!binary) return { skipped: 'nginx is not installed: apt-get install nginx-light' }
  return new Started({
    name: 'nginx',
    readyPath: '/',
    models: { same: MODEL },
    command(port, home) {
      const file = join(home, 'nginx.conf')
      writeFileSync(file, nginxConfig(port, mockPort, home))
      return [binary, '-e', 'stderr', '-p', home, '-c', file]
    },
  })
}

const INSTALLER = 'apt-get'

function installNginx() {
  process.stderr.write('bench: installing nginx-light from Debian …\n')
  // Runlevel 1 keeps the package from starting a server of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'nginx-light']])
    spawnSync(INSTALLER, ['-q', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
}

const nginxConfig = (port, mockPort, home) => `
daemon off; master_process off; pid ${home}/nginx.pid; error_log stderr warn;
events { worker_connections 8192; }
http {
  access_log off; client_max_body_size 64m; client_body_buffer_size 2m; keepalive_requests 1000000000;
  client_body_temp_path ${home}/body; proxy_temp_path ${home}/proxy; fastcgi_temp_path ${home}/fastcgi;
  uwsgi_temp_path ${home}/uwsgi; scgi_temp_path ${home}/scgi;
  upstream mock { server 127.0.0.1:${mockPort}; keepalive 1024; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header x-api-key bench-upstream-key; proxy_buffering off; proxy_read_timeout 600s;
    }
  }
}
`

/** The upstream itself: what the instrument costs. */
export const direct = ({ mockPort }) =>
  running({ name: 'direct', url: `http://127.0.0.1:${mockPort}/v1/messages` })

/** A server somebody else started: `name=http://host:port/path#model=…&pid=…` (with a pid its CPU and memory are read). */
export function peer(text) {
  const [, name, url] = /^([\w.-]+)=(http:.*)$/.exec(text) ?? []
  if (!name) throw new Error(`--target wants name=http://host:port[/path][#model=…&pid=…], not ${text}`)
  const { hash } = new URL(url)
  const options = new URLSearchParams(hash.slice(1))
  const pid = options.has('pid') ? Number(options.get('pid')) : undefined
  return running({ name, url, pid, model: options.get('model') ?? MODEL })
}

function running({ name, url, pid, model = MODEL }) {
  const { hostname, port, pathname } = new URL(url)
  return {
    name,
    pid,
    host: hostname,
    port: Number(port || 80),
    path: pathname === '/' ? '/v1/messages' : pathname,
    models: { same: model },
    isExternal: true,
    rssMb: () => (pid ? rssMb(pid) : Number.NaN),
    start: async () => Number.NaN,
    stop: async () => {},
    remove: async () => {},
  }
}
