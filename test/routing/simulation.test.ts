/**
 * Random worlds on a virtual clock: providers die, throttle, lie and cut; clients ask, wait and leave. Whatever happens,
 * each call ends exactly once, the plan's order is kept, and the bounds hold.
 */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { failureTraits } from '../../src/conversation/failure.ts'
import type { CallRecord } from '../../src/gateway/call.ts'
import { callCost } from '../../src/server/call-cost.ts'
import { ledgerEntry } from '../../src/server/ledger-call.ts'
import { Ledger } from '../../src/store/ledger.ts'
import { PriceBook } from '../../src/store/prices.ts'
import { realClock } from '../../src/world/clock.ts'
import { openSqlite } from '../../src/world/sqlite.ts'
import type { Played } from '../gateway/rig.ts'
import { type Rig, rig, settled, simpleRequest } from '../gateway/rig.ts'
import { scratch } from '../store/scratch.ts'

const worlds = 10_000
const limits = {
  maxBodyBytes: 1 << 25,
  maxReplyBytes: 1 << 26,
  maxAttempts: 6,
  maxWaitMs: 30_000,
  maxRetriesSameTarget: 2,
}

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const message = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'm1',
  content: [],
  usage: { input_tokens: 5, output_tokens: 1 },
}
const opening =
  event('message_start', { message }) +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
const word = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'hello' } })
const closing =
  event('content_block_stop', { index: 0 }) +
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 7 },
  }) +
  event('message_stop', {})
const error = (type: string): object => ({ type: 'error', error: { type, message: type } })

type Play = (played: Played, roll: number) => void

/** What upstreams said they used, as they said it: the ledger must come to the same. */
interface Said {
  input: number
  output: number
}

/** What an upstream may do when it is asked. */
const plays: readonly Play[] = [
  (played) => played.stream(opening, word, closing).end(),
  (played) => played.stream(opening, word, closing).end(),
  (played) => played.stream(opening, word, closing).end(),
  (played) => played.json(500, error('api_error')),
  (played) => played.json(529, error('overloaded_error')),
  (played) => played.json(503, '<html>busy</html>'),
  (played, roll) =>
    played.json(429, error('rate_limit_error'), { 'retry-after': String(Math.ceil(roll * 40)) }),
  (played) => played.json(429, error('rate_limit_error')),
  (played) => played.json(401, error('authentication_error')),
  (played) => played.json(402, error('billing_error')),
  (played) => played.json(404, error('not_found_error')),
  (played) => played.json(400, error('invalid_request_error')),
  (played) =>
    played.json(400, {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 8 maximum' },
    }),
  (played) => played.stream().end(),
  (played) => played.stream(event('error', error('overloaded_error'))).end(),
  (played) => played.stream(opening, word).end(),
  (played) => played.stream(opening).end(),
  (played) => played.listener.broke({ kind: 'unreachable', message: 'no connection' }),
  (played) => played.stream('<!doctype html><p>hello').end(),
]
const silent: Play = () => undefined

/** By the last usage in what was played. */
const usedBy: ReadonlyMap<Play, Said> = new Map(
  plays.flatMap((play) => {
    const text = String(play)
    if (!text.includes('opening')) return []
    return [[play, { input: 5, output: text.includes('closing') ? 7 : 1 }] as const]
  }),
)

interface World {
  readonly said: Said
  readonly rig: Rig
  readonly clients: Rig['client'][]
}

async function live(seed: number): Promise<World> {
  const roll = dice(seed)
  const targets = 1 + Math.floor(roll() * 4)
  const stubborn = Array.from({ length: targets }, () => (roll() < 0.4 ? pick(roll) : undefined))
  const world = rig({ targets, body: simpleRequest('anthropic'), settings: { limits } })
  const clients = [world.client]
  const said: Said = { input: 0, output: 0 }
  let answered = 0
  const play = async (): Promise<void> => {
    await settled()
    while (answered < world.upstream.length) {
      const played = world.upstream[answered++]
      if (!played) break
      const place = ['alpha', 'beta', 'gamma', 'delta'].findIndex((name) => played.request.url.includes(name))
      const lot = stubborn[place] ?? pick(roll)
      const used = played.aborted ? undefined : usedBy.get(lot)
      said.input += used?.input ?? 0
      said.output += used?.output ?? 0
      lot(played, roll())
      await settled()
    }
  }
  const calls = 1 + Math.floor(roll() * 4)
  for (let call = 0; call < calls; call++) {
    if (call > 0) clients.push(world.ask(simpleRequest('anthropic')))
    await play()
    const current = clients.at(-1)
    if (roll() < 0.08 && current && !current.ended) current.leave()
    for (let step = 0; step < 8 && world.gateway.open > 0; step++) {
      await world.clock.advance(5_000)
      await play()
    }
    await world.clock.advance(Math.floor(roll() * 90_000))
    await play()
  }
  for (let step = 0; step < 400 && world.gateway.open > 0; step++) {
    await world.clock.advance(60_000)
    await play()
  }
  return { rig: world, clients, said }
}

const pick = (roll: () => number): Play =>
  roll() < 0.02 ? silent : (plays[Math.floor(roll() * plays.length)] ?? silent)

