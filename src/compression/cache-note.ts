/** What a call meant for the provider's prompt cache, and what compression left of its body: for the ledger. */
import type { Level } from './shorten.ts'

/** Why a cached prefix was not read again. What is sure comes before what is likely. */
const missCauses = [
  'model-switch',
  'account-switch',
  'own-edit',
  'tools',
  'system',
  'thinking',
  'rewind',
  'expired',
  'unknown',
] as const
export type MissCause = (typeof missCauses)[number]

export const isMissCause = (word: string): word is MissCause => missCauses.some((cause) => cause === word)

export interface CacheNote {
  /** `holdout`: a session that is left raw, to know what compression is worth. */
  readonly level: Level | 'holdout'
  /** As the client sent it. */
  readonly bodyBytes: number
  /** How many of them, from the start, were those of the request before. */
  readonly sameBytes: number
  /** How many from the start of what we send were those that we sent before. */
  readonly keptBytes: number
  /** What this request is shorter by. */
  readonly savedBytes: number
  /** Of results that were first seen in this request: each counts once in its life. */
  readonly savedTokens: number
  readonly miss?: Miss
}

export interface Miss {
  /** The first one is the most certain. */
  readonly causes: readonly MissCause[]
  /** More about the cause, never what was said: `a billing line`. */
  readonly detail?: string
  /** Tokens that were in the cache and were not read from it. */
  readonly tokens: number
}
