// Proof with real agents: `xx` starts, continues and resumes each of them; judged by what arrived and what was written.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCommand, startGateway } from '../agents/runner/gateway.mjs'
import { installAgents } from '../agents/runner/install.mjs'
import { endAll, run } from '../agents/runner/processes.mjs'
import { dropAllScratch, dropScratch, makeScratch } from '../agents/runner/scratch.mjs'
import { target } from '../agents/runner/target.mjs'
import { agents } from '../agents/shelf.mjs'
import { openWitness } from './witness.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const xx = join(root, 'bin/xx')
const cache = resolve(root, process.env.CLUTCH_AGENTS_CACHE ?? '.cache/agents')
const timeoutMs = 90_000
const letters = { claude: 'c', codex: 'x', qwen: 'q', opencode: 'o', pi: 'p' }
/** Those whose requests name no session are told apart by the URL. */
const nameless = new Set(['qwen', 'pi'])
const say = (text) => process.stdout.write(`${text}\n`)

/** The agents under the names people type, as on a machine where they are installed. */
function putOnPath(programs) {
  const folder = makeScratch(tmpdir(), 'clutch-path-')
  for (const [name, { command, args }] of programs) {
    const words = [command, ...args].map((word) => `'${word}'`).join(' ')
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${words} "$@"\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

/** A home and a project nobody used before; nothing of the caller's environment but PATH. */
function settle(path, witness, key) {
  const dir = makeScratch(tmpdir(), 'clutch-drive-')
  const home = join(dir, 'home')
  const project = join(dir, 'project')
  for (const folder of [project, join(home, '.xx')]) mkdirSync(folder, { recursive: true })
  const config = { proxy: { base_url: witness.url, auto_start: false }, client_keys: [key] }
  writeFileSync(join(home, '.xx/config.json'), JSON.stringify(config))
  const env = {
    PATH: [path, process.env.PATH ?? ''].join(delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    IS_SANDBOX: '1',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1,localhost',
  }
  return { dir, project, env }
}

class Drive {
  #place
  #witness
  #agent
  #key

  constructor(agent, place, witness, key) {
    this.#agent = agent
    this.#place = place
    this.#witness = witness
    this.#key = key
  }

  async #type(words) {
    const { project, env } = this.#place
    this.#witness.take()
    const end = await run(xx, words, { cwd: project, env, timeoutMs })
    return { ...end, asked: this.#witness.take() }
  }

  /** A task that only a tool of the agent can do, in a launch of this form. */
  async task(mode, words, model = 'sandbox/loop') {
    const nonce = `nonce-${randomBytes(6).toString('hex')}`
    const file = join(this.#place.project, `${nonce}.txt`)
    const prompt = `Please do the three steps.\nCLUTCH-LOOP write ${file} content ${nonce}\n`
    const typed = [`${letters[this.#agent]}${mode}p`, ...words, '-m', model, '-p', prompt]
    const end = await this.#type(typed)
    const wrong = this.#wrong(end, file, nonce, model)
    return wrong === undefined ? undefined : `${wrong}\n${`${end.stdout}\n${end.stderr}`.trim().slice(-1500)}`
  }

  /** As `xx call` starts it from inside another agent: the answer on standard output, the caller in the URL. */
  async called(model) {
    const { project, env } = this.#place
    const caller = this.#agent === 'claude' ? 'codex' : 'claude'
    const nonce = `nonce-${randomBytes(6).toString('hex')}`
    const file = join(project, `${nonce}.txt`)
    const prompt = `Please do the three steps.\nCLUTCH-LOOP write ${file} content ${nonce}\n`
    this.#witness.take()
    const called = { ...env, CLUTCH_CALL_PATH: caller, CLUTCH_CALL_SESSION: 'the-caller' }
    const words = ['call', this.#agent, '-m', model, '-p', prompt]
    const end = await run(xx, words, { cwd: project, env: called, timeoutMs })
    const asked = this.#witness.take()
    const wrong = this.#wrong({ ...end, asked }, file, nonce, model)
    if (wrong !== undefined) return `${wrong}\n${`${end.stdout}\n${end.stderr}`.trim().slice(-1500)}`
    const told = asked.every(
      ({ path }) => path.startsWith(`/s/${this.#agent}-`) && path.includes('~the-caller/'),
    )
    if (!told) return `a request does not say who called: ${asked.map(({ path }) => path).join(' ')}`
    return end.stdout.trim() === '' ? 'there is no answer on standard output' : undefined
  }

  #wrong({ code, timedOut, asked }, file, nonce, model) {
    // Titles are side work, without tools and on the small model.
    const main = asked.filter(({ body }) => body.includes(nonce) && body.includes('"tools"'))
    if (timedOut) return 'no end in time'
    if (code !== 0) return `exit ${code}`
    if (main.length < 3) return `${main.length} requests arrived for this task`
    if (!main.every(({ body }) => body.includes(`"${model}"`))) return `not every request asked for ${model}`
    if (!main.every(({ headers }) => `${headers.authorization ?? headers['x-api-key']}`.endsWith(this.#key)))
      return 'a request came without the gateway’s key'
    if (nameless.has(this.#agent) && !main.every(({ path }) => path.startsWith(`/s/${this.#agent}-`)))
      return 'a request does not name its launch'
    if (!existsSync(file)) return 'the file was not written'
    return readFileSync(file, 'utf8').trim() === nonce ? undefined : 'the file holds something else'
  }

  /** What `xx sessions` says of this agent. */
  async sessions() {
    const { stdout } = await this.#type(['sessions', this.#agent, '--json'])
    return JSON.parse(stdout)
  }
}

/** Yields what was tried and what was wrong with it, in order; later steps need the earlier. */
async function* steps(drive) {
  yield ['starts headless', await drive.task('n', [])]
  const [first, ...more] = await drive.sessions()
  yield [
    'its session is listed',
    first && more.length === 0 ? undefined : `${more.length + (first ? 1 : 0)} sessions`,
  ]
  yield ['continues', await drive.task('c', [])]
  yield ['resumes by id', await drive.task('i', ['-s', first?.id ?? 'none'])]
  const afterwards = await drive.sessions()
  const same = afterwards.length === 1 && afterwards[0].id === first?.id
  yield ['all of it was one session', same ? undefined : JSON.stringify(afterwards.map(({ id }) => id))]
  yield ['takes another model', await drive.task('C', [], 'sandbox/loop-anthropic')]
  yield ['is called by another agent', await drive.called('sandbox/loop')]
}

async function prove(names) {
  const command = findCommand(root)
  const typed = agents.filter(({ name }) => Object.hasOwn(letters, name))
  const shelf = typed.filter(({ name }) => names.length === 0 || names.includes(name))
  const programs = await installAgents(cache, shelf, say)
  const broken = [...programs].filter(([, { error }]) => error !== undefined)
  for (const [name, { error }] of broken) say(`FAIL ${name}: ${error}`)
  const path = putOnPath([...programs].filter(([, { error }]) => error === undefined))
  const gateway = await startGateway(command, randomBytes(12).toString('hex'))
  let failed = broken.length
  try {
    for (const { name, version } of shelf) failed += await proveOne(name, version, path, gateway)
  } finally {
    await gateway.stop(false)
  }
  return failed
}

async function proveOne(name, version, path, gateway) {
  const witness = await openWitness(gateway.port)
  const place = settle(path, witness, gateway.key)
  let failed = 0
  for await (const [what, wrong] of steps(new Drive(name, place, witness, gateway.key))) {
    say(
      `${wrong === undefined ? 'ok  ' : 'FAIL'} ${name} ${version}  ${what}${wrong === undefined ? '' : `: ${wrong}`}`,
    )
    if (wrong !== undefined) failed += 1
  }
  witness.close()
  dropScratch(place.dir)
  return failed
}

process.once('exit', () => {
  endAll()
  dropAllScratch()
})
process.once('SIGINT', () => process.exit(130))
if (!target.supported) say(`no agent publishes a package for ${target.name}`)
else {
  const failed = await prove(process.argv.slice(2))
  say(failed === 0 ? 'all passed' : `${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}
