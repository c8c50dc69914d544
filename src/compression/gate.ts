/** Never worse: what is saved must be worth a strange form, and for what is left out, worth the chance of asking for it. */
import type { Tier } from '../filters/filter.ts'
import { estimateTokens } from './tokens.ts'

/** Shorter results are left alone. */
export const leastCharacters = 400

const lossless = { tokens: 60, share: 0.05 }
/** An extra step of the agent costs more than a few hundred tokens are worth. */
const lossy = { tokens: 250, share: 0.15 }

/** So much pays without counting. */
const clear = { characters: 6000, share: 0.45 }

/** Both as the client would send them, notes included. */
export function pays(before: string, after: string, tier: Tier): boolean {
  const saved = before.length - after.length
  if (saved <= 0) return false
  if (saved > clear.characters && saved > before.length * clear.share) return true
  const least = tier === 0 ? lossless : lossy
  const clearly =
    before.length > sampledCharacters
      ? (paysClearly(before, after, least, quarter) ?? paysClearly(before, after, least, half))
      : undefined
  if (clearly !== undefined) return clearly
  const tokens = tokensOf(before)
  return tokens - tokensOf(after) >= Math.max(least.tokens, tokens * least.share)
}

interface Least {
  readonly tokens: number
  readonly share: number
}

const sampledCharacters = 20_000

/** Pieces from all over a text. What they say may be wrong by so much; what is closer to the line is looked at closer. */
interface Sample {
  readonly every: number
  readonly doubt: number
}

const quarter: Sample = { every: 4, doubt: 0.05 }
const half: Sample = { every: 2, doubt: 0.025 }

/** Undefined where the sample leaves a doubt. */
function paysClearly(
  before: string,
  after: string,
  { tokens, share }: Least,
  { every, doubt }: Sample,
): boolean | undefined {
  const all = sampledTokens(before, 512, every)
  const over = all - sampledTokens(after, 512, every) - Math.max(tokens, all * share)
  return Math.abs(over) < all * doubt ? undefined : over > 0
}

const longCharacters = 200_000
const piece = 4000
const every = 5

/** Of a long text, every fifth piece speaks for the others. */
function tokensOf(text: string): number {
  return text.length < longCharacters ? estimateTokens(text) : sampledTokens(text, piece, every)
}

function sampledTokens(text: string, piece: number, every: number): number {
  let tokens = 0
  let characters = 0
  for (let at = 0; at < text.length; at += piece * every) {
    const part = text.slice(at, at + piece)
    tokens += estimateTokens(part)
    characters += part.length
  }
  return (tokens * text.length) / characters
}
