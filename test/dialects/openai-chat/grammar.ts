/** What a well-formed Chat stream looks like, and what a client reads out of it. Used wherever such streams are judged. */
import {
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type JsonObject,
  tryParseJson,
} from '../../../src/wire/json.ts'

interface ReadCall {
  readonly id: string
  readonly name: string
  /** Raw text: JSON of a function, anything of a custom tool. */
  readonly arguments: string
  readonly freeform: boolean
}

export interface ReadReply {
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly ReadCall[]
  /** finish_reason; '' when the stream did not say. */
  readonly stop: string
  /** The message of the error that ended the stream. */
  readonly error?: string
  readonly usage?: JsonObject
  readonly details: readonly JsonObject[]
  readonly citations: readonly string[]
}

/** Violations, in words; empty for a well-formed and finished stream. `open`: the stream may still go on. */
export function checkStream(text: string, { open = false } = {}): string[] {
  const wrong: string[] = []
  if (text !== '' && !text.endsWith('\n\n')) wrong.push('the last frame is not closed')
  const datas = framesOf(text, wrong)
  const checker = new StreamChecker(wrong)
  for (const [at, data] of datas.entries()) checker.frame(data, at === 0)
  if (!open) checker.end()
  return wrong
}

function framesOf(text: string, wrong: string[]): string[] {
  return text
    .split('\n\n')
    .filter((frame) => frame !== '' && !frame.startsWith(':'))
    .flatMap((frame) => {
      if (/^data: [^\r\n]+$/.test(frame)) return [frame.slice(6)]
      wrong.push(`not one line of data: ${frame.slice(0, 80)}`)
      return []
    })
}

class StreamChecker {
  readonly #wrong: string[]
  readonly #arguments = new Map<number, string>()
  readonly #freeform = new Set<number>()
  readonly #ids = new Set<string>()
  #identity = ''
  #phase: 'speaking' | 'finished' | 'counted' | 'over' = 'speaking'
  #stop = ''

  constructor(wrong: string[]) {
    this.#wrong = wrong
  }

