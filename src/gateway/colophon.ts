/** The headers that say how an answer came about. */
import type { Failure } from '../conversation/failure.ts'
import type { Loss } from '../conversation/loss.ts'
import type { Target } from '../routing/plan.ts'
import type { Call } from './call.ts'
import type { Colophon } from './conduct.ts'

export function colophon(
  call: Call,
  target: Target | undefined,
  attempts: number,
  lost: readonly Loss[],
  because?: string,
  cache?: string,
): Colophon {
  const headers: Record<string, string> = {
    'x-clutch-request': call.id,
    'x-clutch-attempts': String(attempts),
  }
  if (target) {
    headers['x-clutch-target'] = headerText(`${target.provider}/${target.model}`)
    headers['x-clutch-dialect'] = target.dialect
  }
  if (because !== undefined) headers['x-clutch-because'] = headerText(because)
  if (cache !== undefined) headers['x-clutch-cache'] = cache
  if (lost.length > 0) headers['x-clutch-lost'] = lost.join(', ')
  return headers
}

const longestWaitMs = 60_000

/**
 * With a refusal. What was tried here more than once is not to be tried again by the client (CONTRACT 87), but for a
 * throttle that ends soon: the client may wait where a call must not.
 */
export function refusalColophon(
  call: Call,
  target: Target | undefined,
  attempts: number,
  { kind, retryAfterMs }: Failure,
): Colophon {
  const endsSoon = kind === 'rate-limited' && retryAfterMs !== undefined && retryAfterMs <= longestWaitMs
  const isFinal = attempts > 1 && !endsSoon
  return { ...colophon(call, target, attempts, []), ...(isFinal && { 'x-should-retry': 'false' }) }
}

/** Header values hold visible ASCII only; half a letter has no bytes of its own. */
const headerText = (text: string): string =>
  text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[^\x20-\x7e]/gu, (letter) => encodeURIComponent(letter))
