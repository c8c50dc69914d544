/** A gateway that asks for a key: every SDK presents it its own way, and says so clearly when it is wrong. */
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BuiltGateway, startBuiltGateway } from './built-gateway.ts'
import { thrown } from './thrown.ts'

const key = 'a-key-between-friends'
let gateway: BuiltGateway
beforeAll(async () => {
  gateway = await startBuiltGateway({ env: { PROXY_AUTH_KEY: key } })
})
afterAll(() => gateway.stop())

type Asks = (apiKey: string) => Promise<unknown>

const ways: readonly (readonly [way: string, asks: Asks])[] = [
  ['@anthropic-ai/sdk with an API key', (apiKey) => askAnthropic({ apiKey, authToken: null })],
  ['@anthropic-ai/sdk with a token', (authToken) => askAnthropic({ apiKey: null, authToken })],
  [
    'openai',
    (apiKey) =>
      new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 }).responses.create({
        model: 'sandbox/text',
        input: 'hello',
      }),
  ],
  [
    '@google/genai',
    (apiKey) =>
      new GoogleGenAI({ apiKey, httpOptions: { baseUrl: gateway.url } }).models.generateContent({
        model: 'sandbox/text',
        contents: 'hello',
      }),
  ],
]

const askAnthropic = (credential: Pick<Anthropic, 'apiKey' | 'authToken'>) =>
  new Anthropic({ baseURL: gateway.url, maxRetries: 0, ...credential }).messages.create({
    model: 'sandbox/text',
    max_tokens: 99,
    messages: [{ role: 'user', content: 'hello' }],
  })

test.each(ways)('[C19] %s is let in with the right key and told of the wrong one', async (_, asks) => {
  await expect(asks(key)).resolves.toBeDefined()
  const error = await thrown(asks('another-key'))
  expect(error).toMatchObject({ status: 401, message: expect.stringContaining('PROXY_AUTH_KEY') })
})
