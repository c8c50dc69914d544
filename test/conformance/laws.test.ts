/** What holds for any input, between any client and any upstream. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { everyPair, rig, settled } from '../gateway/rig.ts'
import { type Move, writers } from './clients.ts'
import { CutStage } from './cut-stage.ts'
import { splitRecordings } from './recordings.ts'

describe('chunks', () => {
  it.each(everyPair)('[C41] mean nothing, however many there are: $from to $to', async ({ from, to }) => {
    const stage = new CutStage(from, to)
    const chunkings = fc.record({
      recording: fc.constantFrom(...splitRecordings(to)),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
    })
    await fc.assert(
      fc.asyncProperty(chunkings, async ({ recording, cuts }) => {
        const bytes = Buffer.from(recording.stream)
        const places = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * bytes.length)), bytes.length])]
        places.sort((a, b) => a - b)
        const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end))
        const whole = await stage.stream(bytes)
        const chunked = await stage.stream(...pieces)
        expect(chunked.text).toBe(whole.text)
      }),
      { numRuns: 25 },
    )
  })
})

const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== '')
const calls = fc.array(
  fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 2 }),
  {
    maxLength: 3,
  },
)

/** A session: questions, answers with calls, results with words beside them. */
const sessions = fc
  .array(fc.record({ said: words, calls, result: words, next: words }), { minLength: 2, maxLength: 4 })
  .map((steps) =>
    steps.flatMap((step, n): Move[] => [
      ...(n === 0 ? [{ kind: 'user' as const, text: step.next }] : []),
      {
        kind: 'assistant',
        text: step.said,
        calls: step.calls.map((args, at) => ({ id: `call_${n}_${at}`, name: 'look', args })),
      },
      { kind: 'results', texts: step.calls.map(() => step.result), beside: step.next },
    ]),
  )

/** What an upstream is asked for a client's body; marks that say where to cache are not part of what is cached. */
async function upstreamBody(stage: ReturnType<typeof rig>, body: unknown): Promise<string> {
  const client = stage.ask(body)
  await settled()
  const text = stage.last().bodyText
  client.leave()
  await settled()
  return text.replaceAll(/,?"cache_control":\{[^}]*\}/g, '')
}

function unshared(shorter: string, longer: string): number {
  let at = 0
  while (at < shorter.length && shorter[at] === longer[at]) at++
  return shorter.length - at
}

/** Brackets that close a body: `"}]}]}`. */
const closing = 8

describe('turn N + 1', () => {
  it.each(everyPair)('[C75] begins as turn N did: $from to $to', async ({ from, to }) => {
    const stage = rig({ from, to })
    await fc.assert(
      fc.asyncProperty(sessions, async (moves) => {
        for (let turn = 1; turn + 2 <= moves.length; turn += 2) {
          const [now, next] = [moves.slice(0, turn), moves.slice(0, turn + 2)].map((part) =>
            writers[from](part),
          )
          const lost = unshared(await upstreamBody(stage, now), await upstreamBody(stage, next))
          expect(lost).toBeLessThanOrEqual(closing)
        }
      }),
      { numRuns: 25 },
    )
  })
})

const space = fc.constantFrom('', '', ' ', '\n', '\t ', '  \r\n')
const scalars = fc.oneof(
  fc.constantFrom('1.0', '-0', '1e5', '12345678901234567890123', '0.10', '1E+2', 'null', 'true', '[]', '{}'),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0041\\/"', '"model"', '"\\"model\\":\\"opus\\""', '"\\ud83c\\udf0a"'),
)
const jsonTexts = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalars,
    fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 3 })
      .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
    fc
      .array(fc.tuple(space, fc.constantFrom('model', 'a', '1', 'stream', 'ü'), space, tie('value')), {
        maxLength: 3,
      })
      .map((items) => `{${items.map(([a, key, b, value]) => `${a}"${key}"${b}:${value}`).join(',')}}`),
  ),
})).value

/** A body of any shape, with the model named once at the top, and the same body asking for another model. */
const bodies = fc
  .record({
    before: fc.array(fc.tuple(fc.constantFrom('x', 'messages', 'tools', '0'), jsonTexts, space), {
      maxLength: 3,
    }),
    after: fc.array(fc.tuple(fc.constantFrom('y', 'input', 'metadata', '9'), jsonTexts, space), {
      maxLength: 3,
    }),
    gap: space,
    end: space,
  })
  .map(({ before, after, gap, end }) => {
    const field = ([key, value, s]: [string, string, string]): string => `${s}"${key}"${s}:${s}${value}${s}`
    return (model: string): string =>
      `${gap}{${[...before.map(field), `${gap}"model"${gap}:${gap}"${model}"${end}`, ...after.map(field)].join(',')}}${end}`
  })

describe('an upstream of the client’s own dialect', () => {
  it.each(dialectIds)(
    '[C4] [C5] [C64] [C140] is asked in the client’s own bytes but for the model: %s',
    async (dialect) => {
      const stage = rig({ from: dialect, to: dialect })
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const client = stage.ask(body('opus'))
          await settled()
          expect(stage.last().bodyText).toBe(body('m1'))
          client.leave()
          await settled()
        }),
        { numRuns: 200 },
      )
    },
  )
})
