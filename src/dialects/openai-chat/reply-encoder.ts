/** A reply as chat.completion.chunk frames, or as one chat.completion. */
import { mayStopWithinCall } from '../../conversation/call-arguments.ts'
import type { Proof } from '../../conversation/conversation.ts'
import type { Failure } from '../../conversation/failure.ts'
import { noUsage, type PartOpening, type ReplyEvent, type Usage } from '../../conversation/reply.ts'
import { flatName } from '../../conversation/tool-names.ts'
import { type WholePart, wholeReply } from '../../conversation/whole.ts'
import { type JsonObject, writeJson } from '../../wire/json.ts'
import { frame } from '../../wire/sse.ts'
import type { ReplyContext, ReplyEncoder } from '../dialect.ts'
import { failureFrame } from './failure.ts'
import { clientDetail } from './thoughts.ts'
import { finishWord, writeUsage } from './wire.ts'

type CallOpening = Extract<PartOpening, { type: 'tool-call' }>
type PartEvent = Extract<ReplyEvent, { index: number }>

interface OpenPart {
  readonly opening: PartOpening
  /** Its place among the calls. */
  readonly position: number
  readonly id: string
  /** Arguments so far. */
  text: string
}

export class ChatReplyEncoder implements ReplyEncoder {
  readonly #context: ReplyContext
  readonly #before: string
  readonly #head: string
  readonly #ids: CallIds
  readonly #open = new Map<number, OpenPart>()
  #phase: 'before' | 'speaking' | 'over' = 'before'
  #calls = 0
  #usage: Usage = noUsage

  constructor(context: ReplyContext) {
    this.#context = context
    this.#ids = new CallIds(context.replyId)
    this.#before = `${JSON.stringify(identity(context, 'chat.completion.chunk')).slice(0, -1)},"choices":[`
    this.#head = `data: ${this.#before}{"index":0,"delta":`
  }

  push(event: ReplyEvent): string {
    if (this.#phase === 'over') return ''
    switch (event.type) {
      case 'start':
        this.#usage = event.usage ?? this.#usage
        return this.#begin()
      case 'usage':
        this.#usage = event.usage
        return ''
      case 'end':
        return this.#end(event.reason)
      case 'failed':
        this.#phase = 'over'
        return failureFrame(event.failure, `req_${this.#context.replyId}`)
      default:
        return this.#begin() + this.#part(event)
    }
  }

  #begin(): string {
    if (this.#phase !== 'before') return ''
    this.#phase = 'speaking'
    return this.#delta('{"role":"assistant","content":""}')
  }

  #part(event: PartEvent): string {
    const part = this.#open.get(event.index)
    if (event.type === 'part-start') return part ? '' : this.#start(event.index, event.part)
    if (!part) return ''
    if (event.type === 'part-delta') return event.text === '' ? '' : this.#say(part, event.text)
    this.#open.delete(event.index)
    return this.#close(part, event.proof)
  }

  #start(index: number, opening: PartOpening): string {
    const call = opening.type === 'tool-call'
    const position = call ? this.#calls++ : 0
    const id = call ? this.#ids.take(opening.id) : ''
    this.#open.set(index, { opening, position, id, text: '' })
    if (opening.type === 'search') {
      const annotations = citations(opening)
      return annotations.length > 0 ? this.#delta(JSON.stringify({ annotations })) : ''
    }
    return call ? this.#callDelta(position, { id, ...callFields(opening, '') }) : ''
  }

  #say(part: OpenPart, text: string): string {
    switch (part.opening.type) {
      case 'text':
        return this.#delta(`{"content":${JSON.stringify(text)}}`)
      case 'thinking':
        return this.#delta(`{"reasoning_content":${JSON.stringify(text)}}`)
      case 'tool-call':
        part.text += text
        return this.#argumentsDelta(part.opening, part.position, text)
      default:
        return ''
    }
  }

  #close({ opening, position, id, text }: OpenPart, proof: Proof | undefined): string {
    const call = opening.type === 'tool-call' ? opening : undefined
    const missing = call && missingArguments(call, text)
    const rest = call && missing ? this.#argumentsDelta(call, position, missing) : ''
    if (!proof || (!call && opening.type !== 'thinking')) return rest
    const details = [clientDetail(proof, call && id)]
    return rest + this.#delta(writeJson({ reasoning_details: details }))
  }

  #end(reason: Extract<ReplyEvent, { type: 'end' }>['reason']): string {
    const begun = this.#begin()
    this.#phase = 'over'
    const open = [...this.#open.values()].some(({ opening }) => opening.type === 'tool-call')
    if (open && !mayStopWithinCall(reason))
      return begun + failureFrame(insideCall, `req_${this.#context.replyId}`)
    const finish = `${this.#head}{},"finish_reason":"${finishWord(reason, this.#calls > 0)}"}]}\n\n`
    return begun + finish + this.#usageFrame() + frame('[DONE]')
  }

  #usageFrame(): string {
    const { conversation, estimatedInputTokens } = this.#context
    if (!conversation.wantsUsageChunk) return ''
    return frame(`${this.#before}],"usage":${JSON.stringify(writeUsage(this.#usage, estimatedInputTokens))}}`)
  }

  #argumentsDelta({ freeform }: CallOpening, position: number, text: string): string {
    const fields = freeform ? { custom: { input: text } } : { function: { arguments: text } }
    return this.#callDelta(position, fields)
  }

  #callDelta(index: number, fields: JsonObject): string {
    return this.#delta(JSON.stringify({ tool_calls: [{ index, ...fields }] }))
  }

  #delta(delta: string): string {
    return `${this.#head}${delta},"finish_reason":null}]}\n\n`
  }
}

