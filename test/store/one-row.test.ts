import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callCost } from '../../src/server/call-cost.ts'
import { ledgerEntry } from '../../src/server/ledger-call.ts'
import { Ledger } from '../../src/store/ledger.ts'
import { PriceBook } from '../../src/store/prices.ts'
import { openSqlite } from '../../src/world/sqlite.ts'
import { everyPair, type Played, type Rig, rig } from '../gateway/rig.ts'
import { scratch } from './scratch.ts'

const prices = new PriceBook({
  id: '2026-01-01-test',
  models: { alpha: { m1: { input: 1_000_000, output: 5_000_000 } } },
})

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const greeting = event('message_start', {
  message: {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model: 'm1',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 9, output_tokens: 1 },
  },
})
const spoken =
  greeting +
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'word' } })
const finished =
  event('content_block_stop', { index: 0 }) +
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 5 },
  }) +
  event('message_stop', {})

/** What one upstream may do to one request. */
const fates: Readonly<Record<string, (played: Played) => void>> = {
  answers: (played) => played.stream(spoken, finished).end(),
  'greets and is busy': (played) =>
    played.stream(greeting, event('error', { error: { type: 'overloaded_error', message: 'busy' } })).end(),
  'says a word and stops': (played) => played.stream(spoken).end(),
  'says a word and breaks': (played) =>
    played.stream(spoken).listener.broke({ kind: 'cut', message: 'reset' }),
  'says a word and falls silent': (played) => void played.stream(spoken),
  'is busy': (played) => played.json(529, { error: { message: 'busy' } }),
  throttles: (played) => played.json(429, { error: { message: 'slow' } }, { 'retry-after': '1' }),
  'refuses the request': (played) => played.json(400, { error: { message: 'no' } }),
  'refuses the key': (played) => played.json(401, { error: { message: 'who' } }),
  'answers with a page': (played) => played.json(200, '<html>'),
  'answers nothing': (played) => played.stream().end(),
  'cannot be reached': (played) => played.listener.broke({ kind: 'unreachable', message: 'ECONNREFUSED' }),
  'is silent': () => undefined,
}

interface World {
  readonly fates: readonly string[]
  /** The client leaves after so many steps. */
  readonly leavesAt: number | undefined
}

const world: fc.Arbitrary<World> = fc.record({
  fates: fc.array(fc.constantFrom(...Object.keys(fates)), { minLength: 1, maxLength: 8 }),
  leavesAt: fc.option(fc.nat(12), { nil: undefined }),
})

/** Plays it until nothing can happen any more. */
async function play(
  { clock, upstream, client, gateway }: Rig,
  { fates: lots, leavesAt }: World,
): Promise<void> {
  let met = 0
  for (let step = 0; step < 40 && gateway.open > 0; step++) {
    if (step === leavesAt) client.leave()
    await clock.advance(1_000)
    for (; met < upstream.length; met++) {
      const played = upstream[met]
      const fate = lots[met % lots.length]
      if (played && !played.aborted && fate) fates[fate]?.(played)
      await clock.advance(0)
    }
    if (step > 20) await clock.advance(400_000)
  }
}

describe('whatever happens to a call', () => {
  it('it leaves exactly one row, and one per attempt', { timeout: 120_000 }, async () => {
    const file = join(scratch(), 'ledger.db')
    const expected: { id: string; attempts: number }[] = []
    let runs = 0
    await fc.assert(
      fc.asyncProperty(world, fc.constantFrom(...everyPair), async (lot, { from, to }) => {
        const id = `run${runs++}`
        const played = rig({ from, to, targets: 3, callId: id })
        await play(played, lot)
        expect(played.gateway.open).toBe(0)
        expect(played.records.map(({ ending }) => ending.failure?.kind)).not.toContain('internal')
        expect(played.records).toHaveLength(1)
        const ledger = new Ledger({ file, keepDays: 90, clock: played.clock, complain: expect.fail })
        for (const record of played.records) {
          ledger.record(ledgerEntry(record, callCost(record, prices), played.clock.nowMs()))
          expected.push({ id: record.call.id, attempts: record.attempts.length })
        }
        ledger.close()
      }),
      { numRuns: 150 },
    )
    const database = openSqlite(file)
    const rows = database
      .prepare(
        'select id, (select count(*) from attempts a where a.call = c.call) as attempts from calls c order by call',
      )
      .all()
    database.close()
    expect(rows).toEqual(expected)
  })

  it('a call that one of our own mistakes ends leaves one row, too', async () => {
    const profile = {
      name: 'default',
      get roles(): never {
        throw new Error('a mistake of ours')
      },
    }
    const { records, client, clock } = rig({ settings: { profiles: { default: profile } } })
    await clock.advance(0)
    expect(client.status).toBe(500)
    expect(records.map(({ ending }) => ending.failure?.kind)).toEqual(['internal'])
  })
})

