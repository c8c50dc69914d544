/** A provider may be used for so much money and no more: counted when a call is settled, remembered over a restart. */
import { expect, test } from 'vitest'
import { alphaConfig, ask, Home, json, upstream } from './house.ts'

/** 1000 tokens in and 1000 out of gpt-4o: a quarter of a cent and a cent. */
const callDollars = 0.0125

async function house(quota: string, cascade: readonly string[] = []) {
  const { url, heard } = await upstream((response, { body }) => {
    const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'done' } }
    const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 }
    json(response, {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: JSON.parse(body).model,
      choices: [choice],
      usage,
    })
  })
  const home = new Home()
  const openai = { base_url: `${url}/v1`, api_key: 'k', dialect: 'openai-chat', quotas: [quota] }
  const alpha = { base_url: `${url}/v1`, dialect: 'openai-chat', api_key: 'k' }
  home.write(
    alphaConfig(url, {
      providers: { openai, alpha },
      model_tiers: { BIG: { default: 'openai/gpt-4o', cascade } },
    }),
  )
  return { home, heard }
}

const usedIn = async (url: string): Promise<unknown> => {
  const { providers } = JSON.parse(await (await fetch(`${url}/clutch/api/quota`)).text())
  return providers
}

test('dollars are counted per call; a spent quota names when it is filled again', async () => {
  const { home, heard } = await house('$0.025/day')
  const gateway = await home.start()
  expect((await ask(gateway.url)).status).toBe(200)
  expect(await usedIn(gateway.url)).toMatchObject([
    { unit: 'dollars', per: 'day', limit: 0.025, used: callDollars },
  ])
  expect((await ask(gateway.url)).status).toBe(200)
  const refused = await ask(gateway.url)
  expect([refused.status, heard.length]).toEqual([429, 2])
  expect(await refused.text()).toMatch(/quota spent: 0\.025 dollars per day for openai.*, free again in \d+ /)
})

test('the next target answers what a spent quota does not pay for', async () => {
  const { home } = await house('$0.0125/month', ['alpha/m'])
  const gateway = await home.start()
  const targets = []
  for (let call = 0; call < 3; call++) targets.push((await ask(gateway.url)).headers.get('x-clutch-target'))
  expect(targets).toEqual(['openai/gpt-4o', 'alpha/m', 'alpha/m'])
})

test('what was spent is remembered over a restart', async () => {
  const { home, heard } = await house('$0.0125/week')
  const gateway = await home.start()
  await ask(gateway.url)
  await gateway.close(0)
  const again = await home.start()
  expect([(await ask(again.url)).status, heard.length]).toEqual([429, 1])
})
