/** What users of the openai SDK rely on beyond a question and an answer, over HTTP and over the WebSocket. */
import OpenAI from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { ResponsesWS } from 'openai/resources/responses/ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dialectIds } from '../../src/conversation/conversation.ts'
import { type BuiltGateway, startBuiltGateway } from './built-gateway.ts'
import { openaiClient } from './judge-openai-chat.ts'
import { thrown } from './thrown.ts'

let gateway: BuiltGateway
let client: OpenAI
beforeAll(async () => {
  gateway = await startBuiltGateway({ config: { limits: { max_retries: 0 } } })
  client = openaiClient(gateway.url)
})
afterAll(() => gateway.stop())

const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: 'user', content: 'hello' }]
const clock: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'clock',
  description: 'Tells the time',
  parameters: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'] },
  strict: false,
}

test('[C139] models are listed and can be asked about, with what they hold', async () => {
  const listed: OpenAI.Model[] = []
  for await (const model of client.models.list()) listed.push(model)
  expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(['claude-sonnet', 'sandbox/text']))
  expect(listed[0]).toMatchObject({ object: 'model', created: expect.any(Number), owned_by: 'sandbox' })
  expect(await client.models.retrieve('sandbox/text')).toMatchObject({
    id: 'sandbox/text',
    object: 'model',
    context_length: expect.any(Number),
  })
})

describe.each(dialectIds)('chat completions before %s', (upstream) => {
  test.each([false, true])(
    '[C44] [C46] [C51] runTools runs the loop to its end (stream: %s)',
    async (streams) => {
      const zones: unknown[] = []
      const asked = {
        model: `sandbox/parallel:2@${upstream}`,
        messages,
        tools: [
          {
            type: 'function' as const,
            function: {
              name: 'clock',
              description: 'Tells the time',
              parameters: clock.parameters ?? {},
              parse: (text: string) => z.object({ zone: z.string() }).parse(JSON.parse(text)),
              function: ({ zone }: { zone: string }) => {
                zones.push(zone)
                return `ten to ${zones.length}`
              },
            },
          },
        ],
      }
      const runner = streams
        ? client.chat.completions.runTools({ ...asked, stream: true })
        : client.chat.completions.runTools(asked)
      expect(await runner.finalContent()).toBe('2 result(s) came back: ten to 1 | ten to 2')
      expect(zones).toEqual(['sandbox', 'sandbox'])
    },
  )

  test('[C13] parse reads structured output with a zod schema', async () => {
    const shape = z.object({ title: z.string(), words: z.number() })
    const { choices } = await client.chat.completions.parse({
      model: `sandbox/json@${upstream}`,
      messages,
      response_format: zodResponseFormat(shape, 'note'),
    })
    expect(choices[0]?.message.parsed).toEqual({ title: expect.any(String), words: expect.any(Number) })
  })

  test('[C26] a raw stream has one id, one role, one finish reason, and usage only for those who ask', async () => {
    const read = async (options: OpenAI.Chat.ChatCompletionStreamOptions | null) => {
      const chunks: OpenAI.Chat.ChatCompletionChunk[] = []
      const asked = {
        model: `sandbox/text@${upstream}`,
        messages,
        stream_options: options,
        stream: true as const,
      }
      for await (const chunk of await client.chat.completions.create(asked)) chunks.push(chunk)
      return chunks
    }
    const plain = await read(null)
    const deltas = plain.flatMap(({ choices }) => choices)
    expect(new Set(plain.map(({ id, model }) => `${id} ${model}`)).size).toBe(1)
    expect(deltas.filter(({ delta }) => delta.role === 'assistant')).toHaveLength(1)
    expect(deltas.filter(({ finish_reason }) => finish_reason !== null)).toHaveLength(1)
    expect(plain.some(({ usage }) => usage)).toBe(false)
    const counted = (await read({ include_usage: true })).filter(({ usage }) => usage)
    expect(counted).toHaveLength(1)
    expect(counted[0]?.choices).toEqual([])
  })
})

