/** Errors in Chat's words: what an upstream's refusal means, and how our own are told to a client. */

import type { Failure, FailureKind } from '../../conversation/failure.ts'
import { readSignals, retryAfterMs } from '../../conversation/failure-signals.ts'
import {
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
} from '../../wire/json.ts'
import { frame } from '../../wire/sse.ts'
import type { Refusal, WireHeaders } from '../dialect.ts'

/** Bodies beyond this are no error messages; they are not relayed. */
const verbatimLimit = 64 * 1024
const messageLimit = 2000

export function decodeFailure(status: number, headers: WireHeaders, body: string): Failure {
  const parsed = tryParseJson(body)
  const value = Array.isArray(parsed) ? parsed[0] : parsed
  const { message, code } = isObject(value) ? wordsOf(value) : { message: plainText(body), code: '' }
  const nowMs = Date.parse(asText(headers['date']) ?? '')
  const waitMs = retryAfterMs(headers, nowMs) ?? waitInWords(message)
  const signals = { status, message, code, ...(waitMs !== undefined && { retryAfterMs: waitMs }) }
  const failure = readSignals(signals)
  if (!isObject(value) || body.length > verbatimLimit) return failure
  const contentType = asText(headers['content-type']) ?? 'application/json'
  return { ...failure, verbatim: { dialect: 'openai-chat', status, contentType, body } }
}

/** An error said inside a reply that began with 200, or undefined when the chunk holds none. */
export function failureIn(chunk: JsonObject): Failure | undefined {
  const { choices, object, base_resp } = chunk
  const [choice] = asList(choices)
  const holder = [chunk, asObject(choice)].find(({ error }) => isObject(error) || (error && asText(error)))
  const { status_code } = asObject(base_resp)
  const refused = object === 'error' || (asNumber(status_code) ?? 0) !== 0
  if (!holder && !refused) return undefined
  const { message, code, status } = wordsOf(holder ?? chunk)
  const waitMs = waitInWords(message)
  return readSignals({ status, message, code, ...(waitMs !== undefined && { retryAfterMs: waitMs }) })
}

interface Words {
  readonly message: string
  readonly code: string
  /** The HTTP status an error inside a reply names, else 0. */
  readonly status: number
}

/** `{"error":{…}}`, `{"error":"text"}`, `{"detail":…}`, `{"message":…}` and MiniMax' `base_resp`. */
function wordsOf(value: JsonObject): Words {
  const { error, detail, base_resp, message: bare } = value
  const { status_msg } = asObject(base_resp)
  const fields = isObject(error) ? error : value
  const { message, code, type, status, metadata } = fields
  const said =
    asText(message) ?? asText(error) ?? detailText(detail) ?? asText(bare) ?? asText(status_msg) ?? ''
  const { raw } = asObject(metadata)
  const reason = asText(raw)
  const words = [asText(code), asText(type)].filter((word) => word)
  return {
    message: (reason && !said.includes(reason) ? `${said}: ${reason}` : said).slice(0, messageLimit),
    code: words.join(' '),
    status: httpStatus(code) ?? httpStatus(status) ?? 0,
  }
}

function httpStatus(value: Json | undefined): number | undefined {
  const status = asNumber(typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value)
  return status !== undefined && status >= 400 && status < 600 ? status : undefined
}

/** FastAPI says a text, or a list of `{loc, msg}`. */
function detailText(detail: Json | undefined): string | undefined {
  if (typeof detail === 'string') return detail
  const lines = asList(detail).map((entry) => {
    const { msg, loc } = asObject(entry)
    return [asList(loc).join('.'), asText(msg) ?? ''].filter((word) => word !== '').join(': ')
  })
  return lines.length > 0 ? lines.join('; ') : undefined
}

/** What is readable of HTML or plain text. */
function plainText(body: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1]
  const text = title ?? (/^\s*</.test(body) ? body.replace(/<[^>]*>/g, ' ') : body)
  return text.replace(/\s+/g, ' ').trim().slice(0, messageLimit)
}