/** Everything that must hold, as a list of what does not. */
function wrongs({ rig: world, clients }: World): readonly string[] {
  const { records } = world
  const wrong: string[] = []
  if (world.gateway.open !== 0) wrong.push(`${world.gateway.open} calls never ended`)
  if (records.length !== clients.length) wrong.push(`${clients.length} calls, ${records.length} records`)
  for (const [index, client] of clients.entries()) {
    if (!client.gone && !client.ended) wrong.push(`client ${index} was left waiting`)
    if (client.ended && client.status === 0 && !client.gone) wrong.push(`client ${index} was told nothing`)
  }
  const attempts = records.reduce((sum, record) => sum + record.attempts.length, 0)
  if (attempts > world.upstream.length) wrong.push(`${attempts} attempts, ${world.upstream.length} requests`)
  for (const record of records) wrong.push(...wrongsOf(record))
  return [...wrong, ...breakersOf(records).wrong]
}

interface Seen {
  readonly counts: Map<string, number>
  readonly openUntil: Map<string, number>
}

/** A second, simpler breaker beside the real one: nobody may be asked while it is open, unless there is nobody else. */
function breakersOf(records: readonly CallRecord[]): {
  readonly wrong: readonly string[]
  readonly opened: number
} {
  const wrong: string[] = []
  const seen: Seen = { counts: new Map(), openUntil: new Map() }
  let opened = 0
  const slow = records.some(({ attempts, call }) =>
    attempts.some(({ failure }) => failure?.kind === 'timeout' || call.client.gone),
  )
  if (slow) return { wrong, opened }
  for (const { attempts, ending, plan } of records)
    for (const { target, startedMs, failure, firstWordMs } of attempts) {
      const ended = failure ?? (firstWordMs === undefined ? undefined : ending.failure)
      const blames = ended ? failureTraits[ended.kind].blames : 'nobody'
      const keys = ['model', 'account', 'provider'].map((whom) => `${target.provider} ${whom}`)
      const closed = keys.find((key) => startedMs < (seen.openUntil.get(key) ?? 0))
      if (closed && plan?.lastChance !== true) wrong.push(`${closed} was asked while it was open`)
      if (!ended)
        for (const key of keys) if (startedMs >= (seen.openUntil.get(key) ?? 0)) seen.counts.delete(key)
      if (blames === 'nobody') continue
      const key = `${target.provider} ${blames}`
      const count = (seen.counts.get(key) ?? 0) + 1
      seen.counts.set(key, count)
      if (count < 3 || startedMs < (seen.openUntil.get(key) ?? 0)) continue
      seen.openUntil.set(key, startedMs + 60_000)
      opened++
    }
  return { wrong, opened }
}

function wrongsOf({ attempts, plan, ending, call }: CallRecord): readonly string[] {
  const wrong: string[] = []
  if (attempts.length > limits.maxAttempts) wrong.push(`${attempts.length} attempts`)
  const order = plan?.targets.map(({ provider, model }) => `${provider}/${model}`) ?? []
  const places = attempts.map(({ target }) => order.indexOf(`${target.provider}/${target.model}`))
  if (places.some((place, index) => place < 0 || place < (places[index - 1] ?? 0)))
    wrong.push(`order ${places}`)
  if (attempts.slice(0, -1).some(({ firstWordMs }) => firstWordMs !== undefined))
    wrong.push('an attempt after a word')
  const spoke = attempts.at(-1)?.firstWordMs !== undefined
  if (!spoke && !ending.failure) wrong.push('served without a word')
  const { client } = call
  const text = 'text' in client && typeof client.text === 'string' ? client.text : ''
  if (spoke && !client.gone && ending.failure && !text.includes('event: error'))
    wrong.push('a cut that nobody was told of')
  if (text.split('event: message_start').length > 2) wrong.push('two beginnings')
  return wrong
}

/** A dollar for a million tokens in, five for a million out. */
const rates = { m1: { input: 1_000_000, output: 5_000_000 } }
const prices = new PriceBook({
  id: 'test',
  models: { alpha: rates, beta: rates, gamma: rates, delta: rates },
})

function sumsIn(file: string) {
  const database = openSqlite(file)
  const one = (sql: string) => Object.values(database.prepare(sql).all()[0] ?? {})[0]
  const sums = {
    calls: one('select count(*) from calls'),
    attempts: one('select count(*) from attempts'),
    input: one('select sum(input) from attempts'),
    output: one('select sum(output) from attempts'),
    micros: one('select sum(cost_micros) from calls'),
  }
  database.close()
  return sums
}

describe(`${worlds} random worlds`, () => {
  it('each call ends once, in the plan’s order, within its bounds, and the ledger comes to what was used', async () => {
    const file = join(scratch(), 'ledger.db')
    const ledger = new Ledger({ file, keepDays: 90, clock: realClock, complain: expect.fail })
    const failures: string[] = []
    const said: Said = { input: 0, output: 0 }
    let calls = 0
    let attempts = 0
    let opened = 0
    const met = new Set<string>()
    for (let seed = 1; seed <= worlds && failures.length < 5; seed++) {
      const world = await live(seed)
      calls += world.clients.length
      opened += breakersOf(world.rig.records).opened
      said.input += world.said.input
      said.output += world.said.output
      for (const record of world.rig.records) {
        met.add(record.ending.failure?.kind ?? 'served')
        attempts += record.attempts.length
        ledger.record(ledgerEntry(record, callCost(record, prices), world.rig.clock.nowMs()))
      }
      const wrong = wrongs(world)
      if (wrong.length > 0) failures.push(`world ${seed}: ${wrong.join('; ')}`)
    }
    ledger.close()
    expect(failures).toEqual([])
    expect(sumsIn(file)).toEqual({ calls, attempts, ...said, micros: said.input + 5 * said.output })
    expect(calls).toBeGreaterThan(worlds * 2)
    expect(opened).toBeGreaterThan(500)
    expect([...met]).toEqual(
      expect.arrayContaining(['served', 'cut', 'client-left', 'rate-limited', 'timeout', 'auth']),
    )
  }, 120_000)
})
