/** A tool result shortened for `clutch run` or a hook: the original is kept first, and what was saved is noted. */
import { type Level, shorten, type ToolResult } from '../compression/shorten.ts'
import { estimateTokens } from '../compression/tokens.ts'
import type { Filter } from '../filters/filter.ts'
import { demotedIn, trustedFilters } from '../store/demoted.ts'
import type { Originals } from '../store/originals.ts'
import { type Mouth, noteFiring } from '../store/savings.ts'

export interface KeptOrder {
  readonly level: Level
  readonly filters: readonly Filter[]
  readonly originals: Originals
  readonly stateFolder: string
  readonly mouth: Mouth
  readonly whose: Whose
}

export interface Whose {
  readonly agent?: string
  readonly project?: string
  readonly session?: string
}

/** Shorter ones are nobody's trouble. */
const leastChars = 400
/** What agents keep of a command's output; nothing beyond it can be saved. */
const clientCapChars = 30_000

/** undefined: it stays as it is. */
export function shortenKept(result: ToolResult, order: KeptOrder): string | undefined {
  const { level, originals, stateFolder } = order
  if (level === 'off' || result.text.length < leastChars) return undefined
  const filters = trustedFilters(order.filters, demotedIn(stateFolder))
  const originalId = originals.put(result.text)
  if (originalId === undefined) return undefined
  const outcome = shorten(result, { level, originalId, filters })
  originals.sweepAtMostEvery(dayMs)
  if (outcome.kind === 'raw') return undefined
  const { filter, tier, text } = outcome
  noteKept(order, {
    ...{ original: originalId, filter, tier },
    tokensBefore: cappedTokens(result.text),
    tokensAfter: cappedTokens(text),
  })
  return text
}

const dayMs = 24 * 60 * 60 * 1000

export const cappedTokens = (text: string): number => estimateTokens(text.slice(0, clientCapChars))

export interface Kept {
  readonly original: string
  readonly filter: string
  readonly tier: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

export const noteKept = (
  { stateFolder, mouth, whose }: Pick<KeptOrder, 'stateFolder' | 'mouth' | 'whose'>,
  kept: Kept,
): void => noteFiring(stateFolder, { kind: 'firing', atMs: Date.now(), mouth, ...kept, ...whose })
