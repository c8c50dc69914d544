/** Statements of the contract that concern the gateway as a whole and no single station of it. */
import { describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { everyPair, type Played, rig, settled, simpleRequest } from '../gateway/rig.ts'
import { hear } from './heard.ts'
import { toolsIn } from './scenarios/wire.ts'
import { arrived, lostOf } from './stage.ts'
import { sayable, type Told } from './told.ts'
import { tellers } from './upstream/index.ts'

const hello: Told = { parts: [{ text: 'Hello.' }], stop: 'done' }
const tell = (upstream: Played, to: DialectId, told: Told = hello): void =>
  upstream.stream(tellers[to].stream(sayable(told, to))).end()

describe('the name of a model', () => {
  it.each(['opus[1m]', 'OPUS[1M]', 'alpha/m1[1m]', 'alpha/m1[1M]'])(
    '[C17] [C18] loses its window suffix on the way out and keeps it on the way back: %s',
    async (model) => {
      for (const to of ['anthropic', 'openai-chat'] as const) {
        const { client, last, clock } = rig({ to, body: simpleRequest('anthropic', { model }) })
        await clock.advance(0)
        expect(JSON.parse(last().bodyText).model).toBe('m1')
        tell(last(), to)
        await clock.advance(0)
        expect(hear('anthropic', client.text, true).models).toEqual([model])
      }
    },
  )
})

describe('headers', () => {
  const betas = {
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'context-1m-2025-08-07,interleaved-thinking-2025-05-14,never-heard-of-it',
    'x-novelty': 'kept',
  }

  it('[C5] [C20] [C21] [C111] of the client’s dialect go along with its body, verbatim', async () => {
    const { last, clock, client } = rig({ headers: betas })
    await clock.advance(0)
    expect(last().request.headers).toMatchObject(betas)
    client.leave()
  })

  it('[C21] mean nothing to an upstream of another dialect, and do no harm', async () => {
    const { last, clock, client } = rig({ to: 'openai-chat', headers: betas })
    await clock.advance(0)
    expect(Object.keys(last().request.headers).filter((name) => name.startsWith('anthropic-'))).toEqual([])
    tell(last(), 'openai-chat')
    await clock.advance(0)
    expect(client.status).toBe(200)
  })

  it.each(everyPair)('[C3] the accept header decides nothing: $from to $to', async ({ from, to }) => {
    const { last, clock, client } = rig({ from, to, headers: { accept: 'application/json' } })
    await clock.advance(0)
    tell(last(), to)
    await clock.advance(0)
    expect(String(client.headers['content-type'])).toContain('text/event-stream')
  })

  const limits = {
    'anthropic-ratelimit-requests-remaining': '7',
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'anthropic-ratelimit-unified-5h-utilization': '0.91',
    'anthropic-ratelimit-unified-overage-status': 'rejected',
  }

  it('[C86] about limits come through from Anthropic as they are, with a reply and with a refusal', async () => {
    const reply = rig()
    await reply.clock.advance(0)
    reply.last().listener.head(200, { 'content-type': 'text/event-stream', ...limits })
    reply.last().say(tellers.anthropic.stream(hello)).end()
    await reply.clock.advance(0)
    expect(reply.client.headers).toMatchObject(limits)

    const refusal = rig()
    await refusal.clock.advance(0)
    const body = { type: 'error', error: { type: 'rate_limit_error', message: 'weekly limit' } }
    refusal.last().json(429, body, { ...limits, 'retry-after': '7200' })
    await refusal.clock.advance(0)
    expect(refusal.client.status).toBe(429)
    expect(refusal.client.headers).toMatchObject(limits)
  })

  it.each(['openai-chat', 'openai-responses', 'gemini'] as const)(
    '[C86] about limits are never invented for another upstream: %s',
    async (to) => {
      const { client, last, clock } = rig({ to })
      await clock.advance(0)
      last().listener.head(200, { 'content-type': 'text/event-stream', 'x-ratelimit-remaining': '3' })
      last().say(tellers[to].stream(hello)).end()
      await clock.advance(0)
      expect(client.status).toBe(200)
      expect(Object.keys(client.headers).filter((name) => name.includes('ratelimit'))).toEqual([])
    },
  )
})

describe('silence', () => {
  it.each(['anthropic', 'openai-chat', 'openai-responses', 'gemini'] as const)(
    '[C99] [C100] [C122] of an upstream never becomes the gateway’s own: %s',
    async (from) => {
      const { client, clock } = rig({ from })
      let saidAtS = 0
      let pieces = 0
      for (let second = 1; second < 280; second++) {
        await clock.advance(1000)
        if (client.pieces.length > pieces) {
          const gap = second - saidAtS
          expect(gap, `at ${second} s`).toBeLessThanOrEqual(pieces === 0 ? 25 : 15)
          pieces = client.pieces.length
          saidAtS = second
        }
      }
      expect(280 - saidAtS).toBeLessThanOrEqual(15)
      client.leave()
    },
  )
})

describe('a reply that passes through', () => {
  it('[C112] keeps what only its own dialect knows', async () => {
    const { client, last, clock } = rig()
    await clock.advance(0)
    const stream = tellers.anthropic
      .stream(hello)
      .replace(
        '"usage":{"output_tokens":12}',
        '"usage":{"output_tokens":12},"context_management":{"applied_edits":[]}',
      )
    expect(stream).toContain('applied_edits')
    last().stream(stream).end()
    await clock.advance(0)
    expect(client.text).toContain('"context_management":{"applied_edits":[]}')
  })
})

describe('calls at the same time', () => {
  it.each(everyPair)('[C118] of one session do not hear each other: $from to $to', async ({ from, to }) => {
    const headers = { 'x-claude-code-session-id': 'one' }
    const { ask, upstream, client, clock } = rig({ from, to, headers })
    const clients = [client, ask(simpleRequest(from), headers), ask(simpleRequest(from), headers)]
    await clock.advance(0)
    expect(upstream).toHaveLength(3)
    const streams = clients.map((_, n) =>
      tellers[to].stream({
        parts: [
          { text: `I am number ${n}.` },
          { call: 'look', id: 'call_same', args: `{"path":"${'x'.repeat(n + 3)}"}` },
        ],
        stop: 'tool-calls',
      }),
    )
    for (const played of upstream) played.listener.head(200, { 'content-type': 'text/event-stream' })
    const longest = Math.max(...streams.map(({ length }) => length))
    for (let at = 0; at < longest; at += 37)
      for (const [n, stream] of streams.entries()) {
        const piece = stream.slice(at, at + 37)
        if (piece !== '') upstream[n]?.say(piece)
      }
    for (const played of upstream) played.end()
    await clock.advance(0)
    for (const [n, one] of clients.entries()) {
      const heard = hear(from, one.text, true)
      expect(heard.text).toBe(`I am number ${n}.`)
      expect(heard.calls.map(({ args }) => args)).toEqual([`{"path":"${'x'.repeat(n + 3)}"}`])
    }
  })
})

describe('a session', () => {
  const nonsense = [
    { metadata: { user_id: '{"session_id":' } },
    { metadata: { user_id: 7 } },
    { metadata: { user_id: 'user_x_session_not-a-uuid' } },
    { metadata: [] },
    { metadata: null },
  ]

  it.each(nonsense)(
    '[C88] [C89] that is named in nonsense is none, and the call is served: %j',
    async (more) => {
      const { client, last, records, clock } = rig({ body: simpleRequest('anthropic', more) })
      await clock.advance(0)
      tell(last(), 'anthropic')
      await clock.advance(0)
      expect(client.status).toBe(200)
      expect(['start', undefined]).toContain(records[0]?.session?.from)
    },
  )

  const named: readonly (readonly [string, Record<string, string>, Record<string, unknown>])[] = [
    ['header', { 'x-claude-code-session-id': 's-1' }, { metadata: { user_id: '{"session_id":"s-2"}' } }],
    ['metadata', {}, { metadata: { user_id: '{"device_id":"d","session_id":"s-1"}' } }],
    [
      'older metadata',
      {},
      { metadata: { user_id: 'user_ab_account__session_0f9c1d2e-0000-4000-8000-000000000000' } },
    ],
  ]

  it.each(named)('[C88] is read from its %s', async (_, headers, more) => {
    const { last, records, clock } = rig({ headers, body: simpleRequest('anthropic', more) })
    await clock.advance(0)
    tell(last(), 'anthropic')
    await clock.advance(0)
    expect(['s-1', '0f9c1d2e-0000-4000-8000-000000000000']).toContain(records[0]?.session?.session)
  })
})

describe('a request for a title', () => {
  it('[C117] [C13] is really answered by the small model, in the form it asks for', async () => {
    const body = simpleRequest('anthropic', {
      model: 'claude-haiku-4-5',
      system: 'Write a title.',
      output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } },
    })
    const profiles = { default: { name: 'default', roles: { small: ['alpha/m-small'], big: ['alpha/m1'] } } }
    const { client, last, clock } = rig({ to: 'openai-chat', body, settings: { profiles } })
    await clock.advance(0)
    expect(JSON.parse(last().bodyText)).toMatchObject({
      model: 'm-small',
      response_format: { type: 'json_schema' },
    })
    tell(last(), 'openai-chat', { parts: [{ text: '{"title":"Tides"}' }], stop: 'done' })
    await clock.advance(0)
    expect(hear('anthropic', client.text, true).text).toBe('{"title":"Tides"}')
  })
})

