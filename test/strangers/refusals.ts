/** How each SDK words what went wrong upstream: its error class, the HTTP status and the machine's word for it. */
import type { DialectId } from '../../src/conversation/conversation.ts'

type Told = readonly [thrown: string, status: number, word: string]

/** `translated`: said in this dialect by the gateway. `verbatim`: the upstream's own words, where they differ. */
interface Row {
  readonly translated: Told
  readonly verbatim?: Told
}

export interface Refusal {
  readonly script: string
  readonly rows: Readonly<Record<DialectId, Row>>
  /** The words are the gateway's own in every lane: the upstream's could not be passed on, or would mislead. */
  readonly ours?: true
}

const same = (...translated: Told): Row => ({ translated })
const either = (translated: Told, verbatim: Told): Row => ({ translated, verbatim })

const overloaded = ['InternalServerError', 503, 'overloaded'] as const
const serverIsOverloaded = ['InternalServerError', 503, 'server_is_overloaded'] as const
const unavailable = ['ApiError', 503, 'UNAVAILABLE'] as const
const openaiThrottle = same('RateLimitError', 429, 'rate_limit_exceeded')
const openaiOverflow = same('BadRequestError', 400, 'context_length_exceeded')
const openaiTooLarge = either(
  ['APIError', 413, 'request_too_large'],
  ['APIError', 413, 'invalid_request_error'],
)

const garbled: Refusal['rows'] = {
  anthropic: same('InternalServerError', 502, 'api_error'),
  'openai-chat': same('InternalServerError', 502, 'upstream_garbled'),
  'openai-responses': same('InternalServerError', 502, 'server_error'),
  gemini: same('ApiError', 502, 'INTERNAL'),
}

export const refusals: readonly Refusal[] = [
  {
    script: 'error:400',
    rows: {
      anthropic: same('BadRequestError', 400, 'invalid_request_error'),
      'openai-chat': same('BadRequestError', 400, 'invalid_request_error'),
      'openai-responses': same('BadRequestError', 400, 'invalid_request_error'),
      gemini: same('ApiError', 400, 'INVALID_ARGUMENT'),
    },
  },
  {
    script: 'error:401',
    rows: {
      anthropic: same('PermissionDeniedError', 403, 'permission_error'),
      'openai-chat': same('PermissionDeniedError', 403, 'provider_key_refused'),
      'openai-responses': same('BadRequestError', 400, 'provider_key_refused'),
      gemini: same('ApiError', 403, 'PERMISSION_DENIED'),
    },
    ours: true,
  },
  {
    script: 'error:402:credits',
    rows: {
      anthropic: same('PaymentRequiredError', 402, 'billing_error'),
      'openai-chat': same('APIError', 402, 'insufficient_quota'),
      'openai-responses': either(
        ['BadRequestError', 400, 'insufficient_quota'],
        ['APIError', 402, 'insufficient_quota'],
      ),
      gemini: same('ApiError', 402, 'FAILED_PRECONDITION'),
    },
  },
  {
    script: 'error:404:model',
    rows: {
      anthropic: same('NotFoundError', 404, 'not_found_error'),
      'openai-chat': same('NotFoundError', 404, 'model_not_found'),
      'openai-responses': either(
        ['BadRequestError', 400, 'model_not_found'],
        ['NotFoundError', 404, 'model_not_found'],
      ),
      gemini: same('ApiError', 404, 'NOT_FOUND'),
    },
  },
  {
    script: 'error:413',
    rows: {
      anthropic: same('ContentTooLargeError', 413, 'request_too_large'),
      'openai-chat': openaiTooLarge,
      'openai-responses': openaiTooLarge,
      gemini: same('ApiError', 413, 'INVALID_ARGUMENT'),
    },
  },
  {
    script: 'error:400:context',
    rows: {
      anthropic: same('BadRequestError', 400, 'invalid_request_error'),
      'openai-chat': openaiOverflow,
      'openai-responses': openaiOverflow,
      gemini: same('ApiError', 400, 'INVALID_ARGUMENT'),
    },
  },
  {
    script: 'error:429:retry-after=90',
    rows: {
      anthropic: same('RateLimitError', 429, 'rate_limit_error'),
      'openai-chat': openaiThrottle,
      'openai-responses': openaiThrottle,
      gemini: same('ApiError', 429, 'RESOURCE_EXHAUSTED'),
    },
  },
  {
    script: 'error:500',
    rows: {
      anthropic: either(
        ['OverloadedError', 529, 'overloaded_error'],
        ['InternalServerError', 500, 'api_error'],
      ),
      'openai-chat': either(overloaded, ['InternalServerError', 500, 'server_error']),
      'openai-responses': either(serverIsOverloaded, ['InternalServerError', 500, 'server_error']),
      gemini: either(unavailable, ['ApiError', 500, 'INTERNAL']),
    },
  },
  {
    script: 'error:529',
    rows: {
      anthropic: same('OverloadedError', 529, 'overloaded_error'),
      'openai-chat': either(overloaded, ['InternalServerError', 529, 'server_is_overloaded']),
      'openai-responses': either(serverIsOverloaded, ['InternalServerError', 529, 'server_is_overloaded']),
      gemini: either(unavailable, ['ApiError', 529, 'UNAVAILABLE']),
    },
  },
  { script: 'empty', rows: garbled, ours: true },
  { script: 'html', rows: garbled, ours: true },
]
