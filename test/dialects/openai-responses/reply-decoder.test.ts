import { describe, expect, it } from 'vitest'
import { CallGuard } from '../../../src/conversation/call-guard.ts'
import type { ReplyEvent } from '../../../src/conversation/reply.ts'
import { wholeReply } from '../../../src/conversation/whole.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import { SseReader } from '../../../src/wire/sse.ts'
import { replies, stream, usage, whole } from './fixtures/replies.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function decode(pieces: readonly Uint8Array[], guarded = true): ReplyEvent[] {
  const reader = new SseReader()
  const decoder = openaiResponses.reply.decodeStream({ quirks: {} })
  const guard = new CallGuard()
  const events: ReplyEvent[] = []
  const hear = (raw: readonly ReplyEvent[]) => {
    for (const event of raw) events.push(...(guarded ? guard.push(event) : [event]))
  }
  for (const piece of pieces) for (const frame of reader.push(piece)) hear(decoder.push(frame))
  for (const frame of reader.end()) hear(decoder.push(frame))
  hear(decoder.end())
  return events
}

const decodeText = (text: string) => decode([bytesOf(text)])
const collected = (text: string) => wholeReply(decodeText(text))
const calls = (text: string) =>
  collected(text).parts.flatMap(({ opening, text: said }) =>
    opening.type === 'tool-call' ? [{ ...opening, said }] : [],
  )

/** Deltas of one part joined, so that only what was said counts, not in how many pieces. */
function joined(events: readonly ReplyEvent[]): unknown {
  const { parts, usage: tokens, reason, failure } = wholeReply(events)
  return { parts, tokens, reason, failure }
}

