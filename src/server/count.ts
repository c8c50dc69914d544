/** Counts the tokens of a request here, at once, without asking anybody (CONTRACT 76, 77). */

import type { Settings } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import { estimateTokens } from '../conversation/tokens.ts'
import type { Asked } from '../gateway/asked.ts'
import { isFailure } from '../gateway/call.ts'
import { asObject, asText, parseJson } from '../wire/json.ts'
import { textOf } from '../world/text.ts'
import { Catalogue } from './models.ts'
import { wrongWish } from './wrong-wish.ts'

/** A body that is only counted. */
export interface Counted extends Asked {
  /** Absent: the body names it. */
  readonly model?: string
}

export interface CountParts {
  readonly settings: Settings
  /** The estimate for a `provider/model`, with what was learnt of it. */
  readonly correctTokens?: (model: string, estimated: number) => number
  /** The bytes that would be sent in its place; absent: as it is. */
  readonly foresee?: (asked: Asked) => Uint8Array
}

/** The answer's body, or why there is none. */
export function countTokens(counted: Counted, parts: CountParts): string | Failure {
  const { dialect, model, profile } = counted
  const { settings, correctTokens } = parts
  const wrong = wrongWish(counted.headers)
  if (wrong) return wrong
  const corrected = (asked: string, estimated: number): number => {
    const target = new Catalogue(profile, settings).firstTarget(asked)
    return target === undefined ? estimated : (correctTokens?.(target, estimated) ?? estimated)
  }
  try {
    const json = parseJson(textOf(parts.foresee?.(counted) ?? counted.body))
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