  frame(data: string, isFirst: boolean): void {
    if (this.#phase === 'over') this.#wrong.push(`a frame after the last: ${data.slice(0, 80)}`)
    if (data === '[DONE]') {
      if (this.#phase === 'speaking') this.#wrong.push('[DONE] without a finish_reason')
      this.#phase = 'over'
      return
    }
    const chunk = tryParseJson(data)
    if (!isObject(chunk)) {
      this.#wrong.push(`no JSON object: ${data.slice(0, 80)}`)
      return
    }
    if (chunk['error'] === undefined) this.#chunk(chunk, isFirst)
    else this.#error(asObject(chunk['error']))
  }

  end(): void {
    if (this.#phase !== 'over') this.#wrong.push('neither [DONE] nor an error at the end')
    if (this.#stop !== 'tool_calls') return
    for (const [index, text] of this.#arguments) {
      if (!this.#freeform.has(index) && !isObject(tryParseJson(text)))
        this.#wrong.push(`call ${index} was finished with ${text}`)
    }
  }

  #error(error: JsonObject): void {
    if (!asText(error['message']) || !asText(error['type'])) this.#wrong.push('an error without words')
    if (this.#phase !== 'speaking') this.#wrong.push('an error after the finish')
    this.#phase = 'over'
  }

  #chunk(chunk: JsonObject, isFirst: boolean): void {
    const { id, object, created, model } = chunk
    const identity = JSON.stringify([id, created, model])
    if (!asText(id)?.startsWith('chatcmpl-')) this.#wrong.push('an id without its prefix')
    if (object !== 'chat.completion.chunk') this.#wrong.push('a chunk that does not say it is one')
    if (asNumber(created) === undefined || !asText(model))
      this.#wrong.push('a chunk without created or model')
    if (isFirst) this.#identity = identity
    else if (identity !== this.#identity) this.#wrong.push('a chunk of another reply')
    const choices = asList(chunk['choices'])
    if (choices.length === 0) {
      this.#usage(chunk['usage'])
      return
    }
    if (choices.length > 1) this.#wrong.push('more than one choice')
    if (this.#phase !== 'speaking') this.#wrong.push('speech after the finish')
    this.#choice(asObject(choices[0]), isFirst)
  }

  #usage(usage: unknown): void {
    if (this.#phase !== 'finished') this.#wrong.push('usage in the wrong place')
    if (asNumber(asObject(usage)['prompt_tokens']) === undefined) this.#wrong.push('usage without numbers')
    this.#phase = 'counted'
  }

  #choice(choice: JsonObject, isFirst: boolean): void {
    const delta = asObject(choice['delta'])
    if (isFirst !== (delta['role'] === 'assistant')) this.#wrong.push('the role does not stand first, once')
    for (const field of ['content', 'reasoning_content'])
      if (delta[field] === '' && !isFirst) this.#wrong.push(`an empty ${field}`)
    for (const call of asList(delta['tool_calls'])) this.#call(asObject(call))
    const finish = choice['finish_reason']
    if (finish === null) return
    this.#stop = asText(finish) ?? ''
    if (!['stop', 'length', 'tool_calls', 'content_filter'].includes(this.#stop))
      this.#wrong.push(`finish_reason ${this.#stop}`)
    if (this.#stop === 'stop' && this.#arguments.size > 0) this.#wrong.push('stop with calls')
    this.#phase = 'finished'
  }

  #call(call: JsonObject): void {
    const index = asNumber(call['index']) ?? -1
    const body = asObject(call['function'] ?? call['custom'])
    const known = this.#arguments.get(index)
    const text = asText(body['arguments'] ?? body['input']) ?? ''
    if (known === undefined) {
      const id = asText(call['id']) ?? ''
      if (index !== this.#arguments.size) this.#wrong.push(`call ${index} out of order`)
      if (id === '' || this.#ids.has(id)) this.#wrong.push(`call ${index} has no id of its own`)
      if (asText(body['name']) === undefined) this.#wrong.push(`call ${index} has no name`)
      if (call['type'] === 'custom') this.#freeform.add(index)
      this.#ids.add(id)
    } else if (call['id'] !== undefined) this.#wrong.push(`call ${index} starts twice`)
    this.#arguments.set(index, (known ?? '') + text)
  }
}

/** What the official client would put together. */
export function readReply(text: string): ReadReply {
  const chunks = framesOf(text, [])
    .map((data) => asObject(tryParseJson(data)))
    .filter((chunk) => Object.keys(chunk).length > 0)
  const choices = chunks.map((chunk) => asObject(asList(chunk['choices'])[0]))
  const deltas = choices.map((choice) => asObject(choice['delta']))
  const error = chunks
    .map((chunk) => asObject(chunk['error']))
    .find((value) => value['message'] !== undefined)
  const usage = chunks.map((chunk) => chunk['usage']).findLast(isObject)
  return {
    ...spoken(deltas),
    toolCalls: joinCalls(deltas.flatMap((delta) => asList(delta['tool_calls']).map(asObject))),
    stop: choices.map((choice) => asText(choice['finish_reason'])).findLast((reason) => reason) ?? '',
    ...(error && { error: asText(error['message']) ?? '' }),
    ...(usage && { usage }),
  }
}

export function readWhole(body: string): ReadReply {
  const reply = asObject(tryParseJson(body))
  const choice = asObject(asList(reply['choices'])[0])
  const message = asObject(choice['message'])
  const calls = asList(message['tool_calls']).map((call, index) => ({ index, ...asObject(call) }))
  return {
    ...spoken([message]),
    toolCalls: joinCalls(calls),
    stop: asText(choice['finish_reason']) ?? '',
    usage: asObject(reply['usage']),
  }
}

function spoken(
  deltas: readonly JsonObject[],
): Pick<ReadReply, 'text' | 'thinking' | 'details' | 'citations'> {
  const all = (field: string): string => deltas.map((delta) => asText(delta[field]) ?? '').join('')
  const listed = (field: string): JsonObject[] =>
    deltas.flatMap((delta) => asList(delta[field]).map((entry) => asObject(entry)))
  return {
    text: all('content'),
    thinking: all('reasoning_content'),
    details: listed('reasoning_details'),
    citations: listed('annotations').map((note) => asText(asObject(note['url_citation'])['url']) ?? ''),
  }
}

function joinCalls(pieces: readonly JsonObject[]): ReadCall[] {
  const calls = new Map<unknown, ReadCall>()
  for (const piece of pieces) {
    const body = asObject(piece['function'] ?? piece['custom'])
    const text = asText(body['arguments'] ?? body['input']) ?? ''
    const known = calls.get(piece['index'])
    calls.set(piece['index'], {
      id: known?.id ?? asText(piece['id']) ?? '',
      name: known?.name ?? asText(body['name']) ?? '',
      arguments: (known?.arguments ?? '') + text,
      freeform: known?.freeform ?? piece['type'] === 'custom',
    })
  }
  return [...calls.values()]
}
