// One agent, one upstream dialect, one three-step tool loop; and what must be true afterwards.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { run } from './processes.mjs'
import { isModelRequest, openRelay } from './relay.mjs'
import { dropScratch, makeScratch } from './scratch.mjs'
import { noisyProgram, wrongStory } from './stories.mjs'

const timeoutMs = 60_000
/** A shell command, a file, the last word. */
const steps = 3

export function makePlace() {
  const dir = makeScratch(tmpdir(), 'clutch-agent-')
  const place = { dir, home: join(dir, 'home'), project: join(dir, 'project'), temp: join(dir, 'tmp') }
  for (const folder of [place.home, place.project, place.temp]) mkdirSync(folder)
  return place
}

function writeFiles(home, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
}

function writeProgram(project, path, text) {
  writeFiles(project, { [path]: text })
  chmodSync(join(project, path), 0o755)
}

/** Nothing of the caller's environment but PATH: no key, no account, no setting can leak in. */
function environment(place, command, relayUrl, own) {
  return {
    PATH: [dirname(command), process.env.PATH ?? ''].join(delimiter),
    HOME: place.home,
    TMPDIR: place.temp,
    XDG_CONFIG_HOME: join(place.home, '.config'),
    XDG_CACHE_HOME: join(place.home, '.cache'),
    XDG_DATA_HOME: join(place.home, '.local/share'),
    XDG_STATE_HOME: join(place.home, '.local/state'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    DO_NOT_TRACK: '1',
    HTTPS_PROXY: relayUrl,
    NO_PROXY: '127.0.0.1,localhost',
    ...own,
  }
}

/** One socket carries all turns; a request beside it would mean that the agent gave the socket up. */
function wrongSocket(requests, asked) {
  const sockets = requests.filter(({ method }) => method === 'UPGRADE')
  if (sockets.length !== 1 || sockets[0].status !== 101)
    return `${sockets.length} sockets (${sockets.map(({ status }) => status).join(', ')}), expected one that is accepted`
  return asked.length > 0 ? `${asked.length} model requests beside the socket` : undefined
}

function wrongNumber({ sideRequests }, asked) {
  if (asked.length >= steps && asked.length <= steps + sideRequests) return undefined
  return `${asked.length} model requests, expected ${steps}${sideRequests ? ` to ${steps + sideRequests}` : ''}`
}

function wrong({ one, nonce, proof, end, requests }) {
  const asked = requests.filter(isModelRequest)
  const refused = asked.find((entry) => entry.status === 0 || entry.status >= 400)
  const written = existsSync(proof) ? readFileSync(proof, 'utf8').replace(/\r?\n$/, '') : undefined
  if (end.error) return `did not start: ${end.error.message}`
  if (end.timedOut) return `no end within ${timeoutMs / 1000} s`
  if (refused) return `${refused.path} answered ${refused.status === 0 ? 'nothing' : refused.status}`
  if (end.code !== 0) return `exit ${end.code ?? end.signal}`
  if (written === undefined) return 'the file was not written'
  if (written !== nonce) return `the file holds ${JSON.stringify(written.slice(0, 80))}, not ${nonce}`
  if (!end.stdout.includes(`All done: ${nonce}`)) return 'the last word was not printed'
  const counted = one.agent.socket ? wrongSocket(requests, asked) : wrongNumber(one.agent, asked)
  return counted ?? wrongStory(one, asked)
}

/** Resolves with what happened; an agent that misbehaves is a result, never an exception. */
export async function runLoop(one, program, gateway, keep, place = makePlace()) {
  const startedMs = Date.now()
  const relay = await openRelay(gateway.port)
  const nonce = `nonce-${randomBytes(8).toString('hex')}`
  const proof = join(place.project, 'proof.txt')
  try {
    const { args, env, files } = one.agent.invocation({
      url: relay.url,
      key: gateway.key,
      model: one.model,
      prompt: `Please do the three steps.\nCLUTCH-LOOP write ${proof} content ${nonce}\n${one.order ? `CLUTCH-LOOP ${one.order}\n` : ''}`,
      dialect: one.dialect,
      home: place.home,
    })
    writeFiles(place.home, files ?? {})
    if (one.order) writeProgram(place.project, 'node_modules/.bin/vitest', noisyProgram)
    const end = await run(program.command, [...program.args, ...args], {
      cwd: place.project,
      env: environment(place, program.command, relay.url, env),
      timeoutMs,
    })
    return {
      reason: wrong({ one, nonce, proof, end, requests: relay.seen.requests }),
      requests: relay.seen.requests,
      outside: relay.seen.outside,
      seconds: (Date.now() - startedMs) / 1000,
      tail: stripVTControlCharacters(`${end.stdout}\n${end.stderr}`).trim().slice(-2_000),
      dir: place.dir,
    }
  } finally {
    relay.close()
    dropScratch(place.dir, keep)
  }
}
