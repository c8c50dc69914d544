/** What users of @google/genai rely on beyond a question and an answer. */
import {
  ApiError,
  type CallableTool,
  type FunctionCall,
  FunctionCallingConfigMode,
  type GenerateContentResponse,
  type GoogleGenAI,
  type Model,
  type Part,
  Type,
} from '@google/genai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { type BuiltGateway, startBuiltGateway } from './built-gateway.ts'
import { genaiClient } from './judge-genai.ts'
import { thrown } from './thrown.ts'

let gateway: BuiltGateway
let client: GoogleGenAI
beforeAll(async () => {
  gateway = await startBuiltGateway({ config: { limits: { max_retries: 0 } } })
  client = genaiClient(gateway.url)
})
afterAll(() => gateway.stop())

const declaration = {
  name: 'clock',
  description: 'Tells the time',
  parameters: {
    type: Type.OBJECT,
    properties: { zone: { type: Type.STRING }, days: { type: Type.INTEGER } },
    required: ['zone', 'days'],
  },
}

test('[C139] models are listed page by page and can be asked about', async () => {
  const listed: Model[] = []
  for await (const model of await client.models.list({ config: { pageSize: 5 } })) listed.push(model)
  const names = listed.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['models/claude-sonnet', 'models/sandbox/html']))
  expect(new Set(names).size).toBe(names.length)
  const model = await client.models.get({ model: 'sandbox/text' })
  expect(model).toMatchObject({ name: 'models/sandbox/text', inputTokenLimit: expect.any(Number) })
  expect(model.supportedActions).toContain('generateContent')
})

test('[C76] countTokens grows with what the model reads', async () => {
  const count = async (contents: string) =>
    (await client.models.countTokens({ model: 'sandbox/text@anthropic', contents })).totalTokens ?? 0
  const short = await count('hello')
  expect(short).toBeGreaterThanOrEqual(1)
  expect(await count('hello, and tell me everything about foxes')).toBeGreaterThan(short)
})

describe.each(dialectIds)('before %s', (upstream) => {
  test.each([false, true])(
    '[C64] [C68] a chat keeps its own history, thoughts and calls included (stream: %s)',
    async (streams) => {
      const chat = client.chats.create({
        model: `sandbox/tool@${upstream}`,
        config: {
          tools: [{ functionDeclarations: [declaration] }],
          thinkingConfig: { includeThoughts: true },
        },
      })
      const send = async (message: string | Part[]): Promise<GenerateContentResponse[]> => {
        if (!streams) return [await chat.sendMessage({ message })]
        const chunks: GenerateContentResponse[] = []
        for await (const chunk of await chat.sendMessageStream({ message })) chunks.push(chunk)
        return chunks
      }
      const calls = (await send('What time is it?')).flatMap(({ functionCalls = [] }) => functionCalls)
      expect(calls).toMatchObject([{ name: 'clock', args: { zone: 'sandbox', days: 1 } }])
      const told = await send(
        calls.map(({ id = '', name = '' }) => ({
          functionResponse: { id, name, response: { output: 'ten to four' } },
        })),
      )
      expect(told.map(({ text = '' }) => text).join('')).toBe('1 result(s) came back: ten to four')
      const thanked = await send('Thanks.')
      expect(thanked.some(({ functionCalls }) => functionCalls)).toBe(true)
      expect(chat.getHistory().length).toBeGreaterThanOrEqual(6)
    },
  )

  test('[C44] [C51] the SDK calls a callable tool by itself and gets the last word', async () => {
    const called: FunctionCall[] = []
    const tool: CallableTool = {
      tool: async () => ({ functionDeclarations: [declaration] }),
      callTool: async (calls) => {
        called.push(...calls)
        return calls.map(({ id = '', name = '' }) => ({
          functionResponse: { id, name, response: { output: 'ten to four' } },
        }))
      },
    }
    const { text } = await client.models.generateContent({
      model: `sandbox/parallel:2@${upstream}`,
      contents: 'What time is it?',
      config: { tools: [tool] },
    })
    expect(called.map(({ args }) => args)).toEqual([
      { zone: 'sandbox', days: 1 },
      { zone: 'sandbox', days: 1 },
    ])
    expect(text).toBe('2 result(s) came back: ten to four | ten to four')
  })

  test('[C52] a model that may not call tools calls none', async () => {
    const { functionCalls } = await client.models.generateContent({
      model: `sandbox/tool@${upstream}`,
      contents: 'What time is it?',
      config: {
        tools: [{ functionDeclarations: [declaration] }],
        toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.NONE } },
      },
    })
    expect(functionCalls).toBeUndefined()
  })

  test('[C13] structured output fits a schema in Google’s own notation', async () => {
    const { text = '' } = await client.models.generateContent({
      model: `sandbox/json@${upstream}`,
      contents: 'hello',
      config: {
        responseMimeType: 'application/json',
        responseSchema: {
          type: Type.OBJECT,
          properties: {
            title: { type: Type.STRING },
            tags: { type: Type.ARRAY, items: { type: Type.STRING, enum: ['red', 'blue'] }, minItems: '1' },
          },
          required: ['title', 'tags'],
        },
      },
    })
    const { title, tags } = JSON.parse(text)
    expect(title).toEqual(expect.any(String))
    expect(['red', 'blue']).toContain(tags[0])
  })

  test('[C94] a stream that fails after its first word throws, and its user has what was said', async () => {
    const said: string[] = []
    const stream = await client.models.generateContentStream({
      model: `sandbox/error-mid@${upstream}`,
      contents: 'hello',
    })
    const error = await thrown(
      (async () => {
        for await (const chunk of stream) said.push(chunk.text ?? '')
      })(),
    )
    expect(said.join('')).toBe('So far, so good. ')
    expect(error).toBeInstanceOf(ApiError)
  })
})

test('[C104] a stream that its user aborts ends at once, and the gateway serves the next', async () => {
  const leaving = new AbortController()
  const stream = await client.models.generateContentStream({
    model: 'sandbox/stall@anthropic',
    contents: 'hello',
    config: { abortSignal: leaving.signal },
  })
  const error = await thrown(
    (async () => {
      for await (const _ of stream) leaving.abort()
    })(),
  )
  expect(String(error)).toMatch(/abort/i)
  const { text } = await client.models.generateContent({ model: 'sandbox/text', contents: 'hello' })
  expect(text).toMatch(/^The fox/)
})
