/** What an upstream's refusal means, from its status and its words. One table for all dialects. */
import type { Failure, FailureKind } from './failure.ts'

export interface Signals {
  readonly status: number
  readonly message: string
  /** The upstream's own code or type, '' when it named none. */
  readonly code: string
  readonly retryAfterMs?: number
}

/** How providers word "the conversation does not fit"; the number, where captured, is the window in tokens. */
const overflow: readonly RegExp[] = [
  /prompt is too long[^\d]*\d+ tokens? > (\d+)/i,
  /maximum context length (?:is|of) (\d+)/i,
  /context[_ ](?:length|window)[_ ]exceeded/i,
  /exceeds? (?:the )?(?:model'?s )?(?:maximum )?context (?:length|window|size)(?: of (\d+))?/i,
  /input token count[^.]*exceeds the maximum number of tokens allowed \(?(\d+)?/i,
  /too many (?:input )?tokens|prompt is too long|input is too long|input length and `?max_tokens`? exceed/i,
  /(?:requested|reduce the length|too long)[^.]{0,80}context/i,
  /available context size \(?(\d+)/i,
  /exceeds? the (?:available )?(?:context|token) (?:size|limit|window)/i,
  /exceeded model token limit:? ?(\d+)?/i,
]

const credits =
  /insufficient[_ ](?:quota|credits?|balance|funds)|credit balance|out of credits|billing|payment required|more credits/i
const privacy = /no endpoints? (?:found )?match|data policy|privacy settings|no allowed providers/i
const modelMissing =
  /model[^.]{0,80}(?:not (?:found|exist|available|supported)|does not exist|unknown)|(?:unknown|invalid|no such) model/i
const busy =
  /overloaded|server_is_overloaded|capacity|temporarily unavailable|try again later|engine_overloaded/i

/** A Failure without `provider` and `verbatim`: the gateway knows those. */
export function readSignals({ status, message, code, retryAfterMs }: Signals): Failure {
  const words = `${code} ${message}`
  const kind = kindOf(status, words, code)
  const limitTokens = kind === 'context-too-long' ? limitIn(words) : undefined
  return {
    kind,
    message: message || `the upstream answered ${status}`,
    ...(status > 0 && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(limitTokens !== undefined && { limitTokens }),
  }
}

function kindOf(status: number, words: string, code: string): FailureKind {
  if (status === 429)
    return credits.test(words) && !/per (?:minute|hour|day)/i.test(words) ? 'payment' : 'rate-limited'
  if (status === 508) return 'circle'
  if (status >= 500 || status === 408) return 'overloaded'
  if (status === 401) return 'auth'
  if (status === 402) return 'payment'
  if (status === 403) return credits.test(words) ? 'payment' : 'auth'
  if (overflow.some((wording) => wording.test(words))) return 'context-too-long'
  if (status === 404) return 'target-not-found'
  if (status === 413) return 'too-large'
  return kindOfWords(words, code)
}

/** For errors without a telling status: 400s and errors inside a stream. */
function kindOfWords(words: string, code: string): FailureKind {
  if (/rate_limit|resource_exhausted|too many requests/i.test(words)) return 'rate-limited'
  if (/overloaded_error|api_error|server_error|internal/i.test(code) || busy.test(words)) return 'overloaded'
  if (/authentication|permission_error|invalid_api_key|unauthenticated/i.test(words)) return 'auth'
  if (credits.test(words)) return 'payment'
  if (privacy.test(words) || modelMissing.test(words)) return 'target-not-found'
  return 'bad-request'
}

function limitIn(words: string): number | undefined {
  for (const wording of overflow) {
    const digits = wording.exec(words)?.[1]
    if (digits !== undefined) return Number(digits)
  }
  return undefined
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date; undefined when there is none or it makes no sense. */
export function retryAfterMs(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  nowMs: number,
): number | undefined {
  const exact = Number(headers['retry-after-ms'])
  if (headers['retry-after-ms'] !== undefined && exact >= 0) return exact
  const value = headers['retry-after']
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1000) : undefined
  const until = Date.parse(value) - nowMs
  return Number.isFinite(until) && until > 0 ? until : undefined
}
