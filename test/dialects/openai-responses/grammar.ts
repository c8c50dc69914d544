/** Judges a Responses stream: written from the protocol, not from our encoder. */
import { tryParseJson } from '../../../src/wire/json.ts'
import { SseReader } from '../../../src/wire/sse.ts'

export interface ReadReply {
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly {
    readonly id: string
    readonly name: string
    readonly namespace?: string
    readonly arguments: string
    readonly freeform: boolean
  }[]
  /** `tool-calls`, `done`, `length`, `refusal`, `failed`, or `none` when the stream never ended. */
  readonly stop: string
  readonly usage?: {
    readonly input: number
    readonly cached: number
    readonly output: number
    readonly thinking: number
  }
  readonly error?: { readonly code: string; readonly message: string }
}

type Value = Record<string, unknown>
const object = (value: unknown): Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Value) : {}
const list = (value: unknown): readonly Value[] => (Array.isArray(value) ? value.map(object) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function events(stream: string): { name: string | undefined; data: Value; broken: boolean }[] {
  const reader = new SseReader()
  const frames = [...reader.push(new TextEncoder().encode(stream)), ...reader.end()]
  return frames.map(({ event, data }) => {
    const value = tryParseJson(data)
    return { name: event, data: object(value), broken: value === undefined }
  })
}

interface Announced {
  readonly type: string
  readonly id: string
  said: string
  content: number
  closedParts: number
  parts: number
  final: boolean
  done: Value | undefined
}

const deltas: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'message',
  'response.reasoning_summary_text.delta': 'reasoning',
  'response.function_call_arguments.delta': 'function_call',
  'response.custom_tool_call_input.delta': 'custom_tool_call',
}
const finals: Readonly<Record<string, readonly [string, string]>> = {
  'response.output_text.done': ['message', 'text'],
  'response.reasoning_summary_text.done': ['reasoning', 'text'],
  'response.function_call_arguments.done': ['function_call', 'arguments'],
  'response.custom_tool_call_input.done': ['custom_tool_call', 'input'],
}
const endings = ['response.completed', 'response.incomplete', 'response.failed']

/** Every departure from the protocol; none for a stream that may also just have been cut off. */
export function checkStream(stream: string): string[] {
  const wrong: string[] = []
  if (stream !== '' && !stream.endsWith('\n\n')) wrong.push('the last frame is not whole')
  const items: Announced[] = []
  const ids = new Set<string>()
  let number = 0
  let over = false
  const told = events(stream)
  for (const [at, { name, data, broken }] of told.entries()) {
    const type = text(data['type'])
    if (broken) wrong.push(`event ${at} is not JSON`)
    if (name !== type) wrong.push(`event ${at} is named ${name} but says ${type}`)
    if (type === 'keepalive') continue
    if (over) wrong.push(`${type} after the end`)
    const given = data['sequence_number']
    if (given !== undefined && given !== number)
      wrong.push(`${type} has number ${given} instead of ${number}`)
    number += 1
    if (at === 0 && type !== 'response.created') wrong.push(`the first event is ${type}`)
    if (at === 1 && type !== 'response.in_progress' && type !== 'response.failed')
      wrong.push(`the second event is ${type}`)
    if (type.startsWith('response.') && data['response'] !== undefined)
      checkResponse(type, object(data['response']), wrong)
    over ||= endings.includes(type)
    if (endings.includes(type)) checkEnding(type, object(data['response']), items, wrong)
    else if (data['response'] === undefined) checkItemEvent(type, data, items, ids, wrong)
  }
  return wrong
}

function checkResponse(type: string, response: Value, wrong: string[]): void {
  for (const field of [
    'id',
    'object',
    'created_at',
    'status',
    'model',
    'output',
    'tools',
    'parallel_tool_calls',
  ])
    if (response[field] === undefined) wrong.push(`${type} has no response.${field}`)
  if (!/^resp_\w+$/.test(text(response['id']))) wrong.push(`response id ${response['id']}`)
}

function checkEnding(type: string, response: Value, items: readonly Announced[], wrong: string[]): void {
  if (`response.${response['status']}` !== type) wrong.push(`${type} with status ${response['status']}`)
  const whole = items.filter(({ done }) => done)
  if (JSON.stringify(response['output']) !== JSON.stringify(whole.map(({ done }) => done)))
    wrong.push(`${type}: output differs from the items that were done`)
  if (type === 'response.failed') {
    if (text(object(response['error'])['message']) === '') wrong.push('response.failed without a message')
    return
  }
  const usage = object(response['usage'])
  for (const field of ['input_tokens', 'output_tokens', 'total_tokens'])
    if (typeof usage[field] !== 'number') wrong.push(`${type} without usage.${field}`)
  for (const { type: kind, done, id } of items) {
    const isCall = kind === 'function_call' || kind === 'custom_tool_call'
    if (!done && !(isCall && type === 'response.incomplete')) wrong.push(`${id} was never done`)
  }
  const reason = object(response['incomplete_details'])['reason']
  if (type === 'response.incomplete' && !['max_output_tokens', 'content_filter'].includes(text(reason)))
    wrong.push(`incomplete because of ${reason}`)
}

