// Proof with real agents: each runs a three-step tool loop through the gateway, to every upstream dialect, and through a
// cascade of targets that die.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findCommand, startGateway } from './runner/gateway.mjs'
import { installAgents } from './runner/install.mjs'
import { makePlace, runLoop } from './runner/loop.mjs'
import { planRuns, readOptions, usage } from './runner/options.mjs'
import { endAll } from './runner/processes.mjs'
import { openRelay } from './runner/relay.mjs'
import { openReport } from './runner/report.mjs'
import { dropAllScratch } from './runner/scratch.mjs'
import { ownFilter, wrongNoise } from './runner/stories.mjs'
import { target } from './runner/target.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const cache = resolve(root, process.env.CLUTCH_AGENTS_CACHE ?? '.cache/agents')

/** However the run ends, its processes and folders end with it. */
function cleanUpAtExit() {
  process.once('exit', () => {
    endAll()
    dropAllScratch()
  })
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
}

const newKey = () => randomBytes(12).toString('hex')

/** What one run does to breakers and cooldowns must not reach another: a run with settings has a gateway of its own. */
async function withOwnGateway(command, one, keep, use, prepare) {
  const gateway = await startGateway(command, newKey(), one.config, prepare)
  try {
    const outcome = await use(gateway)
    return { ...outcome, tail: `${outcome.tail}\nits gateway: ${gateway.output.stderr.trim().slice(-2_000)}` }
  } finally {
    await gateway.stop(keep)
  }
}

/** As a user would, in the project; `home`: the gateway's. */
function trustOwnFilter(command, project, home) {
  const folder = join(project, '.clutch', 'filters')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'own.json'), ownFilter)
  execFileSync(command, ['filter', 'trust'], {
    cwd: project,
    env: { PATH: process.env.PATH ?? '', HOME: home },
  })
}

/** The gateway under test stands before another one, which plays the model; what passes between them is read. */
async function behindRelay(command, one, keep, use) {
  const model = await startGateway(command, newKey())
  const relay = await openRelay(model.port)
  const behind = { base_url: `${relay.url}/v1`, dialect: one.dialect, api_key: model.key }
  const config = { providers: { behind }, compression: { holdout: 0 } }
  try {
    const place = makePlace()
    const prepare = (home) => trustOwnFilter(command, place.project, home)
    const inPlace = (gateway) => use(gateway, place)
    const outcome = await withOwnGateway(command, { ...one, config }, keep, inPlace, prepare)
    return { ...outcome, reason: outcome.reason ?? wrongNoise(relay.seen.bodies) }
  } finally {
    relay.close()
    await model.stop(keep)
  }
}

async function play(one, programs, { command, gateway, keep }) {
  const program = programs.get(one.agent.name)
  if (program.error !== undefined)
    return { reason: 'not installed', requests: [], outside: [], seconds: 0, tail: program.error }
  const run = (at, place) => runLoop(one, program, at, keep, place)
  if (one.story === 'noise') return behindRelay(command, one, keep, run)
  return one.config ? withOwnGateway(command, one, keep, run) : run(gateway)
}

/** `jobs` runs at a time; resolves with the number that passed. */
async function playAll(runs, jobs, playOne) {
  const waiting = [...runs]
  let passed = 0
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
      if (await playOne(one)) passed += 1
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return passed
}

async function prove(runs, options, report) {
  const command = findCommand(root)
  const programs = await installAgents(cache, [...new Set(runs.map((one) => one.agent))], report.say)
  const gateway = await startGateway(command, newKey())
  report.say(`${command} serves on 127.0.0.1:${gateway.port}; ${runs.length} runs, ${options.jobs} at once`)
  const startedMs = Date.now()
  try {
    const passed = await playAll(runs, options.jobs, async (one) => {
      const outcome = await play(one, programs, { command, gateway, keep: options.keep })
      report.outcome(one, outcome)
      return outcome.reason === undefined
    })
    report.say(`runs took ${((Date.now() - startedMs) / 1000).toFixed(0)} s`)
    if (passed < runs.length) report.lastWords('the gateway', gateway.output)
    return passed
  } finally {
    await gateway.stop(options.keep)
  }
}

async function main() {
  const options = readOptions(process.argv.slice(2))
  const runs = planRuns(options)
  const report = openReport(options)
  if (options.help) return report.say(usage)
  if (options.list) return report.plan(runs)
  if (!target.supported) {
    report.say(`no agent publishes a package for ${target.name}`)
    return report.total({ passed: 0, failed: 0, skipped: runs.length })
  }
  const passed = await prove(runs, options, report).catch((error) => {
    report.say(error.message)
    return 0
  })
  report.total({ passed, failed: runs.length - passed, skipped: 0 })
  if (passed < runs.length) process.exitCode = 1
}

cleanUpAtExit()
try {
  await main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 64
}
