/** What users of @anthropic-ai/sdk rely on beyond a question and an answer. */
import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { type BuiltGateway, startBuiltGateway } from './built-gateway.ts'
import { anthropicClient } from './judge-anthropic.ts'
import { thrown } from './thrown.ts'

let gateway: BuiltGateway
let client: Anthropic
beforeAll(async () => {
  gateway = await startBuiltGateway({ config: { limits: { max_retries: 0 } } })
  client = anthropicClient(gateway.url)
})
afterAll(() => gateway.stop())

const hello: Anthropic.MessageParam[] = [{ role: 'user', content: 'hello' }]
const ask = (script: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) => ({
  model: `sandbox/${script}`,
  max_tokens: 512,
  messages: hello,
  ...more,
})
const clock: Anthropic.Tool = {
  name: 'clock',
  description: 'Tells the time',
  input_schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] },
}

/** A client that retries as often as it is told to, and how often it asked. */
function countingClient(maxRetries: number): { readonly client: Anthropic; readonly asked: () => number } {
  let asked = 0
  const counted = anthropicClient(gateway.url, maxRetries).withOptions({
    fetch: (url, init) => {
      asked += 1
      return fetch(url, init)
    },
  })
  return { client: counted, asked: () => asked }
}

describe('counting and listing', () => {
  test('[C76] [C77] countTokens grows with everything the model reads, and needs no max_tokens', async () => {
    const count = async (more: Partial<Anthropic.MessageCountTokensParams>) =>
      (await client.messages.countTokens({ model: 'sandbox/text@gemini', messages: hello, ...more }))
        .input_tokens
    const bare = await count({})
    expect(bare).toBeGreaterThanOrEqual(1)
    const longer = await Promise.all([
      count({ system: 'You are a clock of few words.' }),
      count({ tools: [clock] }),
      count({ messages: [...hello, { role: 'assistant', content: 'Hello.' }, ...hello] }),
      count({ messages: [{ role: 'user', content: '你好，世界。今天天气怎么样？' }] }),
    ])
    for (const tokens of longer) expect(tokens).toBeGreaterThan(bare)
  })

  test('[C78] [C79] models are listed page by page, and each can be asked about', async () => {
    const listed: Anthropic.ModelInfo[] = []
    for await (const model of client.models.list({ limit: 5 })) listed.push(model)
    expect(listed.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'claude-opus',
        'claude-sonnet',
        'claude-haiku',
        'sandbox/text',
        'sandbox/html',
      ]),
    )
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length)
    for (const model of listed) {
      expect(model).toMatchObject({ type: 'model', display_name: expect.any(String) })
      expect(Date.parse(model.created_at)).not.toBeNaN()
      expect(model.max_input_tokens).toBeGreaterThan(0)
    }
    expect(await client.models.retrieve('claude-sonnet')).toMatchObject({
      id: 'claude-sonnet',
      type: 'model',
    })
  })
})

