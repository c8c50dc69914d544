/** What went wrong, in the words of the Responses API: as a refusal, and as the last event of a stream. */
import type { Failure, FailureKind } from '../../conversation/failure.ts'
import { readSignals, retryAfterMs } from '../../conversation/failure-signals.ts'
import {
  asList,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  tryParseJson,
} from '../../wire/json.ts'
import { namedFrame } from '../../wire/sse.ts'
import type { Refusal, ReplyContext, WireHeaders } from '../dialect.ts'
import { responseObject } from './response-object.ts'
import { self } from './wire.ts'

/** Longer answers are not kept for relaying. */
const verbatimLimit = 64 * 1024
/** A longer wait is not handed to the client as `retry-after`, but said in words (CONTRACT 128). */
const longestWaitMs = 60_000

interface Words {
  readonly status: number
  readonly type: string
  readonly code: string | null
  /** The client gains nothing by asking again (CONTRACT 87). */
  readonly final: boolean
  /** Waited when the upstream named no time (CONTRACT 84). */
  readonly waitMs?: number
  /** The code Codex acts on when it stands in `response.failed`. */
  readonly streamCode: string
}

const request = { type: 'invalid_request_error', final: true, streamCode: 'invalid_prompt' } as const
const server = { type: 'server_error', code: 'server_error', streamCode: 'server_error' } as const

/**
 * Codex repeats every 401, 402, 403, 404 and 413 five times, a 400 never: whatever only a person can mend is a 400
 * (CONTRACT 127).
 */
const words: Readonly<Record<FailureKind, Words>> = {
  'bad-request': { ...request, status: 400, code: null },
  'too-large': { ...request, status: 413, code: 'request_too_large' },
  'context-too-long': {
    ...request,
    status: 400,
    code: 'context_length_exceeded',
    streamCode: 'context_length_exceeded',
  },
  'unknown-model': { ...request, status: 400, code: 'model_not_found' },
  'target-not-found': { ...request, status: 400, code: 'model_not_found' },
  'not-found': { ...request, status: 404, code: 'not_found' },
  'wrong-method': { ...request, status: 405, code: 'method_not_allowed' },
  'client-unauthorized': { ...request, status: 401, code: 'invalid_api_key' },
  refused: { ...request, status: 403, code: 'refused_by_policy' },
  incapable: { ...request, status: 400, code: 'unsupported_feature' },
  auth: { ...request, status: 400, code: 'provider_key_refused' },
  payment: { ...request, status: 400, code: 'insufficient_quota', streamCode: 'insufficient_quota' },
  'budget-spent': {
    ...request,
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    streamCode: 'insufficient_quota',
  },
  circle: { ...server, status: 508, code: 'loop_detected', final: true },
  'no-route': { ...request, status: 400, code: 'no_route' },
  'rate-limited': {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    streamCode: 'rate_limit_exceeded',
    final: false,
    waitMs: 5000,
  },
  overloaded: { ...server, status: 503, code: 'server_is_overloaded', final: false, waitMs: 2000 },
  unreachable: { ...server, status: 502, final: false },
  timeout: { ...server, status: 504, code: 'timeout', final: false },
  garbled: { ...server, status: 502, final: false },
  cut: { ...server, status: 502, final: false },
  'client-left': { ...server, status: 499, final: true },
  internal: { ...server, status: 500, final: false },
}

export function encodeFailure(failure: Failure): Refusal {
  const { verbatim } = failure
  const row = words[failure.kind]
  const { status, type, code } = row
  const waitMs = failure.retryAfterMs ?? row.waitMs
  const long = waitMs !== undefined && waitMs > longestWaitMs
  const headers = {
    ...((row.final || long) && { 'x-should-retry': 'false' }),
    ...(waitMs !== undefined && !long && { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) }),
  }
  // A refused key is the gateway's own: its provider, and what to run, stand in words of ours (CONTRACT 98).
  if (verbatim?.dialect === self && failure.kind !== 'auth')
    return {
      status: verbatim.status,
      body: verbatim.body,
      headers: { ...headers, 'content-type': verbatim.contentType },
    }
  const body = JSON.stringify({ error: { message: sentence(failure), type, code, param: null } })
  return { status, body, headers }
}

/** `response.failed`; `output` are the items that were complete before. */
export function failedFrame(
  failure: Failure,
  context: ReplyContext,
  output: readonly Json[] = [],
  sequenceNumber?: number,
): string {
  const error = { code: streamCode(failure), message: sentence(failure, true) }
  const response = { ...responseObject(context, 'failed', output), error }
  const numbered = sequenceNumber === undefined ? {} : { sequence_number: sequenceNumber }
  return namedFrame('response.failed', JSON.stringify({ type: 'response.failed', ...numbered, response }))
}

