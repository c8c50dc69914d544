import { describe, expect, it } from 'vitest'
import { SocketSession } from '../../../src/dialects/openai-responses/socket.ts'

function session() {
  let count = 0
  return new SocketSession(
    () => {
      count += 1
      return `id${String(count).padStart(22, '0')}`
    },
    () => 1_790_000_000_000,
  )
}

const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })
const create = (fields: object) => JSON.stringify({ type: 'response.create', model: 'm', ...fields })
const received = (socket: SocketSession, fields: object) => socket.receive(create(fields))
const bodyOf = (answer: ReturnType<SocketSession['receive']>) =>
  answer.kind === 'generate' ? JSON.parse(answer.body) : undefined
const messagesOf = (answer: ReturnType<SocketSession['receive']>) =>
  answer.kind === 'generate' ? [] : answer.messages.map((message) => JSON.parse(message))

const call = { type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'ls', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'c1', output: 'a.txt' }

/** The gateway's side of one turn: what goes out over the socket. */
function answer(socket: SocketSession, id: string, items: readonly object[]): void {
  socket.sent(JSON.stringify({ type: 'response.created', response: { id } }))
  socket.sent(JSON.stringify({ type: 'response.output_text.delta', delta: 'response.output_item.done' }))
  for (const item of items) socket.sent(JSON.stringify({ type: 'response.output_item.done', item }))
  socket.sent(JSON.stringify({ type: 'response.completed', response: { id, output: items } }))
}

describe('a socket of Codex', () => {
  it('[C121] turns a frame into the request HTTP would have brought', () => {
    const body = bodyOf(
      received(session(), {
        input: [user('hi')],
        store: false,
        prompt_cache_key: 'k',
        tools: [{ type: 'web_search' }],
      }),
    )
    expect(body).toEqual({
      model: 'm',
      input: [user('hi')],
      store: false,
      prompt_cache_key: 'k',
      tools: [{ type: 'web_search' }],
      stream: true,
    })
  })

  it('refuses what nests beyond the stack, and goes on', () => {
    const socket = session()
    const deep = `{"type":"response.create","model":"m","input":"x","tools":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
    expect(messagesOf(socket.receive(deep))).toMatchObject([{ type: 'error', status: 400 }])
    expect(received(socket, { input: [user('hi')] }).kind).toBe('generate')
  })

  it('answers a prewarm itself and lets the next turn build on it', () => {
    const socket = session()
    const [created, completed, ...more] = messagesOf(
      received(socket, { input: [user('hi')], generate: false }),
    )
    expect(more).toEqual([])
    expect(created).toMatchObject({ type: 'response.created', response: { status: 'in_progress' } })
    expect(completed).toMatchObject({
      type: 'response.completed',
      response: { status: 'completed', output: [] },
    })
    expect(completed.response.id).toBe(created.response.id)
    const next = received(socket, { previous_response_id: created.response.id, input: [user('go')] })
    expect(bodyOf(next)).toEqual({ model: 'm', input: [user('hi'), user('go')], stream: true })
  })

  it('remembers what was said, so that a turn brings only what is new', () => {
    const socket = session()
    received(socket, { input: [user('hi')] })
    answer(socket, 'resp_1', [call])
    const second = bodyOf(received(socket, { previous_response_id: 'resp_1', input: [output] }))
    expect(second.input).toEqual([user('hi'), call, output])
    expect(second).not.toHaveProperty('previous_response_id')
    answer(socket, 'resp_2', [])
    const fork = bodyOf(received(socket, { previous_response_id: 'resp_1', input: 'other' }))
    expect(fork.input).toEqual([user('hi'), call, { type: 'message', role: 'user', content: 'other' }])
  })

  it('takes the output from the last event when no item came before it', () => {
    const socket = session()
    received(socket, { input: [user('hi')] })
    socket.sent(JSON.stringify({ type: 'response.completed', response: { id: 'resp_1', output: [call] } }))
    expect(bodyOf(received(socket, { previous_response_id: 'resp_1', input: [output] })).input).toEqual([
      user('hi'),
      call,
      output,
    ])
  })

  it('keeps numbers in a request as they were written', () => {
    const text =
      '{"type":"response.create","model":"m","temperature":1.0,"input":[],"metadata":{"n":12345678901234567890}}'
    const answered = session().receive(text)
    expect(answered.kind === 'generate' && answered.body).toContain('"temperature":1.0')
    expect(answered.kind === 'generate' && answered.body).toContain('12345678901234567890')
  })

  it('does not know responses that failed, or that were never given', () => {
    const socket = session()
    received(socket, { input: [user('hi')] })
    socket.sent(
      JSON.stringify({ type: 'response.failed', response: { id: 'resp_1', error: { message: 'x' } } }),
    )
    const answered = received(socket, { previous_response_id: 'resp_1', input: [] })
    expect(answered.kind).toBe('failure')
    expect(messagesOf(answered)).toMatchObject([
      {
        type: 'error',
        status: 400,
        error: { code: 'previous_response_not_found', param: 'previous_response_id' },
      },
    ])
    expect(received(socket, { input: [user('all of it')] }).kind).toBe('generate')
  })

  it('takes one turn at a time', () => {
    const socket = session()
    received(socket, { input: [user('hi')] })
    expect(messagesOf(received(socket, { input: [] }))).toMatchObject([
      { error: { code: 'response_already_in_flight' } },
    ])
    socket.dropped()
    expect(received(socket, { input: [] }).kind).toBe('generate')
  })

  it('says a refusal with the status HTTP would have had, and is ready again', () => {
    const socket = session()
    received(socket, { input: [user('hi')] })
    const body =
      '{"error":{"message":"slow","type":"rate_limit_error","code":"rate_limit_exceeded","param":null}}'
    expect(JSON.parse(socket.refused(429, body, { 'retry-after': '2' }))).toEqual({
      type: 'error',
      status: 429,
      error: { message: 'slow', type: 'rate_limit_error', code: 'rate_limit_exceeded', param: null },
      headers: { 'retry-after': '2' },
    })
    expect(received(socket, { input: [] }).kind).toBe('generate')
  })

  it('hears acknowledgements in silence and refuses what is no message', () => {
    const socket = session()
    expect(socket.receive('{"type":"response.processed","response_id":"r"}')).toEqual({
      kind: 'reply',
      messages: [],
    })
    for (const text of ['', 'null', '[]', '{"type":"ping"}', '{'])
      expect(socket.receive(text).kind).toBe('failure')
    expect(received(socket, { stream_id: 's', input: [] }).kind).toBe('failure')
  })

  it('forgets the oldest responses first', () => {
    const socket = session()
    for (let turn = 0; turn < 80; turn += 1) {
      received(socket, { input: [user(`${turn}`)] })
      answer(socket, `resp_${turn}`, [])
    }
    expect(received(socket, { previous_response_id: 'resp_0', input: [] }).kind).toBe('failure')
    expect(received(socket, { previous_response_id: 'resp_79', input: [] }).kind).toBe('generate')
  })
})
