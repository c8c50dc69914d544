/** Every script in every dialect: what the sandbox writes, the dialect's own decoder reads back with the right ending. */
import { describe, expect, test } from 'vitest'
import { CallGuard } from '../../src/conversation/call-guard.ts'
import {
  type AssistantPart,
  type Conversation,
  type DialectId,
  dialectIds,
  type Tool,
  type Turn,
  type UserPart,
} from '../../src/conversation/conversation.ts'
import type { ReplyEvent, StopReason } from '../../src/conversation/reply.ts'
import { NameRestorer } from '../../src/conversation/tool-names.ts'
import { wholeReply } from '../../src/conversation/whole.ts'
import { anthropic } from '../../src/dialects/anthropic/index.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { gemini } from '../../src/dialects/gemini/index.ts'
import { openaiChat } from '../../src/dialects/openai-chat/index.ts'
import { openaiResponses } from '../../src/dialects/openai-responses/index.ts'
import { scripts } from '../../src/sandbox/scripts/index.ts'
import { SseReader } from '../../src/wire/sse.ts'
import { collect, join } from '../../src/wire/stage.ts'
import { type Answer, asked } from './asking.ts'

const dialects: Readonly<Record<DialectId, Dialect>> = {
  anthropic,
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  gemini,
}

const city = {
  type: 'object',
  properties: { name: { type: 'string' }, size: { type: 'integer' } },
  required: ['name', 'size'],
}
const answerSchema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] }
const pixel = 'iVBORw0KGgo='

