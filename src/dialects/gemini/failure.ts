/** Google's error bodies: `{"error":{code,message,status,details}}`, alone or in a list. */
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

const verbatimLimit = 64 * 1024
const wordsLimit = 500

export function decodeFailure(status: number, headers: WireHeaders, body: string): Failure {
  const value = tryParseJson(body)
  const failure = readError(value, status, waitIn(headers), plainWords(body))
  const isAnswer = isObject(value) || isObject(asList(value)[0])
  if (body.length > verbatimLimit || !isAnswer) return failure
  const type = headers['content-type']
  const contentType = typeof type === 'string' ? type : 'application/json'
  return { ...failure, verbatim: { dialect: 'gemini', status, contentType, body } }
}

/** An error inside a stream that had begun with 200; undefined when the chunk is none. */
export function errorIn(chunk: Json): Failure | undefined {
  const holder = isObject(chunk) ? chunk : asObject(asList(chunk)[0])
  const error = holder['error']
  return error === undefined || error === null ? undefined : readError(chunk, 0, undefined, '')
}

function readError(
  body: Json | undefined,
  status: number,
  waitMs: number | undefined,
  words: string,
): Failure {
  const holder = isObject(body) ? body : asObject(asList(body)[0])
  const error = asObject(holder['error'])
  const message =
    [error['message'], holder['error'], holder['message'], holder['detail'], error['detail']].find(
      (one) => typeof one === 'string' && one !== '',
    ) ?? words
  const details = asList(error['details']).filter(isObject)
  const code = asText(error['status']) ?? asText(error['type']) ?? asText(error['code']) ?? ''
  const wait = waitMs ?? waitInDetails(details) ?? waitInWords(String(message))
  const failure = readSignals({
    status: status || (asNumber(error['code']) ?? 0),
    message: String(message),
    code,
    ...(wait !== undefined && { retryAfterMs: wait }),
  })
  const kind = googleKind(failure, code, details)
  return kind === failure.kind ? failure : { ...failure, kind }
}

/** Where Google's words mean something else than the common table thinks. */
function googleKind(failure: Failure, code: string, details: readonly JsonObject[]): FailureKind {
  const badKey = details.some((detail) => detail['reason'] === 'API_KEY_INVALID')
  if (badKey || /api key (?:not valid|expired|not found)/i.test(failure.message)) return 'auth'
  if (/user location is not supported/i.test(failure.message)) return 'target-not-found'
  // Every throttle of Google's speaks of "plan and billing"; a wait or a named quota tells it from an empty purse.
  const throttled =
    failure.retryAfterMs !== undefined || details.some((detail) => asList(detail['violations']).length > 0)
  return code === 'RESOURCE_EXHAUSTED' && failure.kind === 'payment' && throttled
    ? 'rate-limited'
    : failure.kind
}

/** Dates need a clock and are left to the caller. */
const waitIn = (headers: WireHeaders): number | undefined => retryAfterMs(headers, Number.NaN)

/** google.rpc.RetryInfo: a duration in decimal seconds, `26.66s`. */
function waitInDetails(details: readonly JsonObject[]): number | undefined {
  for (const detail of details) {
    const delay = asText(detail['retryDelay'])
    const seconds = delay === undefined ? undefined : /^([\d.]+)s$/.exec(delay)?.[1]
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000)
  }
  return undefined
}