export function encodeWhole(events: readonly ReplyEvent[], context: ReplyContext): string {
  const { parts, usage, reason } = wholeReply(events)
  const message = new WholeMessage(context.replyId)
  for (const part of parts) message.add(part)
  return writeJson({
    ...identity(context, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: message.fields(),
        logprobs: null,
        finish_reason: finishWord(reason, message.calls.length > 0),
      },
    ],
    usage: writeUsage(usage, context.estimatedInputTokens),
  })
}

class WholeMessage {
  readonly calls: JsonObject[] = []
  readonly #ids: CallIds
  readonly #details: JsonObject[] = []
  readonly #annotations: JsonObject[] = []
  #content = ''
  #thoughts = ''

  constructor(replyId: string) {
    this.#ids = new CallIds(replyId)
  }

  add({ opening, text, proof }: WholePart): void {
    switch (opening.type) {
      case 'text':
        this.#content += text
        return
      case 'thinking':
        this.#thoughts += text
        if (proof) this.#details.push(clientDetail(proof, undefined))
        return
      case 'search':
        this.#annotations.push(...citations(opening))
        return
      case 'tool-call': {
        const id = this.#ids.take(opening.id)
        this.calls.push({ id, ...callFields(opening, text + missingArguments(opening, text)) })
        if (proof) this.#details.push(clientDetail(proof, id))
      }
    }
  }

  fields(): JsonObject {
    return {
      role: 'assistant',
      content: this.#content === '' ? null : this.#content,
      refusal: null,
      ...(this.#thoughts !== '' && { reasoning_content: this.#thoughts }),
      ...(this.#details.length > 0 && { reasoning_details: this.#details }),
      ...(this.#annotations.length > 0 && { annotations: this.#annotations }),
      ...(this.calls.length > 0 && { tool_calls: this.calls }),
    }
  }
}

const insideCall: Failure = { kind: 'cut', message: 'the reply ended inside a tool call' }

const identity = ({ replyId, createdMs, model }: ReplyContext, object: string) => ({
  id: `chatcmpl-${replyId}`,
  object,
  created: Math.floor(createdMs / 1000),
  model,
})

const nameLimit = 64

function callFields({ name, namespace, freeform }: CallOpening, text: string): JsonObject {
  const known = namespace === undefined ? name : flatName(name, namespace, nameLimit)
  return freeform
    ? { type: 'custom', custom: { name: known, input: text } }
    : { type: 'function', function: { name: known, arguments: text } }
}

/** Clients parse what they get: no arguments at all are said as `{}` (CONTRACT 45). */
const missingArguments = ({ freeform }: CallOpening, text: string): string =>
  !freeform && text.trim() === '' ? '{}' : ''

const citations = ({ results }: Extract<PartOpening, { type: 'search' }>): JsonObject[] =>
  results.map(({ url, title }) => ({
    type: 'url_citation',
    url_citation: { url, title, start_index: 0, end_index: 0 },
  }))

/** Every call has an id of its own (CONTRACT 49). */
class CallIds {
  readonly #seed: string
  readonly #taken = new Set<string>()

  constructor(replyId: string) {
    this.#seed = replyId
  }

  take(wished: string): string {
    const id = wished === '' || this.#taken.has(wished) ? `call_${this.#seed}${this.#taken.size}` : wished
    this.#taken.add(id)
    return id
  }
}
