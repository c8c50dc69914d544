import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CallGuard } from '../../../src/conversation/call-guard.ts'
import type { Conversation, Thinking } from '../../../src/conversation/conversation.ts'
import { isTagged, readUnsigned } from '../../../src/conversation/proof-tag.ts'
import type { ReplyEvent } from '../../../src/conversation/reply.ts'
import { wholeReply } from '../../../src/conversation/whole.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import type { ReplyContext } from '../../../src/dialects/dialect.ts'
import { SseReader } from '../../../src/wire/sse.ts'
import { collect, join } from '../../../src/wire/stage.ts'
import { recordings, sse } from './fixtures/replies.ts'
import { checkStream, framesOf, readReply, readWholeReply } from './grammar.ts'

const order = { quirks: {} }
const conversation = (thinking: Thinking = { kind: 'default' }): Conversation => ({
  system: [],
  turns: [{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }],
  tools: [],
  sampling: {},
  thinking,
  output: { kind: 'text' },
  unsaid: [],
})
const context = (thinking?: Thinking): ReplyContext => ({
  replyId: 'abcdefghij0123456789ABCD',
  model: 'claude-asked-for',
  createdMs: 0,
  estimatedInputTokens: 42,
  conversation: conversation(thinking),
})

const decode = (text: string): ReplyEvent[] => collect(anthropic.reply.decodeStream(order), framesOf(text))
const guarded = (events: readonly ReplyEvent[]): ReplyEvent[] => collect(new CallGuard(), events)
const encode = (events: readonly ReplyEvent[], thinking?: Thinking): string => {
  const encoder = anthropic.reply.encodeStream(context(thinking))
  return events.map((event) => encoder.push(event)).join('')
}
const recording = (name: string): string => recordings[name] ?? ''
const names = Object.keys(recordings)

const start: ReplyEvent = { type: 'start', id: 'x', model: 'm' }
const begin = (index: number, id = `c${index}`): ReplyEvent => ({
  type: 'part-start',
  index,
  part: { type: 'tool-call', id, name: 'look' },
})
const open = (index: number, type: 'text' | 'thinking'): ReplyEvent => ({
  type: 'part-start',
  index,
  part: { type },
})
const grow = (index: number, text: string): ReplyEvent => ({ type: 'part-delta', index, text })
const close = (index: number): ReplyEvent => ({ type: 'part-end', index })
const end = (reason: Extract<ReplyEvent, { type: 'end' }>['reason'] = 'done'): ReplyEvent => ({
  type: 'end',
  reason,
})

