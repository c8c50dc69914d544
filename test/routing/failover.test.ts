/**
 * What becomes of a call whose first target fails: every failure, from every upstream dialect, streamed and whole, for
 * two families of clients. The page docs/failover.md is what this test measured.
 */
import { describe, expect, it } from 'vitest'
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import { type Played, rig, settled, simpleRequest } from '../gateway/rig.ts'
import { errorBody, errorFrame, firstWords, saysHello } from './wire-samples.ts'

interface Row {
  readonly name: string
  readonly play: (played: Played, dialect: DialectId, stream: boolean) => void
  /** There is no such failure of a whole reply. */
  readonly streamsOnly?: boolean
}

const refuses =
  (status: number, message: string, headers: Record<string, string> = {}): Row['play'] =>
  (played, dialect) =>
    played.json(status, errorBody(dialect, status, message), headers)

const statuses: readonly (readonly [number, string])[] = [
  [400, 'something is wrong with the request'],
  [401, 'invalid key'],
  [402, 'payment required'],
  [403, 'not allowed'],
  [404, 'the model does not exist'],
  [408, 'took too long'],
  [413, 'too large'],
  [422, 'not understood'],
  [500, 'broken'],
  [502, 'bad gateway'],
  [503, 'unavailable'],
  [504, 'gateway timeout'],
  [529, 'overloaded'],
]

