// What is measured. A lane says which dialect is spoken upstream: `same` (anthropic) or `cross` (openai-chat);
// the client always speaks anthropic.

/**
 * Closed loops, repeated in interleaved rounds: the same request again and again. `json` names the body whose
 * parse + stringify is the yardstick.
 */
const identical = [
  { id: 'same-20k', lane: 'same', size: '20k', stream: false, connections: 32 },
  { id: 'same-1m', lane: 'same', size: '1m', stream: false, connections: 8 },
  { id: 'same-stream', lane: 'same', size: '20k', stream: true, connections: 16 },
  { id: 'cross-20k', lane: 'cross', size: '20k', stream: false, connections: 32, json: '20k' },
  { id: 'cross-200k', lane: 'cross', size: '200k', stream: false, connections: 8, json: '200k' },
  { id: 'cross-stream', lane: 'cross', size: '20k', stream: true, connections: 16 },
  { id: 'same-alone', lane: 'same', size: '20k', stream: false, connections: 1, withDirect: true },
  { id: 'cross-alone', lane: 'cross', size: '20k', stream: false, connections: 1, withDirect: true },
]

/**
 * Closed loops in which every connection is a session that grows by a call and its result each time; after `growsBy` of
 * them it is another session, as long as the first was at its beginning.
 */
const growing = [
  { id: 'same-growing', lane: 'same', size: '20k', stream: false, connections: 32, growsBy: 8 },
  {
    id: 'cross-growing',
    lane: 'cross',
    size: '200k',
    stream: false,
    connections: 8,
    json: '200k',
    growsBy: 8,
  },
]

/** One list after the other: hundreds of sessions stay in a gateway's memory. */
export const steady = [identical, growing]

const ENDLESS = { events: 2000, eventsPerWrite: 64, isEndless: true }
const SLOW = { eventsPerWrite: 1, intervalMs: 100 }

const OPEN_STREAMS = 500
const QUITTERS = 40
const STALLED = 20
const STALL_PATIENCE_MS = 20_000
const RUNAWAY_MB = 1000

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const spec = (target, lane, rest) => ({
  host: target.host,
  port: target.port,
  path: target.path,
  body: { size: '20k', model: target.models[lane], stream: true },
  ...rest,
})

/** Samples memory and the mock while `work` runs. */
async function watched(bench, target, work) {
  const samples = []
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const { bytesTaken, active } = await bench.mock.ask('seen')
      samples.push({ atMs: performance.now(), rssMb: target.rssMb(), bytesTaken, active })
      await pause(250)
    }
  })()
  const value = await work
  isOver = true
  await watching
  return { value, samples }
}

const peak = (samples, name) => Math.max(...samples.map((sample) => sample[name]))

async function open(bench, target, lane) {
  const events = bench.isQuick ? 40 : 80
  const idleMb = target.rssMb()
  const rampMs = 1500
  await bench.mock.ask('behave', { ...SLOW, events })
  const deadlineMs = rampMs + events * SLOW.intervalMs + 6000
  const held = bench.load.ask('hold', spec(target, lane, { connections: OPEN_STREAMS, rampMs, deadlineMs }))
  const { value, samples } = await watched(bench, target, held)
  const wanted = OPEN_STREAMS * events
  return {
    ...value,
    wanted,
    openStreams: peak(samples, 'active'),
    idleMb,
    peakMb: peak(samples, 'rssMb'),
    extraMb: peak(samples, 'rssMb') - idleMb,
  }
}

const QUIET_MS = 1500

