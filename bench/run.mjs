// `npm run bench`: drives the built gateway beside nginx and a mock upstream, and prints paired ratios. README.md says how.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cpuUs, machineBusyUs } from './accounting.mjs'
import { check } from './check.mjs'
import { ownProcess } from './ipc.mjs'
import { profile } from './profile.mjs'
import { figuresOf, print } from './report.mjs'
import { behaviours, disturbance, measureSteady, steady } from './scenarios.mjs'
import { direct, gateway, nginx, onGatewayCpu, onLoadCpu, peer, pinning } from './targets.mjs'

const USAGE = `npm run bench -- [options]
  --quick               about a minute instead of about five; nothing that grows
  --rounds N            interleaved rounds (default 5, quick 3)
  --only TEXT           scenarios whose name contains TEXT (comma separated)
  --gateway 'CMD'       what to start instead of bin/clutch; gets: serve --port N --config FILE
  --floor               also measure the least a Node gateway can do (bench/floor.mjs)
  --target NAME=URL     also measure a running server: http://host:port[/path][#model=…&pid=…]; repeatable
  --mock-port N         where the mock upstream listens (default: any free port)
  --json FILE           all figures and rows
  --profile SCENARIO    instead: where the gateway spends its time in one scenario`

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    gateway: { type: 'string' },
    floor: { type: 'boolean', default: false },
    target: { type: 'string', multiple: true, default: [] },
    'mock-port': { type: 'string', default: '0' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

/** A script of ours as a command; `new URL` names it so that tools can see it is used. */
const script = (url) => [process.execPath, fileURLToPath(url)]
const say = (text) => process.stderr.write(`bench: ${text}\n`)
const isWanted = ({ id, growsBy }) =>
  options.only ? options.only.split(',').some((part) => id.includes(part)) : !(options.quick && growsBy)

function ownCpuUs() {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function instruments() {
  const mock = ownProcess(onLoadCpu(script(new URL('./mock.mjs', import.meta.url))))
  const load = ownProcess(onLoadCpu(script(new URL('./load.mjs', import.meta.url))))
  const json = ownProcess(onGatewayCpu(script(new URL('./json-cost.mjs', import.meta.url))))
  const planning = ownProcess(onGatewayCpu(script(new URL('./planning.mjs', import.meta.url))))
  const mockPort = await mock.ask('listen', Number(options['mock-port']))
  const others = (target) =>
    [mock, load, json, planning, target].reduce(
      (sum, { pid }) => sum - (pid ? cpuUs(pid) : 0),
      machineBusyUs(),
    )
  return {
    mock,
    load,
    json,
    planning,
    mockPort,
    isQuick: options.quick,
    tries: options.quick ? 2 : 3,
    rounds: Number(options.rounds ?? (options.quick ? 3 : 5)),
    warmupMs: options.quick ? 150 : 300,
    durationMs: options.quick ? 450 : 1200,
    usage: (target) => ({ atUs: performance.now() * 1000, othersUs: others(target) - ownCpuUs() }),
    stop: () => [mock, load, json, planning].map((process) => process.stop()),
  }
}

function subjects(bench) {
  const { mockPort } = bench
  const command = options.gateway?.split(/\s+/) ?? [fileURLToPath(new URL('../bin/clutch', import.meta.url))]
  const ours = gateway({ command, mockPort })
  const floor = options.floor
    ? [
        gateway({
          command: script(new URL('./floor.mjs', import.meta.url)),
          name: 'floor',
          lanes: ['same'],
          mockPort,
        }),
      ]
    : []
  return {
    ours,
    floor,
    limit: nginx({ mockPort }),
    peers: options.target.map(peer),
    none: direct({ mockPort }),
  }
}

async function rounds(bench, targets, none, scenarios) {
  const rows = []
  const wanted = scenarios.filter(isWanted)
  if (wanted.length === 0) return rows
  say(`warming up: ${wanted.map(({ id }) => id).join(', ')}`)
  const cold = targets.filter((target) => target.name !== 'nginx')
  for (const scenario of wanted)
    for (const target of cold.filter((t) => t.models[scenario.lane]))
      await measureSteady({ ...bench, warmupMs: 2 * bench.durationMs }, target, scenario)
  for (let round = 0; round < bench.rounds; round++) {
    say(`round ${round + 1} of ${bench.rounds}`)
    for (const scenario of wanted) {
      const able = [...targets, ...(scenario.withDirect ? [none] : [])].filter((t) => t.models[scenario.lane])
      for (const target of round % 2 ? able.reverse() : able) {
        const measured = await measureSteady(bench, target, scenario, bench.tries)
        rows.push({ round, scenario: scenario.id, target: target.name, ...measured })
      }
      if (!scenario.json) continue
      const cpuUsPerRequest = await bench.json.ask('cost', {
        size: scenario.json,
        durationMs: bench.durationMs / 2,
      })
      rows.push({ round, scenario: scenario.id, target: 'json', size: scenario.json, cpuUsPerRequest })
    }
  }
  return rows
}

async function behaviourOnce(bench, target, scenario) {
  say(`${scenario.id}: ${target.name}`)
  await target.stop()
  await target.start()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const before = bench.usage(target)
  const measured = await scenario.measure(bench, target, scenario.lane)
  return {
    scenario: scenario.id,
    target: target.name,
    ...measured,
    ...disturbance(before, bench.usage(target)),
  }
}

async function behaviourRows(bench, targets) {
  const rows = []
  // In a hurry nginx only lends its figures to the ratios.
  const watched = targets.filter(
    ({ isExternal, name }) => !isExternal && !(bench.isQuick && name === 'nginx'),
  )
  for (const scenario of behaviours.filter(isWanted)) {
    for (const target of watched.filter((t) => t.models[scenario.lane])) {
      const first = await behaviourOnce(bench, target, scenario)
      const second =
        first.isDisturbed && !bench.isQuick ? await behaviourOnce(bench, target, scenario) : first
      rows.push(second.othersShare < first.othersShare ? second : first)
    }
  }
  return rows
}

/** Functions of ours, in a process of their own. */
async function planningRow(bench, { name }) {
  say('planning')
  return {
    scenario: 'planning',
    target: name,
    ...(await bench.planning.ask('plan', { calls: bench.isQuick ? 150 : 500 })),
  }
}

function machine(limit) {
  const version = limit.skipped
    ? limit.skipped
    : spawnSync('/usr/sbin/nginx', ['-v']).stderr?.toString().trim()
  return `node ${process.version} · ${version} · ${availableParallelism()} × ${cpus()[0].model} · ${pinning}`
}

/** Starts and checks everybody. A peer that does not work is left out; without our own gateway there is nothing to do. */
async function started(bench, targets, ours) {
  const working = []
  for (const target of targets) {
    try {
      await target.start()
      for (const remark of await check(bench, target)) say(remark)
      working.push(target)
    } catch (error) {
      if (target === ours) throw error
      say(`${target.name} is left out: ${error.cause?.message ?? error.message}`)
    }
  }
  return working
}

async function measure(bench) {
  const { ours, floor, limit, peers, none } = subjects(bench)
  const targets = [...(limit.skipped ? [] : [limit]), ...floor, ours, ...peers]
  try {
    const working = await started(bench, targets, ours)
    const rows = []
    for (const scenarios of steady) rows.push(...(await rounds(bench, working, none, scenarios)))
    const behaved = await behaviourRows(bench, working)
    if (isWanted({ id: 'planning' })) behaved.push(await planningRow(bench, ours))
    process.stdout.write(`\n${machine(limit)} · ${bench.rounds} rounds\n`)
    const names = working.map(({ name }) => name)
    const others = names.filter((name) => name !== ours.name)
    print({ names: [...others, ours.name], subject: ours.name, rows, behaviours: behaved })
    const figures = Object.fromEntries(names.map((name) => [name, figuresOf(name, rows, behaved)]))
    if (options.json)
      writeFileSync(
        options.json,
        JSON.stringify({ machine: machine(limit), figures, rows, behaved }, null, 1),
      )
  } finally {
    for (const target of targets) await target.remove()
  }
}

if (options.help) {
  process.stdout.write(`${USAGE}\n`)
  process.exit(0)
}
const bench = await instruments()
try {
  if (options.profile) await profile(bench, subjects(bench).ours, options.profile)
  else await measure(bench)
} catch (error) {
  say(`could not measure: ${error.message}`)
  process.exitCode = 1
} finally {
  bench.stop()
}
