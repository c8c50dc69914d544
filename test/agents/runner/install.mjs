// Puts exact versions of the agents, and the newer Node some of them need, into a cache folder.
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './processes.mjs'
import { dropScratch, makeScratch } from './scratch.mjs'
import { target } from './target.mjs'

const beatMs = 5_000
const downloadMs = 600_000

const node = {
  name: 'node',
  version: '24.21.0',
  package: `node-${target.name}@24.21.0`,
  program: 'bin/node',
  runsOn: 'itself',
}

/** The folder's name is the stamp: it appears in one rename, after the program has told its version. */
const folder = (cache, item) => join(cache, `${item.installedAs ?? item.name}-${item.version}`)

/** Resolves with what the command printed; npm needs the caller's own environment (registry, proxies). */
async function capture(command, args, cwd) {
  const end = await run(command, args, { cwd, env: process.env, timeoutMs: downloadMs })
  if (end.code === 0) return end.stdout
  const what =
    end.error?.message ?? (end.timedOut ? `no end within ${downloadMs / 1000} s` : `exit ${end.code}`)
  throw new Error(`${command} ${args.join(' ')}: ${what}\n${end.stderr.trim()}`)
}

/** Fetches one tarball and opens it into `into`; resolves with its size in megabytes. */
async function unpack(spec, into) {
  mkdirSync(into, { recursive: true })
  const [packed] = JSON.parse(await capture('npm', ['pack', spec, '--json', '--loglevel=error'], into))
  const tarball = join(into, packed.filename)
  await capture('tar', ['-xzf', tarball, '--strip-components=1'], into)
  const megabytes = statSync(tarball).size / 1e6
  rmSync(tarball)
  return megabytes
}

/**
 * `npm pack` fetches and verifies exactly the version asked for. `npm install` would quietly choose an older
 * one whose `engines` suit the Node that runs npm, and needs install scripts where a package holds everything.
 */
async function unpackAll(item, into) {
  let megabytes = await unpack(item.package, into)
  for (const [name, version] of Object.entries(item.besides ?? {}))
    megabytes += await unpack(`${name}@${version}`, join(into, 'node_modules', name))
  return Math.round(megabytes)
}

async function checkVersion(item, program, nodeProgram, home) {
  const [command, ...args] = item.runsOn === 'node' ? [nodeProgram, program] : [program]
  const env = { HOME: home, PATH: process.env.PATH ?? '' }
  const told = await run(command, [...args, '--version'], { cwd: home, env, timeoutMs: 60_000 })
  if (told.code === 0 && told.stdout.includes(item.version)) return
  const what = told.error?.message ?? (told.stdout.trim() || told.stderr.trim().slice(-400))
  throw new Error(`${item.name} --version should tell ${item.version}, told: ${what}`)
}

/** Somebody else may have installed the same thing meanwhile; a folder without its program is a broken one. */
function settle(partial, cache, item) {
  const final = folder(cache, item)
  if (existsSync(join(final, item.program))) return
  rmSync(final, { recursive: true, force: true })
  renameSync(partial, final)
}

async function fetchInto(cache, item, nodeProgram) {
  const partial = makeScratch(cache, `.${item.name}-`)
  const home = makeScratch(cache, '.home-')
  try {
    const megabytes = await unpackAll(item, partial)
    const program = join(partial, item.program)
    if (item.runsOn === 'itself') chmodSync(program, 0o755)
    await checkVersion(item, program, nodeProgram, home)
    settle(partial, cache, item)
    return megabytes
  } finally {
    dropScratch(partial)
    dropScratch(home)
  }
}

async function install(cache, item, nodeProgram, say) {
  const program = join(folder(cache, item), item.program)
  if (existsSync(program)) return program
  const startedMs = Date.now()
  const seconds = () => `${((Date.now() - startedMs) / 1000).toFixed(0)} s`
  say(`installing ${item.package} …`)
  const beat = setInterval(() => say(`installing ${item.package} … ${seconds()}`), beatMs)
  try {
    const megabytes = await fetchInto(cache, item, nodeProgram)
    say(`installed ${item.package} (${megabytes} MB to download, ${seconds()})`)
  } finally {
    clearInterval(beat)
  }
  return program
}

/** Resolves with `{ command, args }` per agent name, or with `{ error }`: one that fails spoils only its own runs. */
export async function installAgents(cache, agents, say) {
  mkdirSync(cache, { recursive: true })
  const installed = new Map()
  for (const agent of agents) {
    try {
      const nodeProgram = agent.runsOn === 'node' ? await install(cache, node, undefined, say) : undefined
      const program = await install(cache, agent, nodeProgram, say)
      installed.set(
        agent.name,
        nodeProgram === undefined
          ? { command: program, args: [] }
          : { command: nodeProgram, args: [program] },
      )
    } catch (error) {
      installed.set(agent.name, { error: error.message })
    }
  }
  return installed
}
