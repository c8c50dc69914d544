/** Error bodies as real upstreams write them: status, type and words of each dialect. */
import type { DialectId } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import { readSignals } from '../conversation/failure-signals.ts'
import type { Trouble } from './play.ts'

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export function errorAnswer(trouble: Trouble, dialect: DialectId): ErrorAnswer {
  const { status, retryAfterSeconds } = trouble
  const headers = {
    'content-type': 'application/json',
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
  }
  return { status, headers, body: JSON.stringify(errorBody(trouble, dialect)) }
}

/** The same trouble as the last words of a stream. */
export const inStreamFailure = (trouble: Trouble, dialect: DialectId): Failure =>
  readSignals({
    status: trouble.status,
    message: wordsOf(trouble, dialect),
    code: '',
    ...(trouble.retryAfterSeconds !== undefined && { retryAfterMs: trouble.retryAfterSeconds * 1000 }),
  })

function errorBody(trouble: Trouble, dialect: DialectId): object {
  const { status, retryAfterSeconds } = trouble
  const message = wordsOf(trouble, dialect)
  switch (dialect) {
    case 'anthropic':
      return { type: 'error', error: { type: anthropicType(trouble), message }, request_id: 'req_sandbox' }
    case 'openai-chat':
    case 'openai-responses':
      return { error: { message, param: null, ...openaiType(trouble) } }
    case 'gemini': {
      const wait = {
        '@type': 'type.googleapis.com/google.rpc.RetryInfo',
        retryDelay: `${retryAfterSeconds}s`,
      }
      const details = retryAfterSeconds === undefined ? {} : { details: [wait] }
      return {
        error: { code: status, message, status: geminiStatuses[status] ?? fallback(status), ...details },
      }
    }
  }
}

function wordsOf({ status, message, about }: Trouble, dialect: DialectId): string {
  if (message !== undefined) return message
  if (about === undefined) return `The sandbox answers ${status}, as its script says.`
  switch (about) {
    case 'context':
      return overflowWords[dialect]
    case 'credits':
      return 'The sandbox has no credits left: insufficient credits, as its script says.'
    case 'model':
      return 'The sandbox has no such model: model not found, as its script says.'
  }
}

const overflowWords: Readonly<Record<DialectId, string>> = {
  anthropic: 'prompt is too long: 250000 tokens > 200000 maximum',
  'openai-chat': 'The maximum context length is 200000 tokens; this request has 250000.',
  'openai-responses': 'The maximum context length is 200000 tokens; this request has 250000.',
  gemini: 'The input token count (250000) exceeds the maximum number of tokens allowed (200000).',
}

const anthropicTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}
const anthropicType = ({ status }: Trouble): string =>
  anthropicTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')

const openaiCodes: Readonly<Record<number, string>> = {
  401: 'invalid_api_key',
  402: 'insufficient_quota',
  404: 'model_not_found',
  429: 'rate_limit_exceeded',
  503: 'server_is_overloaded',
  529: 'server_is_overloaded',
}
function openaiType({ status, about }: Trouble): { readonly type: string; readonly code: string | null } {
  if (about === 'context') return { type: 'invalid_request_error', code: 'context_length_exceeded' }
  if (about === 'credits') return { type: 'insufficient_quota', code: 'insufficient_quota' }
  const code = openaiCodes[status] ?? null
  if (status === 429) return { type: 'requests', code }
  return { type: status >= 500 ? 'server_error' : 'invalid_request_error', code }
}

const geminiStatuses: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
}
const fallback = (status: number): string => (status >= 500 ? 'UNAVAILABLE' : 'INVALID_ARGUMENT')
