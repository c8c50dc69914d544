// `--profile SCENARIO`: which functions the gateway spends its time in, by self time, named by their place in the source.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loopOf, steady } from './scenarios.mjs'

const WARMUP_MS = 2500
const MEASURED_MS = 4000
const SHOWN = 32
const root = fileURLToPath(new URL('..', import.meta.url))

const maps = new Map()

function sourceMap(file) {
  if (!maps.has(file)) {
    const path = `${file}.map`
    maps.set(file, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : null)
  }
  return maps.get(file)
}

function place({ url, lineNumber, columnNumber }) {
  if (!url.startsWith('file:')) return url && `${url}:${lineNumber + 1}`
  const file = fileURLToPath(url)
  const entry = sourceMap(file)?.findEntry(lineNumber, columnNumber)
  if (entry?.originalSource) {
    const source = relative(root, join(file, '..', entry.originalSource)).replace(/^.*node_modules\//, '')
    return `${source}:${entry.originalLine + 1}`
  }
  return `${relative(root, file)}:${lineNumber + 1}`
}

/** Self time in µs per function, longest first. */
function selfTimes({ nodes, samples, timeDeltas }) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const times = new Map()
  samples.forEach((id, i) => {
    const frame = frames.get(id)
    const key = `${frame.functionName || '(anonymous)'}\t${place(frame)}`
    times.set(key, (times.get(key) ?? 0) + timeDeltas[i])
  })
  return [...times].sort((a, b) => b[1] - a[1])
}

export async function profile(bench, target, id) {
  const known = steady.flat()
  const scenario = known.find((one) => one.id === id)
  if (!scenario) throw new Error(`--profile knows ${known.map((one) => one.id).join(', ')}, not ${id}`)
  const hook = new URL('profiler.mjs', import.meta.url)
  try {
    await target.start({ NODE_OPTIONS: `--import=${hook}` }, { ipc: true })
    await bench.mock.ask('behave', {})
    const loop = bench.load.ask('steady', {
      ...loopOf(target, scenario),
      warmupMs: WARMUP_MS,
      durationMs: MEASURED_MS,
    })
    await new Promise((resolve) => setTimeout(resolve, WARMUP_MS))
    await target.ask('begin', { everyUs: 200 })
    const { cpuUsPerRequest, cpuUsPerEvent, requests, perSecond, errors, sample } = await loop
    const taken = await target.ask('end')
    const file = join(root, '.cache', `bench-${id}.cpuprofile`)
    writeFileSync(file, JSON.stringify(taken))
    printed(selfTimes(taken), taken.endTime - taken.startTime, {
      id,
      perSecond,
      cpuUsPerRequest,
      cpuUsPerEvent,
    })
    if (errors) process.stdout.write(`${errors} errors, first: ${sample}\n`)
    process.stdout.write(`${requests} requests · ${relative(root, file)} opens in Chrome DevTools\n`)
  } finally {
    await target.remove()
  }
}

function printed(times, totalUs, { id, perSecond, cpuUsPerRequest, cpuUsPerEvent }) {
  const perEvent = cpuUsPerEvent ? ` · ${cpuUsPerEvent.toFixed(2)} µs CPU per event` : ''
  const rate = perSecond.toFixed(0)
  process.stdout.write(
    `${id}: ${rate} requests/s · ${cpuUsPerRequest.toFixed(1)} µs CPU per request${perEvent}\n\n`,
  )
  process.stdout.write('  share  µs/request  function\n')
  for (const [key, us] of times.slice(0, SHOWN)) {
    const [name, where] = key.split('\t')
    const share = `${((us / totalUs) * 100).toFixed(1)} %`.padStart(7)
    const each = (us / (totalUs / 1e6) / perSecond).toFixed(2).padStart(10)
    process.stdout.write(`${share}  ${each}  ${name}${where ? `  ${where}` : ''}\n`)
  }
}
