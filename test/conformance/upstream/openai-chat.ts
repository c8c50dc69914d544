/** A Chat Completions upstream, written by hand from its protocol. */
import {
  inPieces,
  isCall,
  type Teller,
  type Told,
  type ToldCall,
  type ToldPart,
  upstreamModel,
  usual,
} from '../told.ts'

type Fields = Readonly<Record<string, unknown>>

const stops = {
  done: 'stop',
  'tool-calls': 'tool_calls',
  length: 'length',
  'stop-sequence': 'stop',
  refusal: 'content_filter',
} as const

const head = { id: 'chatcmpl-up1', created: 1_790_000_000, model: upstreamModel }

const chunk = (delta: Fields, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  })}\n\n`

const counters = ({ usage = usual }: Told): Fields => ({
  prompt_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.cacheRead + usage.cacheWrite + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cacheRead },
  completion_tokens_details: { reasoning_tokens: usage.thinking },
})

const wireName = (part: ToldCall): string =>
  part.namespace === undefined ? part.call : `${part.namespace}__${part.call}`
const wireArgs = (part: ToldCall): string =>
  part.freeform ? JSON.stringify({ input: part.args }) : part.args || '{}'

const callOpens = (part: ToldCall, index: number): string =>
  chunk({
    tool_calls: [{ index, id: part.id, type: 'function', function: { name: wireName(part), arguments: '' } }],
  })
const callGrows = (piece: string, index: number): string =>
  chunk({ tool_calls: [{ index, function: { arguments: piece } }] })

function callsStream(calls: readonly ToldCall[], interleaved: boolean): string {
  if (!interleaved)
    return calls
      .map(
        (part, index) =>
          callOpens(part, index) +
          inPieces(wireArgs(part))
            .map((piece) => callGrows(piece, index))
            .join(''),
      )
      .join('')
  const pieces = calls.map((part) => inPieces(wireArgs(part)))
  const rounds = Math.max(...pieces.map(({ length }) => length))
  let out = calls.map(callOpens).join('')
  for (let round = 0; round < rounds; round++)
    for (const [index, list] of pieces.entries()) {
      const piece = list[round]
      if (piece !== undefined) out += callGrows(piece, index)
    }
  return out
}

function spokenStream(part: ToldPart): string {
  if ('thinking' in part)
    return inPieces(part.thinking)
      .map((reasoning_content) => chunk({ reasoning_content }))
      .join('')
  if ('text' in part)
    return inPieces(part.text)
      .map((content) => chunk({ content }))
      .join('')
  return ''
}

function citations(told: Told): Fields {
  const searches = told.parts.flatMap((part) => ('search' in part ? [part.search] : []))
  if (searches.length === 0) return {}
  return {
    annotations: searches.map(({ url, title }) => ({
      type: 'url_citation',
      url_citation: { url, title, start_index: 0, end_index: 1 },
    })),
  }
}

function stream(told: Told): string {
  const cited = citations(told)
  return [
    chunk({ role: 'assistant', content: '' }),
    ...told.parts.map(spokenStream),
    callsStream(told.parts.filter(isCall), told.interleaved === true),
    chunk(cited, stops[told.stop]),
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage: counters(told) })}\n\n`,
    'data: [DONE]\n\n',
  ].join('')
}

function whole(told: Told): string {
  const text = told.parts.map((part) => ('text' in part ? part.text : '')).join('')
  const thinking = told.parts.map((part) => ('thinking' in part ? part.thinking : '')).join('')
  const calls = told.parts.filter(isCall)
  return JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' ? null : text,
          ...(thinking !== '' && { reasoning_content: thinking }),
          ...(calls.length > 0 && {
            tool_calls: calls.map((part) => ({
              id: part.id,
              type: 'function',
              function: { name: wireName(part), arguments: wireArgs(part) },
            })),
          }),
          ...citations(told),
        },
        finish_reason: stops[told.stop],
      },
    ],
    usage: counters(told),
  })
}

export const chatUpstream: Teller = { stream, whole }
