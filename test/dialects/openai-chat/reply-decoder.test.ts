import { describe, expect, test } from 'vitest'
import type { ReplyEvent } from '../../../src/conversation/reply.ts'
import { wholeReply } from '../../../src/conversation/whole.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { bytes, decode, decodeChunks } from './fixtures/context.ts'
import { type Recorded, recorded } from './fixtures/replies.ts'

function meaning(events: readonly ReplyEvent[]) {
  const { parts, usage, reason, failure } = wholeReply(events)
  const texts = (type: string): string =>
    parts.flatMap(({ opening, text }) => (opening.type === type ? [text] : [])).join('')
  const calls = parts.flatMap(({ opening, text }) =>
    opening.type === 'tool-call' ? [[opening.id, opening.name, text] as const] : [],
  )
  return { text: texts('text'), thinking: texts('thinking'), calls, usage, reason, failure }
}

/** Adjacent deltas of one part joined: how finely a stream was cut does not matter. */
function joined(events: readonly ReplyEvent[]): ReplyEvent[] {
  const out: ReplyEvent[] = []
  for (const event of events) {
    const last = out.at(-1)
    if (event.type === 'part-delta' && last?.type === 'part-delta' && last.index === event.index)
      out[out.length - 1] = { ...last, text: last.text + event.text }
    else out.push(event)
  }
  return out
}

function sentenceMistakes(events: readonly ReplyEvent[]): string[] {
  const wrong: string[] = []
  const open = new Set<number>()
  let next = 0
  for (const [at, event] of events.entries()) {
    const last = at === events.length - 1
    if ((event.type === 'start') !== (at === 0) && !(event.type === 'failed' && last))
      wrong.push(`${event.type} at ${at}`)
    if ((event.type === 'end' || event.type === 'failed') !== last)
      wrong.push(`${event.type} is or is not the end`)
    if (event.type === 'part-start') {
      if (event.index !== next++) wrong.push(`part ${event.index} out of order`)
      open.add(event.index)
    }
    if (event.type === 'part-delta' && (!open.has(event.index) || event.text === ''))
      wrong.push(`delta ${event.index}`)
    if (event.type === 'part-end' && !open.delete(event.index)) wrong.push(`end ${event.index}`)
    if (event.type === 'end' && event.reason !== 'length' && open.size > 0) wrong.push('left open')
  }
  return wrong
}

describe('recorded replies', () => {
  test.each(recorded)('$name', (record: Recorded) => {
    const events = decode(record.stream)
    expect(sentenceMistakes(events)).toEqual([])
    const said = meaning(events)
    expect(said.text).toBe(record.text ?? '')
    expect(said.thinking).toBe(record.thinking ?? '')
    expect(said.calls.map(([, name, args]) => [name, args])).toEqual(
      (record.calls ?? []).map(([, name, args]) => [name, args]),
    )
    for (const [at, [id]] of (record.calls ?? []).entries()) if (id) expect(said.calls[at]?.[0]).toBe(id)
    expect(said.failure?.kind).toBe(record.failure)
    if (record.stop) expect(said.reason).toBe(record.stop)
    if (record.usage) expect(said.usage).toEqual(record.usage)
  })

  test.each(recorded)('[C41] $name: means the same however its bytes are split', ({ stream }) => {
    const whole = bytes(stream)
    const expected = joined(decode(stream))
    for (let at = 1; at < whole.length; at++)
      expect(joined(decodeChunks([whole.subarray(0, at), whole.subarray(at)]))).toEqual(expected)
    expect(joined(decodeChunks([...whole].map((_, at) => whole.subarray(at, at + 1))))).toEqual(expected)
    expect(joined(decode(stream.replaceAll('\n', '\r\n')))).toEqual(expected)
  })

  test.each(recorded)(
    '[C47] [C39] [C42] $name: cut anywhere, no call is complete that was not, no end is made up',
    (record) => {
      const whole = bytes(record.stream)
      const finish = bytes(record.stream.slice(0, finishEnd(record.stream))).length
      for (let at = 0; at < whole.length; at++) {
        const events = decodeChunks([whole.subarray(0, at)])
        expect(sentenceMistakes(events)).toEqual([])
        const said = meaning(events)
        if (at < finish) expect(said.failure, `cut at ${at}`).toBeDefined()
        const calls = (record.calls ?? []).map(([, name, args]) => [name, args])
        for (const [, name, args] of said.calls) expect(calls).toContainEqual([name, args])
      }
    },
  )

  test('[C42] a finish_reason and then the end is a complete reply; the end alone is a cut; nothing at all is garbled', () => {
    const text = recorded.find(({ name }) => name === 'text')!.stream
    const until = (word: string): string => text.slice(0, text.indexOf(word))
    expect(meaning(decode(text.slice(0, finishEnd(text)))).failure).toBeUndefined()
    expect(meaning(decode(until('" and a'))).failure?.kind).toBe('cut')
    expect(
      meaning(decode(`${until('" and a').replace(/data: [^\n]*$/, '')}data: [DONE]\n\n`)).failure?.kind,
    ).toBe('cut')
    expect(meaning(decode('')).failure?.kind).toBe('garbled')
    expect(meaning(decode('data: <html>\n\n')).failure?.kind).toBe('garbled')
  })
})

