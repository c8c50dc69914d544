/** The headers that say how an answer came about. */
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
  if (lost.length > 0) headers['x-clutch-lost'] = lost.join(', ')
  return headers
}

/** Header values hold visible ASCII only. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, (char) => encodeURIComponent(char))
