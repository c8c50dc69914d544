/** Counts the tokens of a request here, at once, without asking anybody (CONTRACT 76, 77). */

import type { Failure } from '../conversation/failure.ts'
import { estimateTokens } from '../conversation/tokens.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { isFailure } from '../gateway/call.ts'
import { parseJson } from '../wire/json.ts'
import { textOf } from '../world/text.ts'

/** The answer's body, or why there is none. */
export function countTokens(bytes: Uint8Array, dialect: Dialect): string | Failure {
  try {
    const decoded = dialect.request.decode(parseJson(textOf(bytes)))
    return isFailure(decoded) ? decoded : dialect.countTokens.encode(estimateTokens(decoded))
  } catch (error) {
    const message =
      error instanceof SyntaxError ? `malformed JSON: ${error.message}` : 'the body is nested too deeply'
    return { kind: 'bad-request', message }
  }
}