describe('reading replies', () => {
  it('understands every recording', () => {
    const heard = Object.fromEntries(
      names.map((name) => {
        const whole = wholeReply(guarded(decode(recording(name))))
        return [
          name,
          [
            whole.failure?.kind ?? whole.reason,
            ...whole.parts.map(({ opening, text }) => `${opening.type}:${text}`),
          ],
        ]
      }),
    )
    expect(heard).toEqual({
      text: ['done', 'text:The tide is höher 🌊.'],
      thinkingThenText: ['done', 'thinking:Ships come at noon.', 'thinking:', 'text:At noon.'],
      oneTool: ['tool-calls', 'text:I look.', 'tool-call:{"path":"/quay/log.txt","lines":1.0}'],
      parallelTools: ['tool-calls', 'tool-call:{"path":"a"}', 'tool-call:{"path":"b"}'],
      noArguments: ['tool-calls', 'tool-call:'],
      refusal: ['refusal'],
      length: ['length', 'text:Now the call:'],
      stopSequence: ['stop-sequence', 'text:one two'],
      errorMidStream: ['overloaded', 'text:Half a '],
      cachedUsage: ['done', 'text:Warm.'],
      webSearch: ['done', 'search:', 'text:High at six.'],
      empty: ['done'],
    })
  })

  it('[C41] hears the same however the bytes are cut', () => {
    for (const name of names) {
      const bytes = new TextEncoder().encode(recording(name))
      const whole = decode(recording(name))
      for (let at = 0; at <= bytes.length; at++) {
        const stage = join(new SseReader(), anthropic.reply.decodeStream(order))
        expect(collect(stage, [bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole)
      }
    }
  })

  it('[C47] [C120] never takes a stream cut at any byte for a finished reply, or a cut call for a whole one', () => {
    for (const name of names) {
      const text = recording(name)
      const full = wholeReply(guarded(decode(text)))
      const reasonAt = text.indexOf('"stop_reason":"')
      for (let at = 0; at < text.length; at++) {
        const events = guarded(decode(text.slice(0, at)))
        const last = events.at(-1)
        expect(events.filter(({ type }) => type === 'end' || type === 'failed')).toHaveLength(1)
        if (last?.type === 'end') expect(at).toBeGreaterThan(reasonAt)
        for (const part of wholeReply(events).parts)
          if (part.opening.type === 'tool-call') expect(full.parts).toContainEqual(part)
        expect(checkStream(encode(events))).toEqual([])
      }
    }
  })

  it('[C34] counts cached, written and fresh tokens apart', () => {
    expect(wholeReply(decode(recording('cachedUsage'))).usage).toEqual({
      input: 7,
      cacheRead: 4000,
      cacheWrite: 300,
      output: 5,
    })
    expect(wholeReply(decode(recording('webSearch'))).usage.searches).toBe(1)
    expect(wholeReply(decode(recording('thinkingThenText'))).usage.thinking).toBe(9)
  })

  it('[C42] takes a reason without a goodbye for the end, at once when the output is counted', () => {
    const cut = recording('text').replace(/event: message_stop[\s\S]*$/, '')
    const stage = anthropic.reply.decodeStream(order)
    const events = framesOf(cut).flatMap((frame) => stage.push(frame))
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'done' })
    const uncounted = cut.replace('"output_tokens":12', '')
    expect(decode(uncounted).at(-1)).toEqual({ type: 'end', reason: 'done' })
  })

  it('says nothing was begun when a stream is empty, and cut when it was', () => {
    const failure = (text: string) => wholeReply(decode(text)).failure?.kind
    expect(failure('')).toBe('garbled')
    expect(failure(framesOfFirst(recording('text'), 1))).toBe('garbled')
    expect(failure(framesOfFirst(recording('text'), 4))).toBe('cut')
    expect(failure('data: {"type":"message_st\n\n')).toBe('garbled')
  })

  it('reads imitations: no event names, no starts, input given whole, thoughts in a text block, no usage', () => {
    const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
    const text = [
      ': hello\n\n',
      data({ type: 'message_start', message: { id: 'm', model: 'x' } }),
      data({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'First ' } }),
      data({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } }),
      data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'second' } }),
      data({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: ' third' } }),
      data({ type: 'brand_new_event', index: 7 }),
      'data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"","name":"f","input":{"n":1.0}}}\n\n',
      data({
        type: 'content_block_start',
        index: 3,
        content_block: { type: 'tool_use', id: 'same', name: 'g' },
      }),
      data({ type: 'content_block_stop', index: 3 }),
      data({
        type: 'content_block_start',
        index: 4,
        content_block: { type: 'tool_use', id: 'same', name: 'g' },
      }),
      data({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: null }),
      'data: [DONE]\n\n',
    ].join('')
    const whole = wholeReply(guarded(decode(text)))
    expect(whole.parts.map(({ opening, text: said }) => `${opening.type}:${said}`)).toEqual([
      'text:First ',
      'thinking:hm',
      'text:second',
      'text: third',
      'tool-call:{"n":1.0}',
      'tool-call:',
      'tool-call:',
    ])
    expect(whole.reason).toBe('tool-calls')
    const ids = whole.parts.flatMap(({ opening }) => (opening.type === 'tool-call' ? [opening.id] : []))
    expect(new Set(ids).size).toBe(3)
    expect(ids[1]).toBe('same')
  })

  it('[C62] takes the last of two signatures, and none from an empty one', () => {
    const [delta] = framesOf(recording('thinkingThenText')).filter(({ data }) =>
      data.includes('signature_delta'),
    )
    const twice = recording('thinkingThenText').replace(
      delta?.data ?? '',
      `${delta?.data.replace('c2lnbmVkLWJ5LXRoZS1xdWF5', 'Zmlyc3Q')}\n\nevent: content_block_delta\ndata: ${delta?.data}`,
    )
    expect(twice).not.toBe(recording('thinkingThenText'))
    expect(decode(twice)).toEqual(decode(recording('thinkingThenText')))
  })

  it('[C46] does not say arguments twice that came with the start and in deltas', () => {
    const given = recording('oneTool').replace('"input":{}', '"input":{"path":"?"}')
    expect(given).not.toBe(recording('oneTool'))
    expect(decode(given)).toEqual(decode(recording('oneTool')))
  })

  it('keeps server tools it does not know as foreign parts', () => {
    const text = sse([
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'server_tool_use', id: 's', name: 'web_fetch', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json: '{"url":"u"}' },
      },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'pause_turn' }, usage: { output_tokens: 1 } },
    ])
    expect(decode(text)).toContainEqual({
      type: 'part-start',
      index: 0,
      part: {
        type: 'foreign',
        dialect: 'anthropic',
        value: { type: 'server_tool_use', id: 's', name: 'web_fetch', input: { url: 'u' } },
        loss: 'server-tool',
      },
    })
    expect(decode(text).at(-1)).toEqual({ type: 'end', reason: 'pause' })
  })

  it('[C119] reads a whole reply as it reads the stream', () => {
    for (const name of names.filter((each) => each !== 'errorMidStream' && each !== 'length')) {
      const events = guarded(decode(recording(name)))
      const body = anthropic.reply.encodeWhole(events, context())
      const again = wholeReply(anthropic.reply.decodeWhole(body, order))
      const { parts, reason } = wholeReply(events)
      expect(again.parts.map(withoutIds)).toEqual(parts.map(withoutIds))
      expect(again.reason).toBe(reason)
    }
  })

  it('[C120] fails on whole replies that are none', () => {
    const kind = (body: string) => wholeReply(anthropic.reply.decodeWhole(body, order)).failure?.kind
    expect(kind('')).toBe('garbled')
    expect(kind('<html>')).toBe('garbled')
    expect(kind('{"type":"message","content":[{"type":"text","text":"Ha')).toBe('garbled')
    expect(kind('{"type":"message","content":[{"type":"text","text":"Ha"}],"stop_reason":null}')).toBe('cut')
    expect(kind('{"type":"error","error":{"type":"overloaded_error","message":"busy"}}')).toBe('overloaded')
  })
})