describe('the row of a call', () => {
  const rowAfter = async (fate: string | readonly string[], more: Parameters<typeof rig>[0] = {}) => {
    const played = rig(more)
    await play(played, { fates: [fate].flat(), leavesAt: undefined })
    const [record] = played.records
    return ledgerEntry(record!, callCost(record!, prices), played.clock.nowMs())
  }

  it('holds what it cost, by the snapshot it names', async () => {
    expect(await rowAfter('answers')).toMatchObject({
      usage: { input: 9, output: 5 },
      cost: { micros: 9 + 25, prices: '2026-01-01-test' },
      role: 'big',
      status: 200,
    })
  })

  it('holds no cost where the price is unknown, and none where nobody answered', async () => {
    const elsewhere = await rowAfter(['refuses the key', 'answers'], { targets: 2 })
    expect(elsewhere.attempts.at(-1)?.provider).toBe('beta')
    expect(elsewhere.cost).toBeUndefined()
    expect((await rowAfter('refuses the request')).cost).toEqual({ micros: 0, prices: 'none' })
  })

  it('holds what its failed attempts cost, beside what the client heard', async () => {
    const row = await rowAfter(['greets and is busy', 'answers'])
    expect(row).toMatchObject({
      usage: { input: 9, output: 5 },
      cost: { micros: 9 + 5 + 9 + 25, prices: '2026-01-01-test' },
      unpricedAttempts: 0,
      attempts: [
        { failure: 'overloaded', usage: { input: 9, output: 1 }, cost: { micros: 14 }, totalMs: 1000 },
        { usage: { input: 9, output: 5 }, cost: { micros: 34 } },
      ],
    })
  })

  it('says how many attempts used what nobody knows, and counts a refusal as nothing', async () => {
    const silent = await rowAfter(['is silent', 'answers'], { targets: 2, to: 'anthropic' })
    expect(silent.attempts).toMatchObject([{ failure: 'timeout' }, { provider: 'beta' }])
    expect(silent.attempts[0]).toMatchObject({ usage: undefined, cost: undefined })
    expect([silent.cost, silent.unpricedAttempts]).toEqual([undefined, 2])
    const refused = await rowAfter(['is busy', 'answers'])
    expect(refused).toMatchObject({ cost: { micros: 34 }, unpricedAttempts: 0 })
    expect(refused.attempts[0]).toMatchObject({ status: 529, cost: { micros: 0, prices: 'none' } })
  })

  it('names the role alone, whatever else the rule says', async () => {
    const roles = { big: ['alpha/m1'], think: ['alpha/m1'] }
    const settings = { profiles: { default: { name: 'default', roles } } }
    const body = {
      model: 'opus',
      max_tokens: 2000,
      stream: true,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [{ role: 'user', content: 'hi' }],
    }
    expect(await rowAfter('answers', { settings, body })).toMatchObject({
      role: 'think',
      rule: 'role think, then role big',
    })
  })

  it('says of a cut reply that it failed, in the attempt as well', async () => {
    const row = await rowAfter('says a word and breaks')
    expect(row.failure).toBe('cut')
    expect(row.attempts).toMatchObject([{ provider: 'alpha', failure: 'cut' }])
    expect(row.attempts[0]?.firstWordMs).toBeDefined()
  })

  it('[C88] names session and subagent by their headers', async () => {
    const headers = {
      'x-claude-code-session-id': 's-1',
      'x-claude-code-agent-id': 'a-1',
      'x-clutch-project': 'house',
      'user-agent': 'claude-cli/2.1.3 (external)',
    }
    expect(await rowAfter('answers', { headers })).toMatchObject({
      agent: 'claude',
      session: 's-1',
      subagent: 'a-1',
      project: 'house',
    })
  })

  it('[C88] leaves out what no id can be, and the call is served', async () => {
    const headers = {
      'x-claude-code-session-id': `s\u0007${'x'.repeat(400)}`,
      'x-clutch-project': 'p'.repeat(201),
    }
    const row = await rowAfter('answers', { headers })
    expect(row.status).toBe(200)
    expect(row.session).toBeUndefined()
    expect(row.project).toBeUndefined()
  })

  it('holds nothing that was said and no secret', async () => {
    const headers = {
      authorization: 'Bearer sk-secret-of-the-client',
      'x-api-key': 'sk-secret-of-the-client',
    }
    const body = {
      model: 'opus',
      max_tokens: 9,
      stream: true,
      messages: [{ role: 'user', content: 'my prompt' }],
    }
    for (const fate of ['answers', 'refuses the request', 'is busy']) {
      const text = JSON.stringify(await rowAfter(fate, { headers, body }))
      expect(text).not.toMatch(/secret|my prompt|key-of-alpha|word|busy/)
    }
  })
})