describe('a streamed reply', () => {
  it('begins once, with id and model, and ends once', () => {
    for (const text of Object.values(replies)) {
      const events = decodeText(text)
      expect(events.filter(({ type }) => type === 'start')).toHaveLength(1)
      expect(events[0]?.type).toBe('start')
      expect(events.filter(({ type }) => type === 'end' || type === 'failed')).toHaveLength(1)
      expect(['end', 'failed']).toContain(events.at(-1)?.type)
      expect(events.some((event) => event.type === 'part-delta' && event.text === '')).toBe(false)
    }
  })

  it('says text as it comes', () => {
    const deltas = decodeText(replies.text).flatMap((event) =>
      event.type === 'part-delta' ? [event.text] : [],
    )
    expect(deltas).toEqual(['Good ', 'morning, ', 'wörld 🌍'])
    expect(collected(replies.text).reason).toBe('done')
  })

  it('[C34] counts cached tokens apart from the others', () => {
    expect(collected(replies.text).usage).toEqual({
      input: 176,
      cacheRead: 1024,
      cacheWrite: 0,
      output: 90,
      thinking: 64,
    })
  })

  it('separates paragraphs of thought by a blank line and keeps the final proof', () => {
    const [thought, text] = collected(replies.thinkingAndText).parts
    expect(thought?.text).toBe('First I look.\n\nThen I leap.')
    expect(thought?.proof).toEqual({
      dialect: 'openai-responses',
      kind: 'encrypted',
      value: 'gAAAAABo-final-proof',
      itemId: 'rs_1',
    })
    expect(text?.text).toBe('Done.')
  })

  it('[C51] stops for its calls, whole and under their own ids', () => {
    expect(calls(replies.oneTool)).toEqual([
      { type: 'tool-call', id: 'call_up1', name: 'list_files', said: '{"dir":"src","depth":2}' },
    ])
    expect(collected(replies.oneTool).reason).toBe('tool-calls')
  })

  it('passes interleaved calls on interleaved', () => {
    const order = decodeText(replies.parallelTools).flatMap((event) =>
      event.type === 'part-delta' ? [event.index] : [],
    )
    expect(order).toEqual([0, 1, 0, 1])
    expect(calls(replies.parallelTools).map(({ said }) => said)).toEqual([
      '{"dir":"src","depth":2}',
      '{"path":"src/ünïcode.ts"}',
    ])
  })

  it('[C45] knows a call without arguments', () => {
    expect(calls(replies.noArguments)).toMatchObject([{ name: 'clock', said: '' }])
  })

  it('[C124] knows freeform calls and namespaces', () => {
    expect(calls(replies.freeform)).toEqual([
      {
        type: 'tool-call',
        id: 'call_patch',
        name: 'apply_patch',
        namespace: 'functions',
        freeform: true,
        said: '*** Begin\n+line "one"\n*** End',
      },
    ])
  })

  it('knows a search by the provider', () => {
    expect(collected(replies.search).parts[0]?.opening).toEqual({
      type: 'search',
      id: 'ws_001',
      query: 'weather oslo',
      results: [{ url: 'https://example.com/oslo', title: '' }],
    })
  })

  it('[C38] tells a refusal and a content filter from an end', () => {
    expect(collected(replies.refusal)).toMatchObject({
      reason: 'refusal',
      parts: [{ text: 'I would rather not.' }],
    })
    expect(collected(replies.filtered).reason).toBe('refusal')
  })

  it('[C39] says length even while a call is open, and the call is not complete', () => {
    expect(collected(replies.length).reason).toBe('length')
    expect(calls(replies.length)).toEqual([])
  })

  it('[C39] a call cut before its first argument is no call without arguments', () => {
    const cut = replies.length
      .replace('"delta":"{\\"dir\\":\\"src/very"', '"delta":""')
      .replaceAll('"arguments":"{\\"dir\\":\\"src/very"', '"arguments":""')
    expect(calls(cut)).toEqual([])
    expect(collected(cut).reason).toBe('length')
  })

  it('reads errors inside the stream by their code, and the wait in their words', () => {
    expect(collected(replies.errorMidStream).failure).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 3500,
    })
    expect(collected(replies.errorEvent).failure).toMatchObject({
      kind: 'overloaded',
      message: 'Something broke.',
    })
    expect(
      collected('data: {"error":{"message":"no such model: x","code":"model_not_found"}}\n\n').failure,
    ).toMatchObject({
      message: 'no such model: x',
    })
  })

  it('says items that come without deltas once', () => {
    for (const text of [replies.doneOnly, replies.completedOnly]) {
      expect(collected(text).parts.map(({ text: said }) => said)).toEqual([
        'Quiet.',
        'All at once.',
        '{"dir":"src","depth":2}',
      ])
    }
  })

  it('says nothing twice when the list at the end names items differently', () => {
    expect(collected(replies.wanderingIds).parts.map(({ text: said }) => said)).toEqual([
      'Hm.',
      'Same words.',
      '{"dir":"src","depth":2}',
    ])
  })

  it('says nothing twice when events carry no item and no index', () => {
    const bare = stream([
      { type: 'response.created', response: { id: 'r', model: 'm' } },
      { type: 'response.output_text.delta', item_id: 'a', delta: 'Hel' },
      { type: 'response.output_text.delta', item_id: 'a', delta: 'lo' },
      {
        type: 'response.completed',
        response: {
          status: 'completed',
          output: [{ type: 'message', id: 'b', content: [{ type: 'output_text', text: 'Hello' }] }],
        },
      },
    ])
    expect(collected(bare).parts.map(({ text: said }) => said)).toEqual(['Hello'])
  })

  it('says what the last event of an item has more than its deltas', () => {
    const short = replies.text.replace(/event: response\.output_text\.delta\ndata: [^\n]*wörld[^\n]*\n\n/, '')
    expect(collected(short).parts[0]?.text).toBe('Good morning, wörld 🌍')
  })

  it('[C50] gives calls without an id, or with one twice, ids of their own', () => {
    const item = (call_id: string | undefined, n: number) => ({
      type: 'response.output_item.done',
      output_index: n,
      item: { type: 'function_call', name: 'go', arguments: '{}', ...(call_id !== undefined && { call_id }) },
    })
    const text = stream([
      ...[item('same', 0), item('same', 1), item(undefined, 2), item('', 3)],
      { type: 'response.completed', response: { status: 'completed', output: [] } },
    ])
    const ids = calls(text).map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
    expect(ids[0]).toBe('same')
    for (const id of ids) expect(id).toMatch(/^[\w-]+$/)
    expect(calls(text).map(({ id }) => id)).toEqual(ids)
  })

  it('hears unknown events, empty ones and null fields without a word', () => {
    const noise = [
      'data: {"type":"codex.rate_limits","plan":null}\n\n',
      'data: {"type":"keepalive"}\n\n',
      'data:\n\n',
      ': comment\n\n',
      'data: [DONE]\n\n',
      'data: {"type":"response.output_text.delta","output_index":0,"content_index":null,"delta":null}\n\n',
      'data: {"type":"response.output_item.added","output_index":7,"item":null}\n\n',
    ].join('')
    const noisy = replies.text.replace(
      /\n\nevent: response\.output_text\.delta/g,
      (found) => `\n\n${noise}${found.slice(2)}`,
    )
    expect(joined(decodeText(noisy))).toEqual(joined(decodeText(replies.text)))
  })

  it('[C41] says the same for every chunking of the bytes', () => {
    for (const text of Object.values(replies)) {
      const bytes = bytesOf(text)
      const expected = decode([bytes])
      for (let at = 1; at < bytes.length; at += 1)
        expect(decode([bytes.subarray(0, at), bytes.subarray(at)]).length).toBe(expected.length)
      const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
      expect(decode(single)).toEqual(expected)
    }
  }, 60_000)

  it('[C47] truncated at every byte, never completes a call that was not, nor ends', () => {
    for (const [name, text] of Object.entries(replies)) {
      const bytes = bytesOf(text)
      const full = decode([bytes])
      const fullCalls = JSON.stringify(
        wholeReply(full).parts.filter(({ opening }) => opening.type === 'tool-call'),
      )
      for (let at = 0; at < bytes.length - 1; at += 1) {
        const events = decode([bytes.subarray(0, at)])
        expect(events.at(-1)?.type, `${name} cut at ${at}`).toBe('failed')
        for (const { opening, text: said } of wholeReply(events).parts)
          if (opening.type === 'tool-call') expect(fullCalls).toContain(JSON.stringify(said))
      }
    }
  }, 60_000)

  it('tells a reply that broke off from one that never began', () => {
    expect(collected(replies.text.slice(0, -400)).failure?.kind).toBe('cut')
    expect(collected('').failure).toMatchObject({ kind: 'garbled' })
    expect(collected('data: <html>\n\n').failure?.kind).toBe('garbled')
  })
})