const framesOfFirst = (text: string, count: number): string =>
  `${text.split('\n\n').slice(0, count).join('\n\n')}\n\n`
function withoutIds(part: ReturnType<typeof wholeReply>['parts'][number]): unknown {
  return {
    ...part,
    text: part.opening.type === 'tool-call' && part.text !== '' ? JSON.parse(part.text) : part.text,
  }
}

describe('writing replies', () => {
  it('[C25] [C26] [C27] [C28] [C29] [C30] [C32] says every recording again in good grammar', () => {
    for (const name of names) {
      const text = encode(guarded(decode(recording(name))))
      expect(checkStream(text), name).toEqual([])
      if (name !== 'errorMidStream')
        expect({ ...readReply(text), usage: 0 }).toEqual({ ...readReply(recording(name)), usage: 0 })
    }
  })

  it('the grammar objects to what clients object to', () => {
    const good = recording('oneTool')
    expect(checkStream(good)).toEqual([])
    expect(checkStream(good.replace('event: content_block_stop\n', ''))).not.toEqual([])
    expect(checkStream(good.replace('.0}', '.0'))).toContainEqual(expect.stringContaining('[C47]'))
    expect(
      checkStream(
        good
          .replace('"tool_use"},', '"end_turn"},')
          .replace('"stop_reason":"tool_use"', '"stop_reason":"end_turn"'),
      ),
    ).toContainEqual(expect.stringContaining('[C51]'))
    expect(checkStream(good.replaceAll('"index":1', '"index":2'))).toContainEqual(
      expect.stringContaining('[C28]'),
    )
    expect(checkStream(`${good}data: [DONE]\n\n`)).not.toEqual([])
    expect(checkStream(good.slice(0, -10))).not.toEqual([])
  })

  it('[C119] says the same whole as streamed, for every recording', () => {
    for (const name of names.filter((each) => each !== 'errorMidStream')) {
      const events = guarded(decode(recording(name)))
      expect(readWholeReply(anthropic.reply.encodeWhole(events, context()))).toEqual(
        readReply(encode(events)),
      )
    }
  })

  it('[C18] [C33] begins with the model asked for and an estimate of the prompt, and ends with the true count', () => {
    const text = encode([
      start,
      open(0, 'text'),
      grow(0, 'hi'),
      close(0),
      { type: 'usage', usage: { input: 900, cacheRead: 50, cacheWrite: 0, output: 3 } },
      end(),
    ])
    const first = JSON.parse(framesOf(text)[0]?.data ?? '')
    expect(first.message.model).toBe('claude-asked-for')
    expect(first.message.usage.input_tokens).toBe(42)
    expect(readReply(text).usage).toMatchObject({
      input_tokens: 900,
      cache_read_input_tokens: 50,
      output_tokens: 3,
    })
  })

  it('counts by itself when the upstream does not', () => {
    const text = encode([start, open(0, 'text'), grow(0, 'x'.repeat(38)), close(0), end()])
    expect(readReply(text).usage).toMatchObject({ input_tokens: 42, output_tokens: 10 })
  })

  it('[C31] [C36] opens no block for parts that say nothing', () => {
    const text = encode([
      start,
      open(0, 'text'),
      grow(0, ''),
      close(0),
      open(1, 'thinking'),
      close(1),
      end('refusal'),
    ])
    expect(text).not.toContain('content_block')
    expect(checkStream(text)).toEqual([])
  })

  it('[C29] [C48] lets interleaved parts speak one after the other', () => {
    const text = encode([
      start,
      open(0, 'text'),
      begin(1),
      grow(1, '{"a"'),
      begin(2),
      grow(2, '{"b":'),
      grow(1, ':1}'),
      grow(0, 'meanwhile'),
      grow(2, '2}'),
      close(2),
      close(1),
      close(0),
      end('tool-calls'),
    ])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text).toolCalls.map(({ arguments: input }) => input)).toEqual([{ a: 1 }, { b: 2 }])
    expect(readReply(text).text).toBe('meanwhile')
  })

  it('[C39] [C47] leaves a call cut by the length limit open, and says max_tokens', () => {
    const text = encode([start, begin(0), grow(0, '{"a":'), grow(0, '"unfin'), end('length')])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text)).toMatchObject({ stop: 'max_tokens', toolCalls: [] })
    expect(text).toContain('content_block_start')
    expect(text).not.toContain('content_block_stop')
  })

  it('[C47] [C94] ends a call cut otherwise with an error and nothing more', () => {
    const text = encode([
      start,
      begin(0),
      grow(0, '{"a":'),
      grow(0, '"unfin'),
      end('tool-calls'),
      grow(0, '"}'),
      close(0),
    ])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text)).toMatchObject({ stop: 'api_error', toolCalls: [] })
    expect(text).not.toContain('message_delta')
  })

  it('[C94] a failure is one error frame, and the last', () => {
    const text = encode([
      start,
      open(0, 'text'),
      grow(0, 'half'),
      { type: 'failed', failure: { kind: 'overloaded', message: 'busy' } },
      grow(0, 'more'),
      end(),
    ])
    expect(checkStream(text)).toEqual([])
    expect(framesOf(text).at(-1)?.event).toBe('error')
    expect(text).not.toContain('more')
  })

  it('[C44] [C45] [C46] begins a call without input; none stays none', () => {
    const text = encode([
      start,
      begin(0),
      close(0),
      begin(1),
      grow(1, '{"n":1.0}'),
      close(1),
      end('tool-calls'),
    ])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text).toolCalls[0]?.arguments).toEqual({})
    expect(text).toContain('{\\"n\\":1.0}')
  })

  it('[C49] [C50] keeps ids unique and plain', () => {
    const text = encode([
      start,
      begin(0, 'a'),
      close(0),
      begin(1, 'a'),
      close(1),
      begin(2, 'ü/§'),
      close(2),
      end('tool-calls'),
    ])
    expect(checkStream(text)).toEqual([])
    const [a, b, c] = readReply(text).toolCalls
    expect([a?.id, b?.id]).toEqual(['a', 'a_2'])
    expect(c?.id).toMatch(/^[a-zA-Z0-9_-]+$/)
  })

  it('[C37] [C38] [C51] has a word for every reason', () => {
    const stop = (...events: ReplyEvent[]) => readReply(encode([start, ...events])).stop
    expect(stop(end('done'))).toBe('end_turn')
    expect(stop(end('refusal'))).toBe('refusal')
    expect(stop(end('pause'))).toBe('pause_turn')
    expect(stop(end('context-full'))).toBe('model_context_window_exceeded')
    expect(stop(end('length'))).toBe('max_tokens')
    expect(stop(end('tool-calls'))).toBe('end_turn')
    expect(stop(begin(0), close(0), end('done'))).toBe('tool_use')
  })

  it('[C16] says which stop sequence was met', () => {
    const text = encode([start, { type: 'end', reason: 'stop-sequence', stopSequence: 'three' }])
    expect(text).toContain('"stop_sequence":"three"')
    expect(checkStream(text)).toEqual([])
  })

  it('[C62] [C65] signs a thought once: with its own proof, a tagged foreign one, or a mark that there is none', () => {
    const signature = (event: ReplyEvent): string => {
      const text = encode([start, open(0, 'thinking'), grow(0, 'hm'), event, end()])
      expect(checkStream(text)).toEqual([])
      return /"signature_delta","signature":"([^"]*)"/.exec(text)?.[1] ?? ''
    }
    const own = signature({
      type: 'part-end',
      index: 0,
      proof: { dialect: 'anthropic', kind: 'signature', value: 'own' },
    })
    expect(own).toBe('own')
    const foreign = signature({
      type: 'part-end',
      index: 0,
      proof: { dialect: 'gemini', kind: 'thought', value: 'own' },
    })
    expect(isTagged(foreign)).toBe(true)
    const none = signature(close(0))
    expect(isTagged(none)).toBe(true)
    expect(readUnsigned(none)).toBe('')
  })

  it('[C67] shows no thoughts to a client that turned them off, and only proofs to one that hides them', () => {
    const events: ReplyEvent[] = [
      start,
      open(0, 'thinking'),
      grow(0, 'secret'),
      { type: 'part-end', index: 0, proof: { dialect: 'anthropic', kind: 'signature', value: 'own' } },
      open(1, 'text'),
      grow(1, 'said'),
      close(1),
      end(),
    ]
    expect(encode(events, { kind: 'off' })).not.toContain('thinking')
    const hidden = encode(events, { kind: 'adaptive', visible: false })
    expect(checkStream(hidden)).toEqual([])
    expect(hidden).not.toContain('secret')
    expect(hidden).toContain('"signature":"own"')
  })

  it('[C68] brings a hidden thought without a proof back with the history', () => {
    const text = encode([start, open(0, 'thinking'), grow(0, 'plan "b"'), close(0), end()], {
      kind: 'adaptive',
      visible: false,
    })
    expect(text).not.toContain('thinking_delta')
    const signature = JSON.parse(framesOf(text)[2]?.data ?? '').delta.signature
    const decoded = anthropic.request.decode({
      model: 'm',
      messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: '', signature }] }],
    })
    expect(decoded).toMatchObject({ turns: [{ parts: [{ type: 'thinking', text: 'plan "b"' }] }] })
  })

  it('[C63] [C68] carries the proof of a call in an empty thought before it, and back into the call', () => {
    const proof = { dialect: 'gemini', kind: 'thought', value: 'sig.with.dots' } as const
    const events: ReplyEvent[] = [
      start,
      begin(0),
      grow(0, '{"a":1}'),
      { type: 'part-end', index: 0, proof },
      end('tool-calls'),
    ]
    const text = encode(events)
    expect(checkStream(text)).toEqual([])
    const message = JSON.parse(anthropic.reply.encodeWhole(events, context()))
    expect(message.content.map(({ type }: { type: string }) => type)).toEqual(['thinking', 'tool_use'])
    const decoded = anthropic.request.decode({
      model: 'm',
      messages: [{ role: 'assistant', content: message.content }],
    })
    expect(decoded).toMatchObject({ turns: [{ parts: [{ type: 'tool-call', id: 'c0', proof }] }] })
  })

  it('[C114] tells a search as a server tool with results, and counts it', () => {
    const text = encode([
      start,
      {
        type: 'part-start',
        index: 0,
        part: {
          type: 'search',
          id: 'ws_1',
          query: 'tides',
          results: [{ url: 'https://t.test', title: 'T' }],
        },
      },
      close(0),
      end(),
    ])
    expect(checkStream(text)).toEqual([])
    expect(text).toContain('"server_tool_use":{"web_search_requests":1}')
    expect(text).toContain('web_search_tool_result')
    expect(text).toContain('srvtoolu_ws_1')
  })

  it('wraps freeform input, which this dialect cannot say', () => {
    const part = { type: 'tool-call', id: 'f', name: 'patch', freeform: true } as const
    const text = encode([
      start,
      { type: 'part-start', index: 0, part },
      grow(0, '*** '),
      grow(0, '"x"'),
      close(0),
      end(),
    ])
    expect(checkStream(text)).toEqual([])
    expect(readReply(text).toolCalls[0]?.arguments).toEqual({ input: '*** "x"' })
  })

  const index = fc.nat({ max: 3 })
  const proof = fc.option(
    fc.record({
      dialect: fc.constantFrom('anthropic' as const, 'gemini' as const),
      kind: fc.constantFrom('signature' as const, 'redacted' as const),
      value: fc.constantFrom('proof', 'p.q'),
    }),
    { nil: undefined },
  )
  const opening = fc.oneof(
    fc.constant({ type: 'text' as const }),
    fc.constant({ type: 'thinking' as const }),
    fc.record({
      type: fc.constant('tool-call' as const),
      id: fc.constantFrom('a', 'b', '', 'ö'),
      name: fc.constant('f'),
      freeform: fc.boolean(),
    }),
    fc.constant({ type: 'search' as const, id: 's', query: 'q', results: [] }),
    fc.constant({
      type: 'foreign' as const,
      dialect: 'gemini' as const,
      value: {},
      loss: 'unknown-part' as const,
    }),
  )
  const anyEvent: fc.Arbitrary<ReplyEvent> = fc.oneof(
    { weight: 1, arbitrary: fc.constant(start) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('part-start' as const), index, part: opening }) },
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('part-delta' as const),
        index,
        text: fc.constantFrom('', '{', '"a":', '1', '}', '{}', 'text "q" 🌊\n', '{"a":1}'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ index, proof }).map(
        ({ index: at, proof: given }): ReplyEvent => ({
          type: 'part-end',
          index: at,
          ...(given && { proof: given }),
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.constant<ReplyEvent>({
        type: 'usage',
        usage: { input: 1, cacheRead: 0, cacheWrite: 0, output: 1 },
      }),
    },
  )
  const anyEnd = fc.constantFrom<ReplyEvent>(
    end('done'),
    end('length'),
    end('tool-calls'),
    end('other'),
    end('stop-sequence'),
    { type: 'failed', failure: { kind: 'cut', message: 'gone' } },
  )
  const anyThinking = fc.constantFrom<Thinking>(
    { kind: 'default' },
    { kind: 'off' },
    { kind: 'adaptive', visible: false },
  )

  it('[C26] speaks grammar whatever it is told, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 24 }), anyEnd, anyThinking, (events, last, thinking) => {
        expect(checkStream(encode(guarded([...events, last]), thinking))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('[C119] collects any sentence to what its stream says', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 24 }), anyThinking, (events, thinking) => {
        const sentence = guarded([...events, end('length')])
        if (sentence.at(-1)?.type !== 'end') return
        expect(readWholeReply(anthropic.reply.encodeWhole(sentence, context(thinking)))).toEqual(
          readReply(encode(sentence, thinking)),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('writes whole frames only', () => {
    const encoder = anthropic.reply.encodeStream(context())
    for (const event of decode(recording('oneTool'))) expect(encoder.push(event)).toMatch(/^$|\n\n$/)
  })
})

describe('listening in', () => {
  it('[C42] hears usage, reason and end in frames that hold a needle, and knows how to close', () => {
    for (const name of names) {
      const listener = anthropic.overhear.listen()
      const heard = framesOf(recording(name)).flatMap((frame) =>
        listener.needles.some((needle) => frame.data.includes(needle)) ? [listener.read(frame)] : [],
      )
      if (name === 'errorMidStream') expect(heard.at(-1)?.failure?.kind).toBe('overloaded')
      else expect(heard.at(-1)).toEqual({ over: true })
      expect(heard[0]?.usage?.input).toBe(name === 'cachedUsage' ? 7 : 25)
    }
    const stopped = recording('text').replace(/event: message_stop[\s\S]*$/, '')
    expect(checkStream(stopped + anthropic.overhear.closing)).toEqual([])
  })

  it('[C99] waits with a ping', () => {
    const text = recording('text')
    expect(checkStream(text.replace('event: content', `${anthropic.keepAlive}event: content`))).toEqual([])
    expect(framesOf(anthropic.keepAlive)[0]?.event).toBe('ping')
  })
})