describe.each(dialectIds)('responses before %s', (upstream) => {
  test('[C123] every item is told as done before the response is, in one unbroken count', async () => {
    const events: OpenAI.Responses.ResponseStreamEvent[] = []
    const stream = await client.responses.create({
      model: `sandbox/tool@${upstream}`,
      input: 'hello',
      tools: [clock],
      stream: true,
    })
    for await (const event of stream) events.push(event)
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at))
    expect(events[0]?.type).toBe('response.created')
    const completed = events.at(-1)
    if (completed?.type !== 'response.completed') throw new Error(`the last event is ${completed?.type}`)
    const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? [event.item] : []))
    expect(done.map(({ type }) => type)).toEqual(['message', 'function_call'])
    expect(completed.response.output).toEqual(done)
    const pieces = events.map((event) =>
      event.type === 'response.function_call_arguments.delta' ? event.delta : '',
    )
    expect(JSON.parse(pieces.join(''))).toEqual({ zone: 'sandbox' })
  })

  test('[C13] parse reads structured output with a zod schema', async () => {
    const shape = z.object({ title: z.string(), words: z.number() })
    const { output_parsed } = await client.responses.parse({
      model: `sandbox/json@${upstream}`,
      input: 'hello',
      text: { format: zodTextFormat(shape, 'note') },
    })
    expect(output_parsed).toEqual({ title: expect.any(String), words: expect.any(Number) })
  })

  test.each([false, true])('[C124] a freeform tool is called with text (stream: %s)', async (streams) => {
    const asked: OpenAI.Responses.ResponseCreateParamsNonStreaming = {
      model: `sandbox/tool@${upstream}`,
      input: 'hello',
      tools: [{ type: 'custom', name: 'apply_patch', description: 'Applies a patch' }],
    }
    const { output } = streams
      ? await client.responses.stream({ ...asked, stream: true }).finalResponse()
      : await client.responses.create(asked)
    const call = output.find(({ type }) => type === 'custom_tool_call')
    expect(call).toMatchObject({ name: 'apply_patch', input: expect.stringMatching(/./) })
    if (call?.type !== 'custom_tool_call') return
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'hello' },
      { type: 'custom_tool_call', call_id: call.call_id, name: call.name, input: call.input },
      { type: 'custom_tool_call_output', call_id: call.call_id, output: 'patched' },
    ]
    expect((await client.responses.create({ ...asked, input })).output_text).toMatch(/came back: patched$/)
  })

  test('[C124] a tool in a namespace is called with its namespace', async () => {
    const { parameters, strict: _, ...tool } = clock
    const { output } = await client.responses.create({
      model: `sandbox/tool@${upstream}`,
      input: 'hello',
      tools: [
        {
          type: 'namespace',
          name: 'time',
          description: 'All about time',
          tools: [{ ...tool, parameters }],
        },
      ],
    })
    const call = output.find(({ type }) => type === 'function_call')
    expect(call).toMatchObject({ name: 'clock', namespace: 'time', arguments: '{"zone":"sandbox"}' })
  })

  test('[C68] a thought comes with what its maker needs to read it again', async () => {
    const { output } = await client.responses.create({
      model: `sandbox/thinking@${upstream}`,
      input: 'hello',
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low', summary: 'auto' },
    })
    const thought = output.find(({ type }) => type === 'reasoning')
    expect(thought).toMatchObject({ summary: [{ type: 'summary_text', text: expect.stringMatching(/./) }] })
    const needsProof = upstream !== 'openai-chat'
    expect(thought && 'encrypted_content' in thought && Boolean(thought.encrypted_content)).toBe(needsProof)
  })

  test('[C121] [C123] the WebSocket carries a whole loop, with only what is new in its second turn', async () => {
    const socket = new ResponsesWS(client, { reconnect: null })
    const asked = { model: `sandbox/tool@${upstream}`, tools: [clock], store: false }
    try {
      const first = await turn(socket, { ...asked, input: [{ role: 'user', content: 'hello' }] })
      const call = first.output.find(({ type }) => type === 'function_call')
      if (call?.type !== 'function_call') throw new Error('no call')
      const second = await turn(socket, {
        ...asked,
        previous_response_id: first.id,
        input: [{ type: 'function_call_output', call_id: call.call_id, output: 'ten to four' }],
      })
      expect(textOf(second)).toBe('1 result(s) came back: ten to four')
    } finally {
      socket.close()
    }
  })
})