describe('a turn that was cut', () => {
  it('[C130] goes on in the same session: the changed request is a call like any other', async () => {
    const headers = { 'x-claude-code-session-id': 'one' }
    const { client, ask, upstream, records, clock } = rig({ headers, targets: 2 })
    await clock.advance(0)
    upstream[0]?.stream(tellers.anthropic.stream(hello).slice(0, -200)).end()
    await clock.advance(0)
    expect(client.text).toContain('event: error')
    const resumed = simpleRequest('anthropic', {
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'Hel' },
        { role: 'user', content: 'You were cut off. Go on.' },
      ],
    })
    const again = ask(resumed, headers)
    await clock.advance(0)
    tell(upstream[1]!, 'anthropic')
    await clock.advance(0)
    expect(again.status).toBe(200)
    expect(records.map(({ session }) => session?.session)).toEqual(['one', 'one'])
    expect(upstream[1]?.request.url).toBe(upstream[0]?.request.url)
  })
})

describe('a stream that was cut behind a complete tool call', () => {
  const acted: Told = {
    parts: [{ text: 'I look.' }, { call: 'look', id: 'call_1', args: '{"path":"pier"}' }],
    stop: 'tool-calls',
  }
  const turn = { messages: [{ role: 'user', content: 'Look.' }] }
  const cut = async () => {
    const stage = rig({ body: simpleRequest('anthropic', turn) })
    await stage.clock.advance(0)
    const stream = tellers.anthropic.stream(acted)
    stage.last().stream(stream.slice(0, stream.indexOf('event: message_delta')))
    await stage.clock.advance(0)
    stage.last().listener.broke({ kind: 'cut', message: 'reset' })
    await stage.clock.advance(0)
    return stage
  }

  it('[C107] [C110] [C129] is not asked for twice: the same turn, asked for whole, is told what was heard', async () => {
    const { ask, upstream, clock } = await cut()
    const again = ask(simpleRequest('anthropic', { ...turn, stream: false }))
    await clock.advance(0)
    expect(upstream).toHaveLength(1)
    expect(hear('anthropic', again.text, false)).toMatchObject({
      calls: [{ name: 'look', args: '{"path":"pier"}' }],
      stop: 'tool-calls',
    })
  })

  it('[C129] another turn is another matter, whatever its retry count says', async () => {
    const { ask, upstream, clock } = await cut()
    const other = simpleRequest('anthropic', {
      messages: [{ role: 'user', content: 'Listen.' }],
      stream: false,
    })
    ask(other, { 'x-stainless-retry-count': '0' })
    await clock.advance(0)
    expect(upstream).toHaveLength(2)
  })
})

