// What the ledger costs: CPU of a request with it, without it, and with a million calls already in the file.
//   node bench/ledger.mjs [--rounds N] [--rows N] [--per-second N]
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ownProcess } from './ipc.mjs'
import { MODEL } from './replies.mjs'
import { quantile } from './statistics.mjs'
import { gateway, onLoadCpu, pinning } from './targets.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '1000000' },
    'per-second': { type: 'string', default: '1000' },
  },
})

const script = (url) => [process.execPath, fileURLToPath(url)]
const say = (text) => process.stderr.write(`bench: ${text}\n`)
const CONNECTIONS = 32

const mock = ownProcess(onLoadCpu(script(new URL('./mock.mjs', import.meta.url))))
const load = ownProcess(onLoadCpu(script(new URL('./load.mjs', import.meta.url))))
const mockPort = await mock.ask('listen', 0)
const command = [fileURLToPath(new URL('../bin/clutch', import.meta.url))]
const make = (name, more) => gateway({ command, name, lanes: ['same', 'cross'], mockPort, more })
const without = make('without', { ledger: false })
const empty = make('empty', {})
const full = make('full', {})

/** `thinkMs` 0: as fast as it goes. */
const steady = (target, lane, thinkMs, durationMs = 3000) =>
  load.ask('steady', {
    host: target.host,
    port: target.port,
    path: target.path,
    pid: target.pid,
    body: { size: '20k', model: target.models[lane] ?? MODEL, stream: false },
    connections: CONNECTIONS,
    warmupMs: 500,
    durationMs,
    thinkMs,
  })

/** Copies the rows that are there until there are enough; SQLite makes a million in seconds. */
function fill(file, rows) {
  const Database = createRequire(import.meta.url)('libsql')
  const database = new Database(file)
  const count = () => database.prepare('select max(call) as n from calls').all()[0].n
  const columns = database
    .prepare('pragma table_info(calls)')
    .all()
    .map(({ name }) => name)
    .filter((name) => name !== 'call')
    .join(', ')
  while (count() < rows) {
    const have = count()
    const limit = Math.min(have, rows - have)
    database.exec(`begin;
      insert into attempts select call + ${have}, attempt, provider, model, dialect, started_ms, first_word_ms, failure, status
        from attempts where call <= ${limit};
      insert into calls (call, ${columns}) select call + ${have}, ${columns} from calls where call <= ${limit};
      commit`)
  }
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
}

const median = (values) => quantile(values, 0.5)
const micros = (values) => `${median(values).toFixed(1)} µs`
const subjects = [without, empty, full]

async function measure(lane, thinkMs) {
  const cpu = new Map(subjects.map((subject) => [subject, []]))
  const late = new Map(subjects.map((subject) => [subject, []]))
  let perSecond = 0
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = round % 2 === 0 ? subjects : [...subjects].reverse()
    for (const subject of order) {
      const figures = await steady(subject, lane, thinkMs)
      if (figures.errors > 0) throw new Error(`${subject.name}: ${figures.sample}`)
      cpu.get(subject).push(figures.cpuUsPerRequest)
      late.get(subject).push(figures.p99Ms)
      perSecond = figures.perSecond
    }
  }
  const ratio = (a, b) => median(cpu.get(a).map((value, round) => value / cpu.get(b)[round]))
  const percent = (value) => `${((value - 1) * 100).toFixed(1)} %`
  process.stdout.write(
    `${lane}, ${perSecond.toFixed(0)} requests/s: without ${micros(cpu.get(without))}, with ${micros(cpu.get(empty))} (${percent(ratio(empty, without))}), ` +
      `${options.rows} calls in the file ${micros(cpu.get(full))} (${percent(ratio(full, empty))} more); ` +
      `p99 ${subjects.map((subject) => median(late.get(subject)).toFixed(1)).join(' / ')} ms\n`,
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
  for (const lane of ['same', 'cross']) {
    await measure(lane, 0)
    await measure(lane, (CONNECTIONS * 1000) / Number(options['per-second']))
  }
} finally {
  for (const subject of subjects) await subject.remove()
  mock.stop()
  load.stop()
}
