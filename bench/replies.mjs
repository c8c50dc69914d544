// What the mock upstream says, rendered once: whole replies and streams, in the two dialects the bench speaks upstream.
// A stream is one buffer of HTTP chunks, one chunk per event, and where each event ends.
import { chance, fragments } from './chance.mjs'

export const MODEL = 'mock-model'
/** In a stamped stream every delta carries this mark and twelve digits, to be overwritten with the time of sending. */
export const STAMP = '@000000000000'

const TOOL_SHARE = 0.2

function rendered(events) {
  const ends = new Uint32Array(events.length)
  const parts = events.map((event) => Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`))
  let end = 0
  parts.forEach((part, i) => {
    end += part.length
    ends[i] = end
  })
  const last = Buffer.from('0\r\n\r\n')
  ends[events.length - 1] = end + last.length
  return { bytes: Buffer.concat([...parts, last]), ends, count: events.length }
}

function deltas(count, stamped) {
  if (stamped) return { text: Array(count).fill(STAMP), args: [] }
  const random = chance(count)
  const called = Math.floor(count * TOOL_SHARE)
  const inner = fragments(random, Math.max(0, called - 2)).map((text) => JSON.stringify(text).slice(1, -1))
  return { text: fragments(random, count - called), args: called ? ['{"command":"', ...inner, '"}'] : [] }
}

/** What a client must have read at the end of a stream: the text, then the arguments of the call. */
export function streamContent(count) {
  const { text, args } = deltas(count, false)
  return [...text, ...args].join('')
}

const USAGE = { input_tokens: 1200, cache_creation_input_tokens: 0, cache_read_input_tokens: 18000 }

const MESSAGE = { id: 'msg_01BenchBenchBenchBench', type: 'message', role: 'assistant', model: MODEL }

function anthropicEvents(count, stamped) {
  const { text, args } = deltas(count, stamped)
  const event = (type, rest) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
  const delta = (index, delta) => event('content_block_delta', { index, delta })
  const tool = { type: 'tool_use', id: 'toolu_01BenchBenchBench', name: 'Shell', input: {} }
  const message = {
    ...MESSAGE,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...USAGE, output_tokens: 1 },
  }
  return [
    event('message_start', { message }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
    ...text.map((text) => delta(0, { type: 'text_delta', text })),
    event('content_block_stop', { index: 0 }),
    ...(args.length ? [event('content_block_start', { index: 1, content_block: tool })] : []),
    ...args.map((partial_json) => delta(1, { type: 'input_json_delta', partial_json })),
    ...(args.length ? [event('content_block_stop', { index: 1 })] : []),
    event('message_delta', {
      delta: { stop_reason: args.length ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: count },
    }),
    event('message_stop', {}),
  ]
}

function chatEvents(count, stamped) {
  const { text, args } = deltas(count, stamped)
  const base = {
    id: 'chatcmpl-BenchBenchBench',
    object: 'chat.completion.chunk',
    created: 1741569952,
    model: MODEL,
  }
  const chunk = (rest) => `data: ${JSON.stringify({ ...base, ...rest })}\n\n`
  const delta = (delta, finish_reason = null) =>
    chunk({ choices: [{ index: 0, delta, logprobs: null, finish_reason }], usage: null })
  const call = {
    index: 0,
    id: 'call_BenchBenchBench',
    type: 'function',
    function: { name: 'Shell', arguments: '' },
  }
  const cached = { prompt_tokens_details: { cached_tokens: 18000 } }
  return [
    delta({ role: 'assistant', content: '', refusal: null }),
    ...text.map((content) => delta({ content })),
    ...(args.length ? [delta({ tool_calls: [call] })] : []),
    ...args.map((part) => delta({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
    delta({}, args.length ? 'tool_calls' : 'stop'),
    chunk({
      choices: [],
      usage: { prompt_tokens: 19200, completion_tokens: count, total_tokens: 19200 + count, ...cached },
    }),
    'data: [DONE]\n\n',
  ]
}

const anthropicWhole = (text, count) => ({
  ...MESSAGE,
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { ...USAGE, output_tokens: count },
})

const chatWhole = (content, count) => ({
  id: 'chatcmpl-BenchBenchBench',
  object: 'chat.completion',
  created: 1741569952,
  model: MODEL,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 19200,
    completion_tokens: count,
    total_tokens: 19200 + count,
    prompt_tokens_details: { cached_tokens: 18000 },
  },
})

const HEADERS = [
  'date: Thu, 01 Jan 2026 00:00:00 GMT',
  'request-id: req_011BenchBenchBenchBench',
  'server: mock',
  'anthropic-ratelimit-requests-limit: 4000',
  'anthropic-ratelimit-requests-remaining: 3999',
  'anthropic-ratelimit-requests-reset: 2026-01-01T00:00:00Z',
  'anthropic-ratelimit-tokens-limit: 400000',
  'anthropic-ratelimit-tokens-remaining: 399000',
  'anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:00Z',
  'strict-transport-security: max-age=31536000',
  'via: 1.1 front',
  'connection: keep-alive',
].join('\r\n')

export const STREAM_HEAD = Buffer.from(
  `HTTP/1.1 200 OK\r\n${HEADERS}\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n`,
)

const isChat = (path) => path.includes('/chat/completions')

export function streamReply(path, count, stamped) {
  return rendered((isChat(path) ? chatEvents : anthropicEvents)(count, stamped))
}

export function wholeReply(path, tokens) {
  const text = fragments(chance(tokens), tokens).join('')
  const body = JSON.stringify((isChat(path) ? chatWhole : anthropicWhole)(text, tokens))
  const head = `HTTP/1.1 200 OK\r\n${HEADERS}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`
  return Buffer.from(`${head}\r\n\r\n${body}`)
}