describe('background work', () => {
  it('leaves nothing behind when every client has left', async () => {
    const { client, gateway } = rig()
    await settled()
    client.leave()
    await settled()
    expect(gateway.open).toBe(0)
  })
})

describe('a model that fills optional texts', () => {
  it.each(['anthropic', 'openai-chat', 'gemini'] as const)(
    '[C59] is put right for a client of another dialect, with pings while the call is held: %s',
    async (from) => {
      const schema = {
        type: 'object',
        properties: { path: { type: 'string' }, pages: { type: 'string' } },
        required: ['path'],
      }
      const body = { ...simpleRequest(from), ...toolsIn[from](['read'], schema) }
      const quirks = { fillsOptionalTexts: true }
      const { client, last, clock } = rig({ from, to: 'openai-responses', body, provider: { quirks } })
      await clock.advance(0)
      const filled = { call: 'read', id: 'call_r', args: '{"path":"a","pages":""}' }
      const stream = tellers['openai-responses'].stream({ parts: [filled], stop: 'tool-calls' })
      const half = stream.indexOf('response.function_call_arguments.done') - 8
      last().stream(stream.slice(0, half))
      const saidBefore = client.text.length
      await clock.advance(20_000)
      expect(client.text.length).toBeGreaterThan(saidBefore)
      last().say(stream.slice(half)).end()
      await clock.advance(0)
      expect(hear(from, client.text, true).calls.map(({ args }) => args)).toEqual(['{"path":"a"}'])
    },
  )
})

