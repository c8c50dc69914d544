/** A Responses upstream, written by hand from its protocol. */
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

const base: Fields = {
  id: 'resp_up1',
  object: 'response',
  created_at: 1_790_000_000,
  model: upstreamModel,
  error: null,
  incomplete_details: null,
  parallel_tool_calls: true,
  tools: [],
}

function response(told: Told, output: readonly Fields[]): Fields {
  const { input, cacheRead, cacheWrite, output: spent, thinking } = told.usage ?? usual
  const cut = told.stop === 'length' || told.stop === 'refusal'
  return {
    ...base,
    status: cut ? 'incomplete' : 'completed',
    ...(cut && {
      incomplete_details: { reason: told.stop === 'length' ? 'max_output_tokens' : 'content_filter' },
    }),
    output,
    usage: {
      input_tokens: input + cacheRead + cacheWrite,
      input_tokens_details: { cached_tokens: cacheRead },
      output_tokens: spent,
      output_tokens_details: { reasoning_tokens: thinking },
      total_tokens: input + cacheRead + cacheWrite + spent,
    },
  }
}

const messageItem = (id: string, text: string): Fields => ({
  id,
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const callItem = (id: string, part: ToldCall, args: string, status: string): Fields => ({
  id,
  type: part.freeform ? 'custom_tool_call' : 'function_call',
  status,
  call_id: part.id,
  name: part.call,
  ...(part.namespace !== undefined && { namespace: part.namespace }),
  [part.freeform ? 'input' : 'arguments']: args,
})

/** The item as it is in the end. */
function itemOf(part: ToldPart, at: number, unfinished: boolean): Fields {
  if ('thinking' in part)
    return {
      id: `rs_up${at}`,
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: part.thinking }],
      ...(part.proof !== undefined && { encrypted_content: part.proof }),
    }
  if ('text' in part) return messageItem(`msg_up${at}`, part.text)
  if (isCall(part))
    return callItem(`fc_up${at}`, part, part.args || '{}', unfinished ? 'incomplete' : 'completed')
  const { query, url } = part.search
  return {
    id: `ws_up${at}`,
    type: 'web_search_call',
    status: 'completed',
    action: { type: 'search', query, sources: [{ type: 'url', url }] },
  }
}

/** The events of one item, in three groups so that calls can be told in turns. */
function events(
  part: ToldPart,
  at: number,
  unfinished: boolean,
): { open: Fields; grow: Fields[]; close: Fields[] } {
  const item = itemOf(part, at, unfinished)
  const where = { item_id: item['id'], output_index: at }
  const done = { type: 'response.output_item.done', output_index: at, item }
  const added = (start: Fields): Fields => ({
    type: 'response.output_item.added',
    output_index: at,
    item: { ...item, ...start },
  })
  if ('thinking' in part) {
    const inside = { ...where, summary_index: 0 }
    return {
      open: added({ summary: [] }),
      grow: [
        {
          type: 'response.reasoning_summary_part.added',
          ...inside,
          part: { type: 'summary_text', text: '' },
        },
        ...inPieces(part.thinking).map((delta) => ({
          type: 'response.reasoning_summary_text.delta',
          ...inside,
          delta,
        })),
      ],
      close: [
        { type: 'response.reasoning_summary_text.done', ...inside, text: part.thinking },
        {
          type: 'response.reasoning_summary_part.done',
          ...inside,
          part: { type: 'summary_text', text: part.thinking },
        },
        done,
      ],
    }
  }
  if ('text' in part) {
    const inside = { ...where, content_index: 0 }
    const whole = { type: 'output_text', text: part.text, annotations: [] }
    return {
      open: added({ status: 'in_progress', content: [] }),
      grow: [
        { type: 'response.content_part.added', ...inside, part: { ...whole, text: '' } },
        ...inPieces(part.text).map((delta) => ({ type: 'response.output_text.delta', ...inside, delta })),
      ],
      close: [
        { type: 'response.output_text.done', ...inside, text: part.text },
        { type: 'response.content_part.done', ...inside, part: whole },
        done,
      ],
    }
  }
  if (!isCall(part)) return { open: added({ status: 'in_progress', action: null }), grow: [], close: [done] }
  const kind = part.freeform ? 'custom_tool_call_input' : 'function_call_arguments'
  const field = part.freeform ? 'input' : 'arguments'
  return {
    open: added({ status: 'in_progress', [field]: '' }),
    grow: inPieces(part.args || '{}').map((delta) => ({ type: `response.${kind}.delta`, ...where, delta })),
    close: unfinished ? [] : [{ type: `response.${kind}.done`, ...where, [field]: part.args || '{}' }, done],
  }
}

function told(parts: readonly ToldPart[], interleaved: boolean, unfinished: boolean): Fields[] {
  const groups = parts.map((part, at) => events(part, at, unfinished && at === parts.length - 1))
  if (!interleaved) return groups.flatMap(({ open, grow, close }) => [open, ...grow, ...close])
  const rounds = Math.max(...groups.map(({ grow }) => grow.length))
  const out = groups.map(({ open }) => open)
  for (let round = 0; round < rounds; round++)
    out.push(...groups.flatMap(({ grow }) => grow.slice(round, round + 1)))
  return [...out, ...groups.flatMap(({ close }) => close)]
}

function stream(reply: Told): string {
  const items = itemsOf(reply)
  const begun = { ...base, status: 'in_progress', output: [], usage: null }
  const last = response(reply, items)
  const all: Fields[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...told(reply.parts, reply.interleaved === true, reply.unfinished === true),
    { type: `response.${last['status']}`, response: last },
  ]
  return all
    .map((one, at) => `event: ${one['type']}\ndata: ${JSON.stringify({ ...one, sequence_number: at })}\n\n`)
    .join('')
}

/** A call that the limit cut is never done. */
const itemsOf = ({ parts, unfinished }: Told): Fields[] =>
  (unfinished ? parts.slice(0, -1) : parts).map((part, at) => itemOf(part, at, false))

const whole = (reply: Told): string => JSON.stringify(response(reply, itemsOf(reply)))

export const responsesUpstream: Teller = { stream, whole }
