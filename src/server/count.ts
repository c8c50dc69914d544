/** Counts the tokens of a request here, at once, without asking anybody (CONTRACT 76, 77). */

import type { Failure } from '../conversation/failure.ts'
import { estimateTokens } from '../conversation/tokens.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { isFailure } from '../gateway/call.ts'
import { asObject, asText, parseJson } from '../wire/json.ts'
import { textOf } from '../world/text.ts'

export interface CountOrder {
  readonly bytes: Uint8Array
  readonly dialect: Dialect
  /** Absent: the body names it. */
  readonly model?: string
  /** What to tell for an estimate, when it is for this model, as the client names it. */
  readonly corrected: (model: string, estimated: number) => number
}

/** The answer's body, or why there is none. */
export function countTokens({ bytes, dialect, model, corrected }: CountOrder): string | Failure {
  try {
    const json = parseJson(textOf(bytes))
    const decoded = dialect.request.decode(json)
    if (isFailure(decoded)) return decoded
    const asked = model ?? asText(asObject(json)['model'])
    const estimated = estimateTokens(decoded)
    const tokens = asked === undefined ? estimated : corrected(asked, estimated)
    return dialect.countTokens.encode(Math.max(1, Math.ceil(tokens)))
  } catch (error) {
    const message =
      error instanceof SyntaxError ? `malformed JSON: ${error.message}` : 'the body is nested too deeply'
    return { kind: 'bad-request', message }
  }
}
