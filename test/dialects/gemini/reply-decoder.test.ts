import { describe, expect, test } from 'vitest'
import type { ReplyEvent } from '../../../src/conversation/reply.ts'
import { wholeReply } from '../../../src/conversation/whole.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { decode, decodeChunks } from './fixtures/context.ts'
import * as replies from './fixtures/replies.ts'

const bytes = new TextEncoder()
const endingOf = (events: readonly ReplyEvent[]): string => {
  const last = events.at(-1)
  if (last?.type === 'end') return last.reason
  return last?.type === 'failed' ? `failed:${last.failure.kind}` : 'nothing'
}
const said = (events: readonly ReplyEvent[], type: string): string =>
  wholeReply(events)
    .parts.filter(({ opening }) => opening.type === type)
    .map(({ text }) => text)
    .join('')
/** Deltas next to each other are one: how the bytes were cut must not show. */
const summary = (events: readonly ReplyEvent[]): unknown => ({
  whole: wholeReply(events),
  ends: endingOf(events),
})

describe('the stream decoder', () => {
  for (const reply of replies.recorded) {
    test(`reads ${reply.name}`, () => {
      const events = decode(reply.sse)
      const calls = wholeReply(events).parts.flatMap(({ opening, text }) =>
        opening.type === 'tool-call' ? [{ name: opening.name, arguments: text }] : [],
      )
      expect(said(events, 'text')).toBe(reply.text)
      expect(said(events, 'thinking')).toBe(reply.thinking)
      expect(calls).toEqual(reply.calls)
      expect(endingOf(events)).toBe(reply.ends)
      expect(events.filter(({ type }) => type === 'end' || type === 'failed')).toHaveLength(1)
      expect(events.some((event) => event.type === 'part-delta' && event.text === '')).toBe(false)
      expect(events[0]?.type).toBe('start')
    })

    test(`[C41] reads ${reply.name} the same in any two pieces`, () => {
      const all = bytes.encode(reply.sse)
      const expected = summary(decodeChunks([all]))
      for (let at = 0; at <= all.length; at++)
        expect(summary(decodeChunks([all.subarray(0, at), all.subarray(at)]))).toEqual(expected)
    })

    test(`[C41] reads ${reply.name} byte by byte`, () => {
      const all = bytes.encode(reply.sse)
      const single = Array.from(all, (_, at) => all.subarray(at, at + 1))
      expect(summary(decodeChunks(single))).toEqual(summary(decodeChunks([all])))
    })

    test(`[C47] never takes ${reply.name} for complete when it was cut`, () => {
      const all = bytes.encode(reply.sse)
      const lastFrame = reply.sse.trimEnd().lastIndexOf('data:')
      const cutBefore = bytes.encode(reply.sse.slice(0, lastFrame)).length
      for (let at = 0; at <= cutBefore; at++) {
        const events = decodeChunks([all.subarray(0, at)])
        expect(endingOf(events)).toMatch(/^failed:(cut|garbled|overloaded)$/)
        for (const { opening, text } of wholeReply(events).parts)
          if (opening.type === 'tool-call') expect(reply.calls.map((call) => call.arguments)).toContain(text)
      }
    })

    test(`[C120] never takes ${reply.name}, sent whole, for complete when it was cut`, () => {
      const body = `[${reply.sse
        .trimEnd()
        .replaceAll(/\r?\n\r?\n/g, ',')
        .replaceAll('data: ', '')}]`
      const whole = gemini.reply.decodeWhole(body, { quirks: {} })
      expect(endingOf(whole)).toBe(reply.ends)
      for (let at = 0; at < body.length; at++)
        expect(endingOf(gemini.reply.decodeWhole(body.slice(0, at), { quirks: {} }))).toBe('failed:garbled')
    })
  }

  test('[C34] makes the counters disjoint', () => {
    expect(wholeReply(decode(replies.cached.sse)).usage).toEqual({
      input: 130,
      cacheRead: 900,
      cacheWrite: 0,
      output: 100,
      thinking: 60,
    })
  })

  test('[C50] gives calls without an id, and the second of two with the same, an id of their own', () => {
    const ids = decode(replies.parallelTools.sse).flatMap((event) =>
      event.type === 'part-start' && event.part.type === 'tool-call' ? [event.part.id] : [],
    )
    expect(ids[0]).toBe('c1')
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  })

  test('[C50] makes up different ids for different replies', () => {
    const idOf = (sse: string): unknown =>
      decode(sse).flatMap((event) =>
        event.type === 'part-start' && event.part.type === 'tool-call' ? [event.part.id] : [],
      )
    expect(idOf(replies.oneTool.sse)).not.toEqual(idOf(replies.oneTool.sse.replaceAll('r-7f3a', 'r-8b20')))
    expect(idOf(replies.oneTool.sse)).toEqual(idOf(replies.oneTool.sse))
  })

  test('[C51] stops for tool calls although Gemini says STOP', () => {
    expect(decode(replies.oneTool.sse).at(-1)).toEqual({ type: 'end', reason: 'tool-calls' })
  })

  test('[C38] a content filter is a refusal', () => {
    for (const word of ['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'SPII', 'BLOCKLIST'])
      expect(endingOf(decode(replies.filtered.sse.replace('SAFETY', word)))).toBe('refusal')
  })

  test('[C39] length stays length when calls were made', () => {
    const sse = replies.noArguments.sse.replace('STOP', 'MAX_TOKENS')
    expect(endingOf(decode(sse))).toBe('length')
  })

  test('[C36] an upstream that said nothing has failed, not finished', () => {
    expect(decode(replies.empty.sse).at(-1)).toMatchObject({ type: 'failed', failure: { kind: 'garbled' } })
  })

  test('[C68] keeps the signature of a call with the call and with the thought before it', () => {
    const proof = { dialect: 'gemini', kind: 'thought', value: 'c2lnLWNhbGw=' }
    const ends = decode(replies.oneTool.sse).filter(({ type }) => type === 'part-end')
    expect(ends).toEqual([
      { type: 'part-end', index: 0, proof },
      { type: 'part-end', index: 1, proof },
    ])
  })

  test('a signature in an empty part belongs to the text before it', () => {
    const ends = decode(replies.thinkingAndText.sse).filter(({ type }) => type === 'part-end')
    expect(ends[1]).toMatchObject({ index: 1, proof: { value: 'c2lnLXRleHQ=' } })
  })

  test('what Google searched for is told at the end', () => {
    const events = decode(replies.searched.sse)
    expect(events.slice(-4)).toMatchObject([
      {
        type: 'part-start',
        part: {
          type: 'search',
          query: 'rain today',
          results: [{ url: 'https://weather.example/today', title: 'Weather' }],
        },
      },
      { type: 'part-end' },
      { type: 'usage', usage: { searches: 1 } },
      { type: 'end', reason: 'done' },
    ])
  })

  test('tolerates keep-alives, unknown events and missing, empty or null fields', () => {
    const odd = [
      gemini.keepAlive,
      ': waiting\n\n',
      'event: future\ndata: {"somethingNew":true}\n\n',
      'data: {"candidates":null}\n\n',
      'data: {"candidates":[null]}\n\n',
      'data: {"candidates":[{"content":null}]}\n\n',
      'data: {"candidates":[{"content":{"parts":null}}],"usageMetadata":null}\n\n',
      'data: {"candidates":[{"content":{"parts":[{},null,{"text":null}]}}]}\n\n',
    ].join('')
    expect(said(decode(odd + replies.text.sse), 'text')).toBe(replies.text.text)
    expect(endingOf(decode(replies.text.sse + odd))).toBe('done')
  })

  test('reads a list of chunks as the chunks, and an error in a list as the error', () => {
    const list = replies.text.sse.replaceAll('\r\n\r\n', ',').replaceAll('data: ', '').slice(0, -1)
    expect(said(gemini.reply.decodeWhole(`[${list}]`, { quirks: {} }), 'text')).toBe(replies.text.text)
    const error = '[{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED"}}]'
    expect(gemini.reply.decodeWhole(error, { quirks: {} }).at(-1)).toMatchObject({
      type: 'failed',
      failure: { kind: 'rate-limited' },
    })
  })
})

describe('overhearing', () => {
  const hears = (sse: string): unknown[] =>
    sse
      .split(/\r?\n\r?\n/)
      .filter((frame) => gemini.overhear.listen().needles.some((needle) => frame.includes(needle)))
      .map((frame) => gemini.overhear.listen().read({ data: frame.slice(6) }))

  test('reads only the frames that end the stream, with reason and usage', () => {
    expect(hears(replies.text.sse)).toEqual([
      { usage: { input: 12, cacheRead: 0, cacheWrite: 0, output: 7 }, reason: 'done', over: true },
    ])
    expect(hears(replies.oneTool.sse)).toMatchObject([{ reason: 'tool-calls', over: true }])
    expect(hears(replies.refusal.sse)).toMatchObject([{ reason: 'refusal', over: true }])
    expect(hears(replies.errorMidStream.sse)).toMatchObject([{ failure: { kind: 'overloaded' } }])
  })

  test('does not take a text that speaks of errors for one', () => {
    expect(
      hears(
        'data: {"candidates":[{"content":{"parts":[{"text":"an \\"error\\" and \\"finishReason\\""}]}}]}\n\n',
      ),
    ).toEqual([])
    expect(gemini.overhear.listen().read({ data: 'not json' })).toEqual({})
  })
})