/** One turn on the socket, to its last event. */
async function turn(
  socket: ResponsesWS,
  asked: OpenAI.Responses.ResponseCreateParamsNonStreaming,
): Promise<OpenAI.Responses.Response> {
  const { stream: _, ...request } = asked
  return new Promise((resolve, reject) => {
    socket.once('response.completed', ({ response }) => resolve(response))
    socket.once('error', reject)
    socket.send({ type: 'response.create', ...request })
  })
}

const textOf = ({ output }: OpenAI.Responses.Response): string =>
  output
    .flatMap((item) => (item.type === 'message' ? item.content : []))
    .map((part) => (part.type === 'output_text' ? part.text : ''))
    .join('')

describe('errors', () => {
  function countingClient(maxRetries: number) {
    let asked = 0
    const counted = openaiClient(gateway.url, maxRetries).withOptions({
      fetch: (url, init) => {
        asked += 1
        return fetch(url, init)
      },
    })
    return { client: counted, asked: () => asked }
  }

  test('[C83] carry the request id of the header, and its class', async () => {
    const completion = await client.chat.completions.create({ model: 'sandbox/text', messages })
    expect(completion._request_id).toMatch(/^req_/)
    const error = await thrown(client.models.retrieve('openai/gpt-of-no-key'))
    expect(error).toBeInstanceOf(OpenAI.NotFoundError)
    expect(error).toMatchObject({ requestID: expect.stringMatching(/^req_/) })
  })

  test.each(['error:401@anthropic', 'error:402:credits@gemini'])(
    '[C87] [C98] %s is final: the SDK obeys x-should-retry and asks once',
    async (script) => {
      const { client: counted, asked } = countingClient(2)
      const error = await thrown(counted.chat.completions.create({ model: `sandbox/${script}`, messages }))
      expect(error).toMatchObject({ message: expect.stringMatching(/sandbox.*clutch config show/) })
      expect(asked()).toBe(1)
    },
  )

  test.each(dialectIds)('[C85] [C97] a wait that is too long for %s is said at once', async (upstream) => {
    const { client: counted, asked } = countingClient(2)
    const startedMs = performance.now()
    const model = `sandbox/error:429:retry-after=600@${upstream}`
    const error = await thrown(counted.responses.create({ model, input: 'hello' }))
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(asked()).toBe(1)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  test('[C84] the SDK waits as long as retry-after says, then asks again', async () => {
    const { client: counted, asked } = countingClient(1)
    const startedMs = performance.now()
    const model = 'sandbox/error:429:retry-after=1@anthropic'
    const error = await thrown(counted.chat.completions.create({ model, messages }))
    expect(error).toBeInstanceOf(OpenAI.RateLimitError)
    expect(asked()).toBe(2)
    expect(performance.now() - startedMs).toBeGreaterThan(950)
  })

  test('a response that is kept nowhere is refused, never answered without its beginning', async () => {
    const asked = { model: 'sandbox/text@gemini', input: 'go on', previous_response_id: 'resp_unknown' }
    const error = await thrown(client.responses.create(asked))
    expect(error).toBeInstanceOf(OpenAI.BadRequestError)
    expect(error).toMatchObject({ message: expect.stringContaining('previous_response_id') })
  })
})
