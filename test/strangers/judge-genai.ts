/** @google/genai as a judge: `generateContent` and `generateContentStream`. */
import {
  ApiError,
  type Content,
  type GenerateContentParameters,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import {
  type Answer,
  type Complaint,
  classOf,
  type Judge,
  lostIn,
  type Talk,
  type TalkOrder,
} from './judge.ts'

export const genaiClient = (gatewayUrl: string, attempts = 1): GoogleGenAI =>
  new GoogleGenAI({
    apiKey: 'stranger',
    httpOptions: { baseUrl: gatewayUrl, ...(attempts > 1 && { retryOptions: { attempts } }) },
  })

export const genaiJudge: Judge = {
  name: '@google/genai models',
  dialect: 'gemini',
  open: (gatewayUrl, order) => {
    const client = genaiClient(gatewayUrl, (order.maxRetries ?? 0) + 1)
    const contents: Content[] = []
    return {
      say: (text, png) =>
        ask(client, order, contents, {
          role: 'user',
          parts: [
            { text },
            ...(png === undefined ? [] : [{ inlineData: { mimeType: 'image/png', data: png } }]),
          ],
        }),
      giveResults: (results) =>
        ask(client, order, contents, {
          role: 'user',
          parts: results.map(({ call, text }) => ({
            functionResponse: { id: call.id, name: call.name, response: { output: text } },
          })),
        }),
    } satisfies Talk
  },
  complaint: (error): Complaint => {
    if (!(error instanceof Error)) throw error
    const { message } = error
    const status = error instanceof ApiError ? error.status : undefined
    const word = /"status":\s*"(\w+)"/.exec(message)?.[1]
    const requestId = /"requestId":\s*"(\w+)"/.exec(message)?.[1]
    return { thrown: classOf(error), status, word, message, ...(requestId !== undefined && { requestId }) }
  },
}

async function ask(
  client: GoogleGenAI,
  order: TalkOrder,
  contents: Content[],
  next: Content,
): Promise<Answer> {
  contents.push(next)
  const asked: GenerateContentParameters = {
    model: order.model,
    contents,
    config: {
      ...(order.system !== undefined && { systemInstruction: order.system }),
      ...(order.tools && {
        tools: [
          {
            functionDeclarations: order.tools.map(({ name, description, schema }) => ({
              name,
              description,
              parametersJsonSchema: schema,
            })),
          },
        ],
      }),
      ...(order.thinks && { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } }),
      ...(order.schema && { responseMimeType: 'application/json', responseJsonSchema: order.schema }),
    },
  }
  const chunks = order.streams ? await streamed(client, asked) : [await client.models.generateContent(asked)]
  const last = chunks.at(-1)
  if (!last) throw new Error('a stream without a chunk')
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  contents.push({ role: 'model', parts })
  return {
    text: joined(parts, (part) => part.thought !== true),
    thoughts: joined(parts, (part) => part.thought === true),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall
        ? [{ id: functionCall.id ?? '', name: functionCall.name ?? '', input: functionCall.args ?? {} }]
        : [],
    ),
    stop: last.candidates?.[0]?.finishReason ?? 'none',
    model: last.modelVersion ?? '',
    usage: {
      input: last.usageMetadata?.promptTokenCount ?? 0,
      output: (last.usageMetadata?.candidatesTokenCount ?? 0) + (last.usageMetadata?.thoughtsTokenCount ?? 0),
    },
    lost: lostIn(new Headers(last.sdkHttpResponse?.headers)),
  }
}

async function streamed(
  client: GoogleGenAI,
  asked: GenerateContentParameters,
): Promise<GenerateContentResponse[]> {
  const chunks: GenerateContentResponse[] = []
  for await (const chunk of await client.models.generateContentStream(asked)) chunks.push(chunk)
  return chunks
}

const joined = (parts: readonly Part[], wanted: (part: Part) => boolean): string =>
  parts.map((part) => (wanted(part) ? (part.text ?? '') : '')).join('')