/** Clients stop reading: watches until the upstream's stream stands still. Taken bytes include what kernels hold. */
async function stall(bench, target, lane) {
  const beforeMb = target.rssMb()
  await bench.mock.ask('behave', ENDLESS)
  await bench.load.ask('stall', spec(target, lane, { connections: STALLED, afterBytes: 100_000 }))
  const from = performance.now()
  let peakMb = 0
  let taken = 0
  let stillSince = from
  let now = from
  while (
    peakMb - beforeMb < RUNAWAY_MB &&
    now - from < STALL_PATIENCE_MS &&
    (now - from < 2500 || now - stillSince < QUIET_MS)
  ) {
    await pause(200)
    now = performance.now()
    const { bytesTaken } = await bench.mock.ask('seen')
    if (bytesTaken > taken) stillSince = now
    taken = bytesTaken
    peakMb = Math.max(peakMb, target.rssMb())
  }
  const { active } = await bench.mock.ask('seen')
  await bench.load.ask('release')
  return {
    wanted: STALLED,
    active,
    growthMb: peakMb - beforeMb,
    takenMb: taken / 2 ** 20 / STALLED,
    stoodStillAfterS: now - stillSince < QUIET_MS ? Number.POSITIVE_INFINITY : (stillSince - from) / 1000,
  }
}

/** When did the upstream notice that the clients left? The i-th to leave is paired with the i-th noticed. */
async function leave(bench, target, lane, behaviour) {
  await bench.mock.ask('behave', behaviour)
  const asked = { connections: QUITTERS, afterMs: 700, rampMs: 300 }
  const left = (await bench.load.ask('leave', spec(target, lane, asked))).sort((a, b) => a - b)
  let seen = await bench.mock.ask('seen')
  for (let tries = 0; tries < 60 && seen.active > 0; tries++) {
    await pause(50)
    seen = await bench.mock.ask('seen')
  }
  const aborted = seen.abortedAtMs.sort((a, b) => a - b)
  const delays = aborted.map((at, i) => at - left[i])
  return {
    wanted: QUITTERS,
    upstreamRequests: seen.requests,
    aborted: aborted.length,
    maxMs: aborted.length === QUITTERS ? Math.max(...delays) : Number.POSITIVE_INFINITY,
  }
}

async function startup(bench, target) {
  const startMs = []
  for (let i = 0; i < (bench.isQuick ? 3 : 5); i++) {
    await target.stop()
    startMs.push(await target.start())
  }
  await pause(2000)
  return { startMs, rssMb: target.rssMb() }
}

/** One at a time, on a fresh process each, because memory remembers. */
export const behaviours = [
  { id: 'startup', lane: 'same', measure: startup },
  { id: 'same-open', lane: 'same', measure: open },
  { id: 'cross-open', lane: 'cross', measure: open },
  { id: 'same-stall', lane: 'same', measure: stall },
  { id: 'cross-stall', lane: 'cross', measure: stall },
  { id: 'leave-talking', lane: 'same', measure: (b, t, lane) => leave(b, t, lane, { ...SLOW, events: 200 }) },
  { id: 'leave-silent', lane: 'same', measure: (b, t, lane) => leave(b, t, lane, { firstByteMs: 4000 }) },
  { id: 'leave-cross', lane: 'cross', measure: (b, t, lane) => leave(b, t, lane, { ...SLOW, events: 200 }) },
]

const DISTURBANCE_LIMIT = 0.25

/** How many CPUs processes outside the bench used between two readings. */
export function disturbance(before, after) {
  const othersShare = (after.othersUs - before.othersUs) / (after.atUs - before.atUs)
  return { othersShare, isDisturbed: othersShare > DISTURBANCE_LIMIT }
}

export const loopOf = (target, { lane, size, stream, connections, growsBy }) => ({
  ...spec(target, lane),
  body: { size, stream, model: target.models[lane], growsBy },
  connections,
  pid: target.pid,
})

async function steadyOnce(bench, target, scenario) {
  await bench.mock.ask('behave', {})
  const before = bench.usage(target)
  const loop = await bench.load.ask('steady', {
    ...loopOf(target, scenario),
    warmupMs: bench.warmupMs,
    durationMs: bench.durationMs,
  })
  return { ...loop, rssMb: target.rssMb(), ...disturbance(before, bench.usage(target)) }
}

/** One closed loop on one target; repeated while others disturb it, and the quietest run counts. */
export async function measureSteady(bench, target, scenario, tries = 1) {
  let best = await steadyOnce(bench, target, scenario)
  for (let left = tries - 1; left > 0 && best.isDisturbed; left--) {
    await pause(300)
    const again = await steadyOnce(bench, target, scenario)
    if (again.othersShare < best.othersShare) best = again
  }
  return best
}
