/** @anthropic-ai/sdk as a judge: `messages.create` and `messages.stream`. */
import Anthropic from '@anthropic-ai/sdk'
import {
  type Answer,
  type Complaint,
  classOf,
  type Judge,
  lostIn,
  type Talk,
  type TalkOrder,
} from './judge.ts'

export const anthropicClient = (gatewayUrl: string, maxRetries = 0): Anthropic =>
  new Anthropic({ baseURL: gatewayUrl, apiKey: 'stranger', maxRetries, logLevel: 'off' })

export const anthropicJudge: Judge = {
  name: '@anthropic-ai/sdk messages',
  dialect: 'anthropic',
  open: (gatewayUrl, order) => {
    const client = anthropicClient(gatewayUrl, order.maxRetries)
    const messages: Anthropic.MessageParam[] = []
    return {
      say: (text, png) => ask(client, order, messages, { role: 'user', content: shown(text, png) }),
      giveResults: (results) =>
        ask(client, order, messages, {
          role: 'user',
          content: results.map(({ call, text }) => ({
            type: 'tool_result',
            tool_use_id: call.id,
            content: text,
          })),
        }),
    } satisfies Talk
  },
  complaint: (error): Complaint => {
    if (!(error instanceof Anthropic.AnthropicError)) throw error
    const told = { thrown: classOf(error), message: error.message }
    if (!(error instanceof Anthropic.APIError)) return { ...told, status: undefined, word: undefined }
    const { status, type, requestID } = error
    return { ...told, status, word: type ?? undefined, ...(requestID && { requestId: requestID }) }
  },
}

const shown = (text: string, png?: string): Anthropic.MessageParam['content'] =>
  png === undefined
    ? text
    : [
        { type: 'text', text },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
      ]

async function ask(
  client: Anthropic,
  order: TalkOrder,
  messages: Anthropic.MessageParam[],
  next: Anthropic.MessageParam,
): Promise<Answer> {
  messages.push(next)
  const asked: Anthropic.MessageCreateParamsNonStreaming = {
    model: order.model,
    max_tokens: 4096,
    messages,
    ...(order.system !== undefined && { system: order.system }),
    ...(order.tools && {
      tools: order.tools.map(({ name, description, schema }) => ({
        name,
        description,
        input_schema: { type: 'object', ...schema },
      })),
    }),
    ...(order.thinks && { thinking: { type: 'enabled', budget_tokens: 2048 } }),
    ...(order.schema && { output_config: { format: { type: 'json_schema', schema: { ...order.schema } } } }),
  }
  const { message, response } = order.streams ? await streamed(client, asked) : await whole(client, asked)
  messages.push({ role: 'assistant', content: message.content })
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thoughts: message.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: message.content.flatMap((block) =>
      block.type === 'tool_use' && message.stop_reason === 'tool_use'
        ? [{ id: block.id, name: block.name, input: block.input }]
        : [],
    ),
    stop: message.stop_reason ?? 'none',
    model: message.model,
    usage: { input: message.usage.input_tokens, output: message.usage.output_tokens },
    lost: lostIn(response.headers),
  }
}

async function streamed(client: Anthropic, asked: Anthropic.MessageCreateParamsNonStreaming) {
  const stream = client.messages.stream(asked)
  const message = await stream.finalMessage()
  const { response } = await stream.withResponse()
  return { message, response }
}

async function whole(client: Anthropic, asked: Anthropic.MessageCreateParamsNonStreaming) {
  const { data, response } = await client.messages.create(asked).withResponse()
  return { message: data, response }
}