function checkItemEvent(
  type: string,
  data: Value,
  items: Announced[],
  ids: Set<string>,
  wrong: string[],
): void {
  const at = Number(data['output_index'])
  if (type === 'response.output_item.added') {
    announce(at, object(data['item']), items, ids, wrong)
    return
  }
  const item = items[at]
  if (!item) {
    wrong.push(`${type} for item ${data['output_index']}, which was never announced`)
    return
  }
  if (item.done) wrong.push(`${type} after ${item.id} was done`)
  if (type !== 'response.output_item.done' && data['item_id'] !== item.id)
    wrong.push(`${type} names ${data['item_id']}`)
  const needed = deltas[type]
  const final = finals[type]
  if (needed !== undefined) {
    if (item.type !== needed) wrong.push(`${type} for a ${item.type}`)
    if (text(data['delta']) === '') wrong.push(`${type} is empty`)
    if (needed === 'message' || needed === 'reasoning')
      if (item.parts <= item.closedParts) wrong.push(`${type} outside a part`)
    if (item.final) wrong.push(`${type} after its end`)
    item.said += text(data['delta'])
  } else if (final) {
    if (item.type !== final[0]) wrong.push(`${type} for a ${item.type}`)
    if (data[final[1]] !== item.said) wrong.push(`${type} differs from its deltas`)
    item.final = true
  } else if (type === 'response.content_part.added' || type === 'response.reasoning_summary_part.added')
    item.parts += 1
  else if (type === 'response.content_part.done' || type === 'response.reasoning_summary_part.done') {
    if (object(data['part'])['text'] !== item.said) wrong.push(`${type} differs from its deltas`)
    item.closedParts += 1
  } else if (type === 'response.output_item.done') finish(item, object(data['item']), wrong)
  else if (!type.startsWith('response.web_search_call.')) wrong.push(`unknown event ${type}`)
}

function announce(at: number, item: Value, items: Announced[], ids: Set<string>, wrong: string[]): void {
  const [type, id] = [text(item['type']), text(item['id'])]
  if (at !== items.length) wrong.push(`item ${at} announced as number ${items.length}`)
  if (id === '' || ids.has(id)) wrong.push(`item id ${id} is missing or twice there`)
  ids.add(id)
  const callId = item['call_id']
  if (type === 'function_call' || type === 'custom_tool_call') {
    if (text(callId) === '' || ids.has(text(callId)))
      wrong.push(`call id ${callId} is missing or twice there`)
    if (item['name'] === undefined) wrong.push(`${id} has no name`)
    ids.add(text(callId))
  }
  items.push({ type, id, said: '', content: 0, closedParts: 0, parts: 0, final: false, done: undefined })
}

function finish(item: Announced, done: Value, wrong: string[]): void {
  item.done = done
  if (done['id'] !== item.id || done['type'] !== item.type) wrong.push(`${item.id} is done as ${done['id']}`)
  if (item.parts !== item.closedParts) wrong.push(`${item.id} is done with an open part`)
  if (saidBy(done) !== item.said && item.type in wholeTexts) wrong.push(`${item.id} is done with other words`)
  if (item.type !== 'function_call') return
  const value = tryParseJson(text(done['arguments']))
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    wrong.push(`${item.id} is done with arguments ${done['arguments']}`)
}

const wholeTexts: Readonly<Record<string, (item: Value) => string>> = {
  message: (item) =>
    list(item['content'])
      .map((part) => text(part['text']) || text(part['refusal']))
      .join(''),
  reasoning: (item) =>
    list(item['summary'])
      .map((part) => text(part['text']))
      .join('\n\n'),
  function_call: (item) => text(item['arguments']),
  custom_tool_call: (item) => text(item['input']),
}
const saidBy = (item: Value): string => wholeTexts[text(item['type'])]?.(item) ?? ''

/** What a client as careful as Codex makes of a stream: items that are done, and the last event. */
export function readReply(stream: string): ReadReply {
  const items: Value[] = []
  let response: Value = {}
  for (const { data } of events(stream)) {
    if (data['type'] === 'response.output_item.done')
      items[Number(data['output_index'])] = object(data['item'])
    if (endings.includes(text(data['type']))) response = object(data['response'])
  }
  return readItems(
    items.filter((item) => item !== undefined),
    response,
  )
}

/** The same of a whole reply. */
export function readWhole(body: string): ReadReply {
  const response = object(tryParseJson(body))
  return readItems(list(response['output']), response)
}

function readItems(items: readonly Value[], response: Value): ReadReply {
  const of = (type: string) => items.filter((item) => item['type'] === type)
  const calls = items.filter(({ type }) => type === 'function_call' || type === 'custom_tool_call')
  const usage = object(response['usage'])
  const error = object(response['error'])
  return {
    text: of('message').map(saidBy).join(''),
    thinking: of('reasoning').map(saidBy).filter(Boolean).join('\n\n'),
    toolCalls: calls.map((item) => ({
      id: text(item['call_id']),
      name: text(item['name']),
      ...(typeof item['namespace'] === 'string' && { namespace: item['namespace'] }),
      arguments: saidBy(item),
      freeform: item['type'] === 'custom_tool_call',
    })),
    stop: stopOf(response, calls.length > 0),
    ...(typeof usage['input_tokens'] === 'number' && {
      usage: {
        input: usage['input_tokens'],
        cached: Number(object(usage['input_tokens_details'])['cached_tokens']),
        output: Number(usage['output_tokens']),
        thinking: Number(object(usage['output_tokens_details'])['reasoning_tokens']),
      },
    }),
    ...(error['message'] !== undefined && {
      error: { code: text(error['code']), message: text(error['message']) },
    }),
  }
}

function stopOf(response: Value, called: boolean): string {
  const reason = object(response['incomplete_details'])['reason']
  switch (response['status']) {
    case 'completed':
      return called ? 'tool-calls' : 'done'
    case 'incomplete':
      return reason === 'content_filter' ? 'refusal' : 'length'
    case 'failed':
      return 'failed'
    default:
      return 'none'
  }
}
