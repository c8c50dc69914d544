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
): Colophon {
  return {
    'x-clutch-request': call.id,
    'x-clutch-attempts': String(attempts),
    ...(target && {
      'x-clutch-target': headerText(`${target.provider}/${target.model}`),
      'x-clutch-dialect': target.dialect,
    }),
    ...(lost.length > 0 && { 'x-clutch-lost': lost.join(', ') }),
  }
}

/** Header values hold visible ASCII only. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, (char) => encodeURIComponent(char))