describe.each(dialectIds)('a stream translated from %s', (upstream) => {
  test('[C25] [C26] [C27] [C28] follows the grammar, so that every callback fires once and in order', async () => {
    const heard: string[] = []
    const stream = client.messages
      .stream(ask(`tool@${upstream}`, { tools: [clock] }))
      .on('streamEvent', (event) => {
        const index = 'index' in event ? ` ${event.index}` : ''
        if (heard.at(-1) !== event.type + index) heard.push(event.type + index)
      })
      .on('text', () => undefined)
    const blocks: string[] = []
    stream.on('contentBlock', (block) => blocks.push(block.type))
    await stream.finalMessage()
    const block = (index: number) =>
      ['start', 'delta', 'stop'].map((word) => `content_block_${word} ${index}`)
    expect(heard.filter((event) => event !== 'ping')).toEqual([
      'message_start',
      ...block(0),
      ...block(1),
      'message_delta',
      'message_stop',
    ])
    expect(blocks).toEqual(['text', 'tool_use'])
  })

  test('[C43] is delivered as it is written', async () => {
    const arrivals: number[] = []
    await client.messages
      .stream(ask(`slow:40@${upstream}`))
      .on('text', () => arrivals.push(performance.now()))
      .finalMessage()
    const [first = 0] = arrivals
    const last = arrivals.at(-1) ?? 0
    expect(arrivals.length).toBeGreaterThan(2)
    expect(last - first).toBeGreaterThan(60)
  })

  test('[C39] [C47] never closes a call that the limit cut off', async () => {
    const closed: string[] = []
    const message = await client.messages
      .stream(ask(`length-tool@${upstream}`, { tools: [clock] }))
      .on('contentBlock', (block) => closed.push(block.type))
      .finalMessage()
    expect(message.stop_reason).toBe('max_tokens')
    expect(closed).not.toContain('tool_use')
  })

  test('[C62] ends a thought with a signature', async () => {
    const { content } = await client.messages
      .stream(ask(`thinking@${upstream}`, { max_tokens: 4096, thinking: { type: 'adaptive' } }))
      .finalMessage()
    expect(content).toMatchObject([
      { type: 'thinking', signature: expect.stringMatching(/./) },
      { type: 'text' },
    ])
  })

  test('[C94] [C95] that fails after its first word throws, and nothing is asked again', async () => {
    const { client: counted, asked } = countingClient(2)
    const error = await thrown(counted.messages.stream(ask(`error-mid@${upstream}`)).finalMessage())
    expect(error).toBeInstanceOf(Anthropic.APIError)
    expect(error).toMatchObject({ status: undefined, type: 'overloaded_error' })
    expect(asked()).toBe(1)
  })
})

describe.each(dialectIds)('before %s', (upstream) => {
  test('[C44] [C51] [C53] the tool runner of the SDK runs a tool and gets the last word', async () => {
    const zones: string[] = []
    const final = await client.beta.messages.toolRunner({
      model: `sandbox/tool@${upstream}`,
      max_tokens: 512,
      messages: [{ role: 'user', content: 'What time is it?' }],
      tools: [
        betaZodTool({
          name: 'clock',
          description: 'Tells the time',
          inputSchema: z.object({ zone: z.string() }),
          run: ({ zone }) => {
            zones.push(zone)
            return 'ten to four'
          },
        }),
      ],
    })
    expect(zones).toEqual(['sandbox'])
    expect(final.content).toMatchObject([{ type: 'text', text: '1 result(s) came back: ten to four' }])
  })

  test('a thread that nobody keeps is told again in full, by the SDK itself', async () => {
    const thread = client.beta.messages.thread({ model: `sandbox/echo@${upstream}`, max_tokens: 512 })
    await thread.send({ role: 'user', content: 'My name is Ada.' })
    const { content } = await thread.send({ role: 'user', content: 'What is it?' })
    expect(content).toMatchObject([{ text: expect.stringContaining('What is it?') }])
    expect(thread.messages).toHaveLength(4)
  })

  test('[C53] a tool that failed is heard as failed', async () => {
    const messages: Anthropic.MessageParam[] = [
      ...hello,
      {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 'toolu_1', name: 'clock', input: { zone: 'x' } }],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'no such zone', is_error: true }],
      },
    ]
    const { content } = await client.messages.create(ask(`tool@${upstream}`, { messages, tools: [clock] }))
    expect(content).toMatchObject([
      { text: expect.stringMatching(/^1 result.* back: .*error.* no such zone$/) },
    ])
  })

  test('[C6] [C7] [C11] guidance between turns and adaptive thinking are accepted', async () => {
    const messages: Anthropic.MessageParam[] = [
      ...hello,
      { role: 'assistant', content: 'Hello.' },
      { role: 'system', content: 'The user is in a hurry.' },
      { role: 'user', content: 'Go on.' },
    ]
    const { stop_reason } = await client.messages.create(
      ask(`text@${upstream}`, {
        messages,
        thinking: { type: 'adaptive' },
        output_config: { effort: 'high' },
      }),
    )
    expect(stop_reason).toBe('end_turn')
  })

  test('[C13] messages.parse reads structured output with a zod schema', async () => {
    const shape = z.object({ title: z.string(), words: z.number() })
    const { parsed_output } = await client.messages.parse(
      ask(`json@${upstream}`, { output_config: { format: zodOutputFormat(shape) } }),
    )
    expect(shape.parse(parsed_output)).toEqual({ title: expect.any(String), words: expect.any(Number) })
  })

  test('[C114] a web search of the provider is shown with its results and counted', async () => {
    const { content, usage } = await client.messages.create(
      ask(`search@${upstream}`, { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
    )
    const kinds = content.map(({ type }) => type)
    expect(kinds).toHaveLength(3)
    expect(kinds).toEqual(expect.arrayContaining(['server_tool_use', 'web_search_tool_result', 'text']))
    expect(usage.server_tool_use?.web_search_requests).toBe(1)
  })

  test('[C1] [C21] beta headers and the beta query change nothing for a target that knows no betas', async () => {
    const message = await client.beta.messages
      .stream({
        ...ask(`text@${upstream}`),
        messages: hello,
        betas: ['context-1m-2025-08-07', 'made-up-2030-01-01'],
      })
      .finalMessage()
    expect(message.stop_reason).toBe('end_turn')
  })
})

