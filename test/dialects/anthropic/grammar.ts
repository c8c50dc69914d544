/** A strict reader of Messages streams: what a demanding client would object to, and what it would understand. */
import { asObject, isObject, type JsonObject, tryParseJson } from '../../../src/wire/json.ts'
import { type SseFrame, SseReader } from '../../../src/wire/sse.ts'

export interface ReadReply {
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[]
  /** `stop_reason`, or the type of the error that ended the stream. */
  readonly stop: string | undefined
  readonly usage: JsonObject
}

const stops = new Set([
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
])
const deltaOf: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  tool_use: ['input_json_delta'],
  server_tool_use: ['input_json_delta'],
}
const errors = new Set([
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'request_too_large',
  'rate_limit_error',
  'api_error',
  'timeout_error',
  'overloaded_error',
])

interface Open {
  readonly at: number
  readonly type: string
  grown: string
  signatures: number
}

class Checker {
  readonly faults: string[] = []
  #begun = false
  #stopped = false
  over = false
  #next = 0
  #open: Open | undefined
  readonly #ids = new Set<string>()
  #calls = 0

  read({ event, data }: SseFrame) {
    const value = tryParseJson(data)
    if (!isObject(value)) return this.#fault(`data is no object: ${data.slice(0, 60)}`)
    if (event === undefined || event !== value['type'])
      this.#fault(`[C25] event ${event} holds ${value['type']}`)
    if (this.over) this.#fault(`something after the end: ${event}`)
    if (event === 'ping') return
    if (event === 'error') return this.#error(value)
    if (event === 'message_start') return this.#start(asObject(value['message']))
    if (!this.#begun) this.#fault(`[C26] ${event} before message_start`)
    if (this.#stopped && event !== 'message_stop') this.#fault(`[C26] ${event} after message_delta`)
    const at = value['index']
    if (event === 'content_block_start') this.#startBlock(at, asObject(value['content_block']))
    else if (event === 'content_block_delta') this.#delta(at, asObject(value['delta']))
    else if (event === 'content_block_stop') this.#stopBlock(at)
    else if (event === 'message_delta') this.#stop(value)
    else if (event === 'message_stop') {
      if (!this.#stopped) this.#fault('[C26] message_stop without message_delta')
      this.over = true
    } else this.#fault(`unknown event ${event}`)
  }

  #fault(text: string) {
    this.faults.push(text)
  }

  #error(value: JsonObject) {
    if (this.#stopped) this.#fault('[C94] an error after message_delta')
    const error = asObject(value['error'])
    if (!errors.has(String(error['type']))) this.#fault(`[C91] error type ${error['type']}`)
    if (typeof error['message'] !== 'string' || error['message'] === '')
      this.#fault('[C90] an error without words')
    this.over = true
  }

  #start(message: JsonObject) {
    if (this.#begun) this.#fault('[C27] a second message_start')
    this.#begun = true
    const usage = asObject(message['usage'])
    const prompt = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map(
      (key) => usage[key],
    )
    if (!prompt.some((count) => typeof count === 'number' && count > 0))
      this.#fault('[C33] no estimate of the prompt')
    if (typeof usage['output_tokens'] !== 'number') this.#fault('[C27] no output_tokens')
    if (!/^msg_[a-zA-Z0-9]+$/.test(String(message['id']))) this.#fault(`message id ${message['id']}`)
    if (message['type'] !== 'message' || message['role'] !== 'assistant') this.#fault('[C27] not a message')
    if (typeof message['model'] !== 'string') this.#fault('[C27] no model')
    if (JSON.stringify(message['content']) !== '[]') this.#fault('[C27] content in message_start')
    if (message['stop_reason'] !== null || message['stop_sequence'] !== null)
      this.#fault('[C27] a reason in advance')
  }

  #startBlock(at: unknown, block: JsonObject) {
    if (this.#open) this.#fault(`[C29] block ${at} while ${this.#open.at} is open`)
    if (at !== this.#next) this.#fault(`[C28] index ${at} instead of ${this.#next}`)
    const type = String(block['type'])
    this.#open = { at: Number(at), type, grown: '', signatures: 0 }
    this.#next = Number(at) + 1
    if (type === 'text' && block['text'] !== '') this.#fault('text in a start')
    if (type === 'thinking' && (block['thinking'] !== '' || block['signature'] !== ''))
      this.#fault('[C62] a thinking block does not start empty')
    if (type === 'tool_use' || type === 'server_tool_use') {
      const id = String(block['id'])
      if (!/^[a-zA-Z0-9_-]{1,64}$/.test(id)) this.#fault(`[C50] id ${id}`)
      if (this.#ids.has(id)) this.#fault(`[C49] id ${id} twice`)
      this.#ids.add(id)
      if (JSON.stringify(block['input']) !== '{}') this.#fault('[C44] input in a start')
      if (typeof block['name'] !== 'string') this.#fault('[C44] no name')
    }
  }

  #delta(at: unknown, delta: JsonObject) {
    const open = this.#open
    if (!open || open.at !== at) return this.#fault(`a delta for ${at}, which is not open`)
    const type = String(delta['type'])
    if (!deltaOf[open.type]?.includes(type)) this.#fault(`[C30] ${type} in ${open.type}`)
    if (type === 'signature_delta') {
      open.signatures++
      if (!delta['signature']) this.#fault('[C62] an empty signature')
      return
    }
    if (open.signatures > 0) this.#fault('[C62] thoughts after their signature')
    const text = delta['text'] ?? delta['thinking'] ?? delta['partial_json']
    if (typeof text !== 'string' || (text === '' && type !== 'input_json_delta'))
      this.#fault('[C36] an empty delta')
    open.grown += String(text)
  }

  #stopBlock(at: unknown) {
    const open = this.#open
    if (!open || open.at !== at) return this.#fault(`a stop for ${at}, which is not open`)
    if (open.type === 'text' && open.grown === '') this.#fault('[C31] an empty text block')
    if (open.type === 'thinking' && open.signatures !== 1) this.#fault(`[C62] ${open.signatures} signatures`)
    if (open.type === 'tool_use') {
      this.#calls++
      if (open.grown.trim() !== '' && !isObject(tryParseJson(open.grown)))
        this.#fault(`[C47] closed with ${open.grown.slice(0, 60)}`)
    }
    this.#open = undefined
  }

  #stop(value: JsonObject) {
    this.#stopped = true
    const delta = asObject(value['delta'])
    const reason = String(delta['stop_reason'])
    if (!stops.has(reason)) this.#fault(`[C37] stop_reason ${reason}`)
    const sequence = delta['stop_sequence']
    if (sequence !== null && (typeof sequence !== 'string' || reason !== 'stop_sequence'))
      this.#fault('[C32] stop_sequence')
    if (typeof asObject(value['usage'])['output_tokens'] !== 'number') this.#fault('[C32] no output_tokens')
    const full = reason === 'max_tokens' || reason === 'model_context_window_exceeded'
    if (this.#open && !(full && this.#open.type === 'tool_use'))
      this.#fault(`block ${this.#open.at} never ends`)
    if (reason === 'tool_use' && this.#calls === 0) this.#fault('[C51] tool_use without a call')
    if (reason === 'end_turn' && this.#calls > 0) this.#fault('[C51] end_turn with a call')
  }
}

/** Violations of the grammar of a complete stream; none is the goal. */
export function checkStream(text: string): string[] {
  const checker = new Checker()
  for (const frame of framesOf(text)) checker.read(frame)
  for (const frame of text.split('\n\n').slice(0, -1))
    if (!/^(?:event: [a-z_]+\ndata: .+|:.*)$/.test(frame))
      checker.faults.push(`[C25] frame ${frame.slice(0, 60)}`)
  if (text !== '' && !text.endsWith('\n\n')) checker.faults.push('[C25] the last frame is not whole')
  if (!checker.over) checker.faults.push('the stream does not end')
  return checker.faults
}

export function framesOf(text: string): SseFrame[] {
  const reader = new SseReader()
  return [...reader.push(new TextEncoder().encode(text)), ...reader.end()]
}

/** What a client understands of a stream; a call whose block never ended is no call. */
export function readReply(text: string): ReadReply {
  const blocks: JsonObject[] = []
  let open: { [field: string]: JsonObject[string] } = {}
  let input = ''
  let stop: string | undefined
  let usage: JsonObject = {}
  for (const { data } of framesOf(text)) {
    const value = asObject(tryParseJson(data))
    const delta = asObject(value['delta'])
    switch (value['type']) {
      case 'message_start':
        usage = asObject(asObject(value['message'])['usage'])
        break
      case 'content_block_start':
        open = { ...asObject(value['content_block']) }
        input = ''
        break
      case 'content_block_delta':
        if (typeof delta['text'] === 'string') open['text'] = `${open['text']}${delta['text']}`
        if (typeof delta['thinking'] === 'string')
          open['thinking'] = `${open['thinking']}${delta['thinking']}`
        if (typeof delta['signature'] === 'string') open['signature'] = delta['signature']
        if (typeof delta['partial_json'] === 'string') input += delta['partial_json']
        break
      case 'content_block_stop':
        if (input !== '') open['input'] = JSON.parse(input)
        blocks.push(open)
        break
      case 'message_delta':
        stop = String(delta['stop_reason'])
        usage = { ...usage, ...asObject(value['usage']) }
        break
      case 'error':
        stop = String(asObject(value['error'])['type'])
    }
  }
  return readBlocks(blocks, stop, usage)
}

/** The same for a reply that came whole. */
export function readWholeReply(body: string): ReadReply {
  const message = asObject(JSON.parse(body))
  const blocks = Array.isArray(message['content']) ? message['content'].map(asObject) : []
  const stop = message['stop_reason'] ?? asObject(message['error'])['type']
  return readBlocks(
    blocks,
    stop === undefined || stop === null ? undefined : String(stop),
    asObject(message['usage']),
  )
}

function readBlocks(blocks: readonly JsonObject[], stop: string | undefined, usage: JsonObject): ReadReply {
  return {
    text: blocks.map((block) => (block['type'] === 'text' ? String(block['text']) : '')).join(''),
    thinking: blocks.map((block) => (block['type'] === 'thinking' ? String(block['thinking']) : '')).join(''),
    toolCalls: blocks
      .filter((block) => block['type'] === 'tool_use')
      .map((block) => ({ id: String(block['id']), name: String(block['name']), arguments: block['input'] })),
    stop,
    usage,
  }
}