describe('a whole reply', () => {
  it('says what the stream would have said', () => {
    const events = openaiResponses.reply.decodeWhole(whole, { quirks: {} })
    expect(wholeReply(events)).toMatchObject({
      id: 'resp_68af4030baa48193b0b43b4c2a176a1a0e6967589f080e78',
      reason: 'tool-calls',
      usage: { input: 176, cacheRead: 1024, output: usage['output_tokens'] },
      parts: [
        { text: 'First I look.\n\nThen I leap.' },
        { text: 'Done.' },
        { text: '{"dir":"src","depth":2}' },
      ],
    })
  })

  it('is read from a stream where an upstream always streams', () => {
    const events = openaiResponses.reply.decodeWhole(replies.oneTool, { quirks: {} })
    expect(joined(events)).toEqual(joined(decodeText(replies.oneTool)))
  })

  it('[C120] is a failure when it is none, failed, or not finished', () => {
    const kind = (body: string) =>
      wholeReply(openaiResponses.reply.decodeWhole(body, { quirks: {} })).failure?.kind
    expect(kind('<html>busy</html>')).toBe('garbled')
    expect(kind('{"status":"in_progress","output":[]}')).toBe('garbled')
    expect(kind(whole.slice(0, -5))).toBe('garbled')
    expect(kind('{"status":"failed","error":{"code":"server_error","message":"oh"}}')).toBe('overloaded')
  })
})