function waitInWords(message: string): number | undefined {
  const found = /retry in (?:(\d+)h)?(?:(\d+)m)?([\d.]+)(ms|s)\b/i.exec(message)
  if (!found) return undefined
  const [, hours, minutes, amount, unit] = found
  const rest = Number(amount) * (unit?.toLowerCase() === 'ms' ? 1 : 1000)
  return Math.ceil((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000 + rest)
}

/** What a page of HTML or plain text says, in one line. */
function plainWords(body: string): string {
  const text = body.slice(0, 8 * wordsLimit).replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
  return text.replace(/\s+/g, ' ').trim().slice(0, wordsLimit)
}

const answers: Readonly<Record<FailureKind, readonly [status: number, name: string]>> = {
  'bad-request': [400, 'INVALID_ARGUMENT'],
  'too-large': [413, 'INVALID_ARGUMENT'],
  'context-too-long': [400, 'INVALID_ARGUMENT'],
  'unknown-model': [404, 'NOT_FOUND'],
  'not-found': [404, 'NOT_FOUND'],
  'wrong-method': [405, 'UNIMPLEMENTED'],
  'client-unauthorized': [401, 'UNAUTHENTICATED'],
  refused: [403, 'PERMISSION_DENIED'],
  'budget-spent': [429, 'RESOURCE_EXHAUSTED'],
  circle: [508, 'FAILED_PRECONDITION'],
  'no-route': [403, 'PERMISSION_DENIED'],
  auth: [403, 'PERMISSION_DENIED'],
  payment: [402, 'FAILED_PRECONDITION'],
  incapable: [400, 'FAILED_PRECONDITION'],
  'target-not-found': [404, 'NOT_FOUND'],
  'rate-limited': [429, 'RESOURCE_EXHAUSTED'],
  overloaded: [503, 'UNAVAILABLE'],
  unreachable: [503, 'UNAVAILABLE'],
  timeout: [504, 'DEADLINE_EXCEEDED'],
  garbled: [502, 'INTERNAL'],
  cut: [502, 'INTERNAL'],
  'client-left': [499, 'CANCELLED'],
  internal: [500, 'INTERNAL'],
}

/** Waits above this are final for the client (CONTRACT 85, 128). */
const longestWaitMs = 60_000
/** Said when the upstream named no time, so that the header is always there (CONTRACT 84). */
const usualWaitMs = 5_000

export function encodeFailure(failure: Failure, requestId: string): Refusal {
  const { verbatim } = failure
  // A refused key is the gateway's own: its provider, and what to run, stand in words of ours (CONTRACT 98).
  if (verbatim?.dialect === 'gemini' && failure.kind !== 'auth') {
    const headers = { ...retryHeaders(failure, verbatim.status), 'content-type': verbatim.contentType }
    return { status: verbatim.status, body: verbatim.body, headers }
  }
  const [status] = answers[failure.kind]
  return { status, body: errorBody(failure, requestId), headers: retryHeaders(failure, status) }
}

export const failureFrame = (failure: Failure, requestId: string): string =>
  frame(failure.verbatim?.dialect === 'gemini' ? oneLine(failure, requestId) : errorBody(failure, requestId))

/** The upstream's own error object, written on one line; ours when it was none. */
function oneLine(failure: Failure, requestId: string): string {
  const own = tryParseJson(failure.verbatim?.body ?? '')
  return isObject(own) && isObject(own['error']) ? JSON.stringify(own) : errorBody(failure, requestId)
}

function errorBody(failure: Failure, requestId: string): string {
  const [code, status] = answers[failure.kind]
  const { retryAfterMs: waitMs } = failure
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId },
    ...(waitMs === undefined
      ? []
      : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${waitMs / 1000}s` }]),
  ]
  return JSON.stringify({ error: { code, message: words(failure), status, details } })
}

function words(failure: Failure): string {
  const { kind, provider, message, retryAfterMs: waitMs } = failure
  if (kind === 'auth' || kind === 'payment') {
    const who = provider === undefined ? 'The provider' : `The provider "${provider}"`
    const what = kind === 'auth' ? 'refused its key' : 'wants to be paid'
    return `${who} ${what}: ${message.replace(/\.$/, '')}. See which key is used with: clutch config show`
  }
  return waitMs !== undefined && waitMs > longestWaitMs
    ? `${message} (resets in ${duration(waitMs)})`
    : message
}

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000)
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const finals: ReadonlySet<FailureKind> = new Set([
  'refused',
  'no-route',
  'auth',
  'payment',
  'budget-spent',
  'circle',
])

function retryHeaders(failure: Failure, status: number): WireHeaders {
  const waitMs = failure.retryAfterMs
  if (finals.has(failure.kind)) return { 'x-should-retry': 'false' }
  if (status !== 429 && status !== 503) return {}
  if (waitMs !== undefined && waitMs > longestWaitMs) return { 'x-should-retry': 'false' }
  return { 'retry-after': String(Math.max(1, Math.ceil((waitMs ?? usualWaitMs) / 1000))) }
}