/** "Please try again in 7m12.5s", for servers that send no header. */
function waitInWords(message: string): number | undefined {
  const found =
    /(?:try again|retry) (?:in|after) (?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?/i.exec(message)
  if (!found) return undefined
  const [, hours = '0', minutes = '0', amount = '0', unit = 's'] = found
  const tail = unit === 'ms' ? Number(amount) : Number(amount) * 1000
  const waitMs = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + tail
  return waitMs > 0 ? Math.ceil(waitMs) : undefined
}

interface Wording {
  readonly status: number
  readonly type: string
  readonly code: string | null
  /** The client should not try the same again (CONTRACT 87). */
  readonly final?: boolean
}

const wordings: Readonly<Record<FailureKind, Wording>> = {
  'bad-request': { status: 400, type: 'invalid_request_error', code: null },
  'too-large': { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  'context-too-long': { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  incapable: { status: 400, type: 'invalid_request_error', code: 'not_supported' },
  'unknown-model': { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  'not-found': { status: 404, type: 'invalid_request_error', code: 'unknown_url' },
  'wrong-method': { status: 405, type: 'invalid_request_error', code: 'method_not_supported' },
  'client-unauthorized': { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  refused: { status: 403, type: 'permission_error', code: 'refused_by_policy', final: true },
  'budget-spent': { status: 429, type: 'insufficient_quota', code: 'insufficient_quota', final: true },
  circle: { status: 508, type: 'server_error', code: 'loop_detected', final: true },
  'no-route': { status: 403, type: 'permission_error', code: 'no_route', final: true },
  auth: { status: 403, type: 'permission_error', code: 'provider_key_refused', final: true },
  payment: { status: 402, type: 'insufficient_quota', code: 'insufficient_quota', final: true },
  'target-not-found': { status: 404, type: 'invalid_request_error', code: 'model_not_found' },
  'rate-limited': { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  overloaded: { status: 503, type: 'server_error', code: 'overloaded' },
  unreachable: { status: 502, type: 'server_error', code: 'upstream_unreachable' },
  timeout: { status: 504, type: 'server_error', code: 'upstream_timeout' },
  garbled: { status: 502, type: 'server_error', code: 'upstream_garbled' },
  cut: { status: 502, type: 'server_error', code: 'upstream_cut' },
  'client-left': { status: 499, type: 'invalid_request_error', code: 'client_left' },
  internal: { status: 500, type: 'server_error', code: 'internal_error' },
}

/** A longer wait is told in words and not to be slept through (CONTRACT 84, 128). */
const longestWaitMs = 60_000
const usualWaitMs = 5_000

export function encodeFailure(failure: Failure, requestId: string): Refusal {
  const { verbatim } = failure
  const { status, final } = wordings[failure.kind]
  const asked = failure.retryAfterMs
  const tooLong = asked !== undefined && asked > longestWaitMs
  const waits = !tooLong && (status === 429 || status === 503)
  const waitMs = asked === undefined || asked <= 0 ? usualWaitMs : asked
  const headers = {
    ...(verbatim && { 'content-type': verbatim.contentType }),
    ...(waits && { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) }),
    ...((final || tooLong) && { 'x-should-retry': 'false' }),
  }
  // A refused key is the gateway's own: its provider, and what to run, stand in words of ours (CONTRACT 98).
  if (verbatim?.dialect === 'openai-chat' && failure.kind !== 'auth')
    return { status: verbatim.status, body: verbatim.body, headers }
  return {
    status,
    body: errorText(failure, requestId),
    headers: { ...headers, 'content-type': 'application/json' },
  }
}

/** The last frame of a stream that broke: never a finish_reason, never `[DONE]` (CONTRACT 94, 126). */
export const failureFrame = (failure: Failure, requestId: string): string =>
  frame(errorText(failure, requestId))

function errorText(failure: Failure, requestId: string): string {
  const { type, code } = wordings[failure.kind]
  const id = requestId === '' ? {} : { request_id: requestId }
  return JSON.stringify({ error: { message: sentence(failure), type, param: null, code }, ...id })
}

function sentence({ kind, message, provider, retryAfterMs: waitMs = 0 }: Failure): string {
  const said = provider === undefined ? message : `${provider}: ${message}`
  if (kind === 'auth' || kind === 'payment') {
    const what = kind === 'auth' ? 'key' : 'account'
    return `${said} (the ${what} of ${provider ?? 'the provider'} needs attention: \`clutch config show\` says where its key comes from)`
  }
  return waitMs > longestWaitMs ? `${said} (the limit resets in ${inWords(waitMs)})` : said
}

function inWords(waitMs: number): string {
  const minutes = Math.ceil(waitMs / 60_000)
  if (minutes < 60) return `${minutes} minutes`
  const rest = minutes % 60
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
