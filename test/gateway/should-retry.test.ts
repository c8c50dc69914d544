/** Who tries again: what was tried here more than once is not for the client to try. */
import { expect, test } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { type Rig, type RigOptions, rig, settled } from './rig.ts'

/** Plays the same refusal to every attempt until the client has its answer. */
async function refusedBy(
  options: RigOptions,
  status: number,
  headers: Record<string, string> = {},
): Promise<Rig> {
  const built = rig(options)
  for (let answered = 0; !built.client.ended; await built.clock.advance(1_000)) {
    await settled()
    for (const played of built.upstream.slice(answered))
      played.json(status, { error: { message: 'no' } }, headers)
    answered = built.upstream.length
  }
  return built
}

test.each(dialectIds)('[C87] an overload that was asked again here is final to a %s client', async (from) => {
  const { client, upstream } = await refusedBy({ from, to: 'openai-chat' }, 503)
  expect(upstream.length).toBeGreaterThan(1)
  expect(client.headers['x-should-retry']).toBe('false')
  expect(client.headers['x-clutch-attempts']).toBe(String(upstream.length))
})

test('[C87] so is one that went through the whole cascade', async () => {
  const { client } = await refusedBy({ targets: 3, to: 'gemini' }, 500)
  expect(client.headers['x-should-retry']).toBe('false')
})

test('[C87] what was asked once only is left to the client', async () => {
  const limits = {
    maxBodyBytes: 1 << 25,
    maxReplyBytes: 1 << 26,
    maxAttempts: 1,
    maxWaitMs: 0,
    maxRetriesSameTarget: 0,
  }
  const { client, upstream } = await refusedBy({ settings: { limits } }, 503)
  expect([upstream.length, client.headers['x-should-retry']]).toEqual([1, undefined])
})

test.each([
  ['20', undefined],
  ['60', undefined],
  ['61', 'false'],
])('[C87] a throttle of the whole cascade that ends in %s s: x-should-retry is %s', async (seconds, word) => {
  const { client, upstream } = await refusedBy({ targets: 2 }, 429, { 'retry-after': seconds })
  expect(upstream).toHaveLength(2)
  expect([client.headers['retry-after'], client.headers['x-should-retry']]).toEqual([
    word ? undefined : seconds,
    word,
  ])
})