describe('errors', () => {
  test('[C83] [C90] carry the request id of the header, whatever went wrong', async () => {
    const { response, request_id } = await client.messages.create(ask('text')).withResponse()
    expect(request_id).toMatch(/^req_/)
    expect(request_id).toBe(response.headers.get('request-id'))
    for (const path of ['/v1/models/openai/gpt-of-no-key', '/v1/nothing']) {
      const error = await thrown(client.get(path))
      expect(error).toBeInstanceOf(Anthropic.NotFoundError)
      expect(error).toMatchObject({ type: 'not_found_error', requestID: expect.stringMatching(/^req_/) })
    }
  })

  test('[C23] a request that is none is told what is missing', async () => {
    const error = await thrown(
      client.post('/v1/messages', { body: { model: 'sandbox/text', messages: hello } }),
    )
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({ type: 'invalid_request_error', apiMessage: 'max_tokens: field required' })
  })

  test.each(['error:401@openai-chat', 'error:401@anthropic', 'error:402:credits@gemini'])(
    '[C87] [C127] %s is final: the SDK obeys x-should-retry and asks once',
    async (script) => {
      const { client: counted, asked } = countingClient(2)
      const error = await thrown(counted.messages.create(ask(script)))
      expect(error).not.toBeInstanceOf(Anthropic.AuthenticationError)
      expect(error).toMatchObject({ apiMessage: expect.stringMatching(/sandbox.*clutch config show/) })
      expect(asked()).toBe(1)
    },
  )

  test.each(dialectIds)(
    '[C85] [C97] [C128] a wait that is too long for %s is said at once',
    async (upstream) => {
      const { client: counted, asked } = countingClient(2)
      const startedMs = performance.now()
      const error = await thrown(counted.messages.create(ask(`error:429:retry-after=600@${upstream}`)))
      expect(error).toBeInstanceOf(Anthropic.RateLimitError)
      expect(asked()).toBe(1)
      expect(performance.now() - startedMs).toBeLessThan(2_000)
    },
  )

  test('[C84] the SDK waits as long as retry-after says, then asks again', async () => {
    const { client: counted, asked } = countingClient(1)
    const startedMs = performance.now()
    const error = await thrown(counted.messages.create(ask('error:429:retry-after=1@openai-chat')))
    expect(error).toMatchObject({ status: 429 })
    expect(asked()).toBe(2)
    expect(performance.now() - startedMs).toBeGreaterThan(950)
  })

  test('[C126] a conversation that was too long twice in a row gets a final word of another kind', async () => {
    const tooLong = () => client.messages.create(ask('error:400:context@openai-chat', { system: 'a loop' }))
    expect(await thrown(tooLong())).toMatchObject({
      status: 400,
      apiMessage: expect.stringMatching(/^prompt is too long/),
    })
    expect(await thrown(tooLong())).toMatchObject({ status: 403, type: 'permission_error' })
  })

  test('[C104] a stream that its user aborts ends at once, and the gateway serves the next', async () => {
    const stream = client.messages.stream(ask('stall@gemini'))
    stream.on('text', () => stream.abort())
    expect(await thrown(stream.finalMessage())).toBeInstanceOf(Anthropic.APIUserAbortError)
    expect((await client.messages.create(ask('text'))).stop_reason).toBe('end_turn')
  })
})