/** Codex gives up at once on `server_is_overloaded` and repeats on `server_error`. */
function streamCode({ kind, retryAfterMs: waitMs }: Failure): string {
  const final = waitMs !== undefined && waitMs > longestWaitMs
  return final && (kind === 'overloaded' || kind === 'rate-limited')
    ? 'server_is_overloaded'
    : words[kind].streamCode
}

/** Codex waits as long as the words `try again in 3.5s` say. */
function sentence({ kind, message, provider, retryAfterMs: waitMs }: Failure, streaming = false): string {
  const who = provider === undefined ? 'the provider' : provider
  if (kind === 'auth')
    return `${who} refuses the key this gateway has for it: ${ended(message)} See \`clutch config show\` and set the right one.`
  if (kind === 'payment')
    return `${who} wants payment: ${ended(message)} See \`clutch config show\` for the key in use.`
  if (waitMs === undefined || (kind !== 'rate-limited' && kind !== 'overloaded')) return message
  if (waitMs > longestWaitMs) return `${message} (${who} can be asked again in ${duration(waitMs)})`
  if (!streaming || /try again in/i.test(message)) return message
  return `${message} Please try again in ${Math.max(0.1, Math.ceil(waitMs / 100) / 10)}s.`
}

const ended = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`)

function duration(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / 60_000)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)]
  const parts = [days && `${days} d`, hours && `${hours} h`, minutes % 60 && `${minutes % 60} min`]
  return parts.filter(Boolean).join(' ')
}

export function decodeFailure(status: number, headers: WireHeaders, body: string): Failure {
  const { message, code } = readWords(body)
  const waitMs = retryAfterMs(headers, dateOf(headers)) ?? waitIn(message)
  const failure = readSignals({
    status,
    message,
    code,
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  })
  if (body.length > verbatimLimit || !isObject(tryParseJson(body))) return failure
  const contentType = headers['content-type']
  return {
    ...failure,
    verbatim: {
      dialect: self,
      status,
      contentType: typeof contentType === 'string' ? contentType : 'application/json',
      body,
    },
  }
}

/** The upstream's own clock: a `retry-after` date is measured against it. */
const dateOf = ({ date }: WireHeaders): number => (typeof date === 'string' ? Date.parse(date) : Number.NaN)

/** An error inside a stream or a whole reply: `{code, message}`, bare or under `error`. */
export function eventFailure(value: Json | undefined): Failure {
  const { message, code } = wordsOf(value)
  const waitMs = waitIn(message)
  return readSignals({
    status: 0,
    message: message || 'the upstream reported an error without a reason',
    code: code || (message ? '' : 'server_error'),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  })
}

function readWords(body: string): { message: string; code: string } {
  const value = tryParseJson(body)
  if (value !== undefined) return wordsOf(Array.isArray(value) ? value[0] : value)
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]?.trim()
  if (title) return { message: title, code: '' }
  const text = body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return { message: text.slice(0, 500), code: '' }
}

function wordsOf(value: Json | undefined): { message: string; code: string } {
  if (typeof value === 'string') return { message: value, code: '' }
  const { error, message, detail, code, type } = asObject(value)
  if (isObject(error) || typeof error === 'string') {
    const inner = wordsOf(error)
    return inner.message === '' && message !== undefined
      ? { ...inner, message: asText(message) ?? '' }
      : inner
  }
  const said = asText(message) ?? asText(detail) ?? asText(asObject(detail)['message']) ?? listed(detail)
  return { message: said, code: asText(code) ?? (type === 'error' ? '' : (asText(type) ?? '')) }
}

/** FastAPI's `detail: [{loc, msg}]`. */
const listed = (detail: Json | undefined): string =>
  asList(detail)
    .map((entry) => {
      const { msg, loc } = asObject(entry)
      return [asList(loc).join('.'), asText(msg) ?? ''].filter(Boolean).join(': ')
    })
    .filter(Boolean)
    .join('; ')

function waitIn(message: string): number | undefined {
  const found = /try again in\s*(\d+(?:\.\d+)?)\s*(ms|s)/i.exec(message)
  if (!found) return undefined
  return Math.round(Number(found[1]) * (found[2]?.toLowerCase() === 'ms' ? 1 : 1000))
}

/** What the upstream's `error` field holds in a reply that has one. */
export const errorIn = ({ error }: JsonObject): Json | undefined =>
  isObject(error) || typeof error === 'string' ? error : undefined
