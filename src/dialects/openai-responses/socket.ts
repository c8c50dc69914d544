/**
 * One WebSocket connection as Codex uses it: each `response.create` is a request, each event of the reply a message.
 * A turn may name the response before it and send only what is new; this remembers the rest. Pure: whoever owns the
 * socket hands messages in and out.
 */
import {
  asFlag,
  asList,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  writeJson,
} from '../../wire/json.ts'

export type Received =
  /** A request as `POST /v1/responses` would bring it: whole and streaming. */
  | { readonly kind: 'generate'; readonly body: string }
  /** Nothing to generate; these messages are the answer, if any. */
  | { readonly kind: 'reply'; readonly messages: readonly string[] }
  | { readonly kind: 'failure'; readonly messages: readonly string[] }

/** Texts of the items of all remembered responses together, in UTF-16 units. */
const memoryLimit = 32 * 1024 * 1024
const responseLimit = 64

interface Remembered {
  /** Everything up to and including the response. */
  readonly items: readonly Json[]
  /** How much this response added. */
  readonly size: number
}

export class SocketSession {
  readonly #newId: () => string
  readonly #nowMs: () => number
  readonly #responses = new Map<string, Remembered>()
  #size = 0
  /** The turn under way: what was sent, and the items that came back so far. */
  #turn: { readonly input: readonly Json[]; readonly output: Json[]; size: number } | undefined

  /** `newId` gives 24 letters and digits that were not given before. */
  constructor(newId: () => string, nowMs: () => number) {
    this.#newId = newId
    this.#nowMs = nowMs
  }

  receive(text: string): Received {
    const frame = parsed(text)
    if (!isObject(frame)) return failed('invalid_request_error', 'a message must be a JSON object')
    const { type, generate, previous_response_id, stream_id } = frame
    // Codex reports `response.processed`; nobody waits for an answer.
    if (type !== 'response.create')
      return typeof type === 'string' && type.startsWith('response.')
        ? { kind: 'reply', messages: [] }
        : failed('invalid_request_error', 'type: must be response.create')
    if (typeof stream_id === 'string')
      return failed('unsupported_parameter', 'stream_id: one connection carries one stream here')
    if (this.#turn)
      return failed('response_already_in_flight', 'the response before this one is not finished yet')
    const before = asText(previous_response_id)
    const known = before === undefined ? undefined : this.#responses.get(before)
    if (before !== undefined && !known)
      return failed(
        'previous_response_not_found',
        `Previous response with id '${before}' not found.`,
        'previous_response_id',
      )
    const input = [...(known?.items ?? []), ...itemsOf(frame['input'])]
    const turn = { input, output: [], size: text.length }
    if (asFlag(generate) === false) return this.#warmUp(turn, asText(frame['model']) ?? '')
    const body = written({ ...withoutTransport(frame), input, stream: true })
    if (body === undefined) return failed('invalid_request_error', 'the request is nested too deeply')
    this.#turn = turn
    return { kind: 'generate', body }
  }

  /** `data` is the JSON text of an event that went out: so the output of a response is known by its id. */
  sent(data: string): void {
    const turn = this.#turn
    if (!turn || !/"response\.(?:output_item\.done|completed|incomplete|failed)"|"error"/.test(data)) return
    const event = asObject(parsed(data))
    const response = asObject(event['response'])
    switch (event['type']) {
      case 'response.output_item.done':
        if (event['item'] !== undefined) turn.output.push(event['item'])
        turn.size += data.length
        break
      case 'response.completed':
      case 'response.incomplete': {
        const output = turn.output.length > 0 ? turn.output : asList(response['output'])
        this.#remember(asText(response['id']), [...turn.input, ...output], turn.size)
        this.#turn = undefined
        break
      }
      case 'response.failed':
      case 'error':
        this.#turn = undefined
    }
  }

  /** The message for a request that was refused before anything was said, as HTTP would have refused it. */
  refused(
    status: number,
    body: string,
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  ): string {
    this.#turn = undefined
    const error = asObject(parsed(body))['error']
    const shown = isObject(error) ? error : { type: 'server_error', code: null, message: body, param: null }
    return writeJson({ type: 'error', status, error: shown, headers })
  }

  /** The reply stopped without a last event; the next turn may begin. */
  dropped(): void {
    this.#turn = undefined
  }

  /** `generate: false` prepares a turn: it is remembered and answered without asking a model. */
  #warmUp({ input, size }: { input: readonly Json[]; size: number }, model: string): Received {
    const id = `resp_${this.#newId()}`
    this.#remember(id, input, size)
    const created_at = Math.floor(this.#nowMs() / 1000)
    const response = {
      id,
      object: 'response',
      created_at,
      model,
      output: [],
      error: null,
      incomplete_details: null,
    }
    const usage = {
      input_tokens: 0,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: 0,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 0,
    }
    const begun = { ...response, status: 'in_progress', usage: null }
    const done = { ...response, status: 'completed', usage }
    return {
      kind: 'reply',
      messages: [
        JSON.stringify({ type: 'response.created', sequence_number: 0, response: begun }),
        JSON.stringify({ type: 'response.completed', sequence_number: 1, response: done }),
      ],
    }
  }

  #remember(id: string | undefined, items: readonly Json[], size: number): void {
    if (id === undefined) return
    this.#responses.set(id, { items, size })
    this.#size += size
    for (const [oldest, { size: freed }] of this.#responses) {
      const fits = this.#size <= memoryLimit && this.#responses.size <= responseLimit
      if (fits || oldest === id) return
      this.#responses.delete(oldest)
      this.#size -= freed
    }
  }
}

/** undefined: what came in is nested beyond the stack. */
function written(value: Json): string | undefined {
  try {
    return writeJson(value)
  } catch {
    return undefined
  }
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** The request without what only a socket says. */
function withoutTransport(frame: JsonObject): JsonObject {
  const { type, generate, previous_response_id, background, stream, ...request } = frame
  return request
}

function itemsOf(input: Json | undefined): readonly Json[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  return asList(input)
}

function failed(code: string, message: string, param: string | null = null): Received {
  const error = { type: 'invalid_request_error', code, message, param }
  return { kind: 'failure', messages: [JSON.stringify({ type: 'error', status: 400, error })] }
}
