// The package as users get it: packed from this tree, installed with `npm install -g` on every Node it promises to run on,
// in a folder and a home of its own; all five commands answer, and the gateway serves.
// npm run test:pack [-- --node 22]
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, '.cache', 'nodes')
const { values } = parseArgs({ options: { node: { type: 'string', multiple: true } } })
/** Newest of their kind that npm has; undefined: the one that runs this. */
const NODES = { 20: undefined, 22: '22.23.3', 24: '24.21.0' }
const MAX_BYTES = 10 * 1024 * 1024
const LIMIT_MS = 300_000

const asked = values.node ?? Object.keys(NODES)
const unknown = asked.find((major) => !Object.hasOwn(NODES, major))
if (unknown) fail(`--node knows ${Object.keys(NODES).join(', ')}, not ${unknown}`)

function fail(because) {
  process.stderr.write(`test:pack: ${because}\n`)
  process.exit(1)
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: LIMIT_MS, ...options })
  if (done.error) fail(`${command} ${args.join(' ')}: ${done.error.message}`)
  return done
}

function mustRun(command, args, options) {
  const done = run(command, args, options)
  if (done.status !== 0) fail(`${command} ${args.join(' ')}: exit ${done.status}\n${done.stderr}`)
  return done.stdout
}

/** The folder that holds `node` of this version. */
function nodeFolder(version) {
  if (!version) return dirname(process.execPath)
  const folder = join(cache, version)
  const program = join(folder, 'bin', 'node')
  if (!existsSync(program)) {
    const draft = `${folder}.${process.pid}`
    mkdirSync(draft, { recursive: true })
    const spec = `node-${process.platform}-${process.arch}@${version}`
    const [packed] = JSON.parse(mustRun('npm', ['pack', spec, '--json', '--loglevel=error'], { cwd: draft }))
    mustRun('tar', ['-xzf', packed.filename, '--strip-components=1'], { cwd: draft })
    rmSync(folder, { recursive: true, force: true })
    mustRun('mv', [draft, folder])
  }
  return dirname(program)
}

/** npm is a script: it runs on whichever node comes first in PATH. */
const envFor = (folder, home, prefix) => ({
  ...process.env,
  // A container's user is often root, and then asking for no approvals is refused without this.
  IS_SANDBOX: '1',
  HOME: home,
  XX_HOME: join(home, '.xx'),
  npm_config_prefix: prefix,
  PATH: [join(prefix, 'bin'), folder, process.env.PATH].join(':'),
})

async function serves(env, cwd) {
  const gateway = spawn('clutch', ['serve', '--port', '0'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const url = await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), 30_000)
    for (const stream of [gateway.stdout, gateway.stderr])
      stream.on('data', (bytes) => {
        said += bytes
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)
        if (found) {
          clearTimeout(timer)
          resolve(found[0])
        }
      })
  })
  if (!url) fail(`clutch serve did not say where it listens:\n${said}`)
  const reply = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: 'sandbox/text',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'hello' }],
    }),
  })
  const { content } = await reply.json()
  const ended = new Promise((resolve) => gateway.once('exit', resolve))
  gateway.kill('SIGTERM')
  await ended
  if (reply.status !== 200 || !content?.[0]?.text) fail(`the sandbox did not answer: ${reply.status}`)
  return /no-ledger/.test(said) ? 'without a ledger' : 'with a ledger'
}

async function check(major, tarball, scratch) {
  const folder = nodeFolder(NODES[major])
  const own = join(scratch, major)
  const [home, prefix] = [join(own, 'home'), join(own, 'prefix')]
  for (const made of [home, prefix]) mkdirSync(made, { recursive: true })
  const env = envFor(folder, home, prefix)
  const told = mustRun('node', ['--version'], { cwd: home, env }).trim()
  if (!told.startsWith(`v${major}.`)) fail(`node is ${told} where ${major} should be`)
  mustRun('npm', ['install', '-g', '--no-audit', '--no-fund', '--loglevel=error', tarball], {
    cwd: home,
    env,
  })
  const missing = ['clutch', 'xx', 'proxies', 'cg_run', 'model-scan'].filter(
    (name) => !readdirSync(join(prefix, 'bin')).includes(name),
  )
  if (missing.length > 0) fail(`not on PATH: ${missing.join(', ')}`)
  const answers = {
    'clutch version': 0,
    'clutch help': 0,
    'xx --list': 0,
    'xx cip --dry-run': 0,
    'proxies --help': 0,
    'proxies status': undefined,
    'cg_run --help': 0,
    'model-scan --help': undefined,
    'clutch run echo hello': 0,
    'clutch install --dry-run --shell bash': 0,
  }
  for (const [line, status] of Object.entries(answers)) {
    const [command, ...args] = line.split(' ')
    const done = run(command, args, { cwd: home, env })
    const crashed = done.status === null || done.status === 70 || done.status === 127
    if (crashed || (status !== undefined && done.status !== status))
      fail(`${line} on Node ${told}: exit ${done.status}\n${done.stdout}${done.stderr}`)
  }
  const ledger = await serves(env, home)
  process.stdout.write(`Node ${told}: installed, five commands answer, the gateway serves ${ledger}\n`)
}

const scratch = mkdtempSync(join(tmpdir(), 'clutch-pack-'))
try {
  const [packed] = JSON.parse(
    mustRun('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', scratch], { cwd: root }),
  )
  const tarball = join(scratch, packed.filename)
  const { size } = statSync(tarball)
  if (size > MAX_BYTES) fail(`the package has ${size} bytes; at most ${MAX_BYTES} are allowed`)
  process.stdout.write(`packed: ${(size / 1e6).toFixed(1)} MB\n`)
  for (const major of asked) await check(major, tarball, scratch)
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
