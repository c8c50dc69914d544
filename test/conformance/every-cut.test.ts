/** Recorded replies, cut short at every byte, through the gateway to every client. */
import { describe, expect, it } from 'vitest'
import { everyPair } from '../gateway/rig.ts'
import { CutStage } from './cut-stage.ts'
import { objection } from './objection.ts'
import { bytesUntilEnd, cutRecordings } from './recordings.ts'
import { sayable, type Told } from './told.ts'
import { tellers } from './upstream/index.ts'

/** Thousands of plays each. */
const timeout = 180_000

describe.each(everyPair)('$from to $to', { timeout }, ({ from, to }) => {
  it('[C39] [C47] [C94] [C126] a stream cut anywhere never looks complete, nor does a call that was cut', async () => {
    const stage = new CutStage(from, to)
    for (const { name, stream } of cutRecordings(to)) {
      const bytes = Buffer.from(stream)
      const all = stage.judge((await stage.stream(...byFrame(stream))).text)
      const said = bytesUntilEnd(to, stream)
      for (let at = 0; at < bytes.length; at++) {
        const client = await stage.stream(bytes.subarray(0, at))
        const wrong = objection(client, stage, all, at >= said)
        if (wrong !== undefined) expect.fail(`${name} cut at ${at}: ${wrong}\n${client.text}`)
      }
    }
  })

  it('[C94] a connection that breaks anywhere is told as a failure', async () => {
    const stage = new CutStage(from, to)
    for (const { name, stream } of cutRecordings(to).filter(({ name }) =>
      /^one tool|^oneTool|a signed call/.test(name),
    )) {
      const bytes = Buffer.from(stream)
      const all = stage.judge((await stage.stream(bytes)).text)
      const said = bytesUntilEnd(to, stream)
      for (let at = 1; at < bytes.length; at++) {
        const client = await stage.play(({ listener }) => {
          listener.head(200, { 'content-type': 'text/event-stream' })
          listener.data(bytes.subarray(0, at))
          listener.broke({ kind: 'cut', message: 'connection reset' })
        })
        const wrong = objection(client, stage, all, at >= said)
        if (wrong !== undefined) expect.fail(`${name} broken at ${at}: ${wrong}\n${client.text}`)
      }
    }
  })

  it('[C120] a whole reply cut anywhere is an error of the upstream, never part of a reply', async () => {
    const stage = new CutStage(from, to, false)
    for (const told of wholeReplies) {
      const bytes = Buffer.from(tellers[to].whole(sayable(told, to)))
      for (let at = 0; at < bytes.length; at++) {
        const client = await stage.play(({ listener }) => {
          listener.head(200, { 'content-type': 'application/json' })
          if (at > 0) listener.data(bytes.subarray(0, at))
          listener.ended()
        })
        if (client.status < 500) expect.fail(`cut at ${at}: ${client.status} ${client.text}`)
      }
    }
  })
})

const wholeReplies: readonly Told[] = [
  { parts: [{ text: 'All of it, ü.' }], stop: 'done' },
  {
    parts: [
      { thinking: 'Hm.', proof: 'cHJvb2Y=' },
      { text: 'I look.' },
      { call: 'look', id: 'call_w', args: '{"path":"a {}"}' },
    ],
    stop: 'tool-calls',
  },
]

/** Frame by frame, so that words before an error are heard. */
const byFrame = (stream: string): Buffer[] =>
  stream.split(/(?<=\n\n)|(?<=\r\n\r\n)/).map((frame) => Buffer.from(frame))
