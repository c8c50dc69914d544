// The ledger's own work per call, in a process of its own: the row, the price, the transaction of each batch.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundled } from './bundle.mjs'
import { answer } from './ipc.mjs'
import { median } from './statistics.mjs'

const entry = `
export { openLedger } from './src/server/open-ledger.ts'
export { priced } from './src/server/call-cost.ts'
`

/** What the gateway hands over when a call has ended. */
function recordOf(index) {
  const target = { provider: 'anthropic', model: 'claude-opus-4-7', dialect: 'anthropic' }
  const startedMs = 1_800_000_000_000 + index
  const headers = { 'user-agent': 'claude-cli/2.1.0', 'x-clutch-project': 'bench' }
  return {
    call: {
      id: `call${String(index).padStart(20, '0')}`,
      dialect: { id: 'anthropic' },
      client: { status: 200 },
      profile: { name: 'default' },
      headers,
      startedMs,
      model: 'opus',
      stream: true,
    },
    session: { session: '00000000-0000-0000-0000-000000000000', from: 'header' },
    plan: { asked: 'opus', rule: 'role big', targets: [target], skipped: [] },
    attempts: [{ target, startedMs, firstWordMs: startedMs + 400 }],
    lost: [],
    ending: { usage: { input: 900, cacheRead: 50_000, cacheWrite: 400, output: 700 } },
  }
}

/** Time passes when it is told to: a batch is written once `batch` calls are in it. */
function handClock() {
  let due = []
  return {
    nowMs: () => 1_800_000_000_000,
    after: (ms, act) => {
      const one = { ms, act }
      due.push(one)
      return () => {
        due = due.filter((other) => other !== one)
      }
    },
    fire: (longestMs) => {
      for (const { act } of due.filter(({ ms }) => ms <= longestMs)) act()
    },
  }
}

/** CPU µs per call, all threads, the median and the least of `slices` runs of ten batches. */
async function cost({ batch, slices }) {
  const { openLedger, priced, drop } = await bundled(entry)
  const folder = mkdtempSync(join(tmpdir(), 'clutch-ledger-'))
  const clock = handClock()
  const complaints = []
  const log = { warn: (_, about) => complaints.push(about.because) }
  const book = openLedger({ ledger: { file: join(folder, 'ledger.db'), keepDays: 90 } }, clock, log)
  try {
    const costOf = priced()
    const spent = (record) => book.record(record, costOf(record), clock.nowMs())
    let index = 0
    const slice = () => {
      const before = process.cpuUsage()
      for (let round = 0; round < 10; round++) {
        for (let call = 0; call < batch; call++) spent(recordOf(index++))
        clock.fire(1000)
      }
      const { user, system } = process.cpuUsage(before)
      return (user + system) / (10 * batch)
    }
    for (let warm = 0; warm < 3; warm++) slice()
    const costs = Array.from({ length: slices }, slice)
    if (complaints.length > 0) throw new Error(complaints[0])
    return { medianUs: median(costs), leastUs: Math.min(...costs) }
  } finally {
    book.close()
    drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

answer({ cost })
