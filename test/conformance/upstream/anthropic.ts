/** A Messages upstream, written by hand from its protocol. */
import { inPieces, isCall, type Teller, type Told, type ToldPart, upstreamModel, usual } from '../told.ts'

type Fields = Readonly<Record<string, unknown>>

const stops = {
  done: 'end_turn',
  'tool-calls': 'tool_use',
  length: 'max_tokens',
  'stop-sequence': 'stop_sequence',
  refusal: 'refusal',
} as const

const event = (value: Fields): string => `event: ${value['type']}\ndata: ${JSON.stringify(value)}\n\n`

const promptUsage = ({ usage = usual }: Told): Fields => ({
  input_tokens: usage.input,
  cache_read_input_tokens: usage.cacheRead,
  cache_creation_input_tokens: usage.cacheWrite,
})

const ending = (told: Told): Fields => ({
  stop_reason: stops[told.stop],
  stop_sequence: told.stop === 'stop-sequence' ? told.stopSequence : null,
})

function blockStream(part: ToldPart, index: number, open: boolean): string {
  const start = (content_block: Fields) => event({ type: 'content_block_start', index, content_block })
  const delta = (value: Fields) => event({ type: 'content_block_delta', index, delta: value })
  const stop = open ? '' : event({ type: 'content_block_stop', index })
  if ('thinking' in part)
    return [
      start({ type: 'thinking', thinking: '', signature: '' }),
      ...inPieces(part.thinking).map((thinking) => delta({ type: 'thinking_delta', thinking })),
      ...(part.proof === undefined ? [] : [delta({ type: 'signature_delta', signature: part.proof })]),
      stop,
    ].join('')
  if ('text' in part)
    return [
      start({ type: 'text', text: '' }),
      ...inPieces(part.text).map((text) => delta({ type: 'text_delta', text })),
      stop,
    ].join('')
  if (isCall(part))
    return [
      start({ type: 'tool_use', id: part.id, name: wireName(part), input: {} }),
      ...inPieces(wireArgs(part)).map((partial_json) => delta({ type: 'input_json_delta', partial_json })),
      stop,
    ].join('')
  throw new Error('a search is two blocks')
}

/** The upstream knows a namespaced tool by a flat name, and a freeform one by a single text. */
const wireName = (part: { call: string; namespace?: string }): string =>
  part.namespace === undefined ? part.call : `${part.namespace}__${part.call}`
const wireArgs = (part: { args: string; freeform?: boolean }): string =>
  part.freeform ? JSON.stringify({ input: part.args }) : part.args

function searchBlocks(part: Extract<ToldPart, { search: unknown }>): readonly Fields[] {
  const { query, url, title } = part.search
  const id = 'srvtoolu_01quest'
  return [
    { type: 'server_tool_use', id, name: 'web_search', input: { query } },
    {
      type: 'web_search_tool_result',
      tool_use_id: id,
      content: [{ type: 'web_search_result', url, title, encrypted_content: 'c2VhbGVk', page_age: null }],
    },
  ]
}

/** A search begins with empty input, as every tool does. */
function blockOf(block: Fields, index: number): string {
  const { input } = block
  if (input === undefined) return event({ type: 'content_block_start', index, content_block: block })
  const delta = { type: 'input_json_delta', partial_json: JSON.stringify(input) }
  return (
    event({ type: 'content_block_start', index, content_block: { ...block, input: {} } }) +
    event({ type: 'content_block_delta', index, delta })
  )
}

function stream(told: Told): string {
  const { output } = told.usage ?? usual
  let index = 0
  let out = event({
    type: 'message_start',
    message: {
      id: 'msg_01upstream',
      type: 'message',
      role: 'assistant',
      model: upstreamModel,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...promptUsage(told), output_tokens: 1 },
    },
  })
  out += event({ type: 'ping' })
  for (const [at, part] of told.parts.entries()) {
    if ('search' in part) {
      for (const content_block of searchBlocks(part)) {
        out += blockOf(content_block, index)
        out += event({ type: 'content_block_stop', index })
        index += 1
      }
    } else out += blockStream(part, index++, told.unfinished === true && at === told.parts.length - 1)
  }
  out += event({ type: 'message_delta', delta: ending(told), usage: { output_tokens: output } })
  return out + event({ type: 'message_stop' })
}

function wholeBlock(part: ToldPart): readonly Fields[] {
  if ('thinking' in part) return [{ type: 'thinking', thinking: part.thinking, signature: part.proof ?? '' }]
  if ('text' in part) return [{ type: 'text', text: part.text, citations: null }]
  if (isCall(part))
    return [{ type: 'tool_use', id: part.id, name: wireName(part), input: `@@${wireArgs(part)}@@` }]
  return searchBlocks(part)
}

/** Arguments stand in the body as they were told, number for number. */
const unquoted = (json: string): string =>
  json.replace(/"@@((?:[^"\\]|\\.)*)@@"/g, (_, text: string) => JSON.parse(`"${text}"`) || '{}')

function whole(told: Told): string {
  const parts = told.unfinished ? told.parts.slice(0, -1) : told.parts
  return unquoted(
    JSON.stringify({
      id: 'msg_01upstream',
      type: 'message',
      role: 'assistant',
      model: upstreamModel,
      content: parts.flatMap(wholeBlock),
      ...ending(told),
      usage: { ...promptUsage(told), output_tokens: (told.usage ?? usual).output },
    }),
  )
}

export const anthropicUpstream: Teller = { stream, whole }
