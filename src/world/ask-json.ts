/** One small question over HTTP, off the path of any call: JSON out, JSON in, within a time. */
import { type Json, tryParseJson } from '../wire/json.ts'

export interface JsonQuestion {
  readonly url: string
  /** Absent: GET. */
  readonly body?: object
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

export type JsonAnswer =
  /** `body` is undefined when it was no JSON. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: Json | undefined }
  | { readonly kind: 'unreachable'; readonly because: string }

export type AskJson = (question: JsonQuestion) => Promise<JsonAnswer>

/** Never rejects. */
export const askJson: AskJson = async ({ url, body, method, headers, timeoutMs }) => {
  try {
    const response = await fetch(url, {
      method: method ?? (body ? 'POST' : 'GET'),
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { kind: 'answered', status: response.status, body: tryParseJson(await response.text()) }
  } catch (error) {
    return { kind: 'unreachable', because: wordsOf(error) }
  }
}

/** fetch says "fetch failed" and hides why in its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.message
}