/** Where the frame that says why the reply ended is complete. */
function finishEnd(stream: string): number {
  const at = stream.search(/"finish_reason":"/)
  return at < 0 ? stream.length : stream.indexOf('\n\n', at) + 2
}

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const delta = (fields: unknown, finish: string | null = null): string =>
  frame({ id: 'chatcmpl-z', created: 7, choices: [{ index: 0, delta: fields, finish_reason: finish }] })

describe('details', () => {
  test('[C50] missing and doubled ids become unique ones, the same every time, others in another reply', () => {
    const calls = [1, 2].map((n) => ({
      index: n,
      id: 'x',
      function: { name: 'look', arguments: `{"at":${n}}` },
    }))
    const stream = delta({ tool_calls: calls }) + delta({}, 'tool_calls')
    const ids = meaning(decode(stream)).calls.map(([id]) => id)
    expect(new Set(ids).size).toBe(2)
    expect(meaning(decode(stream)).calls.map(([id]) => id)).toEqual(ids)
    const another = meaning(decode(stream.replaceAll('chatcmpl-z', 'chatcmpl-y'))).calls.map(([id]) => id)
    expect(another[1]).not.toBe(ids[1])
  })

  test('[C51] a turn with calls stopped for their sake, whatever the upstream said', () => {
    const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'look', arguments: '{}' } }] }
    for (const word of ['stop', 'Tool_Calls', 'end_turn', 'novel_reason'])
      expect(meaning(decode(delta(call) + delta({}, word))).reason).toBe('tool-calls')
    expect(meaning(decode(delta({ content: 'x' }) + delta({}, 'tool_calls'))).reason).toBe('done')
  })

  test('[C38] filters of any name are refusals', () => {
    for (const word of ['content_filter', 'CONTENT_FILTER', 'sensitive', 'safety'])
      expect(meaning(decode(delta({ content: 'x' }) + delta({}, word))).reason).toBe('refusal')
  })

  test('a reason that is an accident is a failure', () => {
    for (const word of ['error', 'network_error', 'insufficient_system_resource', 'abort'])
      expect(meaning(decode(delta({ content: 'x' }) + delta({}, word))).failure).toBeDefined()
  })

  test('an error event fails the reply, whatever form its data has', () => {
    const complaints = [
      'the nest fell',
      '{"message":"the nest fell"}',
      '{"error":{"message":"the nest fell"}}',
    ]
    for (const data of complaints)
      expect(
        meaning(decode(`${delta({ content: 'x' })}event: error\ndata: ${data}\n\n`)).failure?.message,
      ).toBe('the nest fell')
  })

  test('a call without a name is garbled, an empty one is no call', () => {
    const nameless = { tool_calls: [{ index: 0, id: 'a', function: { arguments: '{"a":1}' } }] }
    expect(meaning(decode(delta(nameless) + delta({}, 'tool_calls'))).failure?.kind).toBe('garbled')
    const empty = { content: 'x', tool_calls: [{ index: 0, function: {} }] }
    expect(meaning(decode(delta(empty) + delta({}, 'stop')))).toMatchObject({ calls: [], reason: 'done' })
  })

  test('a call cut by length before its arguments is not complete', () => {
    const opening = { tool_calls: [{ index: 0, id: 'a', function: { name: 'wipe', arguments: '' } }] }
    expect(meaning(decode(delta(opening) + delta({}, 'length')))).toMatchObject({
      calls: [],
      reason: 'length',
    })
  })

  test('a call is over as soon as the next one shows that its arguments are whole', () => {
    const stream =
      delta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'look', arguments: '{"at":1}' } }] }) +
      delta({ tool_calls: [{ index: 1, id: 'b', function: { name: 'look', arguments: '{"at"' } }] })
    const types = decode(stream).map((event) =>
      'index' in event ? `${event.type} ${event.index}` : event.type,
    )
    expect(types.slice(1, 6)).toEqual([
      'part-start 0',
      'part-delta 0',
      'part-end 0',
      'part-start 1',
      'part-delta 1',
    ])
  })

  test('arguments given as an object keep their 1.0 and big integers', () => {
    const stream = `data: {"id":"z","choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"pay","arguments":{"sum":1.0,"to":12345678901234567890}}}]},"finish_reason":"tool_calls"}]}\n\n`
    expect(meaning(decode(stream)).calls).toEqual([['a', 'pay', '{"sum":1.0,"to":12345678901234567890}']])
  })

  test('a custom tool call is freeform', () => {
    const stream =
      delta({
        tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '*** Be' } }],
      }) +
      delta({ tool_calls: [{ index: 0, custom: { input: 'gin' } }] }) +
      delta({}, 'tool_calls')
    expect(decode(stream)[1]).toMatchObject({ part: { freeform: true, name: 'patch' } })
    expect(meaning(decode(stream)).calls).toEqual([['a', 'patch', '*** Begin']])
  })

  test('[C68] proofs stand with their thought, or with the call they name', () => {
    const detail = { type: 'reasoning.text', signature: 'sig+/=', format: 'anthropic-claude-v1', index: 0 }
    const secret = { type: 'reasoning.encrypted', data: 'c2VjcmV0', id: 'call_k', format: 'google-gemini-v1' }
    const stream =
      delta({ reasoning: 'Hm.', reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', index: 0 }] }) +
      delta({ reasoning_details: [detail] }) +
      delta({
        reasoning_details: [secret],
        tool_calls: [{ index: 0, id: 'call_k', function: { name: 'look', arguments: '{}' } }],
      }) +
      delta({}, 'tool_calls')
    const ends = decode(stream).filter((event) => event.type === 'part-end')
    expect(ends).toEqual([
      {
        type: 'part-end',
        index: 0,
        proof: { dialect: 'openai-chat', kind: 'signature', value: JSON.stringify(detail) },
      },
      {
        type: 'part-end',
        index: 1,
        proof: { dialect: 'openai-chat', kind: 'encrypted', value: JSON.stringify(secret) },
      },
    ])
  })

  test('citations become a search, once per address', () => {
    const note = { type: 'url_citation', url_citation: { url: 'https://nest.example', title: 'Nest' } }
    const stream = delta({ content: 'So.', annotations: [note, note] }) + delta({}, 'stop')
    expect(decode(stream)).toContainEqual(
      expect.objectContaining({
        part: expect.objectContaining({
          type: 'search',
          results: [{ url: 'https://nest.example', title: 'Nest' }],
        }),
      }),
    )
  })

  test('other choices than the first are not mixed in', () => {
    const other = frame({ id: 'z', choices: [{ index: 1, delta: { content: 'NO' }, finish_reason: 'stop' }] })
    expect(meaning(decode(delta({ content: 'yes' }) + other + delta({}, 'stop'))).text).toBe('yes')
  })
})

