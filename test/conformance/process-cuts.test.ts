/**
 * Replies cut short, through the built gateway as its own process. A compiled gateway is shown a cut at every byte;
 * the one that other tests of the same code have shown them all is shown some.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { everyPair, simpleRequest } from '../gateway/rig.ts'
import { CutStage } from './cut-stage.ts'
import { objection } from './objection.ts'
import { type Answer, ProcessStage, type Question, streaming } from './process-stage.ts'
import { bytesUntilEnd } from './recordings.ts'
import { sayable, type Told } from './told.ts'
import { tellers } from './upstream/index.ts'

const isThorough = process.env['CLUTCH_BIN'] !== undefined || process.env['CLUTCH_CONFORMANCE'] === 'all'
const timeout = 180_000

const told: Told = {
  parts: [{ text: 'Für dich.' }, { call: 'look', id: 'call_c', args: '{"path":"a {}"}' }],
  stop: 'tool-calls',
}

let stage: ProcessStage
beforeAll(async () => {
  stage = await ProcessStage.open()
})
afterAll(() => stage.stop())

/** A head that promises more than comes: the connection breaks after these bytes. */
const breaking =
  (type: string, bytes: Uint8Array): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': type })
    response.flushHeaders()
    if (bytes.length === 0) response.destroy()
    else response.write(bytes, () => response.destroy())
  }

/** Where to cut: at every so manieth byte, and at the last ones, where an end is near. */
const positions = (length: number, { coarse, thorough }: Steps): readonly number[] =>
  Array.from({ length }, (_, at) => at).filter(
    (at) => at % (isThorough ? thorough : coarse) === 0 || at > length - 4,
  )

interface Steps {
  readonly coarse: number
  readonly thorough: number
}

/** Not the turn whose stream was cut: who asks for that once more and whole is told what was heard. */
const asksAnother: Readonly<Record<DialectId, object>> = {
  anthropic: { messages: [{ role: 'user', content: 'All at once.' }] },
  'openai-chat': { messages: [{ role: 'user', content: 'All at once.' }] },
  'openai-responses': { input: 'All at once.' },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'All at once.' }] }] },
}

describe.each(everyPair)('as a process: $from to $to', { timeout }, ({ from, to }) => {
  const usage = from === 'openai-chat' ? { stream_options: { include_usage: true } } : {}
  const ask: Question = { from, place: to, body: simpleRequest(from, usage), streamed: true }

  const ways = [
    { way: 'ends early', cut: streaming, steps: { coarse: 61, thorough: 1 } },
    {
      way: 'breaks',
      cut: (bytes: Uint8Array) => breaking('text/event-stream', bytes),
      steps: { coarse: 97, thorough: 5 },
    },
  ]
  it.each(ways)(
    '[C39] [C47] [C94] [C126] a stream that $way never looks complete, nor does a call that was cut',
    async ({ way, cut, steps }) => {
      const judge = new CutStage(from, to)
      const stream = tellers[to].stream(sayable(told, to))
      const bytes = Buffer.from(stream)
      const all = judge.judge((await stage.ask(ask, streaming(stream))).client.text)
      expect([all.heard.stop, all.heard.calls.length]).toEqual(['tool-calls', 1])
      const said = bytesUntilEnd(to, stream)
      for (const at of positions(bytes.length, steps)) {
        const { client } = await stage.ask(ask, cut(bytes.subarray(0, at)))
        const wrong = client.status === 0 ? 'no answer at all' : objection(client, judge, all, at >= said)
        if (wrong !== undefined) expect.fail(`${way} at ${at}: ${wrong}\n${client.text}`)
      }
    },
  )

  it('[C120] a whole reply that is cut is an error of the upstream, never part of a reply', async () => {
    const question = {
      ...ask,
      body: simpleRequest(from, { stream: false, ...asksAnother[from] }),
      streamed: false,
    }
    const bytes = Buffer.from(tellers[to].whole(sayable(told, to)))
    for (const at of positions(bytes.length, { coarse: 83, thorough: 3 })) {
      const { client } = await stage.ask(question, breaking('application/json', bytes.subarray(0, at)))
      if (client.status < 500) expect.fail(`cut at ${at}: ${client.status} ${client.text}`)
    }
  })
})
