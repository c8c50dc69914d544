/** What routing decides, seen from outside the gateway: keys, suffixes, lists, sessions, turns told again. */
import { describe, expect, it } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { shelf } from '../../src/providers/index.ts'
import { HealthBook } from '../../src/routing/health.ts'
import { healthRules } from '../../src/routing/quotas.ts'
import { type Rig, rig, settled, simpleRequest } from '../gateway/rig.ts'
import { configured, house } from './house.ts'
import { firstWords, saysHello } from './wire-samples.ts'

const sse = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
const call =
  firstWords('anthropic') +
  sse('content_block_stop', { index: 0 }) +
  sse('content_block_start', {
    index: 1,
    content_block: { type: 'tool_use', id: 't1', name: 'run', input: {} },
  }) +
  sse('content_block_delta', {
    index: 1,
    delta: { type: 'input_json_delta', partial_json: '{"cmd":"rm x"}' },
  })
const callEnds = sse('content_block_stop', { index: 1 })

async function cutAfter(text: string): Promise<Rig> {
  const world = rig()
  await settled()
  world.last().stream(text).end()
  await settled()
  return world
}

describe('[C107] [C110] a turn that was cut after a complete tool call', () => {
  it('is told again to a client that asks for it whole, and not generated twice', async () => {
    const world = await cutAfter(call + callEnds)
    expect(world.client.text).toContain('event: error')
    const again = world.ask({ ...simpleRequest('anthropic', { stream: false }), max_tokens: 300 })
    await settled()
    expect(world.upstream.length).toBe(1)
    expect(again.status).toBe(200)
    expect(JSON.parse(again.text)).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'text', text: 'hello' },
        { type: 'tool_use', id: 't1', name: 'run', input: { cmd: 'rm x' } },
      ],
    })
  })

  it('is generated when the call was not complete, or when another conversation asks', async () => {
    const incomplete = await cutAfter(call)
    incomplete.ask(simpleRequest('anthropic', { stream: false }))
    await settled()
    expect(incomplete.upstream.length).toBe(2)
    const other = await cutAfter(call + callEnds)
    other.ask({
      ...simpleRequest('anthropic', { stream: false }),
      messages: [{ role: 'user', content: 'else' }],
    })
    other.ask(simpleRequest('anthropic'))
    await settled()
    expect(other.upstream.length).toBe(3)
  })

  it('is forgotten after a while', async () => {
    const world = await cutAfter(call + callEnds)
    await world.clock.advance(11 * 60_000)
    world.ask(simpleRequest('anthropic', { stream: false }))
    await settled()
    expect(world.upstream.length).toBe(2)
  })
})

describe('a suffix of the model name', () => {
  it.each([
    ['opus:16k', { thinking: { type: 'enabled', budget_tokens: 16_384 } }],
    ['opus:off', { thinking: { type: 'disabled' } }],
  ])('%s reaches an upstream of the same dialect, and nothing else changes', async (model, wish) => {
    const body = {
      ...simpleRequest('anthropic'),
      model,
      max_tokens: 30_000,
      metadata: { user_id: 'u' },
      new_field: [1, { a: 2 }],
    }
    const world = rig({ body })
    await settled()
    const sent = JSON.parse(world.last().bodyText)
    expect(sent).toMatchObject({ ...body, model: 'm1', ...wish })
  })

  it('reaches an upstream of another dialect', async () => {
    const world = rig({ to: 'openai-chat', body: { ...simpleRequest('anthropic'), model: 'opus:high' } })
    await settled()
    expect(JSON.parse(world.last().bodyText)).toMatchObject({ model: 'm1', reasoning_effort: 'high' })
  })

  it('that is not there leaves the bytes alone', async () => {
    const text = '{"model":"m1",  "max_tokens":1.0,"stream":true,"messages":[{"role":"user","content":"hi"}]}'
    const world = rig({ body: text.replace('m1', 'opus') })
    await settled()
    expect(world.last().bodyText).toBe(text)
  })
})