describe('usage', () => {
  const stream = (usage: unknown): string =>
    delta({ content: 'x' }) + delta({}, 'stop') + frame({ choices: [], usage })

  test('[C34] the four counters are disjoint, whichever counter a provider keeps', () => {
    const read = (usage: unknown, cachedTokens?: 'prompt_cache_hit_tokens' | 'cached_tokens') =>
      meaning(decode(stream(usage), cachedTokens ? { cachedTokens } : {})).usage
    const expected = { input: 20, cacheRead: 80, cacheWrite: 0, output: 5 }
    expect(
      read(
        { prompt_tokens: 100, completion_tokens: 5, prompt_cache_hit_tokens: 80 },
        'prompt_cache_hit_tokens',
      ),
    ).toEqual(expected)
    expect(read({ prompt_tokens: 100, completion_tokens: 5, cached_tokens: 80 }, 'cached_tokens')).toEqual(
      expected,
    )
    expect(
      read({ prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 80 } }),
    ).toEqual(expected)
    expect(
      read({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 80 } }),
    ).toMatchObject({
      input: 0,
      cacheRead: 10,
    })
  })

  test('thoughts counted beside the completion are output all the same', () => {
    const apart = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 20 },
    }
    expect(meaning(decode(stream(apart))).usage).toMatchObject({ output: 25, thinking: 20 })
    const inside = { ...apart, completion_tokens: 25 }
    expect(meaning(decode(stream(inside))).usage).toMatchObject({ output: 25, thinking: 20 })
  })

  test('usage that comes after the finish is waited for, and a failure still tells what was spent', () => {
    const decoder = openaiChat.reply.decodeStream({ quirks: {} })
    const frames = [
      { choices: [{ delta: { content: 'x' } }], id: 'z', usage: { prompt_tokens: 3, completion_tokens: 1 } },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
    ]
    for (const value of frames)
      expect(decoder.push({ data: JSON.stringify(value) }).some(({ type }) => type === 'end')).toBe(false)
    const last = decoder.push({
      data: JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }),
    })
    expect(last.map(({ type }) => type)).toEqual(['usage', 'end'])
    const cut = frame(frames[0])
    expect(decode(cut).at(-2)).toMatchObject({ type: 'usage', usage: { input: 3, output: 1 } })
  })
})