/** The same request in each dialect: a text, an image, two tools, a schema, a stop sequence. */
function requestIn(
  dialect: DialectId,
  model: string,
  stream: boolean,
  structured: boolean,
): { url: string; body: object } {
  const url = `http://sandbox.internal/${dialect}`
  switch (dialect) {
    case 'anthropic':
      return {
        url: `${url}/v1/messages?beta=true`,
        body: {
          model,
          stream,
          max_tokens: 500,
          stop_sequences: ['###'],
          thinking: { type: 'enabled', budget_tokens: 100 },
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Hello' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
              ],
            },
          ],
          tools: [
            { name: 'city', description: 'c', input_schema: city },
            { name: 'now', input_schema: { type: 'object', properties: {} } },
          ],
          ...(structured && { output_config: { format: { type: 'json_schema', schema: answerSchema } } }),
        },
      }
    case 'openai-chat':
      return {
        url: `${url}/v1/chat/completions`,
        body: {
          model,
          stream,
          ...(stream && { stream_options: { include_usage: true } }),
          stop: ['###'],
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'Hello' },
                { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
              ],
            },
          ],
          tools: [
            { type: 'function', function: { name: 'city', parameters: city } },
            { type: 'function', function: { name: 'now', parameters: { type: 'object', properties: {} } } },
          ],
          ...(structured && {
            response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: answerSchema } },
          }),
        },
      }
    case 'openai-responses':
      return {
        url: `${url}/v1/responses`,
        body: {
          model,
          stream,
          include: ['reasoning.encrypted_content'],
          input: [
            {
              type: 'message',
              role: 'user',
              content: [
                { type: 'input_text', text: 'Hello' },
                { type: 'input_image', image_url: `data:image/png;base64,${pixel}` },
              ],
            },
          ],
          tools: [
            { type: 'function', name: 'city', parameters: city },
            { type: 'function', name: 'now', parameters: { type: 'object', properties: {} } },
          ],
          ...(structured && {
            text: { format: { type: 'json_schema', name: 'answer', schema: answerSchema } },
          }),
        },
      }
    case 'gemini':
      return {
        url: `${url}/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        body: {
          contents: [
            {
              role: 'user',
              parts: [{ text: 'Hello' }, { inlineData: { mimeType: 'image/png', data: pixel } }],
            },
          ],
          tools: [{ functionDeclarations: [{ name: 'city', parametersJsonSchema: city }, { name: 'now' }] }],
          generationConfig: {
            stopSequences: ['###'],
            ...(structured && { responseMimeType: 'application/json', responseJsonSchema: answerSchema }),
          },
        },
      }
  }
}

function answerIn(dialect: DialectId, model: string, stream = true, structured = false): Answer {
  const { url, body } = requestIn(dialect, model, stream, structured)
  return asked({ dialects, url, body: JSON.stringify(body) })
}

/** What the gateway would hear. */
function heard(dialect: DialectId, { pieces, text }: Answer, stream = true): readonly ReplyEvent[] {
  const order = { quirks: {} }
  if (!stream) return collect(new CallGuard(), dialects[dialect].reply.decodeWhole(text, order))
  const reader = join(join(new SseReader(), dialects[dialect].reply.decodeStream(order)), new CallGuard())
  return collect(
    reader,
    pieces.map((piece) => new TextEncoder().encode(piece)),
  )
}

const ending = (events: readonly ReplyEvent[]): string => {
  const last = events.at(-1)
  if (last?.type === 'end') return last.reason
  return last?.type === 'failed' ? `failed: ${last.failure.kind}` : 'nothing'
}

type Ending = StopReason | `failed: ${string}`
/** Dialects without a word for it say something weaker. */
const weaker: Readonly<Record<string, Partial<Record<DialectId, Ending>>>> = {
  'stop-sequence': { 'openai-chat': 'done', 'openai-responses': 'done', gemini: 'done' },
}
const endings: Readonly<Record<string, Ending>> = {
  tool: 'tool-calls',
  parallel: 'tool-calls',
  'no-arg-tool': 'tool-calls',
  refusal: 'refusal',
  length: 'length',
  'length-tool': 'length',
  'stop-sequence': 'stop-sequence',
  'cut-tool': 'failed: cut',
  cut: 'failed: cut',
  'error-mid': 'failed: overloaded',
  'error-after-head': 'failed: overloaded',
  empty: 'failed: garbled',
}
/** Those that never answer or answer with something else than a reply have their own tests. */
const speechless = ['silent', 'error', 'html', 'reset', 'stall']

describe.each(dialectIds)('%s', (dialect) => {
  test.each(scripts.map(({ name }) => name).filter((name) => !speechless.includes(name)))(
    'streams %s with the ending it should have',
    (script) => {
      const answer = answerIn(dialect, script)
      expect(answer).toMatchObject({ status: 200, ended: true, fault: undefined })
      const events = heard(dialect, answer)
      expect(ending(events)).toBe(weaker[script]?.[dialect] ?? endings[script] ?? 'done')
      expect(events.filter(({ type }) => type === 'end' || type === 'failed')).toHaveLength(1)
    },
  )

  test.each([
    'text',
    'thinking',
    'tool',
    'parallel',
    'no-arg-tool',
    'refusal',
    'length',
    'usage-cache',
    'search',
  ])('[C119] says the same in %s whether streamed or whole', (script) => {
    const simple = (events: readonly ReplyEvent[]) => {
      const { parts, usage, reason } = wholeReply(events)
      return {
        parts: parts.map(({ opening, text }) => ({
          type: opening.type,
          text: opening.type === 'tool-call' ? text || '{}' : text,
        })),
        usage,
        reason,
      }
    }
    const whole = answerIn(dialect, script, false)
    expect(whole.headers['content-type']).toBe('application/json')
    expect(simple(heard(dialect, whole, false))).toEqual(simple(heard(dialect, answerIn(dialect, script))))
  })

  test('a call arrives with its name and arguments that fit', () => {
    const { parts } = wholeReply(heard(dialect, answerIn(dialect, 'tool')))
    const call = parts.find(({ opening }) => opening.type === 'tool-call')
    expect(call?.opening).toMatchObject({ name: 'city' })
    expect(JSON.parse(call?.text ?? '')).toEqual({ name: 'sandbox', size: 1 })
    expect(wholeReply(heard(dialect, answerIn(dialect, 'parallel:3'))).parts).toHaveLength(3)
  })

  test('[C39] a call cut by length or by the end of the stream is never complete', () => {
    for (const script of ['length-tool', 'cut-tool']) {
      const { parts } = wholeReply(heard(dialect, answerIn(dialect, script)))
      expect(parts.filter(({ opening }) => opening.type === 'tool-call')).toEqual([])
    }
  })

  test('the request is understood: image, schema and usage', () => {
    const said = (answer: Answer) =>
      wholeReply(heard(dialect, answer))
        .parts.map(({ text }) => text)
        .join('')
    expect(said(answerIn(dialect, 'image-echo'))).toBe('Shown: image/png, 12 base64 characters.')
    expect(said(answerIn(dialect, 'json', true, true))).toBe('{"title":"sandbox"}')
    const { usage } = wholeReply(heard(dialect, answerIn(dialect, 'text')))
    expect(usage.input).toBeGreaterThan(1000)
    expect(usage.output).toBeGreaterThan(5)
  })

  test.each([
    [429, 'rate-limited'],
    [529, 'overloaded'],
    [503, 'overloaded'],
    [401, 'auth'],
    [402, 'payment'],
    [404, 'target-not-found'],
    [413, 'too-large'],
    [400, 'bad-request'],
  ])('an error %i is understood as %s', (status, kind) => {
    const answer = answerIn(dialect, `error:${status}:retry-after=2`)
    expect(answer.status).toBe(status)
    const failure = dialects[dialect].failure.decode(answer.status, answer.headers, answer.text)
    expect(failure).toMatchObject({ kind, status, retryAfterMs: 2000 })
    expect(failure.message).toContain('as its script says')
  })

  test('what a status does not say is said in words that are understood', () => {
    const decode = (script: string) => {
      const answer = answerIn(dialect, script)
      return dialects[dialect].failure.decode(answer.status, answer.headers, answer.text)
    }
    expect(decode('error:400:context')).toMatchObject({ kind: 'context-too-long', limitTokens: 200_000 })
    expect(decode('error:429:credits').kind).toBe('payment')
    expect(decode('error:400:model').kind).toBe('target-not-found')
    expect(decode('html:502').kind).toBe('overloaded')
  })

  test('a request that is none is refused', () => {
    const { url } = requestIn(dialect, 'text', true, false)
    expect(asked({ dialects, url, body: '[]' }).status).toBe(400)
  })

  test.each(['loop', 'loop:apply-patch'])(
    '%s finishes in three steps, spoken through this dialect',
    (model) => {
      const shell = functionTool('exec_command', { cmd: { type: 'string' } })
      const patch: Tool = { kind: 'freeform', name: 'apply_patch', description: 'Changes files' }
      const said: string[] = []
      let turns: readonly Turn[] = [
        { role: 'user', parts: [{ type: 'text', text: 'Go.\nCLUTCH-LOOP write /tmp/p content n-1' }] },
      ]
      for (let step = 0; step < 4; step++) {
        const reply = wholeReply(spoken(dialect, model, { ...talk, turns, tools: [shell, patch] }))
        const calls = reply.parts.flatMap(({ opening, text }): AssistantPart[] =>
          opening.type === 'tool-call' ? [{ ...opening, arguments: text }] : [],
        )
        said.push(...calls.map((call) => (call.type === 'tool-call' ? `${call.name} ${call.arguments}` : '')))
        if (calls.length === 0) {
          said.push(reply.parts.map(({ opening, text }) => (opening.type === 'text' ? text : '')).join(''))
          break
        }
        turns = [
          ...turns,
          { role: 'assistant', parts: calls },
          { role: 'user', parts: calls.flatMap(resultOf) },
        ]
      }
      const written =
        model === 'loop'
          ? `exec_command {"cmd":"printf %s 'n-1' > '/tmp/p'"}`
          : 'apply_patch *** Begin Patch\n*** Add File: /tmp/p\n+n-1\n*** End Patch\n'
      expect(said).toEqual(['exec_command {"cmd":"echo step-one"}', written, 'All done: n-1'])
    },
  )
})

const talk: Conversation = {
  system: [{ type: 'text', text: 'Be brief.' }],
  turns: [],
  tools: [],
  sampling: { maxOutputTokens: 4000 },
  thinking: { kind: 'budget', budgetTokens: 1024 },
  output: { kind: 'text' },
  unsaid: [],
}

const functionTool = (name: string, properties: Record<string, { type: string }>): Tool => ({
  kind: 'function',
  name,
  description: '',
  schema: { type: 'object', properties, required: Object.keys(properties) },
})

const resultOf = (call: AssistantPart): UserPart[] =>
  call.type === 'tool-call'
    ? [{ type: 'tool-result', callId: call.id, content: [{ type: 'text', text: 'ok' }], isError: false }]
    : []

/** One turn as the gateway would carry it: encoded, answered, decoded, named back. */
function spoken(dialect: DialectId, model: string, conversation: Conversation): readonly ReplyEvent[] {
  const { body, names } = dialects[dialect].request.encode(conversation, { model, stream: true, quirks: {} })
  const { url } = requestIn(dialect, encodeURIComponent(model), true, false)
  return collect(new NameRestorer(names), heard(dialect, asked({ dialects, url, body })))
}
