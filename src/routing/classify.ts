/** What a request is for, from its outline: the roles that fit it, the most telling first. Pure. */
import type { Role } from '../config/settings.ts'
import type { Outline } from './outline.ts'

/** Beyond this, a request goes to the role for long contexts, where there is one. */
const longContextTokens = 60_000

/** Roles that only a look at the request can name. */
export const lookedFor = [
  'background',
  'web-search',
  'image',
  'long-context',
  'toolcall',
  'think',
] as const satisfies readonly Role[]

/** `has`: whether the role has a cascade. undefined: none of these roles; the model asked for decides. */
export function classify(
  seen: Outline,
  has: (role: Role) => boolean,
  longTokens: number = longContextTokens,
): Role | undefined {
  const fits: Readonly<Record<(typeof lookedFor)[number], boolean>> = {
    background: seen.side !== undefined,
    'web-search': seen.webSearchOnly,
    image: seen.imagesLast,
    'long-context': seen.sizeTokens > longTokens,
    toolcall: seen.tools > 0 && seen.toolResultsLast,
    think: seen.thinking,
  }
  if (fits.background) return ['background' as const, 'small' as const].find(has)
  return lookedFor.find((role) => fits[role] && has(role))
}
