/** Refusals of the Messages API: what they mean, and how ours are said in its words. */
import type { Failure, FailureKind } from '../../conversation/failure.ts'
import { readSignals, retryAfterMs } from '../../conversation/failure-signals.ts'
import { asObject, asText, isObject, type Json, type JsonObject, tryParseJson } from '../../wire/json.ts'
import { namedFrame } from '../../wire/sse.ts'
import type { Refusal, WireHeaders } from '../dialect.ts'

interface Words {
  readonly message: string
  readonly code: string
}

/** Larger bodies are no error messages; they are not kept. */
const verbatimLimit = 64 * 1024
const quoteLimit = 500

/** Waiting times given as a date are read against the answer's own date: there is no clock here. */
export function decodeFailure(status: number, headers: WireHeaders, body: string): Failure {
  const waitMs = retryAfterMs(headers, Date.parse(asText(headers['date']) ?? ''))
  const failure = readSignals({
    status,
    ...readWords(body),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  })
  if (body.length > verbatimLimit || !isObject(tryParseJson(body))) return failure
  const contentType = asText(headers['content-type']) ?? 'application/json'
  return { ...failure, verbatim: { dialect: 'anthropic', status, contentType, body } }
}

/** An error that came as an event of a stream that had begun with 200. */
export function decodeStreamError(value: JsonObject): Failure {
  const { message, code } = wordsIn(value)
  const failure = readSignals({
    status: 0,
    message: message || `the upstream reported ${code || 'an error'}`,
    code,
  })
  if (code === 'timeout_error') return { ...failure, kind: 'timeout' }
  if (code === 'not_found_error') return { ...failure, kind: 'target-not-found' }
  if (code === 'request_too_large') return { ...failure, kind: 'too-large' }
  return failure
}

function readWords(body: string): Words {
  const value = tryParseJson(body)
  if (value !== undefined) return wordsIn(Array.isArray(value) ? value[0] : value)
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]
  const text = title ?? (/^\s*</.test(body) ? body.replace(/<[^>]*>/g, ' ') : body)
  return { message: text.replace(/\s+/g, ' ').trim().slice(0, quoteLimit), code: '' }
}

/** `{error: {type, message}}`, `{error: "…"}`, `{message}`, `{detail}`, or a bare string. */
function wordsIn(value: Json | undefined): Words {
  if (typeof value === 'string') return { message: value, code: '' }
  const body = asObject(value)
  const error = isObject(body['error']) ? body['error'] : body
  const message = asText(body['error']) ?? asText(error['message']) ?? detailIn(error['detail']) ?? ''
  const code = asText(error['type']) ?? asText(error['code']) ?? ''
  return { message, code: code === 'error' ? '' : code }
}

function detailIn(detail: Json | undefined): string | undefined {
  const first = Array.isArray(detail) ? detail[0] : detail
  return asText(first) ?? asText(asObject(first)['msg']) ?? asText(asObject(first)['message'])
}

interface Row {
  readonly status: number
  readonly type: string
  /** Asking again cannot help; clients are told so (CONTRACT 87). */
  readonly final?: true
}

const badRequest: Row = { status: 400, type: 'invalid_request_error' }

const rows: Readonly<Record<FailureKind, Row>> = {
  'bad-request': badRequest,
  'too-large': { status: 413, type: 'request_too_large' },
  'context-too-long': badRequest,
  'unknown-model': { status: 404, type: 'not_found_error' },
  'not-found': { status: 404, type: 'not_found_error' },
  'wrong-method': { status: 405, type: 'invalid_request_error' },
  'client-unauthorized': { status: 401, type: 'authentication_error', final: true },
  refused: { status: 403, type: 'permission_error', final: true },
  'budget-spent': { status: 429, type: 'billing_error', final: true },
  circle: { status: 508, type: 'api_error', final: true },
  'no-route': { status: 403, type: 'permission_error', final: true }, // a key or a setting is missing: waiting brings none
  auth: { status: 403, type: 'permission_error', final: true }, // never 401: that is the client's own key (CONTRACT 127)
  payment: { status: 402, type: 'billing_error', final: true },
  incapable: badRequest,
  'target-not-found': { status: 404, type: 'not_found_error' },
  'rate-limited': { status: 429, type: 'rate_limit_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
  unreachable: { status: 502, type: 'api_error' },
  timeout: { status: 504, type: 'timeout_error' },
  garbled: { status: 502, type: 'api_error' },
  cut: { status: 502, type: 'api_error' },
  'client-left': { status: 499, type: 'api_error' },
  internal: { status: 500, type: 'api_error' },
}

export function encodeFailure(failure: Failure, requestId: string): Refusal {
  const { verbatim } = failure
  const row = rows[failure.kind]
  // A refused key is the gateway's own: Claude Code would take the upstream's 401 for its user's login (CONTRACT 127).
  if (verbatim?.dialect === 'anthropic' && failure.kind !== 'auth') {
    const headers = {
      'content-type': verbatim.contentType,
      ...retryHeaders(failure, { ...row, status: verbatim.status }),
    }
    return { status: verbatim.status, body: verbatim.body, headers }
  }
  const headers = { 'content-type': 'application/json', ...retryHeaders(failure, row) }
  return { status: row.status, body: errorBody(failure, requestId), headers }
}

export const errorFrame = (failure: Failure, requestId: string): string =>
  namedFrame('error', errorBody(failure, requestId))

function errorBody(failure: Failure, requestId: string): string {
  const { kind, code } = failure
  const details = code === undefined ? {} : { details: { error_code: code } }
  const error = { type: rows[kind].type, message: sentence(failure), ...details }
  return JSON.stringify({ type: 'error', error, request_id: requestId })
}

/** Claude Code fails at once on longer waits, and people are better served by words (CONTRACT 128). */
const longestWaitMs = 60_000
/** Said when nobody knows how long (CONTRACT 84). */
const usualWaitMs = 5_000

function retryHeaders({ retryAfterMs: waitMs = usualWaitMs }: Failure, { status, final }: Row): WireHeaders {
  const waits = status === 429 || status === 503 || status === 529
  if (final || (waits && waitMs > longestWaitMs)) return { 'x-should-retry': 'false' }
  return waits ? { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) } : {}
}

function sentence(failure: Failure): string {
  const { kind, message, provider, retryAfterMs: waitMs = 0 } = failure
  switch (kind) {
    case 'context-too-long':
      return overflowSentence(failure)
    case 'auth':
      return `${provider ?? 'The provider'} refuses its key: ${ended(message)} Run \`clutch config show\` to see which key is used.`
    case 'payment':
      return `${provider ?? 'The provider'} asks for payment: ${ended(message)} Run \`clutch config show\` to see which key is used.`
    default:
      return waitMs > longestWaitMs ? `${ended(message)} It resets in ${duration(waitMs)}.` : message
  }
}

/** The wording by which Claude Code knows to compact (CONTRACT 96); numbers where they are known. */
function overflowSentence({ message, limitTokens }: Failure): string {
  if (/^prompt is too long/i.test(message)) return message
  const numbers = message.match(/\d[\d,]{2,}/g)?.map((digits) => Number(digits.replaceAll(',', ''))) ?? []
  const actual = limitTokens === undefined ? undefined : numbers.find((number) => number > limitTokens)
  if (actual === undefined) return `prompt is too long: ${message}`
  return `prompt is too long: ${actual} tokens > ${limitTokens} maximum (${message})`
}

const ended = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`)

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000)
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
  return `${Math.round(hours / 24)} days`
}
