import { describe, expect, it } from 'vitest'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { SseReader } from '../../../src/wire/sse.ts'
import { replies } from './fixtures/replies.ts'

const { listen, closing } = openaiResponses.overhear

/** As the gateway listens: only frames with a needle are read. */
function overhear(text: string) {
  const frames = new SseReader().push(new TextEncoder().encode(text))
  const listener = listen()
  const worth = frames.filter(({ data }) => listener.needles.some((needle) => data.includes(needle)))
  const heard = worth.map((frame) => listener.read(frame)).filter((found) => Object.keys(found).length > 0)
  return { read: worth.length, heard }
}

describe('listening in', () => {
  it('reads one frame of a stream, and those that open and close a call, and learns usage, reason and that it is over', () => {
    expect(overhear(replies.text).read).toBe(1)
    expect(overhear(replies.oneTool)).toEqual({
      read: 4,
      heard: [
        {
          reason: 'tool-calls',
          over: true,
          usage: { input: 176, cacheRead: 1024, cacheWrite: 0, output: 90, thinking: 64 },
        },
      ],
    })
    expect(overhear(replies.text).heard).toMatchObject([{ reason: 'done', over: true }])
    expect(overhear(replies.length).heard).toMatchObject([
      { cutCall: 'withhold' },
      { reason: 'length', over: true },
    ])
    expect(overhear(replies.refusal).heard).toMatchObject([{ reason: 'refusal' }])
  })

  it('hears failures inside the stream', () => {
    expect(overhear(replies.errorMidStream).heard).toMatchObject([
      { over: true, failure: { kind: 'rate-limited' } },
    ])
    expect(overhear(replies.errorEvent).heard).toMatchObject([
      { over: true, failure: { kind: 'overloaded' } },
    ])
  })

  it('is not fooled by words that look like events', () => {
    const text =
      'data: {"type":"response.output_text.delta","delta":"response.completed"}\n\ndata: "response.failed"\n\n'
    expect(overhear(text).heard).toEqual([])
  })

  it('[C42] has nothing to add to a stream: its last event says both why and that it is over', () => {
    expect(closing).toBe('')
  })
})