describe('a tool with a name longer than any target takes', () => {
  const name = `mcp__harbour__${'look_at_every_ship_'.repeat(5)}now`
  const strangers = everyPair.filter(({ from, to }) => from !== to && from !== 'gemini')

  it.each(strangers)('[C49] is called by the client’s own name: $from to $to', async ({ from, to }) => {
    const { client, last, clock } = rig({
      from,
      to,
      body: { ...simpleRequest(from), ...toolsIn[from]([name]) },
    })
    await clock.advance(0)
    const known = arrived(last(), to).tools[0]
    const call = known?.kind === 'function' ? known.name : ''
    expect(call.length).toBeLessThanOrEqual(64)
    expect(call).toMatch(/^[a-zA-Z0-9_-]+$/)
    tell(last(), to, { parts: [{ call, id: 'call_n', args: '{"path":"a"}' }], stop: 'tool-calls' })
    await clock.advance(0)
    expect(hear(from, client.text, true).calls.map((one) => one.name)).toEqual([name])
  })
})

describe('a search that nobody can carry out', () => {
  const searchOnly = {
    anthropic: { type: 'web_search_20250305', name: 'web_search' },
    'openai-responses': { type: 'web_search' },
    gemini: { googleSearch: {} },
  }

  it.each(['anthropic', 'openai-responses', 'gemini'] as const)(
    '[C114] is refused in words: %s',
    async (from) => {
      const body = { ...simpleRequest(from), tools: [searchOnly[from]] }
      const { client, upstream, clock } = rig({ from, to: 'openai-chat', body })
      await clock.advance(0)
      expect(upstream).toHaveLength(0)
      expect(client.status).toBeGreaterThanOrEqual(400)
      expect(client.text).toContain('cannot search the web')
    },
  )

  it('[C114] [C116] is left out when there are other tools, and so are tools only Anthropic would run', async () => {
    const body = simpleRequest('anthropic', {
      tools: [
        { type: 'web_search_20250305', name: 'web_search' },
        { type: 'code_execution_20250825', name: 'code_execution' },
        { name: 'look', input_schema: { type: 'object', properties: {} } },
      ],
    })
    const { client, last, clock } = rig({ to: 'openai-chat', body })
    await clock.advance(0)
    expect(arrived(last(), 'openai-chat').tools.map((tool) => tool.kind)).toEqual(['function'])
    expect(last().bodyText).not.toContain('web_search')
    tell(last(), 'openai-chat')
    await clock.advance(0)
    expect(lostOf(client).toSorted()).toEqual(['server-tool', 'web-search'])
  })
})

describe('the attribution of Claude Code', () => {
  const line = 'x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli;'
  const system = [
    { type: 'text', text: line },
    { type: 'text', text: 'Guide.' },
  ]

  it('[C10] stays where it is for Anthropic', async () => {
    const { client, last, clock } = rig({ body: simpleRequest('anthropic', { system }) })
    await clock.advance(0)
    expect(JSON.parse(last().bodyText).system).toEqual(system)
    client.leave()
  })

  it.each(['openai-chat', 'openai-responses', 'gemini'] as const)(
    '[C10] is taken off for others: %s',
    async (to) => {
      const { client, last, clock } = rig({ to, body: simpleRequest('anthropic', { system }) })
      await clock.advance(0)
      expect(last().bodyText).not.toContain('billing')
      expect(last().bodyText).toContain('Guide.')
      client.leave()
    },
  )
})

describe('a last chunk with usage', () => {
  it.each(['anthropic', 'openai-responses', 'gemini'] as const)(
    'is sent to those who ask for it: %s',
    async (to) => {
      for (const asks of [true, false]) {
        const body = simpleRequest('openai-chat', asks ? { stream_options: { include_usage: true } } : {})
        const { client, last, clock } = rig({ from: 'openai-chat', to, body })
        await clock.advance(0)
        tell(last(), to)
        await clock.advance(0)
        expect(client.text.includes('"usage":{')).toBe(asks)
      }
    },
  )
})