describe('OpenRouter’s own list', () => {
  it('has the model asked for first and never more than three', async () => {
    const openrouter = shelf['openrouter']
    const world = rig({
      from: 'openai-chat',
      to: 'openai-chat',
      ...(openrouter?.quirks && { provider: { quirks: openrouter.quirks } }),
      settings: { nativeFallbacks: ['m1', 'x/two', 'x/three', 'x/four'] },
    })
    await settled()
    expect(JSON.parse(world.last().bodyText)).toMatchObject({
      model: 'm1',
      models: ['m1', 'x/two', 'x/three'],
    })
  })
})

describe('several keys of one provider', () => {
  it('a throttled key is followed by the next, and the session stays with it', async () => {
    const accounts = ['one', 'two'].map((key, index) => ({ id: String(index + 1), key }))
    const alpha = { ...configured('alpha', { speaks: { anthropic: '/v1/talk' } }), accounts }
    const headers = { 'x-claude-code-session-id': 's' }
    const world = rig({ headers, settings: { providers: { alpha } } })
    await settled()
    expect(world.last().request.headers['authorization']).toBe('Bearer one')
    world
      .last()
      .json(
        429,
        { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } },
        { 'retry-after': '30' },
      )
    await settled()
    expect(world.last().request.headers['authorization']).toBe('Bearer two')
    saysHello(world.last(), 'anthropic', true)
    await world.clock.advance(60_000)
    world.ask(simpleRequest('anthropic'), headers)
    await settled()
    expect(world.last().request.headers['authorization']).toBe('Bearer two')
  })
})

describe('the second target', () => {
  it.each(dialectIds)('is asked at its own place, with its own key, for its own model (%s)', async (to) => {
    const roles = { big: ['alpha/first', 'beta/second'] }
    const world = rig({ to, targets: 2, settings: { profiles: { default: { name: 'default', roles } } } })
    await settled()
    world.last().json(401, { error: { message: 'no' } })
    await settled()
    const [first, second] = world.upstream.map(({ request }) => request)
    expect([first?.url, second?.url].map((url) => new URL(url ?? '').host)).toEqual([
      'alpha.test',
      'beta.test',
    ])
    expect([first?.headers['authorization'], second?.headers['authorization']]).toEqual([
      'Bearer key-of-alpha',
      'Bearer key-of-beta',
    ])
    const asked = world.upstream.map((played) => `${played.request.url} ${played.bodyText}`)
    if (to !== 'gemini')
      expect(asked.map((text) => /"model":"(\w+)"/.exec(text)?.[1])).toEqual(['first', 'second'])
    expect(asked[1]).not.toContain('key-of-alpha')
  })
})

describe('the answer says how it came about', () => {
  it('which target, after how many attempts, and why not the first', async () => {
    const world = rig({ targets: 2 })
    await settled()
    world.last().json(401, { type: 'error', error: { type: 'authentication_error', message: 'no' } })
    await settled()
    saysHello(world.last(), 'anthropic', true)
    await settled()
    expect(world.client.headers).toMatchObject({
      'x-clutch-target': 'beta/m1',
      'x-clutch-attempts': '2',
      'x-clutch-because': 'role big: alpha/m1: auth',
    })
  })
})

describe('a restart of the gateway', () => {
  it('finds the breaker open that it left open', async () => {
    const settings = house(configured('alpha'), configured('beta'))
    const book = new HealthBook(healthRules(settings))
    const first = rig({ targets: 2 })
    const nowMs = first.clock.nowMs()
    for (let time = 0; time < 3; time++) {
      book.sent({ provider: 'alpha', model: 'm1', dialect: 'anthropic' }, nowMs)
      book.failed(
        { provider: 'alpha', model: 'm1', dialect: 'anthropic' },
        { kind: 'overloaded', message: 'busy' },
        nowMs,
      )
    }
    const health = HealthBook.from(book.snapshot(), healthRules(settings))
    const again = rig({ targets: 2, health })
    await settled()
    expect(again.last().request.url).toContain('beta')
  })
})
