/** openai as a judge of Responses: `responses.create` and `responses.stream`, without stored state as Codex works. */
import type OpenAI from 'openai'
import { type Answer, type Complaint, type Judge, lostIn, type Talk, type TalkOrder } from './judge.ts'
import { openaiClient, openaiComplaint } from './judge-openai-chat.ts'

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming
type Item = OpenAI.Responses.ResponseInputItem

export const openaiResponsesJudge: Judge = {
  name: 'openai responses',
  dialect: 'openai-responses',
  open: (gatewayUrl, order) => {
    const client = openaiClient(gatewayUrl, order.maxRetries)
    const items: Item[] = []
    return {
      say: (text, png) => ask(client, order, items, [{ role: 'user', content: shown(text, png) }]),
      giveResults: (results) =>
        ask(
          client,
          order,
          items,
          results.map(({ call, text }) => ({ type: 'function_call_output', call_id: call.id, output: text })),
        ),
    } satisfies Talk
  },
  complaint: (error): Complaint =>
    error instanceof FailedResponse
      ? { thrown: 'FailedResponse', status: undefined, word: error.code, message: error.message }
      : openaiComplaint(error),
}

/** What the SDK reports as a response of status `failed` instead of throwing it. */
class FailedResponse extends Error {
  readonly code: string

  constructor({ error }: OpenAI.Responses.Response) {
    super(error?.message ?? 'failed without a reason')
    this.code = error?.code ?? ''
  }
}

const shown = (text: string, png?: string): OpenAI.Responses.EasyInputMessage['content'] =>
  png === undefined
    ? text
    : [
        { type: 'input_text', text },
        { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'auto' },
      ]

async function ask(client: OpenAI, order: TalkOrder, items: Item[], next: readonly Item[]): Promise<Answer> {
  items.push(...next)
  const asked: Params = {
    model: order.model,
    input: items,
    store: false,
    ...(order.system !== undefined && { instructions: order.system }),
    include: ['reasoning.encrypted_content'],
    ...(order.tools && {
      tools: order.tools.map(({ name, description, schema }) => ({
        type: 'function',
        name,
        description,
        parameters: { ...schema },
        strict: false,
      })),
    }),
    ...(order.thinks && { reasoning: { effort: 'low', summary: 'auto' } }),
    ...(order.schema && {
      text: { format: { type: 'json_schema', name: 'answer', schema: { ...order.schema } } },
    }),
  }
  const { response, headers } = order.streams ? await streamed(client, asked) : await whole(client, asked)
  if (response.status === 'failed') throw new FailedResponse(response)
  items.push(...response.output.filter(isInput))
  return {
    text: response.output_text,
    thoughts: response.output.map(thoughtsIn).join(''),
    calls: response.output.flatMap((item) =>
      item.type === 'function_call' && item.status === 'completed'
        ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) }]
        : [],
    ),
    stop: response.incomplete_details?.reason ?? response.status ?? 'none',
    model: response.model,
    usage: { input: response.usage?.input_tokens ?? 0, output: response.usage?.output_tokens ?? 0 },
    lost: lostIn(headers),
  }
}

/** What this judge meets goes back as it came. */
const isInput = (item: OpenAI.Responses.ResponseOutputItem): item is Extract<typeof item, Item> =>
  ['message', 'function_call', 'reasoning'].includes(item.type)

const thoughtsIn = (item: OpenAI.Responses.ResponseOutputItem): string =>
  item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])].map(({ text }) => text).join('') : ''

async function streamed(client: OpenAI, asked: Params) {
  let headers = new Headers()
  const watched = client.withOptions({
    fetch: async (url, init) => {
      const response = await fetch(url, init)
      headers = response.headers
      return response
    },
  })
  const response = await watched.responses.stream({ ...asked, stream: true }).finalResponse()
  return { response, headers }
}

async function whole(client: OpenAI, asked: Params) {
  const { data, response } = await client.responses.create(asked).withResponse()
  return { response: data, headers: response.headers }
}
