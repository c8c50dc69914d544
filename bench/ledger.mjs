// What the ledger costs: CPU of a request with it, without it, and with a million calls already in the file.
//   node bench/ledger.mjs [--rounds N] [--rows N] [--per-second N] [--window-ms N]
// Many short rounds: those count in which the rest of the machine was calm, if there are three or more.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cpuUs, machineBusyUs } from './accounting.mjs'
import { ownProcess } from './ipc.mjs'
import { MODEL } from './replies.mjs'
import { disturbance } from './scenarios.mjs'
import { median } from './statistics.mjs'
import { gateway, onGatewayCpu, onLoadCpu, pinning } from './targets.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '24' },
    rows: { type: 'string', default: '1000000' },
    'per-second': { type: 'string', default: '1000' },
    'window-ms': { type: 'string', default: '700' },
  },
})

const script = (url) => [process.execPath, fileURLToPath(url)]
const say = (text) => process.stderr.write(`bench: ${text}\n`)
const CONNECTIONS = 32

const mock = ownProcess(onLoadCpu(script(new URL('./mock.mjs', import.meta.url))))
const load = ownProcess(onLoadCpu(script(new URL('./load.mjs', import.meta.url))))
const alone = ownProcess(onGatewayCpu(script(new URL('./ledger-alone.mjs', import.meta.url))))
const mockPort = await mock.ask('listen', 0)
const command = [fileURLToPath(new URL('../bin/clutch', import.meta.url))]
const make = (name, more) => gateway({ command, name, lanes: ['same', 'cross'], mockPort, more })
const without = make('without', { ledger: false })
const empty = make('empty', {})
const full = make('full', {})

const ownUs = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}
const usage = ({ pid }) => ({
  atUs: performance.now() * 1000,
  othersUs: machineBusyUs() - cpuUs(pid) - cpuUs(mock.pid) - cpuUs(load.pid) - ownUs(),
})

/** `thinkMs` 0: as fast as it goes. */
const steady = (target, lane, thinkMs, durationMs = 3000, warmupMs = 500) =>
  load.ask('steady', {
    host: target.host,
    port: target.port,
    path: target.path,
    pid: target.pid,
    body: { size: '20k', model: target.models[lane] ?? MODEL, stream: false },
    connections: CONNECTIONS,
    warmupMs,
    durationMs,
    thinkMs,
  })

/** Copies the batches that are there to before them until there are enough calls; SQLite makes a million in seconds. */
function fill(file, calls) {
  const Database = createRequire(import.meta.url)('libsql')
  const database = new Database(file)
  const { count, first, last } = database
    .prepare(
      'select sum(last - first + 1) as count, min(first) as first, max(last) as last from call_batches',
    )
    .all()[0]
  const copies = Math.ceil(calls / count)
  const span = last - first + 1
  database.exec(`begin;
    insert into call_batches select first - copy.value * ${span}, last - copy.value * ${span}, rows
      from generate_series(1, ${copies}) as copy, call_batches;
    commit`)
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

const subjects = [without, empty, full]

async function oneWindow(subject, lane, thinkMs) {
  const before = usage(subject)
  const figures = await steady(subject, lane, thinkMs, Number(options['window-ms']), 150)
  if (figures.errors > 0) throw new Error(`${subject.name}: ${figures.sample}`)
  return { ...figures, ...disturbance(before, usage(subject)) }
}

async function rounds(lane, thinkMs) {
  const all = []
  for (let round = 0; round < Number(options.rounds); round++) {
    const measured = new Map()
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed())
      measured.set(subject, await oneWindow(subject, lane, thinkMs))
    all.push(measured)
  }
  const calm = all.filter((measured) => [...measured.values()].every(({ isDisturbed }) => !isDisturbed))
  return { all, calm, counted: calm.length >= 3 ? calm : all }
}

async function measure(lane, thinkMs) {
  const { all, calm, counted } = await rounds(lane, thinkMs)
  const middle = (subject, figure) => median(counted.map((measured) => measured.get(subject)[figure]))
  const micros = (subject) => `${middle(subject, 'cpuUsPerRequest').toFixed(1)} µs`
  const more = (a, b) => {
    const ratio = ({ cpuUsPerRequest }, other) => cpuUsPerRequest / other.cpuUsPerRequest
    const ratios = counted.map((measured) => ratio(measured.get(a), measured.get(b)))
    return `${((median(ratios) - 1) * 100).toFixed(1)} %`
  }
  process.stdout.write(
    `${lane}, ${middle(empty, 'perSecond').toFixed(0)} requests/s: without ${micros(without)}, ` +
      `with ${micros(empty)} (${more(empty, without)}), ` +
      `${options.rows} calls in the file ${micros(full)} (${more(full, empty)} more); ` +
      `p99 ${subjects.map((subject) => middle(subject, 'p99Ms').toFixed(1)).join(' / ')} ms; ` +
      `${calm.length} of ${all.length} rounds calm\n`,
  )
}

try {
  await mock.ask('behave', {})
  await full.start()
  await steady(full, 'same', 0)
  await full.stop()
  say(`filling the ledger with ${options.rows} calls …`)
  fill(full.file('.xx', 'state', 'ledger.db'), Number(options.rows))
  for (const subject of subjects) await subject.start()
  for (const subject of subjects) await steady(subject, 'same', 0)
  process.stdout.write(`${process.version}, ${pinning}\n`)
  const { medianUs, leastUs } = await alone.ask('cost', {
    batch: Number(options['per-second']) / 5,
    slices: 30,
  })
  process.stdout.write(
    `the ledger alone: ${medianUs.toFixed(1)} µs CPU per call, ${leastUs.toFixed(1)} µs when it was calmest\n`,
  )
  for (const lane of ['same', 'cross']) {
    await measure(lane, 0)
    await measure(lane, (CONNECTIONS * 1000) / Number(options['per-second']))
  }
} finally {
  for (const subject of subjects) await subject.remove()
  mock.stop()
  load.stop()
  alone.stop()
}
