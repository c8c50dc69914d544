/** A running gateway learns how its upstream counts, tells it to agents, and remembers it. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadSettings } from '../../src/config/load.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { CallRecord } from '../../src/gateway/call.ts'
import { type OpenTokens, openTokens } from '../../src/server/open-tokens.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { callOf, RememberingClient, VirtualClock } from '../gateway/rig.ts'
import { alphaConfig, Home, json, until, upstream } from '../policy/house.ts'

const long = 'words and more words that somebody said; '.repeat(200)
const question = (more: object = {}) => ({
  model: 'opus',
  max_tokens: 99,
  messages: [{ role: 'user', content: long }],
  ...more,
})

const counted = async (url: string): Promise<number> => {
  const answer = await fetch(`${url}/v1/messages/count_tokens`, {
    method: 'POST',
    body: JSON.stringify(question()),
  })
  return JSON.parse(await answer.text()).input_tokens
}

test('[C76] count_tokens follows what the upstream counted, also after a restart', async () => {
  const usage = { prompt_tokens: 6_000, completion_tokens: 5, total_tokens: 6_005 }
  const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'done' } }
  const { url } = await upstream((response) =>
    json(response, { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [choice], usage }),
  )
  const home = new Home()
  home.write(alphaConfig(url))
  const gateway = await home.start()
  const before = await counted(gateway.url)
  expect(before).toBeLessThan(4_000)
  await fetch(`${gateway.url}/v1/messages`, { method: 'POST', body: JSON.stringify(question()) })
  await until(async () => (await counted(gateway.url)) !== before)
  const learnt = await counted(gateway.url)
  expect(learnt).toBeGreaterThanOrEqual(6_000 * 0.98)
  expect(learnt).toBeLessThanOrEqual(6_000 * 1.15)
  await until(() => existsSync(home.path('.xx/state/tokens.json')))
  await gateway.close(0)
  const again = await home.start()
  expect(await counted(again.url)).toBe(learnt)
})

function learner(): { readonly tokens: OpenTokens; readonly clock: VirtualClock } {
  const configuration = loadSettings({ flags: {}, env: {}, home: '/nowhere' })
  if (!configuration.ok) throw new Error('no settings')
  const { stateFolder: _, ...settings } = configuration.settings
  const clock = new VirtualClock()
  const log = new Log({ level: 'error', clock, redactor: new Redactor(), sinks: [] })
  return { tokens: openTokens(settings, clock, log), clock }
}

function record(body: unknown, changes: Partial<CallRecord> = {}): CallRecord {
  const profile = { name: 'default', roles: {} }
  const call = callOf('anthropic', body, new RememberingClient(), profile, 'id', {})
  return {
    call: { ...call, dialect: dialects.anthropic },
    attempts: [
      { target: { provider: 'alpha', model: 'm', dialect: 'anthropic' }, startedMs: 0, firstWordMs: 1 },
    ],
    lost: [],
    ending: { usage: { input: 1_000, cacheRead: 4_000, cacheWrite: 1_000, output: 1 } },
    ...changes,
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }

test('cached tokens are tokens', async () => {
  const { tokens } = learner()
  tokens.heard(record(question()))
  expect(tokens.count('alpha/m', 100)).toBe(100)
  await turn()
  expect(tokens.count('alpha/m', 100)).toBeGreaterThan(150)
})

test('nothing is learnt more than once a second', async () => {
  const { tokens, clock } = learner()
  const small = { usage: { input: 4_000, cacheRead: 0, cacheWrite: 0, output: 1 } }
  tokens.heard(record(question(), { ending: small }))
  tokens.heard(record(question()))
  await turn()
  const first = tokens.count('alpha/m', 100)
  await clock.advance(1_000)
  tokens.heard(record(question()))
  await turn()
  expect(tokens.count('alpha/m', 100)).toBeGreaterThan(first)
})

test.each<[string, CallRecord]>([
  [
    'a failure',
    record(question(), { ending: { ...record(0).ending, failure: { kind: 'cut', message: 'x' } } }),
  ],
  [
    'no usage',
    record(question(), { ending: { usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 } } }),
  ],
  ['no attempt', record(question(), { attempts: [] })],
  ['content that was lost on the way', record(question(), { lost: ['thinking-text'] })],
  [
    'pictures',
    record(question({ messages: [{ role: 'user', content: [{ type: 'text', text: long }, image] }] })),
  ],
  ['a body that is none', record('{"model":')],
  ['a body whose count would be felt', record(question({ metadata: { user_id: 'x'.repeat(600_000) } }))],
  [
    'the sandbox',
    record(question(), {
      attempts: [{ target: { provider: 'sandbox', model: 'm', dialect: 'anthropic' }, startedMs: 0 }],
    }),
  ],
])('nothing is learnt from %s', async (_, one) => {
  const { tokens } = learner()
  tokens.heard(one)
  await turn()
  expect([tokens.count('alpha/m', 100), tokens.count('sandbox/m', 100)]).toEqual([100, 100])
})
