/** openai as a judge of Chat Completions: `chat.completions.create` and `chat.completions.stream`. */
import OpenAI from 'openai'
import {
  type Answer,
  type Complaint,
  classOf,
  type Judge,
  lostIn,
  type Talk,
  type TalkOrder,
  type ToolCall,
} from './judge.ts'

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming
type Message = OpenAI.Chat.ChatCompletionMessageParam

export const openaiClient = (gatewayUrl: string, maxRetries = 0): OpenAI =>
  new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: 'stranger', maxRetries, logLevel: 'off' })

export const openaiChatJudge: Judge = {
  name: 'openai chat.completions',
  dialect: 'openai-chat',
  open: (gatewayUrl, order) => {
    const client = openaiClient(gatewayUrl, order.maxRetries)
    const messages: Message[] = order.system === undefined ? [] : [{ role: 'system', content: order.system }]
    return {
      say: (text, png) => ask(client, order, messages, [{ role: 'user', content: shown(text, png) }]),
      giveResults: (results) =>
        ask(
          client,
          order,
          messages,
          results.map(({ call, text }) => ({ role: 'tool', tool_call_id: call.id, content: text })),
        ),
    } satisfies Talk
  },
  complaint: openaiComplaint,
}

const shown = (text: string, png?: string): OpenAI.Chat.ChatCompletionUserMessageParam['content'] =>
  png === undefined
    ? text
    : [
        { type: 'text', text },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
      ]

export function openaiComplaint(error: unknown): Complaint {
  if (!(error instanceof OpenAI.OpenAIError)) throw error
  const told = { thrown: classOf(error), message: error.message }
  if (!(error instanceof OpenAI.APIError)) return { ...told, status: undefined, word: undefined }
  const { status, code, type, requestID } = error
  return { ...told, status, word: code ?? type, ...(requestID && { requestId: requestID }) }
}

async function ask(
  client: OpenAI,
  order: TalkOrder,
  messages: Message[],
  next: readonly Message[],
): Promise<Answer> {
  messages.push(...next)
  const asked: Params = {
    model: order.model,
    messages,
    ...(order.tools && {
      tools: order.tools.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: { ...schema } },
      })),
    }),
    ...(order.thinks && { reasoning_effort: 'low' }),
    ...(order.schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { ...order.schema } } },
    }),
  }
  const { completion, headers, thoughts } = order.streams
    ? await streamed(client, asked)
    : await whole(client, asked)
  const [choice] = completion.choices
  if (!choice) throw new Error('a completion without a choice')
  messages.push({ ...choice.message, ...(thoughts !== '' && { reasoning_content: thoughts }) })
  return {
    text: choice.message.content ?? '',
    thoughts,
    calls: choice.finish_reason === 'tool_calls' ? (choice.message.tool_calls ?? []).map(callIn) : [],
    stop: choice.finish_reason,
    model: completion.model,
    usage: { input: completion.usage?.prompt_tokens ?? 0, output: completion.usage?.completion_tokens ?? 0 },
    lost: lostIn(headers),
  }
}

function callIn(call: OpenAI.Chat.ChatCompletionMessageToolCall): ToolCall {
  if (call.type !== 'function') throw new Error(`a call of type ${call.type}`)
  return { id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) }
}

/** The field that this API's other servers have for thoughts; the SDK hands it through without knowing it. */
const thoughtIn = (holder: object): string => String(Reflect.get(holder, 'reasoning_content') ?? '')

async function streamed(client: OpenAI, asked: Params) {
  let headers = new Headers()
  const watched = client.withOptions({
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      headers = response.headers
      return response
    },
  })
  const stream = watched.chat.completions.stream({
    ...asked,
    stream: true,
    stream_options: { include_usage: true },
  })
  let thoughts = ''
  stream.on('chunk', ({ choices: [choice] }) => {
    thoughts += thoughtIn(choice?.delta ?? {})
  })
  return { completion: await stream.finalChatCompletion(), headers, thoughts }
}

async function whole(client: OpenAI, asked: Params) {
  const { data, response } = await client.chat.completions.create(asked).withResponse()
  return {
    completion: data,
    headers: response.headers,
    thoughts: thoughtIn(data.choices[0]?.message ?? {}),
  }
}