describe('whole replies', () => {
  const whole = (message: unknown, finish: string | null = 'stop'): string =>
    JSON.stringify({
      id: 'chatcmpl-w',
      model: 'grebe-2',
      choices: [{ index: 0, message, finish_reason: finish }],
      usage: { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } },
    })
  const read = (body: string) => meaning(openaiChat.reply.decodeWhole(body, { quirks: {} }))

  test('say what a stream would have said', () => {
    const message = {
      role: 'assistant',
      content: 'Done.',
      reasoning_content: 'Easy.',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"n":1.0}' } }],
    }
    expect(read(whole(message))).toMatchObject({
      text: 'Done.',
      thinking: 'Easy.',
      calls: [['call_1', 'look', '{"n":1.0}']],
      reason: 'tool-calls',
      usage: { input: 6, cacheRead: 3, cacheWrite: 0, output: 4 },
    })
    expect(read(whole({ content: 'x' }, null)).reason).toBe('done')
  })

  test('[C120] cut off, in HTML or empty they are failures', () => {
    const body = whole({ content: 'Done.' })
    for (let at = 0; at < body.length; at++)
      expect(read(body.slice(0, at)).failure, `cut at ${at}`).toBeDefined()
    expect(read('<html>busy</html>').failure?.kind).toBe('garbled')
    expect(read('{"error":{"message":"no credits left","code":402}}').failure?.kind).toBe('payment')
    expect(read('{"base_resp":{"status_code":1004,"status_msg":"login fail"}}').failure?.message).toBe(
      'login fail',
    )
  })
})