const rows: readonly Row[] = [
  ...statuses.map(([status, message]): Row => ({ name: String(status), play: refuses(status, message) })),
  { name: '429', play: refuses(429, 'slow down') },
  { name: '429, `retry-after: 2`', play: refuses(429, 'slow down', { 'retry-after': '2' }) },
  { name: '429, `retry-after: 3600`', play: refuses(429, 'slow down', { 'retry-after': '3600' }) },
  {
    name: '400 in the words of a full context',
    play: refuses(400, 'prompt is too long: 9000 tokens > 8000 maximum'),
  },
  { name: '403 in the words of spent credits', play: refuses(403, 'insufficient credits') },
  {
    name: '404, no endpoints match the data policy',
    play: refuses(404, 'No endpoints found matching your data policy'),
  },
  { name: '500 with a page of HTML', play: (played) => played.json(500, '<html><body>oops</body></html>') },
  {
    name: '200 with a page of HTML',
    play: (played) => {
      played.listener.head(200, { 'content-type': 'text/html' })
      played.say('<html><body>hello</body></html>').end()
    },
  },
  {
    name: '200 and not a word',
    play: (played, _, stream) => {
      played.listener.head(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
      played.end()
    },
  },
  {
    name: '200, then an error inside the stream',
    streamsOnly: true,
    play: (played, dialect) => played.stream(errorFrame(dialect)).end(),
  },
  {
    name: 'cut after the first word',
    streamsOnly: true,
    play: (played, dialect) => played.stream(firstWords(dialect)).end(),
  },
  {
    name: 'no connection',
    play: (played) => played.listener.broke({ kind: 'unreachable', message: 'connection refused' }),
  },
  { name: 'silence', play: () => undefined },
]

interface Measured {
  readonly first: number
  readonly second: number
  /** Until the second target was asked, or the client had its answer. */
  readonly addedMs: number
  readonly ends: string
}

const stepMs = 50

async function measure({ play }: Row, from: DialectId, to: DialectId, stream: boolean): Promise<Measured> {
  const world = rig({ from, to, targets: 2, body: simpleRequest(from, { stream }) })
  const startMs = world.clock.nowMs()
  let played = 0
  let askedSecondMs: number | undefined
  const asked = { alpha: 0, beta: 0 }
  for (let step = 0; step < 8_000 && !world.client.ended; step++) {
    await settled()
    for (; played < world.upstream.length; played++) {
      const one = world.upstream[played]
      if (!one) break
      if (one.request.url.includes('alpha')) {
        asked.alpha++
        play(one, to, stream)
      } else {
        asked.beta++
        askedSecondMs ??= world.clock.nowMs() - startMs
        saysHello(one, to, stream)
      }
      await settled()
    }
    if (!world.client.ended) await world.clock.advance(stepMs)
  }
  const { client } = world
  const told = !client.text.includes('hello')
    ? `${client.status}`
    : /"error"|event: error/.test(client.text)
      ? 'words, then an error'
      : 'answered'
  return {
    first: asked.alpha,
    second: asked.beta,
    addedMs: askedSecondMs ?? world.clock.nowMs() - startMs,
    ends: told,
  }
}

const clients = ['anthropic', 'openai-chat'] as const satisfies readonly DialectId[]

interface Line {
  readonly row: Row
  readonly cells: readonly (Measured & {
    readonly from: DialectId
    readonly to: DialectId
    readonly stream: boolean
  })[]
}

async function line(row: Row): Promise<Line> {
  const cells: Line['cells'][number][] = []
  for (const from of clients)
    for (const to of dialectIds)
      for (const stream of row.streamsOnly ? [true] : [true, false])
        cells.push({ ...(await measure(row, from, to, stream)), from, to, stream })
  return { row, cells }
}

const summary = ({ row, cells }: Line): string => {
  const all = (pick: (cell: Measured) => string | number): string =>
    [...new Set(cells.map((cell) => String(pick(cell))))].join(' or ')
  const added = all(({ addedMs }) => (addedMs >= 1000 ? `${addedMs / 1000} s` : `${addedMs} ms`))
  return `| ${row.name} | ${all(({ first }) => first)} | ${all(({ second }) => second)} | ${added} | ${all(({ ends }) => ends)} |`
}

const head = `# Failing forward

What becomes of a call whose first target fails while the second is well, measured through the gateway on a virtual clock:
from each of the four upstream dialects, streamed and whole, for clients that speak Messages and clients that speak Chat.
Where the cells of a row differ, all values are given. \`npx vitest run test/routing/failover.test.ts -u\` writes this page.

| the first target answers | requests to it | to the second | time added | the client gets |
|---|---|---|---|---|
`

const foot = `
A failure that is the client's own (400, 413, 422) goes back to it: another target would say the same. After the first
word nothing is asked again: the client hears an error event. Attempts and waiting are bounded (\`limits.max_attempts\`,
\`limits.max_wait_ms\`), and a target that failed three times in a row is left alone for a minute (\`breaker\`).

## What the answer says of it

| header | |
|---|---|
| \`x-clutch-request\` | the call: \`clutch explain\` tells its story |
| \`x-clutch-target\` | who answered, or was asked last |
| \`x-clutch-dialect\` | what was spoken to it |
| \`x-clutch-attempts\` | how many requests to upstreams it took |
| \`x-clutch-because\` | only when another model answers than the first of its cascade: the rule, the one that should have answered, and why it did not. \`role big: alpha/m1: overloaded\` |
| \`x-clutch-lost\` | what could not be said in the target's dialect |

The first and the fourth come with refusals too. A stream whose head had to go out before anybody answered (the upstream
was silent for twenty seconds) has the first only: the rest was not known yet. The same change of model stands in the log
(\`instead\`), in the ledger and in \`clutch explain\`.
`

describe('docs/failover.md', () => {
  it('is what was measured', async () => {
    const lines: Line[] = []
    for (const row of rows) lines.push(await line(row))
    for (const { row, cells } of lines)
      for (const { first, second, ends, addedMs, from, to, stream } of cells) {
        const where = `${row.name} ${from}→${to} ${stream ? 'streamed' : 'whole'}`
        expect(first + second, where).toBeLessThanOrEqual(6)
        expect(second > 0 ? ends : 'answered', where).toBe('answered')
        expect(addedMs, where).toBeLessThanOrEqual(row.name === 'silence' ? 301_000 : 30_000)
      }
    await expect(`${head}${lines.map(summary).join('\n')}\n${foot}`).toMatchFileSnapshot(
      '../../docs/failover.md',
    )
  }, 60_000)
})
